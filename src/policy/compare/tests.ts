/** The condition tests of statements by key, and the variables that their texts use. */
import type { PolicyVersion } from '../document.ts'
import { isVariable, templateOf } from '../variables.ts'
import type { Numbered } from './dimension.ts'
import type { KeyTest } from './value-classes.ts'

/** By key in lower case. */
export function keysTested(statements: readonly Numbered[]): ReadonlyMap<string, readonly KeyTest[]> {
  const byKey = new Map<string, KeyTest[]>()
  for (const { bit, version, source } of statements) {
    for (const condition of source.conditions) {
      const key = condition.key.text.toLowerCase()
      const tests = byKey.get(key) ?? []
      tests.push({ bit, version, operator: condition.form, source: condition })
      byKey.set(key, tests)
    }
  }
  return byKey
}

/** Texts in which variables are filled in: resources, and the values of text operators. */
export function templatesOf({ source, version }: Numbered): readonly string[] {
  if (!hasVariables(version)) return []
  const values = source.conditions.flatMap(({ form: { family }, values: texts }) =>
    family === 'String' || family === 'Arn' ? texts : [],
  )
  return [...(source.resource?.values ?? []), ...values].map(({ text }) => text)
}

const hasVariables = (version: PolicyVersion): boolean => version === '2012-10-17'

/** The keys (in lower case) that are used as variables. */
export function variablesOf(statements: readonly Numbered[]): ReadonlySet<string> {
  return new Set(
    statements.flatMap((statement) =>
      templatesOf(statement).flatMap((text) =>
        templateOf(text, { version: statement.version, wildcards: true }).flatMap((part) => (isVariable(part) ? [part.key] : [])),
      ),
    ),
  )
}
