/** Accounts in an organization: describe, list, move, and the tree around them. */
import { EVERYTHING } from './entities.ts'
import { companions } from '../organization-trust.rows.ts'
import type { Parent } from '../../model/organizations.gen.ts'
import { readOperation, writeOperation } from '../operation.ts'
import { duplicateAccount, noSuch } from './errors.ts'
import { findMember, listMembers, moveMember, mustFindMember, mustLead, mustReach } from './organization.rows.ts'
import { page } from './pages.ts'
import { accountShape } from './shapes.ts'
import { findUnit, isParent, lineOf, listUnits } from './units.rows.ts'

export const describeAccount = readOperation('organizations', 'DescribeAccount', {
  authorize: ({ AccountId }) => ({ action: 'organizations:DescribeAccount', resource: { kind: 'target', name: AccountId } }),
  async handle(tx, { AccountId }, { accountId: caller }) {
    const organization = await mustReach(tx, caller)
    const { account } = organization
    const row = await mustFindMember(tx, account, AccountId)
    return { Account: accountShape(organization, row, await lineOf(tx, organization, row.parent_id)) }
  },
})

export const listAccounts = readOperation('organizations', 'ListAccounts', {
  authorize: () => ({ action: 'organizations:ListAccounts', resource: EVERYTHING }),
  async handle(tx, input, { accountId: caller }) {
    const organization = await mustReach(tx, caller)
    const { account } = organization
    const { items, next } = page('accounts', await listMembers(tx, account), input, ({ member }) => member)
    const Accounts = []
    for (const row of items) Accounts.push(accountShape(organization, row, await lineOf(tx, organization, row.parent_id)))
    return { Accounts, ...next }
  },
})

export const listAccountsForParent = readOperation('organizations', 'ListAccountsForParent', {
  authorize: ({ ParentId }) => ({
    action: 'organizations:ListAccountsForParent',
    resource: { kind: 'target', name: ParentId },
  }),
  async handle(tx, input, { accountId: caller }) {
    const organization = await mustReach(tx, caller)
    const { account } = organization
    if (!(await isParent(tx, organization, input.ParentId))) throw noSuch.parent()
    const line = await lineOf(tx, organization, input.ParentId)
    const members = (await listMembers(tx, account)).filter(({ parent_id: parent }) => parent === input.ParentId)
    const { items, next } = page('accounts of parent', members, input, ({ member }) => member)
    return { Accounts: items.map((row) => accountShape(organization, row, line)), ...next }
  },
})

/** A unit or an account has one parent. */
export const listParents = readOperation('organizations', 'ListParents', {
  authorize: ({ ChildId }) => ({ action: 'organizations:ListParents', resource: { kind: 'target', name: ChildId } }),
  async handle(tx, input, { accountId: caller }) {
    const { account } = await mustReach(tx, caller)
    const child = (await findUnit(tx, account, input.ChildId)) ?? (await findMember(tx, account, input.ChildId))
    if (child === undefined) throw noSuch.child()
    const { items, next } = page('parents', [child.parent_id], input, (id) => id)
    return { Parents: items.map((Id): Parent => ({ Id, Type: Id.startsWith('r-') ? 'ROOT' : 'ORGANIZATIONAL_UNIT' })), ...next }
  },
})

export const listChildren = readOperation('organizations', 'ListChildren', {
  authorize: ({ ParentId }) => ({ action: 'organizations:ListChildren', resource: { kind: 'target', name: ParentId } }),
  async handle(tx, input, { accountId: caller }) {
    const { ChildType, ParentId } = input
    const organization = await mustReach(tx, caller)
    const { account } = organization
    if (!(await isParent(tx, organization, ParentId))) throw noSuch.parent()
    const rows =
      ChildType === 'ACCOUNT'
        ? (await listMembers(tx, account)).map((row) => ({ ...row, id: row.member }))
        : await listUnits(tx, account)
    const children = rows.filter(({ parent_id: parent }) => parent === ParentId).map(({ id }) => id)
    const { items, next } = page(`children ${ChildType}`, children, input, (id) => id)
    return { Children: items.map((Id) => ({ Id, Type: ChildType })), ...next }
  },
})

/** Service Authorization Reference: a move needs permission on the account, on where it is and on where it goes. */
export const moveAccount = writeOperation('organizations', 'MoveAccount', {
  authorize: ({ AccountId, SourceParentId, DestinationParentId }) =>
    [AccountId, SourceParentId, DestinationParentId].map((name) => ({
      action: 'organizations:MoveAccount',
      resource: { kind: 'target', name },
    })),
  async handle(tx, { AccountId, SourceParentId, DestinationParentId }, { accountId }) {
    const organization = await mustLead(tx, accountId)
    const member = await mustFindMember(tx, accountId, AccountId)
    if (!(await isParent(tx, organization, DestinationParentId))) throw noSuch.destinationParent()
    if (member.parent_id !== SourceParentId) throw noSuch.sourceParent()
    if (SourceParentId === DestinationParentId) throw duplicateAccount()
    await moveMember(tx, accountId, AccountId, DestinationParentId)
    return {}
  },
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

export const accountOperations = [describeAccount, listAccounts, listAccountsForParent, listParents, listChildren, moveAccount]
