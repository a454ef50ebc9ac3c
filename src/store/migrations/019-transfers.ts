/** Transfers of responsibility between organizations: who manages and pays whose bill. */
import type { Migration } from '../migrate.ts'

export const transfers: Migration = {
  version: 19,
  name: 'transfers',
  statements: [
    // account: the management account that asked for the responsibility and takes it over. source: that of the other organization, null
    // while the invitation is for an e-mail address that no account has. end_at: set when one side withdrew. Each side has tags of its own.
    `CREATE TABLE organization_transfer (
      account TEXT NOT NULL, id TEXT NOT NULL UNIQUE, source TEXT, name TEXT NOT NULL, handshake_id TEXT NOT NULL UNIQUE,
      start_at BIGINT NOT NULL, accepted_at BIGINT, end_at BIGINT, tags TEXT NOT NULL, source_tags TEXT NOT NULL,
      PRIMARY KEY (account, id))`,
    `CREATE INDEX organization_transfer_source ON organization_transfer (source)`,
  ],
}
