/** Handshakes, as those read them who sent or received them. */
import type { HandshakeFilter } from '../../model/organizations.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { readOperation } from '../operation.ts'
import { EVERYTHING } from './entities.ts'
import { invalidInput, noSuch } from './errors.ts'
import { handshakeShape, isShown } from './handshake-states.ts'
import { findHandshake, type HandshakeRow, handshakesFor, handshakesOf, isRecipient } from './handshakes.rows.ts'
import { findOrganization, mustReach } from './organization.rows.ts'
import { page, type PageRequest } from './pages.ts'

/** Both sides see it; in the sender's organization also those that its policy lets read (which the decision has asked). */
export const describeHandshake = readOperation('organizations', 'DescribeHandshake', {
  authorize: ({ HandshakeId }) => ({
    action: 'organizations:DescribeHandshake',
    resource: { kind: 'handshake', name: HandshakeId },
  }),
  async handle(tx, { HandshakeId }, { accountId, now }) {
    const row = await findHandshake(tx, HandshakeId)
    if (row === undefined || !isShown(row, now)) throw noSuch.handshake()
    const organization = await findOrganization(tx, accountId)
    if (organization?.account !== row.account && !(await isRecipient(tx, accountId, row))) throw noSuch.handshake()
    return { Handshake: await handshakeShape(tx, row, now) }
  },
})

type Listing = PageRequest & { readonly Filter?: HandshakeFilter }
type Listed = { readonly list: string; readonly rows: readonly HandshakeRow[]; readonly now: number }

async function listed(tx: ReadTx, { Filter = {}, ...request }: Listing, { list, rows, now }: Listed) {
  const { ActionType, ParentHandshakeId } = Filter
  if (ActionType !== undefined && ParentHandshakeId !== undefined)
    throw invalidInput('MAX_LIMIT_EXCEEDED_FILTER', 'You can specify only one filter parameter for the operation.')
  const wanted = rows.filter(
    (row) =>
      isShown(row, now) &&
      (ActionType === undefined || row.action === ActionType) &&
      (ParentHandshakeId === undefined || row.parent_id === ParentHandshakeId),
  )
  const { items, next } = page(`${list} ${ActionType} ${ParentHandshakeId}`, wanted, request, ({ id }) => id)
  const Handshakes = []
  for (const row of items) Handshakes.push(await handshakeShape(tx, row, now))
  return { Handshakes, ...next }
}

/** What was sent to the caller's account, which need not be in any organization. */
export const listHandshakesForAccount = readOperation('organizations', 'ListHandshakesForAccount', {
  authorize: () => ({ action: 'organizations:ListHandshakesForAccount', resource: '*' }),
  async handle(tx, input, { accountId, now }) {
    return listed(tx, input, { list: 'handshakes for account', rows: await handshakesFor(tx, accountId), now })
  },
})

export const listHandshakesForOrganization = readOperation('organizations', 'ListHandshakesForOrganization', {
  authorize: () => ({ action: 'organizations:ListHandshakesForOrganization', resource: EVERYTHING }),
  async handle(tx, input, { accountId, now }) {
    const { account } = await mustReach(tx, accountId)
    return listed(tx, input, { list: 'handshakes for organization', rows: await handshakesOf(tx, account), now })
  },
})

export const handshakeListOperations = [describeHandshake, listHandshakesForAccount, listHandshakesForOrganization]
