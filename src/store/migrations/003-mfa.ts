/** Virtual MFA devices. */
import type { Migration } from '../migrate.ts'

export const mfa: Migration = {
  version: 3,
  name: 'mfa',
  statements: [
    // seed is sealed for the context "mfa/<serial>". owner: a user's unique id, or the account's number for the root user; null while unassigned.
    // drift: by how many time steps the device's clock is off, as the last synchronisation found it.
    `CREATE TABLE iam_mfa_device (
      account TEXT NOT NULL, serial TEXT NOT NULL, seed TEXT NOT NULL, owner TEXT, enabled_at BIGINT, drift BIGINT NOT NULL,
      tags TEXT NOT NULL, created_at BIGINT NOT NULL,
      PRIMARY KEY (account, serial))`,
    `CREATE INDEX iam_mfa_device_owner ON iam_mfa_device (account, owner)`,
  ],
}
