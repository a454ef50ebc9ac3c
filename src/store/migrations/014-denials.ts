/** What was refused, and the policies that refused it: the answer to an authorization id. */
import type { Migration } from '../migrate.ts'

export const denials: Migration = {
  version: 14,
  name: 'denials',
  statements: [
    // account: the caller's. record: JSON (services/denial-record.ts). id is unique by itself; whoever knows it may belong to another account.
    `CREATE TABLE denial (
      account TEXT NOT NULL, id TEXT NOT NULL UNIQUE, request_id TEXT NOT NULL, denied_at BIGINT NOT NULL, record TEXT NOT NULL,
      PRIMARY KEY (account, id))`,
    `CREATE INDEX denial_time ON denial (account, denied_at)`,
    `CREATE INDEX denial_request ON denial (request_id)`,
    // A text of a policy, once for all refusals of an account. hash: SHA-256 of it, base64url.
    `CREATE TABLE denial_policy (
      account TEXT NOT NULL, hash TEXT NOT NULL, document TEXT NOT NULL, kept_until BIGINT NOT NULL,
      PRIMARY KEY (account, hash))`,
  ],
}
