/** Delegation requests as their owners see them: get, list, and who may by default. */
import { parseArn } from '../../aws/arn.ts'
import type { Principal } from '../../aws/principal.ts'
import type { ReadTx } from '../../store/store.ts'
import { type DelegationRow, findDelegationRequest, isVisible, listOwnedRequests } from '../delegation-requests.rows.ts'
import { type Check, readOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import type { Entity } from '../service.ts'
import { checkPermissions } from './delegation-permission-check.ts'
import { delegationArn, shownRequest } from './delegation-shape.ts'
import { invalidInput, noSuchEntity } from './errors.ts'

export const DELEGATION_REQUEST = 'delegation-request'

/** A check on a request. */
export const requestCheck = (action: string, id: string): Check => ({ action, resource: { kind: DELEGATION_REQUEST, name: id } })

export const getDelegationRequest = readOperation('iam', 'GetDelegationRequest', {
  authorize: ({ DelegationRequestId }) => requestCheck('iam:GetDelegationRequest', DelegationRequestId),
  async prepare(tx, { DelegationRequestId, DelegationPermissionCheck }, { accountId, now, principal }) {
    const row = await mustFindRequest(tx, accountId, DelegationRequestId)
    return {
      DelegationRequest: shownRequest(row, now),
      ...(DelegationPermissionCheck === true && (await checkPermissions(tx, principal, row.policy))),
    }
  },
  handle: async (_tx, _input, _call, answer) => answer,
})

const LIST = 'delegation-requests'

/** Requests that nobody associated are in no list (API reference). "By default, IAM principals … list delegation requests that they own" (IAM User Guide). */
export const listDelegationRequests = readOperation('iam', 'ListDelegationRequests', {
  authorize: ({ OwnerId }, { principal }): Check => ({
    action: 'iam:ListDelegationRequests',
    resource: OwnerId === principal.arn ? { kind: OWN_REQUESTS, name: OwnerId } : '*',
    context: { 'iam:DelegationRequestOwner': OwnerId },
  }),
  async handle(tx, input, { accountId, now }) {
    if (input.OwnerId !== undefined && parseArn(input.OwnerId) === undefined)
      throw invalidInput(`OwnerId ${input.OwnerId} is not the ARN of a principal.`)
    const slice = { after: startOf(LIST, input), limit: rowsFor(input) }
    const rows = await listOwnedRequests(tx, accountId, input.OwnerId, slice)
    const { items, IsTruncated, ...page } = pageOf(LIST, rows, input, ({ id }) => id)
    return { DelegationRequests: items.map((row) => shownRequest(row, now)), isTruncated: IsTruncated, ...page }
  },
})

/** The request, as far as the account may know of it; throws NoSuchEntity. */
export async function mustFindRequest(tx: ReadTx, accountId: string, id: string): Promise<DelegationRow> {
  const row = await findDelegationRequest(tx, id)
  if (row === undefined || !isVisible(row, accountId)) throw noSuchEntity.delegationRequest(id)
  return row
}

/** Whether the caller is the principal that associated the request. */
export const isOwner = ({ owner_arn: arn, owner_id: id }: DelegationRow, caller: Principal): boolean =>
  caller.arn === arn && caller.id === id

/**
 * A request by its id, with what it grants by default as its resource policy, so that denials elsewhere still hold. A request of another
 * account looks like one that does not exist. That it became another account's since it was looked up, handlers find out.
 */
export async function delegationRequestEntity(tx: ReadTx, accountId: string, id: string): Promise<Entity> {
  const row = await findDelegationRequest(tx, id)
  const arn = delegationArn(accountId, id)
  if (row === undefined || !isVisible(row, accountId)) return { arn, missing: true }
  return {
    arn,
    ...(row.owner_arn !== null && { context: { 'iam:DelegationRequestOwner': row.owner_arn } }),
    policy: { kind: 'resource', document: defaultPolicy(row, arn) },
  }
}

/** IAM User Guide, "Managing Permissions for Delegation Requests": before anybody owns it, whoever comes may look and associate. */
const OPEN_TO_ALL = ['iam:AssociateDelegationRequest', 'iam:GetDelegationRequest', 'iam:GetHumanReadableSummary']
/** The same: "view request details, reject a request, forward it to an administrator for approval, release the exchange token". Not to accept it. */
const OPEN_TO_OWNER = [
  'iam:GetDelegationRequest',
  'iam:GetHumanReadableSummary',
  'iam:RejectDelegationRequest',
  'iam:UpdateDelegationRequest',
  'iam:SendDelegationToken',
]

function defaultPolicy({ owner_account: account, owner_arn: owner, owner_id: id }: DelegationRow, arn: string): string {
  const of = (Principal: unknown, Action: readonly string[], keys: object): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal, Action, Resource: arn, Condition: { StringEquals: keys } },
    })
  if (owner !== null) return of({ AWS: owner }, OPEN_TO_OWNER, { 'aws:userid': id })
  return of('*', OPEN_TO_ALL, account === null ? {} : { 'aws:PrincipalAccount': account })
}

export const OWN_REQUESTS = 'own delegation requests'

/** The requests of the principal that asks for them. */
export const ownRequestsEntity = async (_tx: ReadTx, _accountId: string, owner: string): Promise<Entity> => ({
  arn: '*',
  policy: {
    kind: 'resource',
    document: JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: owner }, Action: 'iam:ListDelegationRequests', Resource: '*' },
    }),
  },
})

export const delegationRequestOperations = [getDelegationRequest, listDelegationRequests]
