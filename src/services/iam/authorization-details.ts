/** Everything of an account that says who may do what, in one list over all kinds of entity. */
import type { EntityType, GetAccountAuthorizationDetailsResponse } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { readOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import { awsPolicyDetail, customerPolicyDetail, groupDetail, roleDetail, userDetail } from './authorization-shapes.ts'
import { listAwsPolicies } from './aws-policies.ts'
import { listGroups } from './groups.rows.ts'
import { nameKey } from './names.ts'
import { listPolicies, loadUsages, UNUSED } from './policies.rows.ts'
import { listRoles } from './roles.rows.ts'
import { listUsers, type Slice } from './users.rows.ts'

const LIST = 'authorization details'

/** One entity, made when the page shows it. `key` orders it among its kind. */
type Found = {
  readonly kind: EntityType
  readonly key: string
  readonly detail: () => Promise<GetAccountAuthorizationDetailsResponse>
}
type Finder = (tx: ReadTx, accountId: string, slice: Slice) => Promise<readonly Found[]>

/** In the order of the answer's lists. */
const KINDS: readonly (readonly [EntityType, Finder])[] = [
  ['User', users],
  ['Group', groups],
  ['Role', roles],
  ['LocalManagedPolicy', customerPolicies],
  ['AWSManagedPolicy', awsPolicies],
]

/** The page's size counts entities of all kinds; the marker says in which kind to go on, and where. */
export const getAccountAuthorizationDetails = readOperation('iam', 'GetAccountAuthorizationDetails', {
  authorize: () => ({ action: 'iam:GetAccountAuthorizationDetails', resource: '*' }),
  async handle(tx, input, { accountId }) {
    const { Filter = [] } = input
    const start = placeOfMarker(startOf(LIST, input))
    const limit = rowsFor(input)
    const found: Found[] = []
    for (const [kind, find] of KINDS.slice(start.kind)) {
      if (found.length >= limit || (Filter.length > 0 && !Filter.includes(kind))) continue
      const after = KINDS[start.kind]?.[0] === kind ? start.after : undefined
      found.push(...(await find(tx, accountId, { after, limit: limit - found.length })))
    }
    const { items, ...page } = pageOf(LIST, found, input, ({ kind, key }) => `${kind}\n${key}`)
    return { ...(await inLists(items)), ...page }
  },
})

function placeOfMarker(text: string | undefined): { readonly kind: number; readonly after: string | undefined } {
  const [name, after] = text?.split('\n') ?? []
  const kind = KINDS.findIndex(([known]) => known === name)
  return kind < 0 ? { kind: 0, after: undefined } : { kind, after }
}

/** All four lists are there, also where they are empty. */
async function inLists(items: readonly Found[]): Promise<GetAccountAuthorizationDetailsResponse> {
  const details: GetAccountAuthorizationDetailsResponse[] = []
  for (const { detail } of items) details.push(await detail())
  return {
    UserDetailList: details.flatMap(({ UserDetailList = [] }) => UserDetailList),
    GroupDetailList: details.flatMap(({ GroupDetailList = [] }) => GroupDetailList),
    RoleDetailList: details.flatMap(({ RoleDetailList = [] }) => RoleDetailList),
    Policies: details.flatMap(({ Policies = [] }) => Policies),
  }
}

async function users(tx: ReadTx, accountId: string, slice: Slice): Promise<readonly Found[]> {
  return (await listUsers(tx, accountId, undefined, slice)).map((row) => ({
    kind: 'User',
    key: nameKey(row.name),
    detail: async () => ({ UserDetailList: [await userDetail(tx, accountId, row)] }),
  }))
}

async function groups(tx: ReadTx, accountId: string, slice: Slice): Promise<readonly Found[]> {
  return (await listGroups(tx, accountId, undefined, slice)).map((row) => ({
    kind: 'Group',
    key: nameKey(row.name),
    detail: async () => ({ GroupDetailList: [await groupDetail(tx, accountId, row)] }),
  }))
}

async function roles(tx: ReadTx, accountId: string, slice: Slice): Promise<readonly Found[]> {
  return (await listRoles(tx, accountId, undefined, slice)).map((row) => ({
    kind: 'Role',
    key: nameKey(row.name),
    detail: async () => ({ RoleDetailList: [await roleDetail(tx, accountId, row)] }),
  }))
}

async function customerPolicies(tx: ReadTx, accountId: string, slice: Slice): Promise<readonly Found[]> {
  const usages = await loadUsages(tx, accountId)
  const rows = await listPolicies(tx, accountId)
  return within(rows, slice, ({ name }) => nameKey(name)).map((row) => ({
    kind: 'LocalManagedPolicy',
    key: nameKey(row.name),
    detail: async () => ({ Policies: [await customerPolicyDetail(tx, accountId, row, usages.get(row.arn) ?? UNUSED)] }),
  }))
}

/** Of AWS managed policies those that somebody has, or is bounded by. */
async function awsPolicies(tx: ReadTx, accountId: string, slice: Slice): Promise<readonly Found[]> {
  const usages = await loadUsages(tx, accountId)
  const used = listAwsPolicies().filter(({ arn }) => usages.has(arn))
  return within(used, slice, ({ name }) => name).map((policy) => ({
    kind: 'AWSManagedPolicy',
    key: policy.name,
    detail: async () => ({ Policies: [awsPolicyDetail(policy, usages.get(policy.arn) ?? UNUSED)] }),
  }))
}

function within<Row>(rows: readonly Row[], { after = '', limit }: Slice, keyOf: (row: Row) => string): readonly Row[] {
  return rows
    .filter((row) => keyOf(row) > after)
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
    .slice(0, limit)
}

export const authorizationDetailOperations = [getAccountAuthorizationDetails]
