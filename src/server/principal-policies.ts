/** The policies of a principal, compiled. A policy's text is compiled once, however many principals have it. */
import { type CompiledPolicy, compileText, type PolicySource } from '../policy/compile.ts'
import { policySet, type PolicySet } from '../policy/combine.ts'
import type { Policies } from '../policy/evaluate.ts'
import { readManagedPolicies } from '../protocol/model-files.ts'
import { loadIdentityDocuments, loadManagedDocument } from '../services/iam/principals.rows.ts'
import type { Session } from '../services/session-token.ts'
import type { ReadTx } from '../store/store.ts'
import { GenerationCache } from '../aws/generation-cache.ts'

/** Identity policies and boundary of a user (its groups' included) or a role. */
export async function loadPolicies(tx: ReadTx, accountId: string, principalId: string): Promise<Policies> {
  const { inline, managed, awsManagedArns, boundary } = await loadIdentityDocuments(tx, accountId, principalId)
  const identity = sharedSet([
    ...inline.map(({ ownerArn, name, document }) =>
      compiled(document, { id: `${ownerArn}/${name}`, name, type: 'inline', attachedTo: ownerArn }),
    ),
    ...managed.map(({ arn, name, document }) => compiled(document, { id: arn, arn, name, type: 'managed' })),
    ...awsManagedArns.map(awsManaged),
  ])
  if (boundary === undefined) return { identity }
  return { identity, boundary: sharedSet([managedPolicy(boundary.arn, boundary.document)]) }
}

/** The session policies that a session was made with; nothing where it was made without. */
export async function loadSessionPolicies(tx: ReadTx, session: Session): Promise<Policies> {
  return session.policies === undefined ? {} : { session: policySet(await compiledSession(tx, session)) }
}

const EVERYTHING = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'

/** The policies of root tasks only deny, from the full access that a root user has. A session of AssumeRoot without one could do nothing. */
export async function loadTaskPolicies(tx: ReadTx, session: Session): Promise<Policies> {
  const tasks = await compiledSession(tx, session)
  if (tasks.length === 0) return { session: policySet([]) }
  return { session: policySet([...tasks, compiled(EVERYTHING, { id: 'root', name: 'root', type: 'session' })]) }
}

async function compiledSession(
  tx: ReadTx,
  { accountId, accessKeyId, policies = {} }: Session,
): Promise<readonly CompiledPolicy[]> {
  const { inline, arns = [] } = policies
  const set: CompiledPolicy[] = []
  if (inline !== undefined)
    set.push(compileText(inline, 'session', { id: `session/${accessKeyId}`, name: 'session', type: 'session' }))
  // A policy that is gone is empty text, and what cannot be compiled denies.
  for (const arn of arns)
    set.push(managedPolicy(arn, isAwsManaged(arn) ? undefined : ((await loadManagedDocument(tx, accountId, arn)) ?? '')))
  return set
}

/** The sets by which a session was scoped down, one for each time: each must allow. */
export function compiledScopes({ accessKeyId }: Session, documents: readonly string[]): readonly PolicySet[] {
  const source = (index: number): PolicySource => ({ id: `scope/${accessKeyId}/${index + 1}`, name: 'scope', type: 'session' })
  return documents.map((document, index) => policySet([compileText(document, 'session', source(index))]))
}

const AWS_MANAGED = 'arn:aws:iam::aws:policy/'
const isAwsManaged = (arn: string): boolean => arn.startsWith(AWS_MANAGED)
const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)

function managedPolicy(arn: string, document: string | undefined): CompiledPolicy {
  if (isAwsManaged(arn)) return awsManaged(arn)
  return compiled(document ?? '', { id: arn, arn, name: nameOf(arn), type: 'managed' })
}

/** A policy of AWS's that is attached but unknown cannot be compiled, and a policy that cannot be compiled denies. */
function awsManaged(arn: string): CompiledPolicy {
  return compiled(readManagedPolicies().document(arn) ?? '', { id: arn, arn, name: nameOf(arn), type: 'aws-managed' })
}

/** Sets of policies by the numbers of their policies: a user's sessions, or a role's, have the same ones, and there may be thousands. */
const SETS = 2_000
const sets = new GenerationCache<string, PolicySet>(SETS)
const numbers = new WeakMap<CompiledPolicy, number>()
let last = 0

function sharedSet(policies: readonly CompiledPolicy[]): PolicySet {
  const key = policies.map(numberOf).join()
  const known = sets.get(key)
  if (known !== undefined) return known
  const made = policySet(policies)
  sets.set(key, made)
  return made
}

function numberOf(policy: CompiledPolicy): number {
  const known = numbers.get(policy)
  if (known !== undefined) return known
  last += 1
  numbers.set(policy, last)
  return last
}

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
