/** GetCallerIdentity and GetAccessKeyInfo: whose credentials are these. */
import { accountOfId } from '../../aws/ids.ts'
import { NO_PERMISSION_NEEDED, readOperation } from '../operation.ts'
import { validationError } from './errors.ts'

/** STS API reference: no permission is needed, and not even an explicit deny takes it away. */
export const getCallerIdentity = readOperation('sts', 'GetCallerIdentity', {
  authorize: () => NO_PERMISSION_NEEDED,
  handle: async (_tx, _input, { principal }) => ({ UserId: principal.id, Account: principal.accountId, Arn: principal.arn }),
})

/** The account is in the key's id, whether or not the key exists, here or anywhere. The text for other ids is ours. */
export const getAccessKeyInfo = readOperation('sts', 'GetAccessKeyInfo', {
  authorize: () => ({ action: 'sts:GetAccessKeyInfo', resource: '*' }),
  async handle(_tx, { AccessKeyId }) {
    const account = accountOfId(AccessKeyId)
    if (account === undefined) throw validationError(`${AccessKeyId} is not a valid access key ID.`)
    return { Account: account }
  },
})

export const callerIdentityOperations = [getCallerIdentity, getAccessKeyInfo]
