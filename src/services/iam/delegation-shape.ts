/** Delegation requests as operations answer them. */
import type { DelegationRequest } from '../../model/iam.gen.ts'
import type { Statement } from '../../policy/document.ts'
import { matches, wildcardPattern } from '../../policy/glob.ts'
import { parsePolicy } from '../../policy/parse.ts'
import { type DelegationRow, parametersOf, stateOf } from '../delegation-requests.rows.ts'

export const delegationArn = (accountId: string, id: string): string => `arn:aws:iam::${accountId}:delegation-request/${id}`

/** What is absent stays absent; the members of AWS's example are always there. */
export function shownRequest(row: DelegationRow, now: number): DelegationRequest {
  const parameters = parametersOf(row)
  return {
    DelegationRequestId: row.id,
    ...present('OwnerAccountId', row.owner_account),
    Description: row.description,
    ...present('RequestMessage', row.request_message),
    Permissions: { PolicyTemplateArn: row.template_arn, ...(parameters.length > 0 && { Parameters: parameters }) },
    PermissionPolicy: row.policy,
    RolePermissionRestrictionArns: roleBoundaries(row.policy),
    ...present('OwnerId', row.owner_arn),
    ...present('ApproverId', row.approver_arn),
    State: stateOf(row, now),
    ExpirationTime: new Date(row.expires_at),
    RequestorId: row.account,
    RequestorName: row.requestor_name,
    CreateDate: new Date(row.created_at),
    SessionDuration: row.session_seconds,
    ...present('RedirectUrl', row.redirect_url),
    ...present('Notes', row.notes),
    ...present('RejectionReason', row.rejection_reason),
    OnlySendByOwner: row.only_send_by_owner === 1,
    UpdatedTime: new Date(row.updated_at),
  }
}

const present = (name: string, value: string | null): object => (value === null ? {} : { [name]: value })

/** Actions by which roles are made or get their boundary. */
const ROLE_ACTIONS = ['iam:createrole', 'iam:putrolepermissionsboundary']
const BOUNDARY_KEY = 'iam:permissionsboundary'

/** The boundaries that the policy demands of roles it lets make (API reference, RolePermissionRestrictionArns). */
function roleBoundaries(policy: string): readonly string[] {
  const demanding = parsePolicy(policy).statements.filter((statement) => statement.effect === 'Allow' && makesRoles(statement))
  const values = demanding
    .flatMap(({ conditions }) => conditions)
    .filter(({ key }) => key.text.toLowerCase() === BOUNDARY_KEY)
    .flatMap((condition) => condition.values.map(({ text }) => text))
  return [...new Set(values)]
}

function makesRoles({ action: { negated, values } }: Statement): boolean {
  const patterns = values.map(({ text }) => wildcardPattern(text.toLowerCase()))
  return ROLE_ACTIONS.some((action) => patterns.some((pattern) => matches(pattern, action)) !== negated)
}
