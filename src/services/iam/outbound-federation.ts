/** Outbound identity federation: whether principals of the account get tokens that prove to others who they are. */
import { Fault } from '../../aws/fault.ts'
import { readOperation, writeOperation } from '../operation.ts'
import {
  disableOutboundFederation,
  enableOutboundFederation,
  findOutboundFederation,
  insertOutboundFederation,
} from '../outbound-federation.rows.ts'
import { issuerAddress, newIssuerKeys } from '../token-issuer.ts'
import { newUuid } from '../uuid.ts'

/** The texts are those of the IAM API reference: FeatureEnabled (HTTP 409), FeatureDisabled (HTTP 404). */
const alreadyEnabled = (): Fault =>
  new Fault('FeatureEnabled', 'The request failed because outbound identity federation is already enabled for your AWS account.')
const disabled = (): Fault =>
  new Fault(
    'FeatureDisabled',
    'The request failed because outbound identity federation is already disabled for your AWS account.',
  )

/** An account that enables it again is the same issuer with the same keys; only the server's public address may have changed since. */
export const enableOutboundWebIdentityFederation = writeOperation('iam', 'EnableOutboundWebIdentityFederation', {
  authorize: () => ({ action: 'iam:EnableOutboundWebIdentityFederation', resource: '*' }),
  /** Keys are made here: it is too slow for a transaction. */
  async prepare(tx, _input, { accountId, random, vault, publicUrl }) {
    const row = await findOutboundFederation(tx, accountId)
    if (row !== undefined) return { issuer: issuerAddress(publicUrl, row.id), fresh: undefined }
    const id = newUuid(random)
    return { issuer: issuerAddress(publicUrl, id), fresh: { id, ...(await newIssuerKeys(id, vault)) } }
  },
  async handle(tx, _input, { accountId }, { issuer, fresh }) {
    const row = await findOutboundFederation(tx, accountId)
    // Also where another call was faster.
    if (row?.enabled === 1 || (row !== undefined && fresh !== undefined)) throw alreadyEnabled()
    if (fresh === undefined) await enableOutboundFederation(tx, accountId, issuer)
    else await insertOutboundFederation(tx, accountId, { ...fresh, issuer, enabled: 1 })
    return { IssuerIdentifier: issuer }
  },
})

/** IAM API reference: tokens that were issued before stay valid, so the issuer's documents stay where they are. */
export const disableOutboundWebIdentityFederation = writeOperation('iam', 'DisableOutboundWebIdentityFederation', {
  authorize: () => ({ action: 'iam:DisableOutboundWebIdentityFederation', resource: '*' }),
  async handle(tx, _input, { accountId }) {
    if ((await findOutboundFederation(tx, accountId))?.enabled !== 1) throw disabled()
    await disableOutboundFederation(tx, accountId)
    return {}
  },
})

export const getOutboundWebIdentityFederationInfo = readOperation('iam', 'GetOutboundWebIdentityFederationInfo', {
  authorize: () => ({ action: 'iam:GetOutboundWebIdentityFederationInfo', resource: '*' }),
  async handle(tx, _input, { accountId }) {
    const row = await findOutboundFederation(tx, accountId)
    if (row?.enabled !== 1) throw disabled()
    return { IssuerIdentifier: row.issuer, JwtVendingEnabled: true }
  },
})

export const outboundFederationOperations = [
  enableOutboundWebIdentityFederation,
  disableOutboundWebIdentityFederation,
  getOutboundWebIdentityFederationInfo,
]
