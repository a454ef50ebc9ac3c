/** When a policy of an organization was last changed: effective policies tell. */
import type { Migration } from '../migrate.ts'

export const policyUpdates: Migration = {
  version: 21,
  name: 'policy-updates',
  statements: ['ALTER TABLE organization_policy ADD COLUMN updated_at BIGINT'],
}
