/** OpenID Connect providers that accounts trust, and accounts as issuers of tokens themselves. */
import type { Migration } from '../migrate.ts'

export const oidc: Migration = {
  version: 7,
  name: 'oidc',
  statements: [
    // url: the issuer without https://, as it was given. client_ids, thumbprints: JSON lists.
    `CREATE TABLE iam_oidc_provider (
      account TEXT NOT NULL, url TEXT NOT NULL, client_ids TEXT NOT NULL, thumbprints TEXT NOT NULL, tags TEXT NOT NULL,
      created_at BIGINT NOT NULL,
      PRIMARY KEY (account, url))`,
    // One row from the first time that an account issues tokens; it stays when that is disabled, so that tokens already issued can be verified.
    // id: the last part of the issuer's address. public_keys: JWKs, a JSON list. private_keys: sealed for the context "outbound-federation/<id>".
    `CREATE TABLE iam_outbound_federation (
      account TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, issuer TEXT NOT NULL, enabled BIGINT NOT NULL, public_keys TEXT NOT NULL,
      private_keys TEXT NOT NULL)`,
  ],
}
