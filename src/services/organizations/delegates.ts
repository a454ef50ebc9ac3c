/** Delegated administrators: member accounts that administer a trusted service for the whole organization. */
import type { DelegatedAdministrator } from '../../model/organizations.gen.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { companions, delegates, isTrusted } from '../organization-trust.rows.ts'
import { type Check, readOperation, writeOperation } from '../operation.ts'
import { EVERYTHING } from './entities.ts'
import { alreadyRegistered, invalidInput, noSuch, notRegistered, violates } from './errors.ts'
import { findMember, listMembers, type MemberRow, mustFindMember, mustLead, mustReach } from './organization.rows.ts'
import { page } from './pages.ts'
import { mustBeIntegrated, mustHaveAllFeatures } from './service-access.ts'
import { memberShape } from './shapes.ts'
import { delegateLimit } from './trusted-services.ts'

type DelegateRow = { readonly member: string; readonly service_principal: string; readonly delegated_at: number }

const COLUMNS = 'member, service_principal, delegated_at'
const FIND = `SELECT ${COLUMNS} FROM organization_delegate WHERE account = $1 AND member = $2 AND service_principal = $3`
const LIST = `SELECT ${COLUMNS} FROM organization_delegate WHERE account = $1 ORDER BY member, delegated_at, service_principal`
const OF_MEMBER = `SELECT ${COLUMNS} FROM organization_delegate WHERE account = $1 AND member = $2 ORDER BY service_principal`
const INSERT = `INSERT INTO organization_delegate (account, ${COLUMNS}) VALUES ($1, $2, $3, $4)`
const DELETE = 'DELETE FROM organization_delegate WHERE account = $1 AND member = $2 AND service_principal = $3'

type Registering = { readonly AccountId: string; readonly ServicePrincipal: string }

const check = (action: string, { AccountId, ServicePrincipal }: Registering): Check => ({
  action,
  resource: { kind: 'target', name: AccountId },
  context: { 'organizations:ServicePrincipal': ServicePrincipal },
})

const registered = async (tx: ReadTx, account: string, { AccountId, ServicePrincipal }: Registering): Promise<boolean> =>
  (await tx.get(FIND, account, AccountId, ServicePrincipal)) !== undefined

/** The account may read the organization from now on, whichever service it administers. */
export const registerDelegatedAdministrator = writeOperation('organizations', 'RegisterDelegatedAdministrator', {
  authorize: (input) => check('organizations:RegisterDelegatedAdministrator', input),
  async handle(tx, input, { accountId, now }) {
    const { AccountId, ServicePrincipal } = input
    mustHaveAllFeatures(await mustLead(tx, accountId))
    if (AccountId === accountId)
      throw violates(
        'CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR',
        'You cannot register the management account as a delegated administrator.',
      )
    const member = await mustFindMember(tx, accountId, AccountId)
    await mustBeDelegable(tx, accountId, ServicePrincipal)
    if (member.status !== 'ACTIVE')
      throw violates(
        'CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR',
        'You cannot register a suspended account as a delegated administrator.',
      )
    if (await registered(tx, accountId, input)) throw alreadyRegistered()
    await mustHaveRoom(tx, accountId, ServicePrincipal)
    await tx.run(INSERT, accountId, AccountId, ServicePrincipal, now)
    return {}
  },
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

async function mustBeDelegable(tx: ReadTx, account: string, servicePrincipal: string): Promise<void> {
  mustBeIntegrated(servicePrincipal)
  if (delegateLimit(servicePrincipal) === 0)
    throw invalidInput('UNRECOGNIZED_SERVICE_PRINCIPAL', 'The service does not support delegated administrators.')
  if (!(await isTrusted(tx, account, servicePrincipal)))
    throw violates('SERVICE_ACCESS_NOT_ENABLED', 'You must enable service access before you register a delegated administrator.')
}

async function mustHaveRoom(tx: WriteTx, account: string, servicePrincipal: string): Promise<void> {
  const { length } = await delegates(tx, account, servicePrincipal)
  const limit = delegateLimit(servicePrincipal)
  if (length < limit) return
  throw limit === 1
    ? violates('DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE', 'The service already has a delegated administrator.')
    : violates(
        'MAX_DELEGATED_ADMINISTRATORS_FOR_SERVICE_LIMIT_EXCEEDED',
        'You have exceeded the number of delegated administrators allowed for the service principal.',
      )
}

export const deregisterDelegatedAdministrator = writeOperation('organizations', 'DeregisterDelegatedAdministrator', {
  authorize: (input) => check('organizations:DeregisterDelegatedAdministrator', input),
  async handle(tx, input, { accountId }) {
    await mustLead(tx, accountId)
    await mustFindMember(tx, accountId, input.AccountId)
    mustBeIntegrated(input.ServicePrincipal)
    if (!(await registered(tx, accountId, input))) throw notRegistered()
    await tx.run(DELETE, accountId, input.AccountId, input.ServicePrincipal)
    return {}
  },
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

/** An account that administers several services stands in the list once, with the date of the first (inferred). */
export const listDelegatedAdministrators = readOperation('organizations', 'ListDelegatedAdministrators', {
  authorize: ({ ServicePrincipal }) => ({
    action: 'organizations:ListDelegatedAdministrators',
    resource: EVERYTHING,
    context: { 'organizations:ServicePrincipal': ServicePrincipal },
  }),
  async handle(tx, input, { accountId }) {
    const { ServicePrincipal } = input
    const organization = await mustReach(tx, accountId)
    if (ServicePrincipal !== undefined) mustBeIntegrated(ServicePrincipal)
    const since = new Map<string, number>()
    for (const row of await tx.all<DelegateRow>(LIST, organization.account))
      if (ServicePrincipal === undefined || row.service_principal === ServicePrincipal)
        since.set(row.member, Math.min(row.delegated_at, since.get(row.member) ?? row.delegated_at))
    const members = (await listMembers(tx, organization.account)).filter(({ member }) => since.has(member))
    const { items, next } = page('delegated administrators', members, input, ({ member }) => member)
    const shape = (row: MemberRow): DelegatedAdministrator => ({
      ...memberShape(organization, row),
      DelegationEnabledDate: new Date(since.get(row.member) ?? 0),
    })
    return { DelegatedAdministrators: items.map(shape), ...next }
  },
})

export const listDelegatedServicesForAccount = readOperation('organizations', 'ListDelegatedServicesForAccount', {
  authorize: ({ AccountId }) => ({
    action: 'organizations:ListDelegatedServicesForAccount',
    resource: { kind: 'target', name: AccountId },
  }),
  async handle(tx, input, { accountId }) {
    const { account } = await mustReach(tx, accountId)
    if ((await findMember(tx, account, input.AccountId)) === undefined) throw noSuch.account()
    const rows = await tx.all<DelegateRow>(OF_MEMBER, account, input.AccountId)
    if (rows.length === 0) throw notRegistered()
    const { items, next } = page('delegated services', rows, input, ({ service_principal: name }) => name)
    const shape = ({ service_principal: ServicePrincipal, delegated_at: at }: DelegateRow) => ({
      ServicePrincipal,
      DelegationEnabledDate: new Date(at),
    })
    return { DelegatedServices: items.map(shape), ...next }
  },
})

export const delegateOperations = [
  registerDelegatedAdministrator,
  deregisterDelegatedAdministrator,
  listDelegatedAdministrators,
  listDelegatedServicesForAccount,
]
