/** Administrative commands: what an operator does through the data directory or its local socket, never through HTTP. */
import { rootArn, userArn } from '../aws/arn.ts'
import { Fault } from '../aws/fault.ts'
import { newId } from '../aws/ids.ts'
import { newSecretKey } from '../services/iam/access-keys.rows.ts'
import { findUser } from '../services/iam/users.rows.ts'
import { ACCOUNT_DRAWS, newAccountId } from '../services/new-account.rows.ts'
import { sealSession } from '../services/session-token.ts'
import { readAudit, verifyAudit } from '../store/audit-chain.ts'
import { auditKeys, serialiseKeyring } from '../store/keyring.ts'
import { type AccountRow, listAccounts } from './account-jobs.ts'
import type { AdminArguments, AdminCommands, AdminResult } from './admin-contract.ts'
import { chosenAccount } from './chosen-account.ts'
import { NO_ACCOUNT } from './audit.ts'
import type { WriteOutcome } from './jobs.ts'
import type { Opened } from './open.ts'
import { keepOperatorRecord, operatorDraft } from './operator-record.ts'
import { providerAdministration } from './provider-administration.ts'
import type { Resealed, ResealPlace } from './reseal.ts'
import { roleCredentials } from './role-credentials.ts'
import { instanceCredentials, instanceProfile, instanceRole, taskCredentials, taskRole } from './workloads.ts'

export const administration: AdminCommands<Opened> = {
  createAccount,
  listAccounts: async ({ context }) => ({ accounts: (await context.store.read(listAccounts)).map(summary) }),
  session: newSession,
  roleCredentials,
  instanceProfile,
  instanceRole,
  instanceCredentials,
  taskRole,
  taskCredentials,
  rotateKeys,
  verifyAudit: verify,
  tailAudit: tail,
  // Loaded when an operator asks: with them come proofs and comparisons, which a start does without.
  explainDenial: async (opened, given) => (await import('./explanations.ts')).explainDenial(opened, given),
  listDenials: async (opened, given) => (await import('./explanations.ts')).listDenials(opened, given),
  whoCan: async (opened, given) => (await import('./who-can.ts')).whoCan(opened, given),
  ...providerAdministration,
}

const summary = ({ id, name, email, status, created_at: createdAt }: AccountRow) => ({
  accountId: id,
  name,
  email,
  status,
  createdAt,
})

const ACCOUNT_ID = /^\d{12}$/
/** One @ with something before it and a dotted name behind: enough to catch slips; what it reaches is not ours to know. */
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,190}$/
const MAX_NAME = 50

/** AWS Account Management: names have 1 to 50 characters, e-mail addresses are unique. */
async function createAccount({ context }: Opened, given: AdminArguments<'createAccount'>): Promise<AdminResult<'createAccount'>> {
  const { name, email, accountId, rootAccessKey } = given
  if (name.trim() === '' || name.length > MAX_NAME)
    throw new Fault('ValidationError', `The account's name must have 1 to ${MAX_NAME} characters.`)
  if (!EMAIL.test(email)) throw new Fault('ValidationError', `${JSON.stringify(email)} is not an e-mail address.`)
  if (accountId !== undefined && (!ACCOUNT_ID.test(accountId) || accountId === NO_ACCOUNT)) {
    throw new Fault('ValidationError', 'An account id has 12 digits, not all of them zero.')
  }
  for (let draw = 1; ; draw += 1) {
    const account = { accountId: accountId ?? newAccountId(context.edge.random), name, email, rootAccessKey }
    const input = { AccountName: name, Email: email, RootAccessKey: rootAccessKey }
    const draft = operatorDraft({ name: 'CreateAccount', accountId: account.accountId, input }, context)
    const outcome = await context.write({ kind: 'create account', account, now: context.clock(), draft })
    if (outcome.fault === undefined) return createdOf(outcome)
    const drawAgain = outcome.fault.code === 'AccountExists' && accountId === undefined && draw < ACCOUNT_DRAWS
    if (!drawAgain) throw new Fault(outcome.fault.code, outcome.fault.message)
  }
}

