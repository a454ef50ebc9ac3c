/** SSH public keys of users. */
import { Fault } from '../../aws/fault.ts'
import { newId } from '../../aws/ids.ts'
import type { SSHPublicKey } from '../../model/iam.gen.ts'
import { type ReadTx, UniqueViolation } from '../../store/store.ts'
import { readOperation, writeOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import { invalidInput, quotaExceeded } from './errors.ts'
import { ownerOf, ownerResource } from './implicit-user.ts'
import { SSH_KEYS_PER_USER } from './quotas.ts'
import { readSshKey, sshFingerprint, writtenAs } from './ssh-public-key.ts'
import { mustFindUser, type UserRow } from './users.rows.ts'

type Row = {
  readonly id: string
  readonly owner: string
  readonly body: string
  readonly fingerprint: string
  readonly status: 'Active' | 'Inactive'
  readonly created_at: number
}

const COLUMNS = 'id, owner, body, fingerprint, status, created_at'
const FIND = `SELECT ${COLUMNS} FROM iam_ssh_key WHERE account = $1 AND id = $2`
const LIST = `SELECT ${COLUMNS} FROM iam_ssh_key WHERE account = $1 AND owner = $2 AND id > $3 ORDER BY id LIMIT $4`
const COUNT = 'SELECT COUNT(*) AS count FROM iam_ssh_key WHERE account = $1 AND owner = $2'
const INSERT = `INSERT INTO iam_ssh_key (account, id, owner, body, fingerprint, status, created_at) VALUES ($1, $2, $3, $4, $5, 'Active', $6)`
const SET_STATUS = 'UPDATE iam_ssh_key SET status = $1 WHERE account = $2 AND id = $3'
const DELETE = 'DELETE FROM iam_ssh_key WHERE account = $1 AND id = $2'

const userCheck = (action: string, name: string) => ({ action, resource: { kind: 'user', name } })

export const uploadSshPublicKey = writeOperation('iam', 'UploadSSHPublicKey', {
  authorize: ({ UserName }) => userCheck('iam:UploadSSHPublicKey', UserName),
  async handle(tx, { UserName, SSHPublicKeyBody }, { accountId, now, random }) {
    const user = await mustFindUser(tx, accountId, UserName)
    const wire = readSshKey(SSHPublicKeyBody)
    const fingerprint = sshFingerprint(wire)
    const counted = await tx.get<{ count: number }>(COUNT, accountId, user.id)
    if (Number(counted?.count) >= SSH_KEYS_PER_USER) throw quotaExceeded('SSHPublicKeysPerUser', SSH_KEYS_PER_USER)
    const row: Row = {
      id: newId('APKA', accountId, random),
      owner: user.id,
      body: wire.toString('base64'),
      fingerprint,
      status: 'Active',
      created_at: now,
    }
    try {
      await tx.savepoint(() => tx.run(INSERT, accountId, row.id, user.id, row.body, fingerprint, now))
    } catch (error) {
      // Inferred: AWS publishes the code, not the words.
      if (error instanceof UniqueViolation)
        throw new Fault('DuplicateSSHPublicKey', 'The SSH public key is already associated with the specified IAM user.')
      throw error
    }
    return { SSHPublicKey: shape(row, user.name, 'SSH') }
  },
})

const shape = (row: Row, userName: string, encoding: 'SSH' | 'PEM'): SSHPublicKey => ({
  UserName: userName,
  SSHPublicKeyId: row.id,
  Fingerprint: row.fingerprint,
  SSHPublicKeyBody: writtenAs(Buffer.from(row.body, 'base64'), encoding),
  Status: row.status,
  UploadDate: new Date(row.created_at),
})

type Found = { readonly user: UserRow; readonly key: Row }

/** Throws NoSuchEntity for the user, then for the key. */
async function mustFindSshKey(tx: ReadTx, accountId: string, name: string, id: string): Promise<Found> {
  const user = await mustFindUser(tx, accountId, name)
  const key = await tx.get<Row>(FIND, accountId, id)
  if (key === undefined || key.owner !== user.id) throw new Fault('NoSuchEntity', `The Public Key with id ${id} cannot be found.`)
  return { user, key }
}

export const getSshPublicKey = readOperation('iam', 'GetSSHPublicKey', {
  authorize: ({ UserName }) => userCheck('iam:GetSSHPublicKey', UserName),
  async handle(tx, { UserName, SSHPublicKeyId, Encoding }, { accountId }) {
    const { user, key } = await mustFindSshKey(tx, accountId, UserName, SSHPublicKeyId)
    return { SSHPublicKey: shape(key, user.name, Encoding) }
  },
})

export const listSshPublicKeys = readOperation('iam', 'ListSSHPublicKeys', {
  authorize: (input, call) => ({ action: 'iam:ListSSHPublicKeys', resource: ownerResource(ownerOf(input, call), call) }),
  async handle(tx, input, call) {
    const owner = ownerOf(input, call)
    // The root user has no SSH keys: they are for users only.
    const user = owner.kind === 'root' ? undefined : await mustFindUser(tx, call.accountId, owner.name)
    const after = startOf('SSH public keys', input) ?? ''
    const rows = user === undefined ? [] : await tx.all<Row>(LIST, call.accountId, user.id, after, rowsFor(input))
    const { items, ...page } = pageOf('SSH public keys', rows, input, ({ id }) => id)
    return {
      SSHPublicKeys: items.map(({ id, status, created_at: at }) => ({
        UserName: user?.name ?? '',
        SSHPublicKeyId: id,
        Status: status,
        UploadDate: new Date(at),
      })),
      ...page,
    }
  },
})

export const updateSshPublicKey = writeOperation('iam', 'UpdateSSHPublicKey', {
  authorize: ({ UserName }) => userCheck('iam:UpdateSSHPublicKey', UserName),
  async handle(tx, { UserName, SSHPublicKeyId, Status }, { accountId }) {
    await mustFindSshKey(tx, accountId, UserName, SSHPublicKeyId)
    // The model's type of the status is that of access keys; the API Reference knows Active and Inactive here. The text is inferred.
    if (Status === 'Expired') throw invalidInput('An SSH public key cannot be set to Expired.')
    await tx.run(SET_STATUS, Status, accountId, SSHPublicKeyId)
    return {}
  },
})

export const deleteSshPublicKey = writeOperation('iam', 'DeleteSSHPublicKey', {
  authorize: ({ UserName }) => userCheck('iam:DeleteSSHPublicKey', UserName),
  async handle(tx, { UserName, SSHPublicKeyId }, { accountId }) {
    await mustFindSshKey(tx, accountId, UserName, SSHPublicKeyId)
    await tx.run(DELETE, accountId, SSHPublicKeyId)
    return {}
  },
})

export const sshKeyOperations = [uploadSshPublicKey, getSshPublicKey, listSshPublicKeys, updateSshPublicKey, deleteSshPublicKey]
