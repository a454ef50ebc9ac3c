/** Service-specific credentials: a login and a secret for services that do not take signatures. */
import { createHash } from 'node:crypto'
import { Fault } from '../../aws/fault.ts'
import { newId, type RandomBytes } from '../../aws/ids.ts'
import type { ServiceSpecificCredential, ServiceSpecificCredentialMetadata } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { type Check, readOperation, writeOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import type { Entity } from '../service.ts'
import { quotaExceeded } from './errors.ts'
import { ownerOf } from './implicit-user.ts'
import { SERVICE_CREDENTIALS_PER_SERVICE } from './quotas.ts'
import { userEntity } from './users.ts'
import { findUser, mustFindUser, type UserRow } from './users.rows.ts'

type Row = {
  readonly id: string
  readonly owner: string
  readonly user_name: string
  readonly service: string
  readonly login: string
  readonly status: 'Active' | 'Inactive' | 'Expired'
  readonly created_at: number
  readonly expires_at: number | null
}

const FROM = `SELECT c.id, c.owner, u.name AS user_name, c.service, c.login, c.status, c.created_at, c.expires_at
  FROM iam_service_credential c JOIN iam_user u ON u.account = c.account AND u.id = c.owner`
const FIND = `${FROM} WHERE c.account = $1 AND c.id = $2`
const LIST = `${FROM} WHERE c.account = $1 AND c.owner = $2 AND c.id > $3 ORDER BY c.id`
const LIST_ALL = `${FROM} WHERE c.account = $1 AND c.id > $2 ORDER BY c.id`
const LOGINS = 'SELECT login FROM iam_service_credential WHERE account = $1 AND owner = $2 AND service = $3'
const INSERT = `INSERT INTO iam_service_credential (account, id, owner, service, login, secret_hash, status, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, 'Active', $7, $8)`
const SET_STATUS = 'UPDATE iam_service_credential SET status = $1 WHERE account = $2 AND id = $3'
const SET_SECRET = 'UPDATE iam_service_credential SET secret_hash = $1 WHERE account = $2 AND id = $3'
const DELETE = 'DELETE FROM iam_service_credential WHERE account = $1 AND id = $2'

type Kind = 'password' | 'api key'
/** The services that take such credentials (IAM User Guide, "Service-specific credentials"). API keys alone may expire. */
const SERVICES: ReadonlyMap<string, Kind> = new Map([
  ['codecommit.amazonaws.com', 'password'],
  ['cassandra.amazonaws.com', 'password'],
  ['bedrock.amazonaws.com', 'api key'],
  ['logs.amazonaws.com', 'api key'],
])
const DAY_MS = 86_400_000
const SECRET_BYTES = 32

/** Recorded: the code is NoSuchEntity, though the model names ServiceNotSupportedException. */
const notSupported = (name: string): Fault =>
  new Fault('NoSuchEntity', `No such service ${name} is supported for Service Specific Credentials`)
const noSuchCredential = (id: string): Fault => new Fault('NoSuchEntity', `No such credential ${id} exists`)

const checkOf = (action: string, name: string, context: Check['context'] = {}): Check => ({
  action,
  resource: { kind: 'user', name },
  context,
})

const SERVICE_NAME = 'iam:ServiceSpecificCredentialServiceName'

/** API keys begin with ABSK and are base64 of what they are for. */
function newSecret(kind: Kind, login: string, random: RandomBytes): string {
  const secret = Buffer.from(random(SECRET_BYTES)).toString('base64')
  return kind === 'password' ? secret : `ABSK${Buffer.from(`${login}:${secret}`).toString('base64')}`
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** `alice-at-111122223333`, then `alice+1-at-…` (IAM User Guide). */
async function freeLogin(tx: ReadTx, accountId: string, user: UserRow, service: string): Promise<string> {
  const taken = new Set((await tx.all<{ login: string }>(LOGINS, accountId, user.id, service)).map(({ login }) => login))
  if (taken.size >= SERVICE_CREDENTIALS_PER_SERVICE)
    throw quotaExceeded('ServiceSpecificCredentialsPerUser', SERVICE_CREDENTIALS_PER_SERVICE)
  const plain = `${user.name}-at-${accountId}`
  return taken.has(plain) ? `${user.name}+1-at-${accountId}` : plain
}

export const createServiceSpecificCredential = writeOperation('iam', 'CreateServiceSpecificCredential', {
  authorize: ({ UserName, ServiceName, CredentialAgeDays }) =>
    checkOf('iam:CreateServiceSpecificCredential', UserName, {
      [SERVICE_NAME]: ServiceName,
      ...(CredentialAgeDays !== undefined && { 'iam:ServiceSpecificCredentialAgeDays': String(CredentialAgeDays) }),
    }),
  async handle(tx, { UserName, ServiceName, CredentialAgeDays }, { accountId, now, random }) {
    const user = await mustFindUser(tx, accountId, UserName)
    const kind = SERVICES.get(ServiceName)
    if (kind === undefined) throw notSupported(ServiceName)
    if (CredentialAgeDays !== undefined && kind === 'password')
      throw new Fault('ValidationError', `CredentialAgeDays is not supported for ${ServiceName}.`, { status: 400 })
    const login = await freeLogin(tx, accountId, user, ServiceName)
    const secret = newSecret(kind, login, random)
    const id = newId('ACCA', accountId, random)
    const expiresAt = CredentialAgeDays === undefined ? null : now + CredentialAgeDays * DAY_MS
    await tx.run(INSERT, accountId, id, user.id, ServiceName, login, hashOf(secret), now, expiresAt)
    const row: Row = {
      id,
      owner: user.id,
      user_name: user.name,
      service: ServiceName,
      login,
      status: 'Active',
      created_at: now,
      expires_at: expiresAt,
    }
    return { ServiceSpecificCredential: withSecret(row, secret, now) }
  },
})

const kindOf = ({ service }: Row): Kind => SERVICES.get(service) ?? 'password'
const statusAt = ({ status, expires_at: until }: Row, now: number): Row['status'] =>
  until !== null && until <= now ? 'Expired' : status

function described(row: Row, now: number): ServiceSpecificCredentialMetadata {
  return {
    UserName: row.user_name,
    Status: statusAt(row, now),
    ...(kindOf(row) === 'password' ? { ServiceUserName: row.login } : { ServiceCredentialAlias: row.login }),
    CreateDate: new Date(row.created_at),
    ...(row.expires_at !== null && { ExpirationDate: new Date(row.expires_at) }),
    ServiceSpecificCredentialId: row.id,
    ServiceName: row.service,
  }
}

/** The secret is shown this once. */
function withSecret(row: Row, secret: string, now: number): ServiceSpecificCredential {
  return {
    ...described(row, now),
    ...(kindOf(row) === 'password' ? { ServicePassword: secret } : { ServiceCredentialSecret: secret }),
  }
}

/** Of one user, or with AllUsers of all; the service only filters. */
export const listServiceSpecificCredentials = readOperation('iam', 'ListServiceSpecificCredentials', {
  authorize(input, call) {
    if (input.AllUsers === true) return { action: 'iam:ListServiceSpecificCredentials', resource: '*' }
    const owner = ownerOf(input, call)
    return owner.kind === 'root'
      ? { action: 'iam:ListServiceSpecificCredentials', resource: '*' }
      : checkOf('iam:ListServiceSpecificCredentials', owner.name)
  },
  async handle(tx, input, call) {
    const { accountId, now } = call
    // IAM API reference: one excludes the other. The text is ours.
    if (input.AllUsers === true && input.UserName !== undefined)
      throw new Fault('ValidationError', 'AllUsers cannot be specified together with UserName.', { status: 400 })
    if (input.ServiceName !== undefined && !SERVICES.has(input.ServiceName)) throw notSupported(input.ServiceName)
    const after = startOf('service-specific credentials', input) ?? ''
    const owner = input.AllUsers === true ? undefined : ownerOf(input, call)
    const all =
      owner?.kind === 'user'
        ? await tx.all<Row>(LIST, accountId, (await mustFindUser(tx, accountId, owner.name)).id, after)
        : owner === undefined
          ? await tx.all<Row>(LIST_ALL, accountId, after)
          : []
    const rows = all
      .filter(({ service }) => input.ServiceName === undefined || service === input.ServiceName)
      .slice(0, rowsFor(input))
    const { items, ...page } = pageOf('service-specific credentials', rows, input, ({ id }) => id)
    return { ServiceSpecificCredentials: items.map((row) => described(row, now)), ...page }
  },
})

type Named = { readonly UserName?: string; readonly ServiceSpecificCredentialId: string }

/** Throws NoSuchEntity for the user, then for the credential. Without a user name: the caller's own. */
async function mustFindCredential(
  tx: ReadTx,
  input: Named,
  call: Parameters<typeof ownerOf>[1] & { readonly accountId: string },
): Promise<Row> {
  const owner = ownerOf(input, call)
  const id = input.ServiceSpecificCredentialId
  const user = owner.kind === 'user' ? await mustFindUser(tx, call.accountId, owner.name) : undefined
  const row = await tx.get<Row>(FIND, call.accountId, id)
  if (row === undefined || row.owner !== user?.id) throw noSuchCredential(id)
  return row
}

const namedCheck = (action: string, input: Named, call: Parameters<typeof ownerOf>[1]): Check => {
  const owner = ownerOf(input, call)
  if (owner.kind === 'root') return { action, resource: '*' }
  const resource = { kind: SERVICE_CREDENTIAL, name: `${owner.name}\n${input.ServiceSpecificCredentialId}` }
  return { action, resource, told: `user ${owner.name}` }
}

export const SERVICE_CREDENTIAL = 'service credential'

/** The user, with the service of a credential of its own: the two names with a line feed between them. What others have is not told. */
export async function serviceCredentialEntity(tx: ReadTx, accountId: string, name: string): Promise<Entity> {
  const [userName = '', id = ''] = name.split('\n')
  const entity = await userEntity(tx, accountId, userName)
  const user = await findUser(tx, accountId, userName)
  const row = await tx.get<Row>(FIND, accountId, id)
  if (row === undefined || row.owner !== user?.id) return entity
  return { ...entity, context: { ...entity.context, [SERVICE_NAME]: row.service } }
}

export const updateServiceSpecificCredential = writeOperation('iam', 'UpdateServiceSpecificCredential', {
  authorize: (input, call) => namedCheck('iam:UpdateServiceSpecificCredential', input, call),
  async handle(tx, input, call) {
    const { id } = await mustFindCredential(tx, input, call)
    if (input.Status === 'Expired') throw new Fault('ValidationError', 'A credential cannot be set to Expired.', { status: 400 })
    await tx.run(SET_STATUS, input.Status, call.accountId, id)
    return {}
  },
})

export const resetServiceSpecificCredential = writeOperation('iam', 'ResetServiceSpecificCredential', {
  authorize: (input, call) => namedCheck('iam:ResetServiceSpecificCredential', input, call),
  async handle(tx, input, call) {
    const row = await mustFindCredential(tx, input, call)
    const secret = newSecret(kindOf(row), row.login, call.random)
    await tx.run(SET_SECRET, hashOf(secret), call.accountId, row.id)
    return { ServiceSpecificCredential: withSecret(row, secret, call.now) }
  },
})

export const deleteServiceSpecificCredential = writeOperation('iam', 'DeleteServiceSpecificCredential', {
  authorize: (input, call) => namedCheck('iam:DeleteServiceSpecificCredential', input, call),
  async handle(tx, input, call) {
    const { id } = await mustFindCredential(tx, input, call)
    await tx.run(DELETE, call.accountId, id)
    return {}
  },
})

export const serviceCredentialOperations = [
  createServiceSpecificCredential,
  listServiceSpecificCredentials,
  updateServiceSpecificCredential,
  resetServiceSpecificCredential,
  deleteServiceSpecificCredential,
]
