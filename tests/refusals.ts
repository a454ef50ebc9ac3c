/** Tables of refusals: what an operation says, row by row, in the order in which it looks for reasons. */
import type { Principal } from '../src/aws/principal.ts'
import type { Operation } from '../src/services/operation.ts'
import type { Harness } from './harness.ts'

/** An input, the code and the message it is refused with, and who calls (the root user where nobody is named). */
export type Refusal = readonly [input: object, code: string, message: string, as?: Principal]

/** Asserts every row. An input that is wrong in several ways shows which reason comes first. */
export async function assertRefusals(harness: Harness, operation: Operation, rows: readonly Refusal[]): Promise<void> {
  for (const [input, code, message, as] of rows)
    await harness.refused(operation, input, { code, message }, as === undefined ? {} : { as })
}

/** Runs statements on the store of a harness, for what no operation would do. */
export async function runSql(
  harness: Harness,
  ...statements: readonly (readonly [sql: string, ...values: readonly (string | number | null)[]])[]
): Promise<void> {
  const run = async (tx: {
    run(sql: string, ...values: readonly (string | number | null)[]): Promise<number>
  }): Promise<object> => {
    for (const [sql, ...values] of statements) await tx.run(sql, ...values)
    return {}
  }
  await harness.store.write({ run })
}

/** What still hangs on a thing, in AWS's words, and how to take it away. */
export type Obstacle = readonly [what: string, takeIt: () => Promise<unknown>]

/** Asserts that a thing cannot be deleted while anything hangs on it: each obstacle is named in its turn, until it is taken away. */
export async function assertObstacles(
  harness: Harness,
  operation: Operation,
  input: object,
  obstacles: readonly Obstacle[],
): Promise<void> {
  for (const [what, takeIt] of obstacles) {
    const message = `Cannot delete entity, must ${what} first.`
    await harness.refused(operation, input, { code: 'DeleteConflict', message })
    await takeIt()
  }
}
