/** What accounts prefer of STS. */
import type { Migration } from '../migrate.ts'

export const stsPreferences: Migration = {
  version: 8,
  name: 'sts-preferences',
  statements: [
    // global_endpoint_token_version: 1 or 2. An account without a row has not set it.
    `CREATE TABLE iam_sts_preference (account TEXT PRIMARY KEY, global_endpoint_token_version BIGINT NOT NULL)`,
  ],
}
