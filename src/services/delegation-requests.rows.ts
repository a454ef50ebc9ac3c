/** Rows of delegation requests: a product provider makes them, another account's principals own and decide them, STS redeems them. */
import type { DelegationRequest, PolicyParameter } from '../model/iam.gen.ts'
import type { SessionFacts } from '../aws/principal.ts'
import type { ReadTx, WriteTx } from '../store/store.ts'
import type { SessionPrincipal } from './session-token.ts'

export type DelegationState = NonNullable<DelegationRequest['State']>

export type DelegationRow = {
  /** The requestor's. */
  readonly account: string
  readonly id: string
  readonly workflow_id: string
  readonly requestor_name: string
  readonly description: string
  readonly request_message: string | null
  readonly template_arn: string
  /** JSON: see `parametersOf`. */
  readonly parameters: string
  /** The template with its parameters filled in. */
  readonly policy: string
  readonly redirect_url: string | null
  readonly notification_channel: string
  readonly session_seconds: number
  readonly only_send_by_owner: number
  readonly owner_account: string | null
  readonly owner_arn: string | null
  /** `aws:userid` of the owner: a name may come to belong to somebody else. */
  readonly owner_id: string | null
  readonly approver_arn: string | null
  /** JSON: see `approverOf`. */
  readonly approver: string | null
  /** As it was set; see `stateOf`. */
  readonly state: Exclude<DelegationState, 'EXPIRED'>
  readonly notes: string | null
  readonly rejection_reason: string | null
  readonly created_at: number
  readonly updated_at: number
  readonly expires_at: number
  readonly token_expires_at: number | null
  readonly revoked_at: number | null
}

/** Whose session is delegated, and what limited that session when it approved. */
export type Approver = {
  readonly principal: SessionPrincipal
  readonly facts: Omit<SessionFacts, 'issuedAt' | 'expiresAt'>
}

const NAMES = [
  'account',
  'id',
  'workflow_id',
  'requestor_name',
  'description',
  'request_message',
  'template_arn',
  'parameters',
  'policy',
  'redirect_url',
  'notification_channel',
  'session_seconds',
  'only_send_by_owner',
  'owner_account',
  'owner_arn',
  'owner_id',
  'approver_arn',
  'approver',
  'state',
  'notes',
  'rejection_reason',
  'created_at',
  'updated_at',
  'expires_at',
  'token_expires_at',
  'revoked_at',
] as const satisfies readonly (keyof DelegationRow)[]
const COLUMNS = NAMES.join(', ')
const FIND = `SELECT ${COLUMNS} FROM iam_delegation_request WHERE id = $1`
const FIND_WORKFLOW = 'SELECT id FROM iam_delegation_request WHERE account = $1 AND workflow_id = $2'
const LIST = `SELECT ${COLUMNS} FROM iam_delegation_request
  WHERE owner_account = $1 AND owner_arn IS NOT NULL AND id > $2 ORDER BY id LIMIT $3`
const LIST_OF_OWNER = `SELECT ${COLUMNS} FROM iam_delegation_request
  WHERE owner_account = $1 AND owner_arn = $2 AND id > $3 ORDER BY id LIMIT $4`
const COUNT_OPEN = 'SELECT COUNT(*) AS count FROM iam_delegation_request WHERE account = $1 AND expires_at > $2'
const INSERT = `INSERT INTO iam_delegation_request (${COLUMNS}) VALUES (${NAMES.map((_, index) => `$${index + 1}`).join(', ')})`
const CHANGE = `UPDATE iam_delegation_request SET owner_account = $1, owner_arn = $2, owner_id = $3, approver_arn = $4, approver = $5,
  state = $6, notes = $7, rejection_reason = $8, updated_at = $9, expires_at = $10, token_expires_at = $11
  WHERE account = $12 AND id = $13`
const DELEGATED = `SELECT policy FROM iam_delegation_request
  WHERE account = $1 AND id = $2 AND owner_account = $3 AND state = 'FINALIZED' AND revoked_at IS NULL`
const PROVIDER = 'SELECT account FROM iam_product_provider WHERE account = $1'
const REVOKE = 'UPDATE iam_delegation_request SET revoked_at = $1 WHERE account = $2 AND id = $3 AND revoked_at IS NULL'
const FORGET_MESSAGES = `DELETE FROM iam_delegation_message WHERE account = $1 AND request_id IN
  (SELECT id FROM iam_delegation_request WHERE account = $2 AND expires_at < $3)`
