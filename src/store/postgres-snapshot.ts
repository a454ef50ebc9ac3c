/** PostgreSQL's snapshots as text: `xmin:xmax:xip`, as `pg_current_snapshot` writes them (PostgreSQL manual, "Transaction ID and Snapshot Information"). */

/** Whether a transaction that has committed shows in the snapshot: all before xmin do, none from xmax on, and those between unless they were running. */
export function isVisible(transaction: number, snapshot: string): boolean {
  const [xmin, xmax, running = ''] = snapshot.split(':')
  if (transaction < Number(xmin)) return true
  if (transaction >= Number(xmax)) return false
  return !running.split(',').includes(String(transaction))
}
