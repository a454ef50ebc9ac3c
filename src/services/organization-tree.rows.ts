/** An organization as IAM reads it for its reports and simulations: who is where in it, and which service control policies bind whom. Small enough to be read whole. */
import { PARTITION } from '../aws/arn.ts'
import type { ReadTx } from '../store/store.ts'

export type OrganizationTree = {
  /** The management account. */
  readonly account: string
  readonly id: string
  readonly root: string
  /** Whether service control policies are enabled in the root. */
  readonly controlled: boolean
  /** By unit or account: the root or the unit that it is in. */
  readonly parents: ReadonlyMap<string, string>
  readonly accounts: readonly string[]
  /** By root, unit or account: the ids of the service control policies attached to it. */
  readonly attached: ReadonlyMap<string, readonly string[]>
  /** The service control policies of the organization, by id, AWS's own included. */
  readonly documents: ReadonlyMap<string, string>
}

const TYPE = 'SERVICE_CONTROL_POLICY'
/** AWS's own policy that allows everything: it is in no table. */
const FULL_ACCESS = [
  'p-FullAWSAccess',
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
] as const

const OF_MEMBER = `SELECT o.account, o.id, o.root_id, o.policy_types FROM organization_member m JOIN organization o ON o.account = m.account
  WHERE m.member = $1`
const MEMBERS = 'SELECT member AS id, parent_id FROM organization_member WHERE account = $1 ORDER BY member'
const UNITS = 'SELECT id, parent_id FROM organization_unit WHERE account = $1'
const ATTACHED = 'SELECT target_id, policy_id FROM organization_attachment WHERE account = $1 AND type = $2'
const POLICIES = 'SELECT id, content FROM organization_policy WHERE account = $1 AND type = $2'

type OrganizationRow = { readonly account: string; readonly id: string; readonly root_id: string; readonly policy_types: string }
type PlaceRow = { readonly id: string; readonly parent_id: string }

/** The organization that an account is in; undefined where it is in none. */
export async function loadOrganizationTree(tx: ReadTx, accountId: string): Promise<OrganizationTree | undefined> {
  const row = await tx.get<OrganizationRow>(OF_MEMBER, accountId)
  if (row === undefined) return undefined
  const { account, id, root_id: root } = row
  const types: readonly string[] = JSON.parse(row.policy_types)
  const members = await tx.all<PlaceRow>(MEMBERS, account)
  const units = await tx.all<PlaceRow>(UNITS, account)
  const attachments = await tx.all<{ target_id: string; policy_id: string }>(ATTACHED, account, TYPE)
  const policies = await tx.all<{ id: string; content: string }>(POLICIES, account, TYPE)
  const byTarget = Map.groupBy(attachments, ({ target_id: target }) => target)
  return {
    account,
    id,
    root,
    controlled: types.includes(TYPE),
    parents: new Map([...units, ...members].map((place) => [place.id, place.parent_id])),
    accounts: members.map((member) => member.id),
    attached: new Map(Array.from(byTarget, ([target, rows]) => [target, rows.map(({ policy_id: policy }) => policy)])),
    documents: new Map([FULL_ACCESS, ...policies.map(({ id: policy, content }) => [policy, content] as const)]),
  }
}

/** From the root down to a unit or an account, itself included; undefined where the id is not in the organization. */
export function lineTo({ root, parents }: Pick<OrganizationTree, 'root' | 'parents'>, id: string): readonly string[] | undefined {
  const line = [id]
  for (let at = id; at !== root;) {
    const parent = parents.get(at)
    if (parent === undefined) return undefined
    line.unshift(parent)
    at = parent
  }
  return line
}

export type Control = { readonly arn: string; readonly name: string; readonly document: string }

/**
 * The service control policies that bind an account's principals: one list a level, from the root to the account. Nothing where none are
 * enabled, and for the management account, which is bound by none (Organizations User Guide, "SCPs").
 */
export function controlsOf(tree: OrganizationTree, accountId: string): readonly (readonly Control[])[] {
  if (!tree.controlled || tree.account === accountId) return []
  return (lineTo(tree, accountId) ?? []).map((target) =>
    (tree.attached.get(target) ?? []).map((id) => ({
      arn: controlArn(tree, id),
      name: id,
      document: tree.documents.get(id) ?? '',
    })),
  )
}

/** AWS's own policies are no organization's. */
const controlArn = ({ account, id }: OrganizationTree, policy: string): string =>
  policy === FULL_ACCESS[0]
    ? `arn:${PARTITION}:organizations::aws:policy/service_control_policy/${policy}`
    : `arn:${PARTITION}:organizations::${account}:policy/${id}/service_control_policy/${policy}`
