/** X.509 signing certificates of users and of the root user. */
import { X509Certificate } from 'node:crypto'
import { Fault } from '../../aws/fault.ts'
import type { RandomBytes } from '../../aws/ids.ts'
import type { SigningCertificate } from '../../model/iam.gen.ts'
import { type ReadTx, UniqueViolation } from '../../store/store.ts'
import { base32 } from '../totp.ts'
import { readOperation, writeOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import { quotaExceeded } from './errors.ts'
import { type CredentialOwner, mustFindOwner, ownerOf, ownerResource, ROOT_NAME } from './implicit-user.ts'
import { SIGNING_CERTIFICATES_PER_USER } from './quotas.ts'

type Row = {
  readonly id: string
  readonly owner: string
  readonly body: string
  readonly status: 'Active' | 'Inactive'
  readonly created_at: number
}

const COLUMNS = 'id, owner, body, status, created_at'
const FIND = `SELECT ${COLUMNS} FROM iam_signing_certificate WHERE account = $1 AND id = $2`
const LIST = `SELECT ${COLUMNS} FROM iam_signing_certificate WHERE account = $1 AND owner = $2 AND id > $3 ORDER BY id LIMIT $4`
const COUNT = 'SELECT COUNT(*) AS count FROM iam_signing_certificate WHERE account = $1 AND owner = $2'
const INSERT = `INSERT INTO iam_signing_certificate (account, id, owner, body, fingerprint, status, created_at) VALUES ($1, $2, $3, $4, $5, 'Active', $6)`
const SET_STATUS = 'UPDATE iam_signing_certificate SET status = $1 WHERE account = $2 AND id = $3'
const DELETE = 'DELETE FROM iam_signing_certificate WHERE account = $1 AND id = $2'

const malformedCertificate = (): Fault => new Fault('MalformedCertificate', 'Certificate BODY is malformed.')
const noSuchCertificate = (id: string): Fault => new Fault('NoSuchEntity', `The Certificate with id ${id} cannot be found.`)

/** Reads PEM; throws MalformedCertificate. */
function readCertificate(body: string): X509Certificate {
  try {
    if (!body.includes('-----BEGIN CERTIFICATE-----')) throw malformedCertificate()
    return new X509Certificate(body)
  } catch {
    throw malformedCertificate()
  }
}

/** AWS's ids of certificates are 32 characters of base32. */
const newCertificateId = (random: RandomBytes): string => base32(random(20))

export const uploadSigningCertificate = writeOperation('iam', 'UploadSigningCertificate', {
  authorize: (input, call) => ({ action: 'iam:UploadSigningCertificate', resource: ownerResource(ownerOf(input, call), call) }),
  async handle(tx, input, call) {
    const { accountId, now, random } = call
    const user = await mustFindOwner(tx, accountId, ownerOf(input, call))
    const owner = user?.id ?? accountId
    const certificate = readCertificate(input.CertificateBody)
    if (Date.parse(certificate.validTo) <= now) throw new Fault('InvalidCertificate', 'The certificate is expired.')
    const row = await tx.get<{ count: number }>(COUNT, accountId, owner)
    if (Number(row?.count) >= SIGNING_CERTIFICATES_PER_USER)
      throw quotaExceeded('CertificatesPerUser', SIGNING_CERTIFICATES_PER_USER)
    const id = newCertificateId(random)
    try {
      await tx.savepoint(() => tx.run(INSERT, accountId, id, owner, input.CertificateBody, certificate.fingerprint256, now))
    } catch (error) {
      if (error instanceof UniqueViolation)
        throw new Fault('DuplicateCertificate', 'The certificate is already associated with an IAM user in this account.')
      throw error
    }
    return { Certificate: shape({ id, owner, body: input.CertificateBody, status: 'Active', created_at: now }, user?.name) }
  },
})

const shape = ({ id, body, status, created_at: at }: Row, userName: string | undefined): SigningCertificate => ({
  UserName: userName ?? ROOT_NAME,
  CertificateId: id,
  CertificateBody: body,
  Status: status,
  UploadDate: new Date(at),
})

export const listSigningCertificates = readOperation('iam', 'ListSigningCertificates', {
  authorize: (input, call) => ({ action: 'iam:ListSigningCertificates', resource: ownerResource(ownerOf(input, call), call) }),
  async handle(tx, input, call) {
    const user = await mustFindOwner(tx, call.accountId, ownerOf(input, call))
    const rows = await tx.all<Row>(
      LIST,
      call.accountId,
      user?.id ?? call.accountId,
      startOf('signing certificates', input) ?? '',
      rowsFor(input),
    )
    const { items, ...page } = pageOf('signing certificates', rows, input, ({ id }) => id)
    return { Certificates: items.map((row) => shape(row, user?.name)), ...page }
  },
})

export const updateSigningCertificate = writeOperation('iam', 'UpdateSigningCertificate', {
  authorize: (input, call) => ({ action: 'iam:UpdateSigningCertificate', resource: ownerResource(ownerOf(input, call), call) }),
  async handle(tx, input, call) {
    await mustFindCertificate(tx, call.accountId, ownerOf(input, call), input.CertificateId)
    if (input.Status === 'Expired') throw new Fault('InvalidInput', 'A certificate cannot be set to Expired.')
    await tx.run(SET_STATUS, input.Status, call.accountId, input.CertificateId)
    return {}
  },
})

export const deleteSigningCertificate = writeOperation('iam', 'DeleteSigningCertificate', {
  authorize: (input, call) => ({ action: 'iam:DeleteSigningCertificate', resource: ownerResource(ownerOf(input, call), call) }),
  async handle(tx, input, call) {
    await mustFindCertificate(tx, call.accountId, ownerOf(input, call), input.CertificateId)
    await tx.run(DELETE, call.accountId, input.CertificateId)
    return {}
  },
})

/** Throws NoSuchEntity for the user, then for the certificate. */
async function mustFindCertificate(tx: ReadTx, accountId: string, owner: CredentialOwner, id: string): Promise<void> {
  const user = await mustFindOwner(tx, accountId, owner)
  const row = await tx.get<Row>(FIND, accountId, id)
  if (row === undefined || row.owner !== (user?.id ?? accountId)) throw noSuchCertificate(id)
}

export const signingCertificateOperations = [
  uploadSigningCertificate,
  listSigningCertificates,
  updateSigningCertificate,
  deleteSigningCertificate,
]
