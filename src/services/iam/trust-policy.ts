/** Trust policies: who may assume a role. Users and roles are stored in them by unique id, so that a namesake made later is not trusted. */
import { type Arn, parseArn, PARTITION, roleArn, userArn } from '../../aws/arn.ts'
import { accountOfId } from '../../aws/ids.ts'
import { checkDocument } from '../../policy/put.ts'
import { documentSize } from '../../policy/size.ts'
import { principalsOf, replacePrincipals } from '../../policy/trust-principals.ts'
import type { ReadTx } from '../../store/store.ts'
import { writeOperation } from '../operation.ts'
import { malformedPolicyDocument, quotaExceeded } from './errors.ts'
import { TRUST_POLICY_SIZE } from './quotas.ts'
import { findRole, findRoleById, mustFindModifiableRole, setTrustPolicy } from './roles.rows.ts'
import { findUser, findUserById } from './users.rows.ts'

/** IAM API reference: the policy is replaced as a whole. */
export const updateAssumeRolePolicy = writeOperation('iam', 'UpdateAssumeRolePolicy', {
  authorize: ({ RoleName }) => ({ action: 'iam:UpdateAssumeRolePolicy', resource: { kind: 'role', name: RoleName } }),
  async handle(tx, { RoleName, PolicyDocument }, { accountId }) {
    const role = await mustFindModifiableRole(tx, accountId, RoleName)
    await setTrustPolicy(tx, accountId, role.id, await storedTrustPolicy(tx, PolicyDocument))
    return {}
  },
})

/** A trust policy as it is stored. Throws MalformedPolicyDocument, also where it names somebody who does not exist, and LimitExceeded. */
export async function storedTrustPolicy(tx: ReadTx, document: string): Promise<string> {
  const flaw = checkDocument(document, 'trust')
  if (flaw !== undefined) throw malformedPolicyDocument(flaw)
  if (documentSize(document) > TRUST_POLICY_SIZE) throw quotaExceeded('ACLSizePerRole', TRUST_POLICY_SIZE)
  return replaced(document, (principal) => storedPrincipal(tx, principal))
}

/** A stored trust policy as it is shown: ids are ARNs again; the id of a principal that was deleted stays (IAM User Guide, "Principal"). */
export const shownTrustPolicy = (tx: ReadTx, stored: string): Promise<string> =>
  mayHoldIds(stored)
    ? replaced(stored, async (principal) => (await arnOfId(tx, principal)) ?? principal)
    : Promise.resolve(stored)

const USER_ID = 'AIDA'
const ROLE_ID = 'AROA'
const isId = (text: string): boolean => text.startsWith(USER_ID) || text.startsWith(ROLE_ID)
const mayHoldIds = (document: string): boolean => document.includes(USER_ID) || document.includes(ROLE_ID)

/** The document with each of its AWS principals replaced, and nothing else changed. */
async function replaced(document: string, replace: (principal: string) => Promise<string>): Promise<string> {
  const replacements = new Map<string, string>()
  for (const { kind, text } of principalsOf(document)) {
    if (kind === 'AWS' && !replacements.has(text)) replacements.set(text, await replace(text))
  }
  return replacePrincipals(document, ({ text }) => replacements.get(text))
}

const ACCOUNT = /^\d{12}$/

/** An account may be unknown here: trusting its number trusts nobody until it exists. A user or a role must exist. */
async function storedPrincipal(tx: ReadTx, principal: string): Promise<string> {
  if (principal === '*' || ACCOUNT.test(principal)) return principal
  const stored = isId(principal) ? await knownId(tx, principal) : await storedArn(tx, principal)
  if (stored === undefined) throw malformedPolicyDocument(`Invalid principal in policy: "AWS":"${principal}"`)
  return stored
}

async function knownId(tx: ReadTx, id: string): Promise<string | undefined> {
  return (await arnOfId(tx, id)) === undefined ? undefined : id
}

/** What stands for an ARN: a unique id for users and roles, the ARN itself for accounts and for sessions, which have no id that stays. */
async function storedArn(tx: ReadTx, arn: string): Promise<string | undefined> {
  const parsed = parseArn(arn)
  if (parsed?.partition !== PARTITION || parsed.region !== '' || !ACCOUNT.test(parsed.accountId)) return undefined
  const { service, resource } = parsed
  if (service === 'sts') return SESSION.test(resource) ? arn : undefined
  if (service !== 'iam') return undefined
  return resource === 'root' ? arn : idOfArn(tx, arn, parsed)
}

/** The unique id of a user or a role by its ARN, which must be exact. */
async function idOfArn(
  tx: ReadTx,
  arn: string,
  { accountId, resource }: Pick<Arn, 'accountId' | 'resource'>,
): Promise<string | undefined> {
  const name = resource.slice(resource.lastIndexOf('/') + 1)
  const isUser = resource.startsWith('user/')
  const row = await (isUser ? findUser(tx, accountId, name) : findRole(tx, accountId, name))
  if (row === undefined) return undefined
  return (isUser ? userArn : roleArn)(accountId, row.path, row.name) === arn ? row.id : undefined
}

/** Sessions of roles and of federated users (IAM User Guide, "Principal"). */
const SESSION = /^(?:assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]+|federated-user\/[\w+=,.@-]+)$/

/** The ARN of a user or a role by its unique id, whichever account of this server it is in; undefined where there is none. */
export async function arnOfId(tx: ReadTx, id: string): Promise<string | undefined> {
  const accountId = isId(id) ? accountOfId(id) : undefined
  if (accountId === undefined) return undefined
  if (id.startsWith(USER_ID)) {
    const user = await findUserById(tx, accountId, id)
    return user && userArn(accountId, user.path, user.name)
  }
  const role = await findRoleById(tx, accountId, id)
  return role && roleArn(accountId, role.path, role.name)
}

export const trustPolicyOperations = [updateAssumeRolePolicy]
