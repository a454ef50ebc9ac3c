/** Transfers of responsibility: another organization's management account lets this one manage and pay its bill. */
import type { Fault } from '../../aws/fault.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { type Check, type HandlingCall, readOperation, writeOperation } from '../operation.ts'
import { EVERYTHING } from './entities.ts'
import { handshakeRefused, invalidTransferTransition, noSuch, notManagement, transferInStatus, violates } from './errors.ts'
import { lockOrganization, mustLead } from './organization.rows.ts'
import { page, type PageRequest } from './pages.ts'
import { INBOUND_TRANSFERS, TRANSFER_CHAIN } from './quotas.ts'
import { endOf } from './transfer-dates.ts'
import { statusOf, transferShape } from './transfer-shapes.ts'
import {
  acceptTransferRow,
  type Direction,
  directionOf,
  findTransfer,
  listTransfers,
  setTransferEnd,
  setTransferName,
  transferKeys,
  type TransferRow,
  transferOf,
} from './transfers.rows.ts'
import type { HandshakeRow } from './handshakes.rows.ts'

/** Throws ResponsibilityTransferNotFoundException, also where other organizations have it. */
async function mustFindTransfer(tx: ReadTx, management: string, id: string): Promise<TransferRow> {
  const row = await findTransfer(tx, management, id)
  if (row === undefined) throw noSuch.transfer()
  return row
}

const check = (action: string, id: string): Check => ({ action, resource: { kind: 'transfer', name: id } })

export const describeResponsibilityTransfer = readOperation('organizations', 'DescribeResponsibilityTransfer', {
  authorize: ({ Id }) => check('organizations:DescribeResponsibilityTransfer', Id),
  async handle(tx, { Id }, { accountId, now }) {
    const organization = await mustLead(tx, accountId)
    const row = await mustFindTransfer(tx, accountId, Id)
    return { ResponsibilityTransfer: await transferShape(tx, organization, row, now) }
  },
})

type Listing = PageRequest & { readonly Id?: string }

async function listed(tx: ReadTx, input: Listing, direction: Direction, { accountId, now }: HandlingCall) {
  const organization = await mustLead(tx, accountId)
  const all = await listTransfers(tx, accountId, direction)
  const rows = input.Id === undefined ? all : all.filter(({ id }) => id === input.Id)
  if (input.Id !== undefined && rows.length === 0) throw noSuch.transfer()
  const { items, next } = page(`${direction} transfers`, rows, input, ({ id }) => id)
  const ResponsibilityTransfers = []
  for (const row of items) ResponsibilityTransfers.push(await transferShape(tx, organization, row, now))
  return { ResponsibilityTransfers, ...next }
}

export const listInboundResponsibilityTransfers = readOperation('organizations', 'ListInboundResponsibilityTransfers', {
  authorize: () => ({
    action: 'organizations:ListInboundResponsibilityTransfers',
    resource: EVERYTHING,
    context: transferKeys('inbound'),
  }),
  handle: (tx, input, call) => listed(tx, input, 'inbound', call),
})

export const listOutboundResponsibilityTransfers = readOperation('organizations', 'ListOutboundResponsibilityTransfers', {
  authorize: () => ({
    action: 'organizations:ListOutboundResponsibilityTransfers',
    resource: EVERYTHING,
    context: transferKeys('outbound'),
  }),
  handle: (tx, input, call) => listed(tx, input, 'outbound', call),
})

/** The name is given by the side that takes over. */
export const updateResponsibilityTransfer = writeOperation('organizations', 'UpdateResponsibilityTransfer', {
  authorize: ({ Id }) => check('organizations:UpdateResponsibilityTransfer', Id),
  async handle(tx, { Id, Name }, { accountId, now }) {
    const organization = await mustLead(tx, accountId)
    const row = await mustFindTransfer(tx, accountId, Id)
    if (directionOf(accountId, row) === 'outbound') throw notManagement()
    await setTransferName(tx, row, Name)
    return { ResponsibilityTransfer: await transferShape(tx, organization, { ...row, name: Name }, now) }
  },
})

