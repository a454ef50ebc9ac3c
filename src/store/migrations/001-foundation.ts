/** The first schema: accounts, IAM's users, groups, policies and keys, and the audit chain. Every table is keyed by account. */
import type { Migration } from '../migrate.ts'

export const foundation: Migration = {
  version: 1,
  name: 'foundation',
  statements: [
    // version: bumped by every write, so that caches know what is stale. audit_seq and audit_hash: the head of the account's audit chain.
    `CREATE TABLE account (
      id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, email_key TEXT NOT NULL UNIQUE, status TEXT NOT NULL,
      alias TEXT UNIQUE, password_hash TEXT, created_at BIGINT NOT NULL,
      version BIGINT NOT NULL, audit_seq BIGINT NOT NULL, audit_hash TEXT NOT NULL)`,
    `CREATE TABLE iam_user (
      account TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL, path TEXT NOT NULL,
      boundary_arn TEXT, tags TEXT NOT NULL, password_used_at BIGINT, created_at BIGINT NOT NULL,
      PRIMARY KEY (account, id), UNIQUE (account, name_key))`,
    `CREATE TABLE iam_group (
      account TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL, path TEXT NOT NULL, created_at BIGINT NOT NULL,
      PRIMARY KEY (account, id), UNIQUE (account, name_key))`,
    `CREATE TABLE iam_group_member (
      account TEXT NOT NULL, group_id TEXT NOT NULL, user_id TEXT NOT NULL, added_at BIGINT NOT NULL,
      PRIMARY KEY (account, group_id, user_id))`,
    `CREATE INDEX iam_group_member_user ON iam_group_member (account, user_id)`,
    `CREATE TABLE iam_policy (
      account TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL, path TEXT NOT NULL, arn TEXT NOT NULL,
      description TEXT, default_version BIGINT NOT NULL, next_version BIGINT NOT NULL, tags TEXT NOT NULL,
      created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
      PRIMARY KEY (account, id), UNIQUE (account, name_key), UNIQUE (account, arn))`,
    `CREATE TABLE iam_policy_version (
      account TEXT NOT NULL, policy_id TEXT NOT NULL, number BIGINT NOT NULL, document TEXT NOT NULL, created_at BIGINT NOT NULL,
      PRIMARY KEY (account, policy_id, number))`,
    // principal_id: the unique id of a user (AIDA), group (AGPA) or role (AROA); policy_arn: customer or AWS managed.
    `CREATE TABLE iam_attachment (
      account TEXT NOT NULL, principal_id TEXT NOT NULL, policy_arn TEXT NOT NULL, attached_at BIGINT NOT NULL,
      PRIMARY KEY (account, principal_id, policy_arn))`,
    `CREATE INDEX iam_attachment_policy ON iam_attachment (account, policy_arn)`,
    `CREATE TABLE iam_inline_policy (
      account TEXT NOT NULL, principal_id TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL,
      PRIMARY KEY (account, principal_id, name))`,
    // user_id is null for the root user's keys. secret is sealed for the context "access-key/<id>".
    `CREATE TABLE iam_access_key (
      account TEXT NOT NULL, id TEXT NOT NULL, user_id TEXT, status TEXT NOT NULL, secret TEXT NOT NULL, created_at BIGINT NOT NULL,
      PRIMARY KEY (account, id))`,
    `CREATE INDEX iam_access_key_user ON iam_access_key (account, user_id)`,
    `CREATE TABLE iam_access_key_use (
      account TEXT NOT NULL, key_id TEXT NOT NULL, used_at BIGINT NOT NULL, service TEXT NOT NULL, region TEXT NOT NULL,
      PRIMARY KEY (account, key_id))`,
    `CREATE TABLE iam_login_profile (
      account TEXT NOT NULL, user_id TEXT NOT NULL, password_hash TEXT NOT NULL, reset_required BIGINT NOT NULL,
      created_at BIGINT NOT NULL, changed_at BIGINT NOT NULL,
      PRIMARY KEY (account, user_id))`,
    // One row holds a run of records, a JSON line each: first_seq, then count of them. hash chains over prev_hash and records, keyed by key_id.
    `CREATE TABLE audit (
      account TEXT NOT NULL, first_seq BIGINT NOT NULL, count BIGINT NOT NULL, written_at BIGINT NOT NULL,
      key_id TEXT NOT NULL, prev_hash TEXT NOT NULL, hash TEXT NOT NULL, records TEXT NOT NULL,
      PRIMARY KEY (account, first_seq))`,
    // The account of calls without one: it has an audit chain and nothing else.
    `INSERT INTO account (id, name, email, email_key, status, created_at, version, audit_seq, audit_hash)
      VALUES ('000000000000', 'Calls without an account', '', '', 'SYSTEM', 0, 1, 0, '')`,
    // Marks of things that count once, such as codes and assertions.
    `CREATE TABLE claim (name TEXT PRIMARY KEY, expires_at BIGINT NOT NULL)`,
    `CREATE INDEX claim_expiry ON claim (expires_at)`,
    // Servers on one PostgreSQL (postgres-nodes.ts); empty on SQLite. snapshot: what the node has certainly seen. seq: the writing transaction.
    `CREATE TABLE node (id TEXT PRIMARY KEY, beat_at BIGINT NOT NULL, snapshot TEXT NOT NULL)`,
    `CREATE TABLE account_change (
      seq BIGINT NOT NULL, account TEXT NOT NULL, version BIGINT NOT NULL, node TEXT NOT NULL, written_at BIGINT NOT NULL,
      PRIMARY KEY (seq, account))`,
  ],
}
