/** Organizations: their root, organizational units, member accounts, policies and where those are attached. */
import type { Migration } from '../migrate.ts'

export const organizations: Migration = {
  version: 9,
  name: 'organizations',
  statements: [
    // account: the management account, here and in all tables below. policy_types: JSON, those enabled in the root.
    `CREATE TABLE organization (
      account TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, feature_set TEXT NOT NULL, root_id TEXT NOT NULL, root_tags TEXT NOT NULL,
      policy_types TEXT NOT NULL, created_at BIGINT NOT NULL)`,
    `CREATE TABLE organization_unit (
      account TEXT NOT NULL, id TEXT NOT NULL, parent_id TEXT NOT NULL, name TEXT NOT NULL, tags TEXT NOT NULL, created_at BIGINT NOT NULL,
      PRIMARY KEY (account, id), UNIQUE (account, parent_id, name))`,
    // One row for each account of the organization, the management account included: an account is in one organization at most.
    `CREATE TABLE organization_member (
      account TEXT NOT NULL, member TEXT NOT NULL UNIQUE, parent_id TEXT NOT NULL, joined_method TEXT NOT NULL, joined_at BIGINT NOT NULL,
      tags TEXT NOT NULL,
      PRIMARY KEY (account, member))`,
    `CREATE TABLE organization_policy (
      account TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, description TEXT NOT NULL, content TEXT NOT NULL,
      tags TEXT NOT NULL, created_at BIGINT NOT NULL,
      PRIMARY KEY (account, id), UNIQUE (account, type, name))`,
    // target_id: the root, a unit or an account. Policies of AWS's own are attached without being in organization_policy.
    `CREATE TABLE organization_attachment (
      account TEXT NOT NULL, target_id TEXT NOT NULL, policy_id TEXT NOT NULL, type TEXT NOT NULL, attached_at BIGINT NOT NULL,
      PRIMARY KEY (account, target_id, policy_id))`,
    `CREATE INDEX organization_attachment_policy ON organization_attachment (account, policy_id)`,
    // member is null, and failure is not, where no account was made.
    `CREATE TABLE organization_account_request (
      account TEXT NOT NULL, id TEXT NOT NULL, account_name TEXT NOT NULL, member TEXT, failure TEXT, requested_at BIGINT NOT NULL,
      PRIMARY KEY (account, id))`,
  ],
}
