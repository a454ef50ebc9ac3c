/** Principals as the decision needs them: who they are, and their policies compiled. Remembered per version of the account. */
import { rootArn, userArn } from '../aws/arn.ts'
import type { Credential, Principal } from '../aws/principal.ts'
import { type CompiledPolicy, compileText, type PolicySource } from '../policy/compile.ts'
import { policySet } from '../policy/combine.ts'
import type { Caller, Policies } from '../policy/evaluate.ts'
import { readManagedPolicies } from '../protocol/model-files.ts'
import { loadIdentityDocuments, loadUser } from '../services/iam/principals.rows.ts'
import type { ReadTx } from '../store/store.ts'
import { GenerationCache } from './cache.ts'

/** A principal, whichever of its credentials it uses. */
export type KnownPrincipal = {
  readonly caller: Caller
  readonly policies: Policies
  /** The condition keys that describe the principal. */
  readonly context: Readonly<Record<string, string>>
  /** The principal as operations see it, for a credential. */
  readonly as: (credential: Credential) => Principal
}

/** The root user has full access to its account: no identity policy grants or limits it. */
export function rootPrincipal(accountId: string): KnownPrincipal {
  const arn = rootArn(accountId)
  return {
    caller: { type: 'root', accountId, arn, id: accountId },
    policies: {},
    context: { 'aws:PrincipalArn': arn, 'aws:PrincipalAccount': accountId, 'aws:PrincipalType': 'Account', 'aws:userid': accountId },
    as: (credential) => ({ type: 'root', accountId, arn, id: accountId, credential }),
  }
}

/** A user by its unique id; undefined where it does not exist (any more). */
export async function loadUserPrincipal(tx: ReadTx, accountId: string, userId: string): Promise<KnownPrincipal | undefined> {
  const user = await loadUser(tx, accountId, userId)
  if (user === undefined) return undefined
  const documents = await loadIdentityDocuments(tx, accountId, userId)
  const arn = userArn(accountId, user.path, user.name)
  const identity = policySet([
    ...documents.inline.map(({ ownerArn, name, document }) => compiled(document, { id: `${ownerArn}/${name}`, name, type: 'inline', attachedTo: ownerArn })),
    ...documents.managed.map((policy) => compiled(policy.document, { id: policy.arn, arn: policy.arn, name: policy.name, type: 'managed' })),
    ...documents.awsManagedArns.map(awsManaged),
  ])
  const { boundary } = documents
  const boundaryPolicy = boundary === undefined ? undefined : boundaryOf(boundary)
  return {
    caller: { type: 'user', accountId, arn, id: userId, userArn: arn },
    policies: { identity, ...(boundaryPolicy !== undefined && { boundary: policySet([boundaryPolicy]) }) },
    context: {
      'aws:PrincipalArn': arn,
      'aws:PrincipalAccount': accountId,
      'aws:PrincipalType': 'User',
      'aws:userid': userId,
      'aws:username': user.name,
      ...Object.fromEntries(user.tags.map(({ Key, Value }) => [`aws:PrincipalTag/${Key}`, Value])),
    },
    as: (credential) => ({ type: 'user', accountId, arn, id: userId, userName: user.name, credential }),
  }
}

function boundaryOf({ arn, document }: { readonly arn: string; readonly document?: string }): CompiledPolicy {
  return document === undefined ? awsManaged(arn) : compiled(document, { id: arn, arn, name: nameOf(arn), type: 'managed' })
}

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)

/** Policies compiled so far, by source and text: a change of one policy compiles that one again, not all. */
const COMPILED_POLICIES = 2_000
const recent = new GenerationCache<string, CompiledPolicy>(COMPILED_POLICIES)

function compiled(document: string, source: PolicySource): CompiledPolicy {
  const key = `${source.id}\n${document}`
  const known = recent.get(key)
  if (known !== undefined) return known
  const policy = compileText(document, 'identity', source)
  recent.set(key, policy)
  return policy
}

/** A policy of AWS's that is attached but unknown cannot be compiled, and a policy that cannot be compiled denies. */
function awsManaged(arn: string): CompiledPolicy {
  return compiled(readManagedPolicies().document(arn) ?? '', { id: arn, arn, name: nameOf(arn), type: 'aws-managed' })
}
