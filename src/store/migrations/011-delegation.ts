/** Temporary delegation: product providers, what they registered, their requests and what they are told. Role templates and account properties. */
import type { Migration } from '../migrate.ts'

export const delegation: Migration = {
  version: 11,
  name: 'delegation',
  statements: [
    // Accounts that may ask for delegation. Accounts of one domain are one provider.
    `CREATE TABLE iam_product_provider (account TEXT PRIMARY KEY, domain TEXT NOT NULL, name TEXT NOT NULL, created_at BIGINT NOT NULL)`,
    // account: the account that the template or boundary was registered for; every account of its domain may use it.
    `CREATE TABLE iam_delegation_template (
      account TEXT NOT NULL, arn TEXT NOT NULL UNIQUE, domain TEXT NOT NULL, document TEXT NOT NULL, created_at BIGINT NOT NULL,
      PRIMARY KEY (account, arn))`,
    `CREATE TABLE iam_partner_boundary (
      account TEXT NOT NULL, arn TEXT NOT NULL UNIQUE, domain TEXT NOT NULL, document TEXT NOT NULL, created_at BIGINT NOT NULL,
      PRIMARY KEY (account, arn))`,
    // account: the requestor's. parameters: JSON. owner_account is null until it is named or associated, owner_arn and owner_id (its unique
    // id) until somebody associated it. approver: JSON, whose session is delegated. token_expires_at: null until the token was released.
    `CREATE TABLE iam_delegation_request (
      account TEXT NOT NULL, id TEXT NOT NULL UNIQUE, workflow_id TEXT NOT NULL, requestor_name TEXT NOT NULL, description TEXT NOT NULL,
      request_message TEXT, template_arn TEXT NOT NULL, parameters TEXT NOT NULL, policy TEXT NOT NULL, redirect_url TEXT,
      notification_channel TEXT NOT NULL, session_seconds BIGINT NOT NULL, only_send_by_owner BIGINT NOT NULL, owner_account TEXT,
      owner_arn TEXT, owner_id TEXT, approver_arn TEXT, approver TEXT, state TEXT NOT NULL, notes TEXT, rejection_reason TEXT,
      created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, token_expires_at BIGINT, revoked_at BIGINT,
      PRIMARY KEY (account, id), UNIQUE (account, workflow_id))`,
    `CREATE INDEX iam_delegation_request_owner ON iam_delegation_request (owner_account, id)`,
    // account: the requestor's. message: sealed, since an exchange token may be in it. id: ascending within the account.
    `CREATE TABLE iam_delegation_message (
      account TEXT NOT NULL, id TEXT NOT NULL, request_id TEXT NOT NULL, topic_arn TEXT NOT NULL, message TEXT NOT NULL,
      created_at BIGINT NOT NULL,
      PRIMARY KEY (account, id))`,
    `CREATE INDEX iam_delegation_message_request ON iam_delegation_message (account, request_id)`,
    `CREATE TABLE iam_account_property (account TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (account, name))`,
    // The template that a role was made from.
    `CREATE TABLE iam_role_source (
      account TEXT NOT NULL, role_id TEXT NOT NULL, template_arn TEXT NOT NULL, minor_version BIGINT NOT NULL,
      PRIMARY KEY (account, role_id))`,
  ],
}
