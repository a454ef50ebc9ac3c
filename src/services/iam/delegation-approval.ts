/** What becomes of a delegation request: associated, forwarded, accepted, rejected, its token sent. A table says what follows what. */
import type { AssociateDelegationRequestRequest } from '../../model/iam.gen.ts'
import type { Fault } from '../../aws/fault.ts'
import type { Principal } from '../../aws/principal.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'
import {
  type Approver,
  changeDelegationRequest,
  type DelegationRow,
  type DelegationState,
  findDelegationRequest,
  isVisible,
  stateOf,
} from '../delegation-requests.rows.ts'
import { type Call, type HandlingCall, writeOperation } from '../operation.ts'
import { sessionPrincipalOf } from '../session-token.ts'
import { notify } from './delegation-notices.ts'
import { isOwner, mustFindRequest, requestCheck } from './delegation-requests.ts'
import { accessDenied, concurrentModification, invalidInput } from './errors.ts'

type SetState = DelegationRow['state']

/** IAM User Guide, "State Transitions". FINALIZED, REJECTED and EXPIRED are terminal. Who updates a forwarded request changes its notes. */
const FOLLOWS: Readonly<Record<Exclude<SetState, 'UNASSIGNED'>, readonly DelegationState[]>> = {
  ASSIGNED: ['UNASSIGNED'],
  PENDING_APPROVAL: ['ASSIGNED', 'PENDING_APPROVAL'],
  ACCEPTED: ['ASSIGNED', 'PENDING_APPROVAL'],
  REJECTED: ['ASSIGNED', 'PENDING_APPROVAL', 'ACCEPTED'],
  FINALIZED: ['ACCEPTED'],
}
/** The same: from each of these states a request expires after seven days. */
const LIFETIME_MS = 7 * 86_400_000

type Asked = AssociateDelegationRequestRequest
type Change = Partial<DelegationRow> & { readonly state: Exclude<SetState, 'UNASSIGNED'> }

const check = (operation: string) => (input: Asked) => requestCheck(`iam:${operation}`, input.DelegationRequestId)

/** The requestor's account is taken as well: its requests change, and it is told of that, one after the other. */
async function requestorOf(tx: ReadTx, { accountId }: Call, { DelegationRequestId }: Asked): Promise<readonly string[]> {
  const row = await findDelegationRequest(tx, DelegationRequestId)
  return row === undefined || !isVisible(row, accountId) ? [] : [row.account]
}

/** The caller becomes the owner, its account the owner's account. */
export const associateDelegationRequest = writeOperation('iam', 'AssociateDelegationRequest', {
  authorize: check('AssociateDelegationRequest'),
  precedes: requestorOf,
  async handle(tx, { DelegationRequestId }, call) {
    const { accountId, principal } = call
    const row = await mustFindRequest(tx, accountId, DelegationRequestId)
    await move(tx, row, { state: 'ASSIGNED', owner_account: accountId, owner_arn: principal.arn, owner_id: principal.id }, call)
    return {}
  },
})

/** Forwards the request to whoever may accept it. */
export const updateDelegationRequest = writeOperation('iam', 'UpdateDelegationRequest', {
  authorize: check('UpdateDelegationRequest'),
  precedes: requestorOf,
  async handle(tx, { DelegationRequestId, Notes }, call) {
    const row = await mustFindRequest(tx, call.accountId, DelegationRequestId)
    await move(tx, row, { state: 'PENDING_APPROVAL', notes: Notes ?? row.notes }, call)
    return {}
  },
})

/** IAM User Guide, "Temporary delegation": "root users can only approve delegation requests with a duration of 4 hours or less". Seconds. */
const MAX_ROOT_SECONDS = 14_400

/** Whoever accepts is whoever the provider then acts as, within what was requested: no more than the approver may is ever delegated. */
export const acceptDelegationRequest = writeOperation('iam', 'AcceptDelegationRequest', {
  authorize: check('AcceptDelegationRequest'),
  precedes: requestorOf,
  async handle(tx, { DelegationRequestId }, call) {
    const { accountId, principal } = call
    const row = await mustFindRequest(tx, accountId, DelegationRequestId)
    const approver = approverOf(principal)
    if (principal.type === 'root' && row.session_seconds > MAX_ROOT_SECONDS)
      throw accessDenied('The root user can only approve delegation requests with a duration of 4 hours or less.')
    // The model gives this operation no InvalidInput: a request in another state was changed by somebody.
    mustFollow(row, 'ACCEPTED', { now: call.now, refuse: concurrentModification })
    await move(tx, row, { state: 'ACCEPTED', approver_arn: principal.arn, approver: JSON.stringify(approver) }, call)
    return {}
  },
})

export const rejectDelegationRequest = writeOperation('iam', 'RejectDelegationRequest', {
  authorize: check('RejectDelegationRequest'),
  precedes: requestorOf,
  async handle(tx, { DelegationRequestId, Notes }, call) {
    const row = await mustFindRequest(tx, call.accountId, DelegationRequestId)
    await move(tx, row, { state: 'REJECTED', rejection_reason: Notes ?? null }, call)
    return {}
  },
})

/** The delegation begins now: the token and all that it is exchanged for end together (IAM User Guide, "Access Duration"). */
export const sendDelegationToken = writeOperation('iam', 'SendDelegationToken', {
  authorize: check('SendDelegationToken'),
  precedes: requestorOf,
  async handle(tx, { DelegationRequestId }, call) {
    const row = await mustFindRequest(tx, call.accountId, DelegationRequestId)
    if (row.only_send_by_owner === 1 && !isOwner(row, call.principal))
      throw accessDenied('The exchange token of this delegation request can be sent by its owner only.')
    await move(tx, row, { state: 'FINALIZED', token_expires_at: call.now + row.session_seconds * 1000 }, call)
    return {}
  },
})

type Following = { readonly now: number; readonly refuse: (text: string) => Fault }

/** The text is ours. */
function mustFollow(row: DelegationRow, next: Change['state'], { now, refuse }: Following): void {
  const state = stateOf(row, now)
  if (!FOLLOWS[next].includes(state))
    throw refuse(`The delegation request ${row.id} is in the state ${state} and cannot become ${next}.`)
}

/** Takes a request to its next state, if it may go there, and tells the provider. */
async function move(tx: WriteTx, row: DelegationRow, change: Change, call: HandlingCall): Promise<void> {
  const { now } = call
  mustFollow(row, change.state, { now, refuse: invalidInput })
  const changed = { ...row, ...change, updated_at: now, expires_at: now + LIFETIME_MS }
  await changeDelegationRequest(tx, changed)
  await notify(tx, changed, call)
}

/**
 * The identity that the delegated credentials will be (API reference: "IAM records the details and the state of the identity"). Its session
 * policies, tags and context stay with it, its multi-factor code does not. Throws AccessDenied where a delegate would delegate on: ours.
 */
function approverOf(principal: Principal): Approver {
  const { session } = principal.credential
  if (session?.delegate !== undefined) throw accessDenied('Delegated access cannot be used to approve a delegation request.')
  const {
    issuedAt: _issued,
    expiresAt: _expires,
    mfaAt: _mfa,
    noIam: _noIam,
    ...facts
  } = session ?? { issuedAt: 0, expiresAt: 0 }
  const delegated = sessionPrincipalOf(principal)
  if (delegated === undefined) throw new Error(`a principal of type ${principal.type} has no account to delegate from`)
  return { principal: delegated, facts }
}

export const delegationApprovalOperations = [
  associateDelegationRequest,
  updateDelegationRequest,
  acceptDelegationRequest,
  rejectDelegationRequest,
  sendDelegationToken,
]
