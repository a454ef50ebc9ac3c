/** SAML identity providers. */
import type { Migration } from '../migrate.ts'

export const saml: Migration = {
  version: 6,
  name: 'saml',
  statements: [
    `CREATE TABLE iam_saml_provider (
      account TEXT NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL, metadata TEXT NOT NULL, tags TEXT NOT NULL, encryption TEXT,
      created_at BIGINT NOT NULL, valid_until BIGINT NOT NULL,
      PRIMARY KEY (account, name))`,
    // key is sealed for the context "saml-key/<id>".
    `CREATE TABLE iam_saml_key (
      account TEXT NOT NULL, id TEXT NOT NULL, provider TEXT NOT NULL, key TEXT NOT NULL, created_at BIGINT NOT NULL,
      PRIMARY KEY (account, id))`,
    `CREATE INDEX iam_saml_key_provider ON iam_saml_key (account, provider)`,
  ],
}
