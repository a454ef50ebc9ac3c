/** Tags of server certificates. */
import { readOperation, writeOperation } from '../operation.ts'
import { mustFindServerCertificate, setServerCertificateTags } from './server-certificates.rows.ts'
import { CASED, listingTags, type Taggable, tagging, untagging } from './taggable.ts'
import { parseTags } from './tags.ts'

const CERTIFICATES: Taggable<{ readonly ServerCertificateName: string }> = {
  check: (action, { ServerCertificateName }, more) => ({
    action,
    resource: { kind: 'server-certificate', name: ServerCertificateName },
    ...more,
  }),
  async find(tx, accountId, { ServerCertificateName }) {
    const { id, tags } = await mustFindServerCertificate(tx, accountId, ServerCertificateName)
    return { key: id, tags: parseTags(tags) }
  },
  set: (tx, accountId, key, tags) => setServerCertificateTags(tx, accountId, key, JSON.stringify(tags)),
  list: 'server certificate tags',
  keys: CASED,
}

export const tagServerCertificate = writeOperation(
  'iam',
  'TagServerCertificate',
  tagging('iam:TagServerCertificate', CERTIFICATES),
)
export const untagServerCertificate = writeOperation(
  'iam',
  'UntagServerCertificate',
  untagging('iam:UntagServerCertificate', CERTIFICATES),
)
export const listServerCertificateTags = readOperation(
  'iam',
  'ListServerCertificateTags',
  listingTags('iam:ListServerCertificateTags', CERTIFICATES),
)

export const serverCertificateTagOperations = [tagServerCertificate, untagServerCertificate, listServerCertificateTags]