const FORGET = 'DELETE FROM iam_delegation_request WHERE account = $1 AND expires_at < $2'

/** A request by its id alone: whoever asks checks whose it is with `isVisible`. */
export const findDelegationRequest = (tx: ReadTx, id: string): Promise<DelegationRow | undefined> => tx.get(FIND, id)

/** The state at a time, milliseconds: whatever was not acted on in time has expired. */
export const stateOf = ({ state, expires_at: end }: Pick<DelegationRow, 'state' | 'expires_at'>, now: number): DelegationState =>
  now >= Number(end) ? 'EXPIRED' : state

/** Whether an account may know of the request: any where it is nobody's yet, else the owner's (IAM API reference, GetDelegationRequest). */
export const isVisible = ({ owner_account: owner }: Pick<DelegationRow, 'owner_account'>, accountId: string): boolean =>
  owner === null || owner === accountId

export function parametersOf({ parameters }: Pick<DelegationRow, 'parameters'>): readonly PolicyParameter[] {
  const list: readonly PolicyParameter[] = JSON.parse(parameters)
  return list
}

/** Who approved; undefined where nobody did. */
export function approverOf({ approver }: Pick<DelegationRow, 'approver'>): Approver | undefined {
  if (approver === null) return undefined
  const one: Approver = JSON.parse(approver)
  return one
}

export async function hasWorkflow(tx: ReadTx, account: string, workflowId: string): Promise<boolean> {
  return (await tx.get(FIND_WORKFLOW, account, workflowId)) !== undefined
}

/** Requests that principals of an account own, in the order of their ids; those of one owner where one is named. */
export function listOwnedRequests(
  tx: ReadTx,
  ownerAccount: string,
  ownerArn: string | undefined,
  { after = '', limit }: { readonly after: string | undefined; readonly limit: number },
): Promise<readonly DelegationRow[]> {
  return ownerArn === undefined
    ? tx.all(LIST, ownerAccount, after, limit)
    : tx.all(LIST_OF_OWNER, ownerAccount, ownerArn, after, limit)
}

/** Requests of a requestor that have not expired. */
export async function countOpenRequests(tx: ReadTx, account: string, now: number): Promise<number> {
  return Number((await tx.get<{ count: number }>(COUNT_OPEN, account, now))?.count ?? 0)
}

export async function insertDelegationRequest(tx: WriteTx, row: DelegationRow): Promise<void> {
  await tx.run(INSERT, ...NAMES.map((name) => row[name]))
}

export async function changeDelegationRequest(tx: WriteTx, row: DelegationRow): Promise<void> {
  const who = [row.owner_account, row.owner_arn, row.owner_id, row.approver_arn, row.approver]
  const what = [row.state, row.notes, row.rejection_reason, row.updated_at, row.expires_at, row.token_expires_at]
  await tx.run(CHANGE, ...who, ...what, row.account, row.id)
}

/** What an account delegated by a request, as long as it stands; undefined where it was never finalized, or was taken back. */
export async function findDelegatedPolicy(
  tx: ReadTx,
  ownerAccount: string,
  { accountId, requestId }: { readonly accountId: string; readonly requestId: string },
): Promise<string | undefined> {
  return (await tx.get<{ policy: string }>(DELEGATED, accountId, requestId, ownerAccount))?.policy
}

/** Whether the account may use delegation as a product provider. */
export const isProductProvider = async (tx: ReadTx, account: string): Promise<boolean> =>
  (await tx.get(PROVIDER, account)) !== undefined

/** Takes back what was delegated; false where it was before. */
export async function revokeDelegation(tx: WriteTx, { account, id }: DelegationRow, now: number): Promise<boolean> {
  return (await tx.run(REVOKE, now, account, id)) === 1
}

/** Forgets a requestor's requests that expired before a time, and what was said of them. */
export async function forgetDelegationRequests(tx: WriteTx, account: string, before: number): Promise<void> {
  await tx.run(FORGET_MESSAGES, account, account, before)
  await tx.run(FORGET, account, before)
}
