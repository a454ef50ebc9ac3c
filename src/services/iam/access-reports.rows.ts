/** Rows of access reports: made once, kept for a while, read by whoever made them. */
import type { Principal } from '../../aws/principal.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'

/** What a report is about: what a user, group, role or policy used, or what the accounts of an organization did. */
export type ReportKind = 'services' | 'organization'

export type ReportRow = { readonly created_at: number; readonly report: string }

/** How long a report can be read. AWS does not say how long it keeps them; the number is ours. */
const REPORT_LIFETIME_MS = 7 * 86_400_000
/** Reports of an account that are kept, and their characters together; beyond either the older half of them goes. Both are ours. */
const MAX_REPORTS = 10_000
const MAX_CHARACTERS = 256 * 1024 * 1024

const FIND =
  'SELECT created_at, report FROM iam_access_report WHERE account = $1 AND job_id = $2 AND owner = $3 AND kind = $4 AND created_at > $5'
const INSERT = `INSERT INTO iam_access_report (account, job_id, owner, kind, created_at, size, report) VALUES ($1, $2, $3, $4, $5, $6, $7)`
const EXPIRE = 'DELETE FROM iam_access_report WHERE account = $1 AND created_at <= $2'
const TOTAL = 'SELECT COUNT(*) AS count, SUM(size) AS characters FROM iam_access_report WHERE account = $1'
const NTH = 'SELECT created_at FROM iam_access_report WHERE account = $1 ORDER BY created_at LIMIT 1 OFFSET $2'

export type NewReport = { readonly jobId: string; readonly kind: ReportKind; readonly report: string }
export type ReportCaller = { readonly accountId: string; readonly now: number; readonly principal: Principal }

/** Keeps a report for whoever asked for it; those whose time is over go, and the oldest ones where there are too many. */
export async function keepReport(tx: WriteTx, { accountId, now, principal }: ReportCaller, made: NewReport): Promise<void> {
  const { jobId, kind, report } = made
  await tx.run(EXPIRE, accountId, now - REPORT_LIFETIME_MS)
  const total = await tx.get<{ count: number; characters: number | null }>(TOTAL, accountId)
  const count = Number(total?.count ?? 0)
  if (count >= MAX_REPORTS || Number(total?.characters ?? 0) >= MAX_CHARACTERS) {
    const middle = await tx.get<{ created_at: number }>(NTH, accountId, Math.floor(count / 2))
    await tx.run(EXPIRE, accountId, middle?.created_at ?? now)
  }
  await tx.run(INSERT, accountId, jobId, ownerOf(principal), kind, now, report.length, report)
}

/** The report of a job that the caller began; undefined for all others. */
export const findReport = (
  tx: ReadTx,
  { accountId, now, principal }: ReportCaller,
  jobId: string,
  kind: ReportKind,
): Promise<ReportRow | undefined> => tx.get(FIND, accountId, jobId, ownerOf(principal), kind, now - REPORT_LIFETIME_MS)

/** "Only the principal that generates a report can view the report details", and with a role's or a federated user's credentials only in the same session (IAM User Guide). */
function ownerOf({ type, id, credential }: Principal): string {
  return type === 'user' || type === 'root' ? id : `${id} ${credential.accessKeyId}`
}