/** Either side withdraws, and not again; it goes on until the end of a month ("Withdrawing transfers", AWS Billing User Guide). */
export const terminateResponsibilityTransfer = writeOperation('organizations', 'TerminateResponsibilityTransfer', {
  authorize: ({ Id }) => check('organizations:TerminateResponsibilityTransfer', Id),
  async handle(tx, { Id, EndTimestamp }, { accountId, now }) {
    const organization = await mustLead(tx, accountId)
    await lockOrganization(tx, (await mustFindTransfer(tx, accountId, Id)).account)
    const row = await mustFindTransfer(tx, accountId, Id)
    const refusal = REFUSALS[await statusOf(tx, row, now)]
    if (refusal !== undefined) throw refusal()
    const end = endOf(EndTimestamp, row.start_at, now)
    await setTransferEnd(tx, row, end)
    return { ResponsibilityTransfer: await transferShape(tx, organization, { ...row, end_at: end }, now) }
  },
  async precedes(tx, { accountId }, { Id }) {
    const row = await findTransfer(tx, accountId, Id)
    return row === undefined ? [] : [row.account]
  },
})

/** Why a transfer of this status cannot be withdrawn. Invitations are canceled and declined as handshakes. */
const REFUSALS: Readonly<Partial<Record<string, () => Fault>>> = {
  WITHDRAWN: transferInStatus,
  REQUESTED: invalidTransferTransition,
  DECLINED: invalidTransferTransition,
  CANCELED: invalidTransferTransition,
  EXPIRED: invalidTransferTransition,
}

const isRunning = ({ accepted_at: accepted, end_at: end }: TransferRow, now: number): boolean =>
  accepted !== null && (end === null || end > now)

const running = async (tx: ReadTx, management: string, direction: Direction, now: number): Promise<readonly TransferRow[]> =>
  (await listTransfers(tx, management, direction)).filter((row) => isRunning(row, now))

/** How many transfers stand one behind the other above an organization. No chain is longer than it may be. */
async function above(tx: ReadTx, management: string, now: number): Promise<number> {
  const [next] = await running(tx, management, 'outbound', now)
  return next === undefined ? 0 : 1 + (await above(tx, next.account, now))
}

async function beneath(tx: ReadTx, management: string, now: number): Promise<number> {
  let longest = 0
  for (const { source } of await running(tx, management, 'inbound', now))
    if (source !== null) longest = Math.max(longest, 1 + (await beneath(tx, source, now)))
  return longest
}

/** The other organization's management account accepts. Throws HandshakeConstraintViolationException and ConstraintViolationException. */
export async function acceptTransfer(tx: WriteTx, handshake: HandshakeRow, { accountId, now }: HandlingCall): Promise<void> {
  await mustLead(tx, accountId)
  if (handshake.account === accountId) throw cannotMatch()
  const row = await transferOf(tx, handshake.id)
  if (row === undefined) throw new Error(`the handshake ${handshake.id} has no transfer`)
  if ((await running(tx, accountId, 'outbound', now)).length > 0)
    throw violates('RESPONSIBILITY_TRANSFER_MAX_OUTBOUND_QUOTA_VIOLATION', 'You have exceeded your outbound transfers limit.')
  if ((await running(tx, row.account, 'inbound', now)).length >= INBOUND_TRANSFERS)
    throw violates('RESPONSIBILITY_TRANSFER_MAX_INBOUND_QUOTA_VIOLATION', 'You have exceeded your inbound transfers limit.')
  // A chain that came back to where it began would be too long as well.
  if ((await beneath(tx, accountId, now)) + 1 + (await above(tx, row.account, now)) > TRANSFER_CHAIN)
    throw violates('RESPONSIBILITY_TRANSFER_MAX_LEVEL_VIOLATION', 'You have exceeded the maximum length of your transfer chain.')
  await acceptTransferRow(tx, row, accountId, now)
}

export const cannotMatch = (): Fault =>
  handshakeRefused('SOURCE_AND_TARGET_CANNOT_MATCH', 'Sender and recipient of the invitation are the same.')

/** Throws ConstraintViolationException while an organization has a transfer, or an invitation to one. */
export async function mustHaveNoTransfer(tx: ReadTx, management: string, now: number): Promise<void> {
  const all = [...(await listTransfers(tx, management, 'inbound')), ...(await listTransfers(tx, management, 'outbound'))]
  for (const row of all)
    if (isRunning(row, now) || (await statusOf(tx, row, now)) === 'REQUESTED')
      throw violates(
        'ACTIVE_RESPONSIBILITY_TRANSFER_PROCESS',
        'You cannot delete the organization while it has a responsibility transfer.',
      )
}

export const transferOperations = [
  describeResponsibilityTransfer,
  listInboundResponsibilityTransfers,
  listOutboundResponsibilityTransfers,
  updateResponsibilityTransfer,
  terminateResponsibilityTransfer,
]
