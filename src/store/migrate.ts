/** Brings a database to the schema of this program when it is opened: each migration once, in a transaction of its own. */
import { type Sql, StoreRefusal, type WriteTx } from './store.ts'

/** One step of the schema. The types in use are TEXT, BIGINT and BYTEA, which both back ends take. */
export type Migration = {
  /** Its place in the order. Numbers may be left out: several people make migrations at the same time, each under a number given before. */
  readonly version: number
  readonly name: string
  readonly statements: readonly Sql[]
}

/** Runs work in one transaction that no other migrating process shares. */
export type MigratingTransaction = <T>(work: (tx: WriteTx) => Promise<T>) => Promise<T>

type Applied = { readonly version: number; readonly name: string }

const APPLIED = 'SELECT version, name FROM schema_migration ORDER BY version'

/** Throws `StoreRefusal` where the database has a migration that this program does not know. */
export async function migrate(transaction: MigratingTransaction, migrations: readonly Migration[]): Promise<void> {
  migrations.forEach(({ version, name }, index) => {
    if (version <= (migrations[index - 1]?.version ?? 0))
      throw new Error(`migration ${version} (${name}) stands at place ${index + 1}`)
  })
  const applied = await transaction(async (tx) => {
    await tx.run('CREATE TABLE IF NOT EXISTS schema_migration (version BIGINT PRIMARY KEY, name TEXT NOT NULL)')
    return tx.all<Applied>(APPLIED)
  })
  refuseUnknown(applied, migrations)
  const known = new Set(applied.map(({ version }) => version))
  for (const migration of migrations.filter(({ version }) => !known.has(version))) await transaction((tx) => apply(tx, migration))
}

function refuseUnknown(applied: readonly Applied[], migrations: readonly Migration[]): void {
  const known = new Map(migrations.map(({ version, name }) => [version, name]))
  const unknown = applied.find(({ version, name }) => known.get(version) !== name)
  if (unknown === undefined) return
  throw new StoreRefusal(
    'newer',
    `The database has the schema change ${unknown.version} (${unknown.name}), which this version of keyreeve does not know. ` +
      'A newer version wrote it. Start that version or a later one; the data cannot be taken back to an older schema.',
  )
}

/** Another process may have been faster: PostgreSQL lets several servers start at once. */
async function apply(tx: WriteTx, { version, name, statements }: Migration): Promise<void> {
  if ((await tx.get('SELECT version FROM schema_migration WHERE version = $1', version)) !== undefined) return
  for (const statement of statements) await tx.run(statement)
  await tx.run('INSERT INTO schema_migration (version, name) VALUES ($1, $2)', version, name)
}
