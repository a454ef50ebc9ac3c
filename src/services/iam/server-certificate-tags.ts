/** Tags of server certificates. */
import { readOperation, writeOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import { mergeCasedTags, mustDifferByCase, sortedCasedTags, withoutCasedTags } from './cased-tags.ts'
import { mustFindServerCertificate, setServerCertificateTags } from './server-certificates.rows.ts'
import { parseTags, requestTagKeys, tagNameKeys } from './tags.ts'

const certificate = (name: string) => ({ kind: 'server-certificate', name })

export const tagServerCertificate = writeOperation('iam', 'TagServerCertificate', {
  authorize: ({ ServerCertificateName, Tags }) => ({
    action: 'iam:TagServerCertificate',
    resource: certificate(ServerCertificateName),
    context: requestTagKeys(Tags),
  }),
  async handle(tx, { ServerCertificateName, Tags }, { accountId }) {
    mustDifferByCase(Tags)
    const row = await mustFindServerCertificate(tx, accountId, ServerCertificateName)
    await setServerCertificateTags(tx, accountId, row.id, JSON.stringify(mergeCasedTags(parseTags(row.tags), Tags)))
    return {}
  },
})

export const untagServerCertificate = writeOperation('iam', 'UntagServerCertificate', {
  authorize: ({ ServerCertificateName, TagKeys }) => ({
    action: 'iam:UntagServerCertificate',
    resource: certificate(ServerCertificateName),
    context: tagNameKeys(TagKeys),
  }),
  async handle(tx, { ServerCertificateName, TagKeys }, { accountId }) {
    const row = await mustFindServerCertificate(tx, accountId, ServerCertificateName)
    await setServerCertificateTags(tx, accountId, row.id, JSON.stringify(withoutCasedTags(parseTags(row.tags), TagKeys)))
    return {}
  },
})

export const listServerCertificateTags = readOperation('iam', 'ListServerCertificateTags', {
  authorize: ({ ServerCertificateName }) => ({
    action: 'iam:ListServerCertificateTags',
    resource: certificate(ServerCertificateName),
  }),
  async handle(tx, input, { accountId }) {
    const row = await mustFindServerCertificate(tx, accountId, input.ServerCertificateName)
    const after = startOf('server certificate tags', input) ?? ''
    const tags = sortedCasedTags(parseTags(row.tags)).filter(({ Key }) => Key > after)
    const { items, ...page } = pageOf('server certificate tags', tags.slice(0, rowsFor(input)), input, ({ Key }) => Key)
    return { Tags: items, ...page }
  },
})

export const serverCertificateTagOperations = [tagServerCertificate, untagServerCertificate, listServerCertificateTags]
