/** Handshakes between an organization and accounts, and accounts that were closed. */
import type { Migration } from '../migrate.ts'

export const handshakes: Migration = {
  version: 15,
  name: 'handshakes',
  statements: [
    // account: the management account of the organization that sent it. target_key: the account's id, or its e-mail address in small
    // letters; null where the organization itself is asked. parent_id: the handshake that this one is part of. tags: of the account to come.
    `CREATE TABLE organization_handshake (
      account TEXT NOT NULL, id TEXT NOT NULL UNIQUE, action TEXT NOT NULL, state TEXT NOT NULL, target_type TEXT NOT NULL, target_id TEXT NOT NULL,
      target_key TEXT, parent_id TEXT, notes TEXT, tags TEXT NOT NULL, requested_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
      changed_at BIGINT NOT NULL,
      PRIMARY KEY (account, id))`,
    `CREATE INDEX organization_handshake_target ON organization_handshake (target_key)`,
    // Closures count for 30 days.
    `CREATE TABLE organization_closure (account TEXT NOT NULL, member TEXT NOT NULL, closed_at BIGINT NOT NULL, PRIMARY KEY (account, member))`,
  ],
}
