/** New accounts of an organization: made at once, with a role by which the management account gets in. */
import { EVERYTHING, NEW_ACCOUNT } from './entities.ts'
import { companions, rootFeatures } from '../organization-trust.rows.ts'
import type { Edge } from '../../aws/edge.ts'
import type { CreateAccountStatus } from '../../model/organizations.gen.ts'
import { type ReadTx, UniqueViolation, type WriteTx } from '../../store/store.ts'
import { ACCOUNT_DRAWS, insertAccessRole, insertAccount, newAccountId } from '../new-account.rows.ts'
import { readOperation, writeOperation } from '../operation.ts'
import { setRootRecovery } from '../root-recovery.rows.ts'
import { invalidInput, noSuch, violates } from './errors.ts'
import { isPending } from './handshake-states.ts'
import { handshakesOf } from './handshakes.rows.ts'
import { newRequestId } from './ids.ts'
import { insertMember, listMembers, mustLead, mustReach } from './organization.rows.ts'
import { page } from './pages.ts'
import { ACCOUNTS_PER_ORGANIZATION } from './quotas.ts'
import { checksWithTags, newTags } from './tags.ts'
import { attachFullAccess } from './units.ts'

type RequestRow = {
  readonly id: string
  readonly account_name: string
  readonly member: string | null
  readonly failure: 'EMAIL_ALREADY_EXISTS' | null
  readonly requested_at: number
}

const COLUMNS = 'id, account_name, member, failure, requested_at'
const INSERT_REQUEST = `INSERT INTO organization_account_request (account, ${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)`
const FIND_REQUEST = `SELECT ${COLUMNS} FROM organization_account_request WHERE account = $1 AND id = $2`
const LIST_REQUESTS = `SELECT ${COLUMNS} FROM organization_account_request WHERE account = $1 ORDER BY id`
const EMAIL_TAKEN = 'SELECT id FROM account WHERE email_key = $1'

/** Organizations API reference, CreateAccount, RoleName. */
const DEFAULT_ROLE = 'OrganizationAccountAccessRole'
/** API reference, InvalidInputException, INVALID_ROLE_NAME: what the names of service-linked roles begin with. */
const RESERVED_ROLE = 'AWSServiceRoleFor'

