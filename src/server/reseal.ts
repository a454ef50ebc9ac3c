/** Seals every stored secret anew after a key rotation, a batch a transaction. A new sealed column adds its row here; a test finds a forgotten one. */
import type { Edge } from '../aws/edge.ts'
import type { ReadTx, WriteTx } from '../store/store.ts'

export type SealedColumn = {
  readonly table: string
  /** Names the row within its account. */
  readonly id: string
  readonly secret: string
  /** What the secret is bound to, before the row's id. */
  readonly context: string
}

/** Table and column names are ours alone: they stand in SQL as they are. */
// oxfmt-ignore
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: 'iam_access_key',          id: 'id',     secret: 'secret',       context: 'access-key' },
  { table: 'iam_mfa_device',          id: 'serial', secret: 'seed',         context: 'mfa' },
  { table: 'iam_server_certificate',  id: 'id',     secret: 'private_key',  context: 'server-certificate' },
  { table: 'iam_saml_key',            id: 'id',     secret: 'key',          context: 'saml-key' },
  { table: 'iam_outbound_federation', id: 'id',     secret: 'private_keys', context: 'outbound-federation' },
  { table: 'iam_delegation_message',  id: 'id',     secret: 'message',      context: 'delegation-message' },
]

/** How many secrets one transaction seals anew. */
const BATCH = 500

/** Where a rotation has come to: the column by its place in the table, and the last row of it. */
export type ResealPlace = { readonly column: number; readonly account: string; readonly id: string }
/** `next` is absent once everything is sealed anew. */
export type Resealed = { readonly count: number; readonly next?: ResealPlace }

type Row = { readonly account: string; readonly id: string; readonly secret: string }

/** Seals the next batch under the active key. */
export async function reseal(tx: WriteTx, place: ResealPlace | undefined, edge: Pick<Edge, 'vault'>): Promise<Resealed> {
  const { column: number, account, id } = place ?? { column: 0, account: '', id: '' }
  const column = SEALED_COLUMNS[number]
  if (column === undefined) return { count: 0 }
  const rows = await nextRows(tx, column, { account, id })
  for (const row of rows) await resealRow(tx, column, row, edge)
  const last = rows.at(-1)
  if (last !== undefined) return { count: rows.length, next: { column: number, account: last.account, id: last.id } }
  return { count: 0, ...(number + 1 < SEALED_COLUMNS.length && { next: { column: number + 1, account: '', id: '' } }) }
}

function nextRows(
  tx: ReadTx,
  { table, id: key, secret }: SealedColumn,
  { account, id }: Pick<Row, 'account' | 'id'>,
): Promise<readonly Row[]> {
  const sql = `SELECT account, ${key} AS id, ${secret} AS secret FROM ${table}
    WHERE (account = $1 AND ${key} > $2) OR account > $3 ORDER BY account, ${key} LIMIT $4`
  return tx.all<Row>(sql, account, id, account, BATCH)
}

async function resealRow(
  tx: WriteTx,
  { table, id: key, secret, context }: SealedColumn,
  row: Row,
  { vault }: Pick<Edge, 'vault'>,
): Promise<void> {
  const bound = `${context}/${row.id}`
  const sealed = vault.seal(vault.open(row.secret, bound), bound)
  await tx.run(`UPDATE ${table} SET ${secret} = $1 WHERE account = $2 AND ${key} = $3`, sealed, row.account, row.id)
}
