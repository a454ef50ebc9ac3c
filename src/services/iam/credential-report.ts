/** The credential report: one line of CSV for each user and for the root user (IAM User Guide, "Getting credential reports"). */
import { Fault } from '../../aws/fault.ts'
import type { ReadTx } from '../../store/store.ts'
import { readOperation, writeOperation } from '../operation.ts'
import { reportOf } from './credential-report-lines.ts'
import { readCredentials } from './credential-report.rows.ts'

/** IAM User Guide: a report is made at most once in four hours; before that the last one is given. */
const REPORT_AGE_MS = 4 * 3_600_000

const FIND = 'SELECT content, generated_at FROM iam_credential_report WHERE account = $1'
const KEEP = `INSERT INTO iam_credential_report (account, content, generated_at) VALUES ($1, $2, $3)
  ON CONFLICT (account) DO UPDATE SET content = excluded.content, generated_at = excluded.generated_at`

type Report = { readonly content: string; readonly generated_at: number }
const findReport = (tx: ReadTx, account: string): Promise<Report | undefined> => tx.get(FIND, account)

/** The report is made at once; the first answer is STARTED all the same, because clients wait for COMPLETE and read then (recorded from AWS). */
export const generateCredentialReport = writeOperation('iam', 'GenerateCredentialReport', {
  authorize: () => ({ action: 'iam:GenerateCredentialReport', resource: '*' }),
  prepare: async (_tx, _input, call) => call.recorded(),
  async handle(tx, _input, { accountId, now }) {
    const known = await findReport(tx, accountId)
    if (known !== undefined && now - known.generated_at < REPORT_AGE_MS) return { State: 'COMPLETE' as const }
    await tx.run(KEEP, accountId, reportOf(accountId, await readCredentials(tx, accountId)), now)
    return { State: 'STARTED' as const, Description: 'No report exists. Starting a new report generation task' }
  },
})

export const getCredentialReport = readOperation('iam', 'GetCredentialReport', {
  authorize: () => ({ action: 'iam:GetCredentialReport', resource: '*' }),
  async handle(tx, _input, { accountId, now }) {
    const report = await findReport(tx, accountId)
    // Recorded: no message at all.
    if (report === undefined) throw new Fault('ReportNotPresent', '')
    if (now - report.generated_at >= REPORT_AGE_MS) throw new Fault('ReportExpired', 'The credential report is expired.')
    return {
      Content: Buffer.from(report.content),
      ReportFormat: 'text/csv' as const,
      GeneratedTime: new Date(report.generated_at),
    }
  },
})

export const credentialReportOperations = [generateCredentialReport, getCredentialReport]
