/** When principals last asked for which action, and the reports made of it. */
import type { Migration } from '../migrate.ts'

export const lastAccessed: Migration = {
  version: 10,
  name: 'last accessed',
  statements: [
    // principal_id: the unique id of a user (AIDA) or a role (AROA), or the account's number for the root user. One row an operation of the
    // models, so that a principal has some hundred at most.
    `CREATE TABLE iam_last_access (
      account TEXT NOT NULL, principal_id TEXT NOT NULL, service TEXT NOT NULL, action TEXT NOT NULL,
      accessed_at BIGINT NOT NULL, region TEXT NOT NULL,
      PRIMARY KEY (account, principal_id, service, action))`,
    // owner: whose credentials made the report, and alone may read it. kind: what it is about. report: JSON; size: its characters.
    `CREATE TABLE iam_access_report (
      account TEXT NOT NULL, job_id TEXT NOT NULL, owner TEXT NOT NULL, kind TEXT NOT NULL, created_at BIGINT NOT NULL,
      size BIGINT NOT NULL, report TEXT NOT NULL,
      PRIMARY KEY (account, job_id))`,
    `CREATE INDEX iam_access_report_age ON iam_access_report (account, created_at, size)`,
  ],
}
