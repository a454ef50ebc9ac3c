/** Server certificates: kept with their private keys, which are sealed and never shown again. */
import { Fault } from '../../aws/fault.ts'
import { newId } from '../../aws/ids.ts'
import type { ServerCertificateMetadata, UpdateServerCertificateRequest } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { type Check, readOperation, writeOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import type { Entity } from '../service.ts'
import { mustDifferByCase, sortedCasedTags } from './cased-tags.ts'
import { quotaExceeded } from './errors.ts'
import { DEFAULT_PATH, nameKey } from './names.ts'
import { SERVER_CERTIFICATES_PER_ACCOUNT } from './quotas.ts'
import { checkedCertificate } from './server-certificate-checks.ts'
import {
  countServerCertificates,
  deleteServerCertificateRow,
  findServerCertificate,
  insertServerCertificate,
  listServerCertificateRows,
  mustFindServerCertificate,
  renameServerCertificate,
  serverCertificateArn,
  type ServerCertificateRow,
} from './server-certificates.rows.ts'
import { parseTags, newTagKeys, resourceTagKeys } from './tags.ts'

const nameTaken = (name: string): Fault =>
  new Fault('EntityAlreadyExists', `The Server Certificate with name ${name} already exists.`)

export const uploadServerCertificate = writeOperation('iam', 'UploadServerCertificate', {
  authorize({ Path, ServerCertificateName, Tags }, { accountId }) {
    const resource = serverCertificateArn(accountId, Path ?? DEFAULT_PATH, ServerCertificateName)
    const context = newTagKeys(Tags)
    const upload: Check = { action: 'iam:UploadServerCertificate', resource, context }
    return Tags === undefined || Tags.length === 0 ? upload : [upload, { action: 'iam:TagServerCertificate', resource, context }]
  },
  async handle(tx, input, { accountId, now, random, vault }) {
    const { ServerCertificateName: name, Tags = [] } = input
    mustDifferByCase(Tags)
    const certificate = checkedCertificate(input, now)
    if ((await findServerCertificate(tx, accountId, name)) !== undefined) throw nameTaken(name)
    if ((await countServerCertificates(tx, accountId)) >= SERVER_CERTIFICATES_PER_ACCOUNT)
      throw quotaExceeded('ServerCertificatesPerAccount', SERVER_CERTIFICATES_PER_ACCOUNT)
    const id = newId('ASCA', accountId, random)
    const row: ServerCertificateRow = {
      id,
      name,
      path: input.Path ?? DEFAULT_PATH,
      body: input.CertificateBody,
      chain: input.CertificateChain ?? null,
      tags: JSON.stringify(Tags.map(({ Key, Value }) => ({ Key, Value }))),
      created_at: now,
      expires_at: Date.parse(certificate.validTo),
    }
    await insertServerCertificate(tx, accountId, row, vault.seal(input.PrivateKey, `server-certificate/${id}`))
    return { ServerCertificateMetadata: metadata(accountId, row), ...(Tags.length > 0 && { Tags: sortedCasedTags(Tags) }) }
  },
})

const metadata = (accountId: string, row: ServerCertificateRow): ServerCertificateMetadata => ({
  Path: row.path,
  ServerCertificateName: row.name,
  ServerCertificateId: row.id,
  Arn: serverCertificateArn(accountId, row.path, row.name),
  UploadDate: new Date(row.created_at),
  Expiration: new Date(row.expires_at),
})

export const getServerCertificate = readOperation('iam', 'GetServerCertificate', {
  authorize: ({ ServerCertificateName: name }) => ({
    action: 'iam:GetServerCertificate',
    resource: { kind: 'server-certificate', name },
  }),
  async handle(tx, { ServerCertificateName }, { accountId }) {
    const row = await mustFindServerCertificate(tx, accountId, ServerCertificateName)
    const tags = parseTags(row.tags)
    return {
      ServerCertificate: {
        ServerCertificateMetadata: metadata(accountId, row),
        CertificateBody: row.body,
        ...(row.chain !== null && { CertificateChain: row.chain }),
        ...(tags.length > 0 && { Tags: tags }),
      },
    }
  },
})

export const listServerCertificates = readOperation('iam', 'ListServerCertificates', {
  authorize: () => ({ action: 'iam:ListServerCertificates', resource: '*' }),
  async handle(tx, input, { accountId }) {
    const slice = { after: startOf('server certificates', input), limit: rowsFor(input) }
    const rows = await listServerCertificateRows(tx, accountId, input.PathPrefix, slice)
    const { items, ...page } = pageOf('server certificates', rows, input, ({ name }) => nameKey(name))
    return { ServerCertificateMetadataList: items.map((row) => metadata(accountId, row)), ...page }
  },
})

/** IAM API reference, UpdateServerCertificate: a rename needs permission on the certificate as it is and as it will be. */
export const updateServerCertificate = writeOperation('iam', 'UpdateServerCertificate', {
  authorize(input) {
    const action = 'iam:UpdateServerCertificate'
    const before: Check = { action, resource: { kind: 'server-certificate', name: input.ServerCertificateName } }
    if (input.NewServerCertificateName === undefined && input.NewPath === undefined) return before
    return [before, { action, resource: { kind: RENAMED_SERVER_CERTIFICATE, name: renaming(input) } }]
  },
  async handle(tx, { ServerCertificateName, NewPath, NewServerCertificateName }, { accountId }) {
    const row = await mustFindServerCertificate(tx, accountId, ServerCertificateName)
    const name = NewServerCertificateName ?? row.name
    const namesake = await findServerCertificate(tx, accountId, name)
    if (namesake !== undefined && namesake.id !== row.id) throw nameTaken(name)
    await renameServerCertificate(tx, accountId, { id: row.id, name, path: NewPath ?? row.path })
    return {}
  },
})

export const deleteServerCertificate = writeOperation('iam', 'DeleteServerCertificate', {
  authorize: ({ ServerCertificateName: name }) => ({
    action: 'iam:DeleteServerCertificate',
    resource: { kind: 'server-certificate', name },
  }),
  async handle(tx, { ServerCertificateName }, { accountId }) {
    const { id } = await mustFindServerCertificate(tx, accountId, ServerCertificateName)
    await deleteServerCertificateRow(tx, accountId, id)
    return {}
  },
})

export const RENAMED_SERVER_CERTIFICATE = 'renamed server certificate'

/** What becomes of which certificate, as the name of an entity: neither names nor paths hold a line feed. */
const renaming = ({ ServerCertificateName, NewServerCertificateName, NewPath }: UpdateServerCertificateRequest): string =>
  [ServerCertificateName, NewServerCertificateName ?? '', NewPath ?? ''].join('\n')

/** A certificate by its name; one that does not exist is looked for under the path `/`. */
export async function serverCertificateEntity(tx: ReadTx, accountId: string, name: string): Promise<Entity> {
  const row = await findServerCertificate(tx, accountId, name)
  if (row === undefined) return { arn: serverCertificateArn(accountId, DEFAULT_PATH, name), missing: true }
  return { arn: serverCertificateArn(accountId, row.path, row.name), context: resourceTagKeys(parseTags(row.tags)) }
}

/** A certificate as it will be after UpdateServerCertificate: the new name and path, and the tags that it has. */
export async function renamedServerCertificateEntity(tx: ReadTx, accountId: string, change: string): Promise<Entity> {
  const [name = '', newName = '', newPath = ''] = change.split('\n')
  const certificate = await findServerCertificate(tx, accountId, name)
  const path = newPath === '' ? (certificate?.path ?? DEFAULT_PATH) : newPath
  const arn = serverCertificateArn(accountId, path, newName === '' ? (certificate?.name ?? name) : newName)
  return certificate === undefined ? { arn, missing: true } : { arn, context: resourceTagKeys(parseTags(certificate.tags)) }
}

export const serverCertificateOperations = [
  uploadServerCertificate,
  getServerCertificate,
  listServerCertificates,
  updateServerCertificate,
  deleteServerCertificate,
]
