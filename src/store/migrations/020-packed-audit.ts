/** Long runs of audit records are compressed. */
import type { Migration } from '../migrate.ts'

export const packedAudit: Migration = {
  version: 20,
  name: 'packed-audit',
  // Null where `records` holds the run itself (audit-pack.ts).
  statements: ['ALTER TABLE audit ADD COLUMN packed BYTEA'],
}
