/** The identity policies of a user, a group or a role that an operation names by ARN, each with who owns it. */
import { groupArn, parseArn, PARTITION, roleArn, userArn } from '../../aws/arn.ts'
import type { ReadTx } from '../../store/store.ts'
import type { Check } from '../operation.ts'
import { controlsOf, loadOrganizationTree } from '../organization-tree.rows.ts'
import { listAttached } from './attachments.rows.ts'
import { awsPolicyDocument } from './aws-policies.ts'
import { invalidInput, noSuchEntity } from './errors.ts'
import { mustFindGroup } from './groups.rows.ts'
import { allInlinePolicies } from './inline-policies.rows.ts'
import { type IdentityDocuments, loadIdentityDocuments, loadManagedDocument } from './principals.rows.ts'
import { mustFindRole } from './roles.rows.ts'
import { mustFindUser } from './users.rows.ts'

export type OwnerKind = 'user' | 'group' | 'role'

/** A user, a group or a role, as its ARN names it. */
export type SourceName = { readonly kind: OwnerKind; readonly name: string; readonly accountId: string; readonly arn: string }

export type SourcePolicy = {
  readonly name: string
  /** An unreadable or missing managed policy is empty text, which no reader takes. */
  readonly document: string
} & (
  | { readonly type: 'inline'; readonly owner: Pick<SourceName, 'kind' | 'name'> }
  | { readonly type: 'managed' | 'aws-managed' | 'scp'; readonly arn: string }
)

export type Source = SourceName & {
  /** Its unique id. */
  readonly id: string
  /** A user's groups' policies are among them. */
  readonly policies: readonly SourcePolicy[]
  readonly boundary?: SourcePolicy
  /** The service control policies that bind its account: one list a level. */
  readonly controls: readonly (readonly SourcePolicy[])[]
}

const ENTITY = /^(user|group|role)\/(?:[!-~]+\/)?([\w+=,.@-]+)$/

/** Reads the ARN of a user, a group or a role of any account; undefined where it is none. */
export function parseOwnerArn(arn: string): SourceName | undefined {
  const parsed = parseArn(arn)
  if (parsed?.partition !== PARTITION || parsed.service !== 'iam' || parsed.region !== '') return undefined
  const [, kind, name = ''] = ENTITY.exec(parsed.resource) ?? []
  return isOwnerKind(kind) ? { kind, name, accountId: parsed.accountId, arn } : undefined
}

const isOwnerKind = (text: string | undefined): text is OwnerKind => text === 'user' || text === 'group' || text === 'role'

/** The user, group or role of the caller's account that an ARN names. Throws InvalidInput, in AWS's words (reported of SimulatePrincipalPolicy). */
function mustBeSourceArn(arn: string, accountId: string): SourceName {
  const name = parseOwnerArn(arn)
  if (name === undefined) throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`)
  if (name.accountId !== accountId)
    throw invalidInput(
      `Invalid Policy Source Arn: caller's account ${accountId} does not have access to policies in account ${name.accountId}`,
    )
  return name
}

/** A check on the user, group or role that an ARN names. */
export function sourceCheck(action: string, arn: string, accountId: string): Check {
  const { kind, name } = mustBeSourceArn(arn, accountId)
  return { action, resource: { kind, name } }
}

/** The entity with all its policies. Throws InvalidInput, and NoSuchEntity where there is none of this name and path. */
export async function loadSource(tx: ReadTx, accountId: string, arn: string): Promise<Source> {
  const name = mustBeSourceArn(arn, accountId)
  const { kind } = name
  const row = await FIND[kind](tx, accountId, name.name)
  if (ARNS[kind](accountId, row.path, row.name) !== arn) throw noSuchEntity[kind](name.name)
  const controls = await controlPolicies(tx, accountId)
  if (kind === 'group') return { ...name, id: row.id, policies: await groupPolicies(tx, accountId, row), controls }
  const documents = await loadIdentityDocuments(tx, accountId, row.id)
  const { boundary } = documents
  return {
    ...name,
    id: row.id,
    policies: policiesOf(documents),
    controls,
    ...(boundary !== undefined && { boundary: managed(boundary.arn, boundary.document) }),
  }
}

type Row = { readonly id: string; readonly name: string; readonly path: string }
const FIND: Readonly<Record<OwnerKind, (tx: ReadTx, accountId: string, name: string) => Promise<Row>>> = {
  user: mustFindUser,
  group: mustFindGroup,
  role: mustFindRole,
}
const ARNS: Readonly<Record<OwnerKind, typeof userArn>> = { user: userArn, group: groupArn, role: roleArn }

function policiesOf({ inline, managed: customer, awsManagedArns }: IdentityDocuments): readonly SourcePolicy[] {
  return [
    ...inline.flatMap(({ ownerArn, name, document }): readonly SourcePolicy[] => {
      const owner = parseOwnerArn(ownerArn)
      return owner === undefined ? [] : [{ type: 'inline', name, document, owner: { kind: owner.kind, name: owner.name } }]
    }),
    ...customer.map(({ arn, document }) => managed(arn, document)),
    ...awsManagedArns.map((arn) => managed(arn, undefined)),
  ]
}

async function groupPolicies(tx: ReadTx, accountId: string, { id, name: group }: Row): Promise<readonly SourcePolicy[]> {
  const policies: SourcePolicy[] = (await allInlinePolicies(tx, accountId, id))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, document }) => ({ type: 'inline', name, document, owner: { kind: 'group', name: group } }))
  for (const arn of (await listAttached(tx, accountId, id)).toSorted())
    policies.push(managed(arn, await loadManagedDocument(tx, accountId, arn)))
  return policies
}

async function controlPolicies(tx: ReadTx, accountId: string): Promise<Source['controls']> {
  const tree = await loadOrganizationTree(tx, accountId)
  if (tree === undefined) return []
  return controlsOf(tree, accountId).map((level) => level.map((control) => ({ type: 'scp', ...control })))
}

/** `document` is absent where the store has none, as for AWS managed policies. */
function managed(arn: string, document: string | undefined): SourcePolicy {
  const name = arn.slice(arn.lastIndexOf('/') + 1)
  const published = awsPolicyDocument(arn)
  if (published !== undefined) return { type: 'aws-managed', name, arn, document: published }
  return { type: 'managed', name, arn, document: document ?? '' }
}
