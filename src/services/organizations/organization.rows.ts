/** Rows of organizations and of their members: which organization an account is in, and who leads it. */
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { noSuch, notInUse, notManagement } from './errors.ts'

export type OrganizationRow = {
  /** The management account. */
  readonly account: string
  readonly id: string
  readonly feature_set: 'ALL' | 'CONSOLIDATED_BILLING'
  readonly root_id: string
  readonly root_tags: string
  /** JSON: the types of policy that are enabled in the root. */
  readonly policy_types: string
  readonly created_at: number
}

export type MemberRow = {
  readonly member: string
  readonly parent_id: string
  readonly joined_method: 'INVITED' | 'CREATED'
  readonly joined_at: number
  readonly tags: string
  readonly name: string
  readonly email: string
  /** That of the account: a closed one is suspended. */
  readonly status: 'ACTIVE' | 'SUSPENDED'
}

const COLUMNS = 'o.account, o.id, o.feature_set, o.root_id, o.root_tags, o.policy_types, o.created_at'
const OF_MEMBER = `SELECT ${COLUMNS} FROM organization_member m JOIN organization o ON o.account = m.account WHERE m.member = $1`
const INSERT = `INSERT INTO organization (account, id, feature_set, root_id, root_tags, policy_types, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)`
const SET_TYPES = 'UPDATE organization SET policy_types = $1 WHERE account = $2'
const MEMBER_COLUMNS = 'm.member, m.parent_id, m.joined_method, m.joined_at, m.tags, a.name, a.email, a.status'
const MEMBERS = `SELECT ${MEMBER_COLUMNS} FROM organization_member m JOIN account a ON a.id = m.member WHERE m.account = $1 ORDER BY m.member`
const MEMBER = `SELECT ${MEMBER_COLUMNS} FROM organization_member m JOIN account a ON a.id = m.member WHERE m.account = $1 AND m.member = $2`
const INSERT_MEMBER = `INSERT INTO organization_member (account, member, parent_id, joined_method, joined_at, tags)
  VALUES ($1, $2, $3, $4, $5, $6)`
const DELETE_MEMBER = 'DELETE FROM organization_member WHERE account = $1 AND member = $2'
const SET_FEATURES = 'UPDATE organization SET feature_set = $1 WHERE account = $2'
const MOVE = 'UPDATE organization_member SET parent_id = $1 WHERE account = $2 AND member = $3'
const TABLES = [
  'organization_transfer',
  'organization_handshake',
  'organization_closure',
  'organization_resource_policy',
  'organization_root_feature',
  'organization_delegate',
  'organization_service',
  'organization_account_request',
  'organization_attachment',
  'organization_policy',
  'organization_unit',
  'organization_member',
  'organization',
]

/** The organization that an account is in, as its management account or as a member. */
export const findOrganization = (tx: ReadTx, accountId: string): Promise<OrganizationRow | undefined> =>
  tx.get(OF_MEMBER, accountId)

/** Throws AWSOrganizationsNotInUseException. */
export async function mustFindOrganization(tx: ReadTx, accountId: string): Promise<OrganizationRow> {
  const row = await findOrganization(tx, accountId)
  if (row === undefined) throw notInUse()
  return row
}

/** The organization that an account leads, for what cannot be delegated. Throws AWSOrganizationsNotInUseException, and AccessDeniedException where the account is a member only. */
export async function mustLead(tx: ReadTx, accountId: string): Promise<OrganizationRow> {
  const row = await mustFindOrganization(tx, accountId)
  if (row.account !== accountId) throw notManagement()
  return row
}

const LOCK = 'UPDATE account SET version = version WHERE id = $1'

/** Keeps everybody else from writing to an organization until this call ends. `account` is its management account. */
export async function lockOrganization(tx: WriteTx, account: string): Promise<void> {
  await tx.run(LOCK, account)
}

/**
 * The organization that a call works on. The caller may be of a member account: the decision has asked the organization's own policy then
 * (`delegation.ts`), as every check names an entity of the organization. Throws AWSOrganizationsNotInUseException.
 */
export const mustReach = (tx: ReadTx, accountId: string): Promise<OrganizationRow> => mustFindOrganization(tx, accountId)

/** The same for writes. A delegate's call has locked the delegate's account only: two writers of one organization must not overlap. */
export async function mustReachToWrite(tx: WriteTx, accountId: string): Promise<OrganizationRow> {
  const row = await mustFindOrganization(tx, accountId)
  if (row.account === accountId) return row
  await lockOrganization(tx, row.account)
  return mustFindOrganization(tx, accountId)
}

export async function insertOrganization(tx: WriteTx, row: OrganizationRow): Promise<void> {
  const { account, id, feature_set: features, root_id: root, root_tags: tags, policy_types: types, created_at: at } = row
  await tx.run(INSERT, account, id, features, root, tags, types, at)
}

/** Deletes the organization with all that is in it; the accounts themselves stay. */
export async function deleteOrganizationRows(tx: WriteTx, account: string): Promise<void> {
  for (const table of TABLES) await tx.run(`DELETE FROM ${table} WHERE account = $1`, account)
}

/** The types of policy that are enabled. */
export function enabledTypes({ policy_types: column }: Pick<OrganizationRow, 'policy_types'>): readonly string[] {
  const types: readonly string[] = JSON.parse(column)
  return types
}

export async function setEnabledTypes(tx: WriteTx, account: string, types: readonly string[]): Promise<void> {
  await tx.run(SET_TYPES, JSON.stringify(types), account)
}

export const listMembers = (tx: ReadTx, account: string): Promise<readonly MemberRow[]> => tx.all(MEMBERS, account)

export const findMember = (tx: ReadTx, account: string, member: string): Promise<MemberRow | undefined> =>
  tx.get(MEMBER, account, member)

/** Throws AccountNotFoundException. */
export async function mustFindMember(tx: ReadTx, account: string, member: string): Promise<MemberRow> {
  const row = await findMember(tx, account, member)
  if (row === undefined) throw noSuch.account()
  return row
}

export async function insertMember(
  tx: WriteTx,
  account: string,
  row: Omit<MemberRow, 'name' | 'email' | 'status'>,
): Promise<void> {
  await tx.run(INSERT_MEMBER, account, row.member, row.parent_id, row.joined_method, row.joined_at, row.tags)
}

export async function deleteMemberRow(tx: WriteTx, account: string, member: string): Promise<void> {
  await tx.run(DELETE_MEMBER, account, member)
}

export async function setFeatureSet(tx: WriteTx, account: string, features: OrganizationRow['feature_set']): Promise<void> {
  await tx.run(SET_FEATURES, features, account)
}

export async function moveMember(tx: WriteTx, account: string, member: string, parentId: string): Promise<void> {
  await tx.run(MOVE, parentId, account, member)
}