/** AWS makes accounts in the background and says IN_PROGRESS first; here the account is there when the call returns. */
export const createAccount = writeOperation('organizations', 'CreateAccount', {
  authorize: ({ Tags }) =>
    checksWithTags({ action: 'organizations:CreateAccount', resource: EVERYTHING }, Tags, { on: NEW_ACCOUNT, isNew: true }),
  async handle(tx, { AccountName, Email, RoleName, Tags }, { accountId, now, random }) {
    const organization = await mustLead(tx, accountId)
    if (RoleName?.startsWith(RESERVED_ROLE) === true)
      throw invalidInput('INVALID_ROLE_NAME', 'You provided a role name that is not valid.')
    const invitations = (await handshakesOf(tx, accountId)).filter((row) => row.action === 'INVITE' && isPending(row, now))
    if ((await listMembers(tx, accountId)).length + invitations.length >= ACCOUNTS_PER_ORGANIZATION)
      throw violates('ACCOUNT_NUMBER_LIMIT_EXCEEDED', 'You have exceeded the allowed number of AWS accounts.')
    const tags = newTags(Tags)
    const member = await makeAccount(tx, { name: AccountName, email: Email, now }, random)
    if (member !== null) {
      await insertMember(tx, accountId, {
        member,
        parent_id: organization.root_id,
        joined_method: 'CREATED',
        joined_at: now,
        tags,
      })
      await attachFullAccess(tx, organization, member, now)
      // IAM User Guide, "Centralize root access": accounts that are made from then on have no root user credentials to recover.
      if ((await rootFeatures(tx, accountId)).includes('RootCredentialsManagement')) await setRootRecovery(tx, member, false, now)
      await insertAccessRole(tx, { member, management: accountId, name: RoleName ?? DEFAULT_ROLE, now }, random)
    }
    const row: RequestRow = {
      id: newRequestId(random),
      account_name: AccountName,
      member,
      failure: member === null ? 'EMAIL_ALREADY_EXISTS' : null,
      requested_at: now,
    }
    await tx.run(INSERT_REQUEST, accountId, row.id, row.account_name, row.member, row.failure, row.requested_at)
    return { CreateAccountStatus: statusShape(row) }
  },
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

type NewAccount = { readonly name: string; readonly email: string; readonly now: number }

/** The new account's id; null where its e-mail address is taken, perhaps by somebody who was faster. */
async function makeAccount(tx: WriteTx, { name, email, now }: NewAccount, random: Edge['random']): Promise<string | null> {
  for (let draw = 1; ; draw += 1) {
    if ((await tx.get(EMAIL_TAKEN, email.toLowerCase())) !== undefined) return null
    const id = newAccountId(random)
    try {
      await insertAccount(tx, { id, name, email, now })
      return id
    } catch (error) {
      if (!(error instanceof UniqueViolation) || draw === ACCOUNT_DRAWS) throw error
    }
  }
}

function statusShape({ id, account_name: name, member, failure, requested_at: at }: RequestRow): CreateAccountStatus {
  return {
    Id: id,
    AccountName: name,
    State: failure === null ? 'SUCCEEDED' : 'FAILED',
    RequestedTimestamp: new Date(at),
    CompletedTimestamp: new Date(at),
    ...(member !== null && { AccountId: member }),
    ...(failure !== null && { FailureReason: failure }),
  }
}

export const describeCreateAccountStatus = readOperation('organizations', 'DescribeCreateAccountStatus', {
  authorize: () => ({ action: 'organizations:DescribeCreateAccountStatus', resource: EVERYTHING }),
  async handle(tx, { CreateAccountRequestId }, { accountId: caller }) {
    const { account } = await mustReach(tx, caller)
    const row = await tx.get<RequestRow>(FIND_REQUEST, account, CreateAccountRequestId)
    if (row === undefined) throw noSuch.request()
    return { CreateAccountStatus: statusShape(row) }
  },
})

export const listCreateAccountStatus = readOperation('organizations', 'ListCreateAccountStatus', {
  authorize: () => ({ action: 'organizations:ListCreateAccountStatus', resource: EVERYTHING }),
  async handle(tx, input, { accountId: caller }) {
    const { account } = await mustReach(tx, caller)
    const { States } = input
    const statuses = (await requestsOf(tx, account)).filter(
      ({ State }) => States === undefined || States.length === 0 || (State !== undefined && States.includes(State)),
    )
    const { items, next } = page('requests', statuses, input, ({ Id = '' }) => Id)
    return { CreateAccountStatuses: items, ...next }
  },
})

const requestsOf = async (tx: ReadTx, accountId: string): Promise<readonly CreateAccountStatus[]> =>
  (await tx.all<RequestRow>(LIST_REQUESTS, accountId)).map(statusShape)

/** There is no GovCloud here with which the management account could be paired. */
export const createGovCloudAccount = writeOperation('organizations', 'CreateGovCloudAccount', {
  authorize: ({ Tags }) =>
    checksWithTags({ action: 'organizations:CreateGovCloudAccount', resource: EVERYTHING }, Tags, {
      on: NEW_ACCOUNT,
      isNew: true,
    }),
  async handle(tx, _input, { accountId }) {
    await mustLead(tx, accountId)
    throw violates(
      'MASTER_ACCOUNT_NOT_GOVCLOUD_ENABLED',
      'The management account is not associated with an account in the AWS GovCloud (US) Region.',
    )
  },
})

export const newAccountOperations = [createAccount, describeCreateAccountStatus, listCreateAccountStatus, createGovCloudAccount]
