/** Who may work in an organization beside its management account: trusted services, delegated administrators, and central root access. */
import type { Migration } from '../migrate.ts'

export const organizationAccess: Migration = {
  version: 12,
  name: 'organization access',
  statements: [
    // account: the management account, here and in the next three tables.
    `CREATE TABLE organization_service (
      account TEXT NOT NULL, service_principal TEXT NOT NULL, enabled_at BIGINT NOT NULL,
      PRIMARY KEY (account, service_principal))`,
    `CREATE TABLE organization_delegate (
      account TEXT NOT NULL, member TEXT NOT NULL, service_principal TEXT NOT NULL, delegated_at BIGINT NOT NULL,
      PRIMARY KEY (account, member, service_principal))`,
    `CREATE TABLE organization_root_feature (account TEXT NOT NULL, feature TEXT NOT NULL, PRIMARY KEY (account, feature))`,
    // The delegation policy: one at most.
    `CREATE TABLE organization_resource_policy (
      account TEXT PRIMARY KEY, id TEXT NOT NULL, content TEXT NOT NULL, tags TEXT NOT NULL)`,
    // A row where the root user's password was taken away from outside (recovery 0), or may be set anew by e-mail (recovery 1).
    `CREATE TABLE account_root_recovery (account TEXT PRIMARY KEY, recovery BIGINT NOT NULL, changed_at BIGINT NOT NULL)`,
  ],
}
