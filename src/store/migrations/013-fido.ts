/** Passkeys and security keys. */
import type { Migration } from '../migrate.ts'

export const fido: Migration = {
  version: 13,
  name: 'fido',
  statements: [
    // owner: a user's unique id, or the account's number for the root user; there is no device without one.
    // credential: JSON, the credential record of Web Authentication (its id, public key, signature counter): nothing secret.
    // certifications: JSON, levels by name.
    `CREATE TABLE iam_fido_device (
      account TEXT NOT NULL, serial TEXT NOT NULL, owner TEXT NOT NULL, credential TEXT NOT NULL, certifications TEXT NOT NULL,
      enabled_at BIGINT NOT NULL,
      PRIMARY KEY (account, serial))`,
    `CREATE INDEX iam_fido_device_owner ON iam_fido_device (account, owner)`,
    // Every device that somebody has, of whatever kind.
    `CREATE VIEW iam_enabled_mfa AS
      SELECT account, serial, owner, enabled_at FROM iam_mfa_device WHERE owner IS NOT NULL
      UNION ALL SELECT account, serial, owner, enabled_at FROM iam_fido_device`,
  ],
}