function createdOf({ output }: WriteOutcome): AdminResult<'createAccount'> {
  if (!('accountId' in output)) throw new Error('the writing side made no account')
  return output as AdminResult<'createAccount'>
}

/** AWS: GetSessionToken, 15 minutes to 36 hours. */
const SESSION_SECONDS = { min: 900, max: 129_600 }

/** Credentials for a person at the machine: temporary, recorded when they are handed out, and audited as the user they are for. */
async function newSession({ context }: Opened, given: AdminArguments<'session'>): Promise<AdminResult<'session'>> {
  const { durationSeconds, userName } = given
  if (durationSeconds < SESSION_SECONDS.min || durationSeconds > SESSION_SECONDS.max) {
    throw new Fault('ValidationError', `A session lasts ${SESSION_SECONDS.min} to ${SESSION_SECONDS.max} seconds.`)
  }
  const account = await chosenAccount(await context.store.read(listAccounts), given.accountId)
  if (account.status !== 'ACTIVE') throw new Fault('ValidationError', `Account ${account.id} is closed: nobody of it gets in.`)
  const now = context.clock()
  const user = userName === undefined ? undefined : await context.store.read((tx) => findUser(tx, account.id, userName))
  if (userName !== undefined && user === undefined)
    throw new Fault('NoSuchEntity', `Account ${account.id} has no user ${userName}.`)
  const { random, vault } = context.edge
  const credentials = { accessKeyId: newId('ASIA', account.id, random), secretAccessKey: newSecretKey(random) }
  const expiresAt = now + durationSeconds * 1000
  const principal = user === undefined ? ({ type: 'root', id: account.id } as const) : ({ type: 'user', id: user.id } as const)
  const sessionToken = sealSession({ ...credentials, accountId: account.id, principal, issuedAt: now, expiresAt }, vault)
  const arn = user === undefined ? rootArn(account.id) : userArn(account.id, user.path, user.name)
  await keepOperatorRecord(
    { name: 'CreateSession', accountId: account.id, input: { UserName: userName, DurationSeconds: durationSeconds } },
    { AccessKeyId: credentials.accessKeyId, Arn: arn, Expiration: new Date(expiresAt) },
    context,
  )
  return { ...credentials, sessionToken, accountId: account.id, arn, expiresAt }
}

/** The file is written first: a crash leaves secrets sealed by a key that is still in it. */
async function rotateKeys({ context, keyring }: Opened): Promise<AdminResult<'rotateKeys'>> {
  const rotated = await keyring.rotate({ random: context.edge.random, now: context.clock() })
  let resealed = 0
  let place: ResealPlace | undefined
  do {
    const { output } = await context.write({
      kind: 'reseal',
      keyring: serialiseKeyring(rotated),
      ...(place !== undefined && { place }),
    })
    const batch = output as Resealed
    resealed += batch.count
    place = batch.next
  } while (place !== undefined)
  const event = { name: 'RotateKeys', accountId: NO_ACCOUNT, input: {} } as const
  await keepOperatorRecord(event, { KeyId: rotated.active, Resealed: resealed }, context)
  return { keyId: rotated.active, resealed }
}

async function verify(
  { context, keyring }: Opened,
  { accountId }: AdminArguments<'verifyAudit'>,
): Promise<AdminResult<'verifyAudit'>> {
  await context.audit.flush()
  const keys = auditKeys(keyring.current())
  const ids =
    accountId === undefined ? [NO_ACCOUNT, ...(await context.store.read(listAccounts)).map(({ id }) => id)] : [accountId]
  const accounts = []
  for (const id of ids) {
    const result = await context.store.read((tx) => verifyAudit(tx, id, keys))
    accounts.push({ accountId: id, records: result.records, ...(!result.ok && { problem: result.problem }) })
  }
  return { accounts }
}

async function tail({ context }: Opened, given: AdminArguments<'tailAudit'>): Promise<AdminResult<'tailAudit'>> {
  await context.audit.flush()
  const accountId = given.accountId ?? (await chosenAccount(await context.store.read(listAccounts), undefined)).id
  const { records, last } = await context.store.read((tx) =>
    readAudit(tx, accountId, { limit: given.limit, ...(given.after !== undefined && { after: given.after }) }),
  )
  return { accountId, records, last }
}
