/** Marks of things that count once, such as a one-time code or an assertion's id. */
import type { WriteTx } from './store.ts'

/** Takes the mark unless it is taken and not expired; the database decides between two who ask at once. */
const TAKE = `INSERT INTO claim (name, expires_at) VALUES ($1, $2)
  ON CONFLICT (name) DO UPDATE SET expires_at = excluded.expires_at WHERE claim.expires_at <= $3`

/** Marks `name` as used until `expiresAt`; false where it is marked already. Times in milliseconds since 1970. */
export async function claim(tx: WriteTx, name: string, expiresAt: number, now: number): Promise<boolean> {
  return (await tx.run(TAKE, name, expiresAt, now)) === 1
}

/** Removes the marks that have expired. */
export async function forgetClaims(tx: WriteTx, now: number): Promise<void> {
  await tx.run('DELETE FROM claim WHERE expires_at <= $1', now)
}
