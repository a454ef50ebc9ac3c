/** The report of what the accounts of an organization may access under its service control policies, and when they last did. */
import { type CompiledPolicy, compileText } from '../../policy/compile.ts'
import { type Grants, grantsAny, grantsOfAll } from '../../policy/granted-actions.ts'
import type { ReadTx } from '../../store/store.ts'
import { lineTo, loadOrganizationTree, type OrganizationTree } from '../organization-tree.rows.ts'
import { newestByAccount, TRACKING_PERIOD_MS } from './last-access.rows.ts'
import { actionNames, allServices } from './granted-access.ts'

export type AccessLine = {
  readonly namespace: string
  /** When, from where and in which account a service was last attempted. */
  readonly last?: { readonly at: number; readonly region: string; readonly path: string }
  /** How many accounts attempted it. */
  readonly accounts: number
}

/** Plain data: it is kept as JSON. */
export type OrganizationReport =
  | { readonly failure: { readonly Code: string; readonly Message: string } }
  | { readonly failure?: never; readonly lines: readonly AccessLine[] }

export type OrganizationReportRequest = {
  /** `o-…/r-…/ou-…/111122223333`. */
  readonly path: string
  readonly policyId: string | undefined
  readonly accountId: string
  readonly now: number
}

/**
 * GenerateOrganizationsAccessReport models no fault for what can be wrong with its input: the job fails and says why (API reference,
 * `ErrorDetails`). AWS's codes are not known: ours are those of Organizations, which AWS asks on the caller's behalf.
 */
export async function organizationReport(tx: ReadTx, request: OrganizationReportRequest): Promise<OrganizationReport> {
  const tree = await loadOrganizationTree(tx, request.accountId)
  if (tree === undefined) return failed('AWSOrganizationsNotInUseException', 'Your account is not a member of an organization.')
  const failure = failureOf(tree, request)
  if (failure !== undefined) return failure
  const entity = entityOf(request.path)
  const line = lineTo(tree, entity) ?? []
  // The management account is limited by no policy; one that is named is ignored (API reference).
  const policyId = entity === tree.account ? undefined : request.policyId
  const accounts = new Set(
    accountsOf(tree, entity).filter((account) => policyId === undefined || isBoundBy(tree, account, policyId)),
  )
  const attempts = (await newestByAccount(tx, tree.account, request.now - TRACKING_PERIOD_MS)).filter(({ accountId }) =>
    accounts.has(accountId),
  )
  const byService = Map.groupBy(attempts, ({ service }) => service)
  const lines = grantedServices(grantsOn(tree, entity, line, policyId)).map((namespace): AccessLine => {
    const found = byService.get(namespace) ?? []
    const [newest] = found.toSorted((one, other) => other.at - one.at)
    if (newest === undefined) return { namespace, accounts: 0 }
    const { at, region, accountId } = newest
    return { namespace, last: { at, region, path: pathOf(tree, lineTo(tree, accountId) ?? []) }, accounts: found.length }
  })
  return { lines }
}

const failed = (Code: string, Message: string): OrganizationReport => ({ failure: { Code, Message } })

/** Why there is no report, in the order in which it is looked for. */
function failureOf(
  tree: OrganizationTree,
  { path, policyId, accountId }: OrganizationReportRequest,
): OrganizationReport | undefined {
  if (tree.account !== accountId) return failed('AccessDeniedException', "You don't have permissions to access this resource.")
  if (!tree.controlled)
    return failed('PolicyTypeNotEnabledException', 'This operation can be performed only for enabled policy types.')
  const line = lineTo(tree, entityOf(path))
  if (line === undefined || pathOf(tree, line) !== path)
    return failed('TargetNotFoundException', "You specified a target that doesn't exist.")
  if (policyId !== undefined && !tree.documents.has(policyId))
    return failed('PolicyNotFoundException', "You specified a policy that doesn't exist.")
  return undefined
}

/** The root, unit or account that a path leads to. */
export const entityOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

const pathOf = ({ id }: OrganizationTree, line: readonly string[]): string => [id, ...line].join('/')

/** The accounts at or below an entity. Those of an entity other than the management account itself are without it (API reference). */
function accountsOf(tree: OrganizationTree, entity: string): readonly string[] {
  if (entity === tree.account) return [entity]
  return tree.accounts.filter((account) => account !== tree.account && lineTo(tree, account)?.includes(entity) === true)
}

/** Whether a policy is attached to an account or to what it is in. */
const isBoundBy = (tree: OrganizationTree, account: string, policyId: string): boolean =>
  lineTo(tree, account)?.some((place) => tree.attached.get(place)?.includes(policyId) === true) === true

/** What a policy allows, or what all levels down to an entity do. */
function grantsOn(tree: OrganizationTree, entity: string, line: readonly string[], policyId: string | undefined): Grants {
  const compiled = (id: string): CompiledPolicy => compileText(tree.documents.get(id) ?? '', 'scp', { id, name: id, type: 'scp' })
  if (policyId !== undefined) return grantsOfAll([[compiled(policyId)]])
  if (entity === tree.account) return grantsOfAll([])
  return grantsOfAll(line.map((place) => (tree.attached.get(place) ?? []).map(compiled)))
}

const grantedServices = (grants: Grants): readonly string[] =>
  allServices().filter((namespace) => grantsAny(grants(namespace), namespace, () => actionNames(namespace)))
