/** The account's password policy, and the hashes of earlier passwords that it may forbid. */
import type { Migration } from '../migrate.ts'

export const passwords: Migration = {
  version: 2,
  name: 'passwords',
  statements: [
    // policy: JSON, as it was given to UpdateAccountPasswordPolicy.
    `CREATE TABLE iam_password_policy (account TEXT PRIMARY KEY, policy TEXT NOT NULL)`,
    // number counts the passwords of a user; the highest is the present one.
    `CREATE TABLE iam_password_history (
      account TEXT NOT NULL, user_id TEXT NOT NULL, number BIGINT NOT NULL, password_hash TEXT NOT NULL,
      PRIMARY KEY (account, user_id, number))`,
  ],
}
