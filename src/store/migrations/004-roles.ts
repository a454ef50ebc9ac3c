/** Roles, instance profiles, and the deletions of service-linked roles. */
import type { Migration } from '../migrate.ts'

export const roles: Migration = {
  version: 4,
  name: 'roles',
  statements: [
    // trust_policy: as it was given, but users and roles that it names as principals stand there by unique id. linked_service: the
    // service principal of a service-linked role, null for all others.
    `CREATE TABLE iam_role (
      account TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL, path TEXT NOT NULL,
      trust_policy TEXT NOT NULL, description TEXT, max_session_seconds BIGINT NOT NULL, boundary_arn TEXT, tags TEXT NOT NULL,
      linked_service TEXT, created_at BIGINT NOT NULL,
      PRIMARY KEY (account, id), UNIQUE (account, name_key))`,
    `CREATE TABLE iam_role_use (
      account TEXT NOT NULL, role_id TEXT NOT NULL, used_at BIGINT NOT NULL, region TEXT NOT NULL,
      PRIMARY KEY (account, role_id))`,
    `CREATE TABLE iam_instance_profile (
      account TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL, path TEXT NOT NULL, tags TEXT NOT NULL,
      created_at BIGINT NOT NULL,
      PRIMARY KEY (account, id), UNIQUE (account, name_key))`,
    `CREATE TABLE iam_instance_profile_role (
      account TEXT NOT NULL, profile_id TEXT NOT NULL, role_id TEXT NOT NULL,
      PRIMARY KEY (account, profile_id, role_id))`,
    `CREATE INDEX iam_instance_profile_role_role ON iam_instance_profile_role (account, role_id)`,
    // One row for each deletion that was asked for; task is what GetServiceLinkedRoleDeletionStatus is asked with.
    `CREATE TABLE iam_service_linked_deletion (
      account TEXT NOT NULL, task TEXT NOT NULL, status TEXT NOT NULL, created_at BIGINT NOT NULL,
      PRIMARY KEY (account, task))`,
  ],
}
