/** Administrative commands about temporary delegation: product providers, their policies, what they are told, and taking access back. */
import { Fault } from '../aws/fault.ts'
import { listNotices, openNotice } from '../services/iam/delegation-notices.ts'
import { listProviders } from '../services/iam/product-providers.rows.ts'
import type { AdminArguments, AdminCommands, AdminResult } from './admin-contract.ts'
import type { Opened } from './open.ts'
import { keepOperatorRecord, operatorDraft, type OperatorEvent } from './operator-record.ts'
import { ownerOfDelegation, type ProviderWork } from './provider-jobs.ts'

type Name = 'registerProvider' | 'removeProvider' | 'listProviders' | 'registerPolicy' | 'providerNotices' | 'revokeDelegation'

export const providerAdministration: Pick<AdminCommands<Opened>, Name> = {
  async registerProvider(opened, { accountId, domain, name }) {
    const input = { AccountId: accountId, Domain: domain, Name: name }
    await write(
      opened,
      { do: 'register', provider: { account: accountId, domain, name } },
      { name: 'RegisterProductProvider', accountId, input },
    )
    return { accountId, domain, name }
  },
  async removeProvider(opened, { accountId }) {
    await write(
      opened,
      { do: 'remove', accountId },
      { name: 'RemoveProductProvider', accountId, input: { AccountId: accountId } },
    )
    return { accountId }
  },
  async listProviders({ context }) {
    const rows = await context.store.read(listProviders)
    return { providers: rows.map(({ account: accountId, domain, name }) => ({ accountId, domain, name })) }
  },
  registerPolicy,
  providerNotices,
  /** Recorded in the trail of the account that the access was to: "The revocation is logged in AWS CloudTrail" (IAM User Guide). */
  async revokeDelegation(opened, { requestId }) {
    const accountId = await opened.context.store.read((tx) => ownerOfDelegation(tx, requestId))
    const input = { DelegationRequestId: requestId }
    await write(opened, { do: 'revoke', requestId }, { name: 'RevokeDelegation', accountId, input })
    return { requestId, accountId }
  },
}

async function write({ context }: Opened, work: ProviderWork, event: OperatorEvent): Promise<object> {
  const { output, fault } = await context.write({
    kind: 'provider',
    work,
    now: context.clock(),
    accountId: event.accountId,
    changesSessions: work.do === 'revoke',
    draft: operatorDraft(event, context),
  })
  if (fault !== undefined) throw new Fault(fault.code, fault.message)
  return output
}

async function registerPolicy(
  opened: Opened,
  { accountId, kind, name, document }: AdminArguments<'registerPolicy'>,
): Promise<AdminResult<'registerPolicy'>> {
  if (kind !== 'template' && kind !== 'boundary') throw new Fault('ValidationError', 'A policy is a template or a boundary.')
  const input = { AccountId: accountId, Type: kind, PolicyName: name, PolicyDocument: document }
  const event: OperatorEvent = { name: 'RegisterDelegationPolicy', accountId, input }
  const output = await write(opened, { do: 'register policy', policy: { accountId, kind, name, document } }, event)
  if (!('Arn' in output) || typeof output.Arn !== 'string') throw new Error('the writing side registered nothing')
  return { arn: output.Arn }
}

/** Notices that one command gives out. */
const MAX_NOTICES = 1_000

/** Recorded before anything is handed out: exchange tokens are among it. */
async function providerNotices(
  { context }: Opened,
  { accountId, after = '', limit }: AdminArguments<'providerNotices'>,
): Promise<AdminResult<'providerNotices'>> {
  if (limit < 1 || limit > MAX_NOTICES) throw new Fault('ValidationError', `A command gives out 1 to ${MAX_NOTICES} notices.`)
  const rows = await context.store.read((tx) => listNotices(tx, accountId, { after, limit }))
  if (rows.length > 0)
    await keepOperatorRecord({ name: 'GetDelegationNotices', accountId, input: { AccountId: accountId } }, {}, context)
  return {
    notices: rows.map((row) => ({ id: row.id, topicArn: row.topic_arn, message: openNotice(row, context.edge.vault) })),
  }
}
