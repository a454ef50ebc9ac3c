/** Credentials beside keys and passwords: signing certificates, SSH keys, service-specific credentials; server certificates; the credential report. */
import type { Migration } from '../migrate.ts'

export const credentials: Migration = {
  version: 5,
  name: 'credentials',
  statements: [
    // owner: a user's unique id, or the account's number for the root user.
    `CREATE TABLE iam_signing_certificate (
      account TEXT NOT NULL, id TEXT NOT NULL, owner TEXT NOT NULL, body TEXT NOT NULL, fingerprint TEXT NOT NULL, status TEXT NOT NULL,
      created_at BIGINT NOT NULL,
      PRIMARY KEY (account, id), UNIQUE (account, fingerprint))`,
    `CREATE INDEX iam_signing_certificate_owner ON iam_signing_certificate (account, owner)`,
    // body: the key in its wire form (RFC 4253, 6.6), base64.
    `CREATE TABLE iam_ssh_key (
      account TEXT NOT NULL, id TEXT NOT NULL, owner TEXT NOT NULL, body TEXT NOT NULL, fingerprint TEXT NOT NULL, status TEXT NOT NULL,
      created_at BIGINT NOT NULL,
      PRIMARY KEY (account, id), UNIQUE (account, owner, fingerprint))`,
    // secret_hash: SHA-256 of a secret that was shown once.
    `CREATE TABLE iam_service_credential (
      account TEXT NOT NULL, id TEXT NOT NULL, owner TEXT NOT NULL, service TEXT NOT NULL, login TEXT NOT NULL, secret_hash TEXT NOT NULL,
      status TEXT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT,
      PRIMARY KEY (account, id), UNIQUE (account, service, login))`,
    `CREATE INDEX iam_service_credential_owner ON iam_service_credential (account, owner)`,
    // private_key is sealed for the context "server-certificate/<id>".
    `CREATE TABLE iam_server_certificate (
      account TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL, path TEXT NOT NULL, body TEXT NOT NULL, chain TEXT,
      private_key TEXT NOT NULL, tags TEXT NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
      PRIMARY KEY (account, id), UNIQUE (account, name_key))`,
    `CREATE TABLE iam_credential_report (account TEXT PRIMARY KEY, content TEXT NOT NULL, generated_at BIGINT NOT NULL)`,
  ],
}
