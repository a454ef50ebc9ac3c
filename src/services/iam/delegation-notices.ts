/** What product providers are told: state changes and exchange tokens (IAM User Guide, "Configuring Notifications"). They lie in an outbox, sealed. */
import { sealTradeIn } from '../delegation-token.ts'
import type { DelegationRow } from '../delegation-requests.rows.ts'
import type { HandlingCall } from '../operation.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'

const INSERT = `INSERT INTO iam_delegation_message (account, id, request_id, topic_arn, message, created_at)
  VALUES ($1, $2, $3, $4, $5, $6)`
const LAST = 'SELECT id FROM iam_delegation_message WHERE account = $1 ORDER BY id DESC LIMIT 1'
const LIST = `SELECT id, topic_arn, message FROM iam_delegation_message WHERE account = $1 AND id > $2 ORDER BY id LIMIT $3`

export type NoticeRow = { readonly id: string; readonly topic_arn: string; readonly message: string }

/** The context that a message is sealed for; `reseal.ts` knows it too. */
const contextOf = (id: string): string => `delegation-message/${id}`

/** Notices of a provider in the order in which they were made, behind one of them; their messages are sealed. */
export const listNotices = (
  tx: ReadTx,
  account: string,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly NoticeRow[]> => tx.all(LIST, account, after, limit)

/** The message of a notice, JSON. */
export const openNotice = ({ id, message }: NoticeRow, vault: Pick<HandlingCall['vault'], 'open'>): string =>
  vault.open(message, contextOf(id))

type Common = Pick<DelegationRow, 'account' | 'id' | 'workflow_id' | 'state' | 'owner_account' | 'updated_at'>

const commonOf = ({ id, workflow_id: workflow, state, owner_account: owner, updated_at: at }: Common, type: string): object => ({
  RequestorWorkflowId: workflow,
  Type: type,
  RequestId: id,
  State: state,
  OwnerAccountId: owner,
  UpdatedAt: new Date(at).toISOString(),
})

/** Says what the request has become; with the exchange token where that has been released. */
export async function notify(tx: WriteTx, row: DelegationRow, call: HandlingCall): Promise<void> {
  await put(tx, row, commonOf(row, 'StateChange'), call)
  if (row.token_expires_at === null) return
  const token = {
    ...commonOf(row, 'ExchangeToken'),
    ExchangeToken: sealTradeIn({ requestId: row.id, requestor: row.account }, call.vault),
    ExpiresAt: new Date(row.token_expires_at).toISOString(),
  }
  await put(tx, row, token, call)
}

async function put(tx: WriteTx, row: DelegationRow, message: object, { now, random, vault }: HandlingCall): Promise<void> {
  const last = await tx.get<{ id: string }>(LAST, row.account)
  const id = `${placeAfter(last?.id, now)}-${Buffer.from(random(8)).toString('hex')}`
  const sealed = vault.seal(JSON.stringify(message), contextOf(id))
  await tx.run(INSERT, row.account, id, row.id, row.notification_channel, sealed, now)
}

/** Digits of a time, milliseconds, until the year 2286; and of a number of notices of one time. */
const TIME_DIGITS = 13
const COUNT_DIGITS = 6

/** A time and a number, behind those of the last notice, though its call may have begun later: whoever reads on from there misses nothing. */
function placeAfter(last: string | undefined, now: number): string {
  const [time = 0, count = 0] = last?.split('-').map(Number) ?? []
  const place = time < now ? [now, 0] : [time, count + 1]
  return [TIME_DIGITS, COUNT_DIGITS].map((digits, index) => String(place[index]).padStart(digits, '0')).join('-')
}
