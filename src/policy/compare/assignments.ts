/** Values for variables, to find a request by: absent, a name that no policy has, and texts of the policies that stand where a variable does. */
import { isVariable, templateOf } from '../variables.ts'
import type { Assignment, Numbered } from './dimension.ts'
import { keysTested, templatesOf, variablesOf } from './tests.ts'
import { MAX_ASSIGNMENTS } from './undecided.ts'

/** Each gives all variables values. There are more than are tried: what is not found so stays undecided. */
export function assignmentsFor(statements: readonly Numbered[]): readonly NonNullable<Assignment>[] {
  const keys = [...variablesOf(statements)]
  const names = freshNames(statements, keys.length)
  const account = freshAccount(statements)
  const fresh = new Map<string, string | undefined>(keys.map((key, index) => [key, freshOf(key, names[index] ?? '', account)]))
  // A variable may stand for a whole ARN.
  const whole = new Map<string, string | undefined>(
    keys.map((key, index) => [key, `arn:aws:iam::${account}:user/${names[index]}`]),
  )
  const literals = keys.flatMap((key) => candidatesFor(key, statements).map((text) => new Map(fresh).set(key, text)))
  const absent = keys.map((key) => new Map(fresh).set(key, undefined))
  const none = new Map<string, string | undefined>(keys.map((key) => [key, undefined]))
  return [fresh, ...literals, whole, none, ...absent].slice(0, MAX_ASSIGNMENTS)
}

function freshNames(statements: readonly Numbered[], count: number): readonly string[] {
  const texts = statements.flatMap((statement) => [...templatesOf(statement), ...valuesOf(statement)])
  const names: string[] = []
  for (let number = 1; names.length < count; number += 1) {
    const name = `fresh${number}`
    if (!texts.some((text) => text.includes(name))) names.push(name)
  }
  return names
}

/** Whoever calls has an account and an ARN of that account: no name stands in their places. */
function freshOf(key: string, name: string, account: string): string {
  if (key === 'aws:principalaccount') return account
  return key === 'aws:principalarn' ? `arn:aws:iam::${account}:user/${name}` : name
}

/** An account that no policy names. */
function freshAccount(statements: readonly Numbered[]): string {
  const texts = statements.flatMap((statement) => [...templatesOf(statement), ...valuesOf(statement), ...principalsOf(statement)])
  let account = 121_212_121_212
  while (texts.some((text) => text.includes(String(account)))) account += 1
  return String(account)
}

const principalsOf = ({ source }: Numbered): readonly string[] => (source.principal?.entries ?? []).map(({ text }) => text)

const valuesOf = ({ source }: Numbered): readonly string[] =>
  source.conditions.flatMap(({ values }) => values.map(({ text }) => text))

/** What stands in other texts where the variable stands in this one, and the values that conditions compare the key with. */
function candidatesFor(key: string, statements: readonly Numbered[]): readonly string[] {
  const compared = (keysTested(statements).get(key) ?? []).flatMap(({ source }) => source.values.map(({ text }) => text))
  const texts = statements.flatMap(templatesOf)
  const prefixes = statements.flatMap((statement) => templatesOf(statement).flatMap((text) => prefixBefore(key, text, statement)))
  const standing = prefixes.flatMap((prefix) =>
    texts.flatMap((text) => (text.startsWith(prefix) ? pieceOf(text.slice(prefix.length)) : [])),
  )
  const accounts =
    key === 'aws:principalaccount' ? statements.flatMap(principalsOf).flatMap((text) => text.match(/\d{12}/) ?? []) : []
  return [...new Set([...standing, ...compared, ...accounts])].filter((text) => text !== '' && !text.includes('${'))
}

function prefixBefore(key: string, text: string, { version }: Numbered): readonly string[] {
  const parts = templateOf(text, { version, wildcards: true })
  const at = parts.findIndex((part) => isVariable(part) && part.key === key)
  const before = parts.slice(0, Math.max(at, 0))
  return at < 0 || before.some(isVariable) ? [] : [before.map((part) => ('text' in part ? part.text : '')).join('')]
}

/** A name: what comes before a slash, a colon or a wildcard; and all of it. */
function pieceOf(text: string): readonly string[] {
  const end = Array.from(text).findIndex((character) => '/:*?$'.includes(character))
  return end < 0 ? [text] : [text.slice(0, end)]
}
