/** Rows of last access: when a user, a role or the root user last asked for an action, whether or not it was allowed. */
import type { ReadTx, SqlValue, WriteTx } from '../../store/store.ts'

/** A principal's newest attempt at an operation. */
export type Access = {
  readonly accountId: string
  /** The unique id of a user or a role, or the account's number for the root user. */
  readonly principalId: string
  /** The service's prefix in actions. */
  readonly service: string
  readonly action: string
  /** Milliseconds since 1970. */
  readonly accessedAt: number
  readonly region: string
}

/** How far back reports look: 400 days (IAM User Guide, "Things to know about last accessed information"). */
export const TRACKING_PERIOD_MS = 400 * 86_400_000

const COLUMNS = 6
/** Rows in one statement, most first: few texts to prepare, and few statements for many rows. */
const STATEMENTS = [32, 8, 1].map((rows) => ({ rows, text: noteStatement(rows) }))

function noteStatement(rows: number): string {
  const row = (number: number): string =>
    `(${Array.from({ length: COLUMNS }, (_, column) => `$${number * COLUMNS + column + 1}`).join(', ')})`
  return `INSERT INTO iam_last_access (account, principal_id, service, action, accessed_at, region)
  VALUES ${Array.from({ length: rows }, (_, number) => row(number)).join(', ')}
  ON CONFLICT (account, principal_id, service, action) DO UPDATE SET accessed_at = excluded.accessed_at, region = excluded.region
  WHERE excluded.accessed_at >= iam_last_access.accessed_at`
}

/** Remembers attempts, each principal and operation once; what is older than the row it meets changes nothing. */
export async function noteAccesses(tx: WriteTx, accesses: readonly Access[]): Promise<void> {
  // Rows in one order everywhere, so that two nodes that note at the same time cannot block each other.
  const sorted = accesses.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
  let from = 0
  for (const { rows, text } of STATEMENTS) {
    for (; from + rows <= sorted.length; from += rows) {
      await tx.run(text, ...sorted.slice(from, from + rows).flatMap(valuesOf))
    }
  }
}

const keyOf = ({ accountId, principalId, service, action }: Access): string => `${accountId} ${principalId} ${service} ${action}`
const valuesOf = ({ accountId, principalId, service, action, accessedAt, region }: Access): readonly SqlValue[] => [
  accountId,
  principalId,
  service,
  action,
  accessedAt,
  region,
]

/** Whose accesses are asked for: a user or a role by its unique id, the members of a group by its unique id, all that have a policy by its ARN. */
export type AccessSubject =
  | { readonly kind: 'principal'; readonly id: string }
  | { readonly kind: 'group'; readonly id: string }
  | { readonly kind: 'policy'; readonly arn: string }

/** The principals of a subject, as a condition in which `$2` names it. */
const PRINCIPALS: Readonly<Record<AccessSubject['kind'], string>> = {
  principal: '= $2',
  group: 'IN (SELECT user_id FROM iam_group_member WHERE account = $1 AND group_id = $2)',
  policy: `IN (SELECT principal_id FROM iam_attachment WHERE account = $1 AND policy_arn = $2
    UNION SELECT m.user_id FROM iam_attachment a JOIN iam_group_member m ON m.account = a.account AND m.group_id = a.principal_id
    WHERE a.account = $1 AND a.policy_arn = $2)`,
}
const nameOf = (subject: AccessSubject): string => (subject.kind === 'policy' ? subject.arn : subject.id)

/** The newest attempt of some, in one text that sorts as it does: milliseconds have thirteen digits until the year 2286. */
const NEWEST = `MAX(CAST(accessed_at AS TEXT) || ' ' || principal_id || ' ' || region)`

/** A newest attempt: when, by whom, where. */
export type Newest = { readonly at: number; readonly principalId: string; readonly region: string }

function newestOf(text: string): Newest {
  const [at = '', principalId = '', ...region] = text.split(' ')
  return { at: Number(at), principalId, region: region.join(' ') }
}

export type ServiceAccess = Newest & { readonly service: string }
export type ActionAccess = ServiceAccess & { readonly action: string }

/** The newest attempt of a subject's principals at each action since `since` (milliseconds). */
export async function newestByAction(
  tx: ReadTx,
  account: string,
  subject: AccessSubject,
  since: number,
): Promise<readonly ActionAccess[]> {
  const rows = await tx.all<{ service: string; action: string; newest: string }>(
    `SELECT service, action, ${NEWEST} AS newest FROM iam_last_access
      WHERE account = $1 AND principal_id ${PRINCIPALS[subject.kind]} AND accessed_at >= $3 GROUP BY service, action`,
    account,
    nameOf(subject),
    since,
  )
  return rows.map(({ service, action, newest }) => ({ service, action, ...newestOf(newest) }))
}

/** The newest attempt of each of a subject's principals at each service since `since` (milliseconds). */
export async function newestByPrincipal(
  tx: ReadTx,
  account: string,
  subject: AccessSubject,
  since: number,
): Promise<readonly ServiceAccess[]> {
  const rows = await tx.all<{ service: string; newest: string }>(
    `SELECT service, ${NEWEST} AS newest FROM iam_last_access
      WHERE account = $1 AND principal_id ${PRINCIPALS[subject.kind]} AND accessed_at >= $3 GROUP BY principal_id, service`,
    account,
    nameOf(subject),
    since,
  )
  return rows.map(({ service, newest }) => ({ service, ...newestOf(newest) }))
}

/** The newest attempt of anybody in each account of an organization at each service. `account`: the management account. */
export async function newestByAccount(
  tx: ReadTx,
  account: string,
  since: number,
): Promise<readonly (ServiceAccess & { readonly accountId: string })[]> {
  const rows = await tx.all<{ account: string; service: string; newest: string }>(
    `SELECT account, service, ${NEWEST} AS newest FROM iam_last_access
      WHERE account IN (SELECT member FROM organization_member WHERE account = $1) AND accessed_at >= $2 GROUP BY account, service`,
    account,
    since,
  )
  return rows.map(({ account: accountId, service, newest }) => ({ accountId, service, ...newestOf(newest) }))
}

/** A user or a role that has the policies in question. */
export type AccessPrincipal = {
  readonly kind: 'user' | 'role'
  readonly id: string
  readonly name: string
  readonly path: string
}

/** The users and roles of a subject, by name. */
export async function principalsOf(tx: ReadTx, account: string, subject: AccessSubject): Promise<readonly AccessPrincipal[]> {
  const of = (kind: 'user' | 'role'): string =>
    `SELECT '${kind}' AS kind, id, name, path FROM iam_${kind} WHERE account = $1 AND id ${PRINCIPALS[subject.kind]}`
  const rows = await tx.all<AccessPrincipal>(`${of('user')} UNION ALL ${of('role')}`, account, nameOf(subject))
  return rows.toSorted((one, other) => (one.name < other.name ? -1 : 1))
}
