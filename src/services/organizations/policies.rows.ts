/** Rows of an organization's policies and of where they are attached. */
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { awsPolicy, FULL_ACCESS, isEnforced } from './aws-policies.ts'
import { noSuch } from './errors.ts'

export type PolicyRow = {
  readonly id: string
  readonly type: string
  readonly name: string
  readonly description: string
  readonly content: string
  /** JSON: a list of `{ Key, Value }`. */
  readonly tags: string
  readonly created_at: number
  /** Null where nothing was changed before this was kept. */
  readonly updated_at: number | null
}

const COLUMNS = 'id, type, name, description, content, tags, created_at, updated_at'
const FIND = `SELECT ${COLUMNS} FROM organization_policy WHERE account = $1 AND id = $2`
const FIND_NAMED = `SELECT ${COLUMNS} FROM organization_policy WHERE account = $1 AND type = $2 AND name = $3`
const LIST = `SELECT ${COLUMNS} FROM organization_policy WHERE account = $1 AND type = $2 ORDER BY id`
const INSERT = `INSERT INTO organization_policy (account, ${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
const UPDATE =
  'UPDATE organization_policy SET name = $1, description = $2, content = $3, updated_at = $4 WHERE account = $5 AND id = $6'
const DELETE = 'DELETE FROM organization_policy WHERE account = $1 AND id = $2'
const ATTACHED_AT =
  'SELECT policy_id, attached_at FROM organization_attachment WHERE account = $1 AND target_id = $2 AND type = $3'
const ATTACHED = `SELECT policy_id FROM organization_attachment WHERE account = $1 AND target_id = $2 AND type = $3 ORDER BY attached_at, policy_id`
const TARGETS = 'SELECT target_id FROM organization_attachment WHERE account = $1 AND policy_id = $2 ORDER BY target_id'
const ATTACH = `INSERT INTO organization_attachment (account, target_id, policy_id, type, attached_at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (account, target_id, policy_id) DO NOTHING`
const DETACH = 'DELETE FROM organization_attachment WHERE account = $1 AND target_id = $2 AND policy_id = $3'
const DETACH_TYPE = 'DELETE FROM organization_attachment WHERE account = $1 AND type = $2'
const DETACH_TARGET = 'DELETE FROM organization_attachment WHERE account = $1 AND target_id = $2'

/** A policy by its id, AWS's own included. */
export async function findPolicy(tx: ReadTx, account: string, id: string): Promise<PolicyRow | undefined> {
  return awsPolicy(id) ?? (await tx.get<PolicyRow>(FIND, account, id))
}

/** A policy by its id; throws PolicyNotFoundException. */
export async function mustFindPolicy(tx: ReadTx, account: string, id: string): Promise<PolicyRow> {
  const row = await findPolicy(tx, account, id)
  if (row === undefined) throw noSuch.policy()
  return row
}

/** The policy of this type and name; AWS's own names are taken too. */
export async function findPolicyNamed(tx: ReadTx, account: string, type: string, name: string): Promise<PolicyRow | undefined> {
  if (isEnforced(type) && FULL_ACCESS[type].name === name) return FULL_ACCESS[type]
  return tx.get<PolicyRow>(FIND_NAMED, account, type, name)
}

/** The organization's own policies of a type. */
export const listPolicyRows = (tx: ReadTx, account: string, type: string): Promise<readonly PolicyRow[]> =>
  tx.all(LIST, account, type)

export async function insertPolicy(tx: WriteTx, account: string, row: PolicyRow): Promise<void> {
  await tx.run(
    INSERT,
    account,
    row.id,
    row.type,
    row.name,
    row.description,
    row.content,
    row.tags,
    row.created_at,
    row.updated_at,
  )
}

export async function updatePolicyRow(
  tx: WriteTx,
  account: string,
  { id, name, description, content, updated_at: at }: PolicyRow,
): Promise<void> {
  await tx.run(UPDATE, name, description, content, at, account, id)
}

export async function deletePolicyRow(tx: WriteTx, account: string, id: string): Promise<void> {
  await tx.run(DELETE, account, id)
}

/** The policies of a type on a target, in the order in which they were attached. A policy that is gone is an error: it cannot be deleted while attached. */
export async function attachedPolicies(
  tx: ReadTx,
  account: string,
  targetId: string,
  type: string,
): Promise<readonly PolicyRow[]> {
  const rows = await tx.all<{ policy_id: string }>(ATTACHED, account, targetId, type)
  const policies: PolicyRow[] = []
  for (const { policy_id: id } of rows) policies.push(await mustFindPolicy(tx, account, id))
  return policies
}

/** When each policy of a type was attached to a target, by id, in milliseconds. */
export async function attachmentTimes(
  tx: ReadTx,
  account: string,
  targetId: string,
  type: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx.all<{ policy_id: string; attached_at: number }>(ATTACHED_AT, account, targetId, type)
  return new Map(rows.map(({ policy_id: id, attached_at: at }) => [id, Number(at)]))
}

/** The ids of the root, the units and the accounts that have a policy. */
export async function targetsOf(tx: ReadTx, account: string, policyId: string): Promise<readonly string[]> {
  return (await tx.all<{ target_id: string }>(TARGETS, account, policyId)).map(({ target_id: id }) => id)
}

export type Attaching = { readonly targetId: string; readonly policy: Pick<PolicyRow, 'id' | 'type'> }

/** Whether the policy was not attached before. */
export async function attach(tx: WriteTx, account: string, { targetId, policy }: Attaching, now: number): Promise<boolean> {
  return (await tx.run(ATTACH, account, targetId, policy.id, policy.type, now)) > 0
}

export async function detach(tx: WriteTx, account: string, { targetId, policy }: Attaching): Promise<void> {
  await tx.run(DETACH, account, targetId, policy.id)
}

/** Detaches all policies of a type from everything. */
export async function detachType(tx: WriteTx, account: string, type: string): Promise<void> {
  await tx.run(DETACH_TYPE, account, type)
}

/** Detaches everything from a target that goes away. */
export async function detachAll(tx: WriteTx, account: string, targetId: string): Promise<void> {
  await tx.run(DETACH_TARGET, account, targetId)
}
