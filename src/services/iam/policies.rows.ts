/** Rows of customer managed policies and of their versions, and how often managed policies are used. */
import type { Tag } from '../../model/iam.gen.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { nameKey } from './names.ts'

export type PolicyRow = {
  readonly id: string
  readonly name: string
  readonly path: string
  readonly arn: string
  readonly description: string | null
  readonly default_version: number
  /** The number that the next version gets: numbers are never used again. */
  readonly next_version: number
  /** JSON: a list of `{ Key, Value }`. */
  readonly tags: string
  readonly created_at: number
  /** When the newest version was made. */
  readonly updated_at: number
}
export type VersionRow = { readonly number: number; readonly created_at: number }

const COLUMNS = 'id, name, path, arn, description, default_version, next_version, tags, created_at, updated_at'
const FIND = `SELECT ${COLUMNS} FROM iam_policy WHERE account = $1 AND arn = $2`
const FIND_BY_NAME = `SELECT ${COLUMNS} FROM iam_policy WHERE account = $1 AND name_key = $2`
const LIST = `SELECT ${COLUMNS} FROM iam_policy WHERE account = $1`
const COUNT = 'SELECT COUNT(*) AS count FROM iam_policy WHERE account = $1'
const INSERT = `INSERT INTO iam_policy (account, name_key, ${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
const DELETE = 'DELETE FROM iam_policy WHERE account = $1 AND id = $2'
const SET_TAGS = 'UPDATE iam_policy SET tags = $1 WHERE account = $2 AND id = $3'
const SET_DEFAULT = 'UPDATE iam_policy SET default_version = $1 WHERE account = $2 AND id = $3'
const SET_NEXT = 'UPDATE iam_policy SET next_version = $1, updated_at = $2 WHERE account = $3 AND id = $4'
const VERSIONS = 'SELECT number, created_at FROM iam_policy_version WHERE account = $1 AND policy_id = $2 ORDER BY number DESC'
const VERSION =
  'SELECT number, created_at, document FROM iam_policy_version WHERE account = $1 AND policy_id = $2 AND number = $3'
const INSERT_VERSION =
  'INSERT INTO iam_policy_version (account, policy_id, number, document, created_at) VALUES ($1, $2, $3, $4, $5)'
const DELETE_VERSION = 'DELETE FROM iam_policy_version WHERE account = $1 AND policy_id = $2 AND number = $3'
const DELETE_VERSIONS = 'DELETE FROM iam_policy_version WHERE account = $1 AND policy_id = $2'

/** The customer managed policy of this ARN in this account. */
export const findPolicy = (tx: ReadTx, account: string, arn: string): Promise<PolicyRow | undefined> => tx.get(FIND, account, arn)

/** The customer managed policy of this name, whatever its case and path. */
export const findPolicyByName = (tx: ReadTx, account: string, name: string): Promise<PolicyRow | undefined> =>
  tx.get(FIND_BY_NAME, account, nameKey(name))

/** All of the account, of which there are at most POLICIES_PER_ACCOUNT, in no order. */
export const listPolicies = (tx: ReadTx, account: string): Promise<readonly PolicyRow[]> => tx.all(LIST, account)

export async function countPolicies(tx: ReadTx, account: string): Promise<number> {
  return Number((await tx.get<{ count: number }>(COUNT, account))?.count ?? 0)
}

/** Makes a policy; its versions are made with `insertVersion`. */
export async function insertPolicy(tx: WriteTx, account: string, row: PolicyRow): Promise<void> {
  const { id, name, path, arn, description, default_version: standard, next_version: next } = row
  await tx.run(
    INSERT,
    account,
    nameKey(name),
    id,
    name,
    path,
    arn,
    description,
    standard,
    next,
    row.tags,
    row.created_at,
    row.updated_at,
  )
}

/** Deletes the policy and all its versions. */
export async function deletePolicyRows(tx: WriteTx, account: string, id: string): Promise<void> {
  await tx.run(DELETE_VERSIONS, account, id)
  await tx.run(DELETE, account, id)
}

export async function setPolicyTags(tx: WriteTx, account: string, id: string, tags: readonly Tag[]): Promise<void> {
  await tx.run(SET_TAGS, JSON.stringify(tags), account, id)
}

/** The versions of a policy, newest first. */
export const listVersions = (tx: ReadTx, account: string, policyId: string): Promise<readonly VersionRow[]> =>
  tx.all(VERSIONS, account, policyId)

export const findVersion = (
  tx: ReadTx,
  account: string,
  { id }: Pick<PolicyRow, 'id'>,
  number: number,
): Promise<(VersionRow & { readonly document: string }) | undefined> => tx.get(VERSION, account, id, number)

export type NewVersion = {
  readonly policyId: string
  readonly number: number
  readonly document: string
  readonly createdAt: number
}

/** Adds a version and moves the policy's next number past it. */
export async function insertVersion(tx: WriteTx, account: string, version: NewVersion): Promise<void> {
  const { policyId, number, document, createdAt } = version
  await tx.run(INSERT_VERSION, account, policyId, number, document, createdAt)
  await tx.run(SET_NEXT, number + 1, createdAt, account, policyId)
}

export async function setDefaultVersion(tx: WriteTx, account: string, policyId: string, number: number): Promise<void> {
  await tx.run(SET_DEFAULT, number, account, policyId)
}

export async function deleteVersionRow(tx: WriteTx, account: string, policyId: string, number: number): Promise<void> {
  await tx.run(DELETE_VERSION, account, policyId, number)
}

/** How many users, groups and roles a policy is attached to, and how many users and roles it bounds. */
export type Usage = { readonly attachments: number; readonly boundaries: number }
export const UNUSED: Usage = { attachments: 0, boundaries: 0 }

const BOUNDED = `SELECT boundary_arn AS arn FROM iam_user WHERE account = $1 UNION ALL SELECT boundary_arn FROM iam_role WHERE account = $1`
const COUNT_ATTACHMENTS = 'SELECT COUNT(*) AS count FROM iam_attachment WHERE account = $1 AND policy_arn = $2'
const COUNT_BOUNDARIES = `SELECT COUNT(*) AS count FROM (${BOUNDED}) AS bounded WHERE arn = $2`
const ALL_ATTACHMENTS = 'SELECT policy_arn AS arn, COUNT(*) AS count FROM iam_attachment WHERE account = $1 GROUP BY policy_arn'
const ALL_BOUNDARIES = `SELECT arn, COUNT(*) AS count FROM (${BOUNDED}) AS bounded WHERE arn IS NOT NULL GROUP BY arn`

type Count = { readonly count: number }

/** The use of one policy, customer or AWS managed, in this account. */
export async function usageOf(tx: ReadTx, account: string, arn: string): Promise<Usage> {
  const attachments = Number((await tx.get<Count>(COUNT_ATTACHMENTS, account, arn))?.count ?? 0)
  const boundaries = Number((await tx.get<Count>(COUNT_BOUNDARIES, account, arn))?.count ?? 0)
  return { attachments, boundaries }
}

/** The use of all policies that are used, by ARN. */
export async function loadUsages(tx: ReadTx, account: string): Promise<ReadonlyMap<string, Usage>> {
  const usages = new Map<string, Usage>()
  for (const { arn, count } of await tx.all<Count & { readonly arn: string }>(ALL_ATTACHMENTS, account))
    usages.set(arn, { ...UNUSED, attachments: Number(count) })
  for (const { arn, count } of await tx.all<Count & { readonly arn: string }>(ALL_BOUNDARIES, account))
    usages.set(arn, { ...(usages.get(arn) ?? UNUSED), boundaries: Number(count) })
  return usages
}
