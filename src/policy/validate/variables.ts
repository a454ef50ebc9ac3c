/** Checks of policy variables: how they are written, and where. */
import type { Text } from '../document.ts'
import type { Check, Hit, Subject } from './finding.ts'

/** A variable of a text: what stands between its braces, and where in the text. */
type Written = {
  readonly at: Text
  readonly start: number
  readonly length: number
  readonly body: string
  readonly closed: boolean
}

function writtenIn(at: Text): readonly Written[] {
  const found: Written[] = []
  for (let start = at.text.indexOf('${'); start >= 0; start = at.text.indexOf('${', start + 2)) {
    const end = at.text.indexOf('}', start)
    const stop = end < 0 ? at.text.length : end
    found.push({ at, start, length: (end < 0 ? stop : stop + 1) - start, body: at.text.slice(start + 2, stop), closed: end >= 0 })
  }
  return found
}

/** The texts that may hold variables: resources, and values of string and ARN operators. */
const variableTexts = ({ document }: Pick<Subject, 'document'>): readonly Text[] => [
  ...resourceTexts(document),
  ...conditionTexts(document, true),
]

function resourceTexts({ statements }: Subject['document']): readonly Text[] {
  return statements.flatMap(({ resource }) => resource?.values ?? [])
}

/** The values of operators that take variables, or of those that take none. */
function conditionTexts({ statements }: Subject['document'], taking: boolean): readonly Text[] {
  return statements.flatMap(({ conditions }) =>
    conditions.flatMap(({ form: { family }, values }) => ((family === 'String' || family === 'Arn') === taking ? values : [])),
  )
}

function ofVariables(
  code: string,
  texts: (subject: Subject) => readonly Text[],
  detailsOf: (written: Written) => string | undefined,
): Check {
  return {
    code,
    type: 'ERROR',
    find: (subject) =>
      texts(subject)
        .flatMap(writtenIn)
        .flatMap((written) => hitOf(written, detailsOf)),
  }
}

function hitOf(written: Written, detailsOf: (written: Written) => string | undefined): readonly Hit[] {
  const details = detailsOf(written)
  return details === undefined ? [] : [{ details, at: written.at, part: { start: written.start, length: written.length } }]
}

/** Written in the version that knows no variables, all of this is plain text. */
const inVersion = ({ document }: Subject): readonly Text[] =>
  document.version === '2012-10-17' ? variableTexts({ document }) : []

const NAME = /^[A-Za-z0-9_.:/@+=-]*$/
const ESCAPES: ReadonlySet<string> = new Set(['*', '?', '$'])
const nameOf = (body: string): string => (body.includes(',') ? body.slice(0, body.indexOf(',')) : body).trim()

export const VARIABLE_CHECKS: readonly Check[] = [
  ofVariables('MISSING_BRACE_IN_VARIABLE', inVersion, ({ closed }) =>
    closed ? undefined : 'The policy variable is missing a closing curly brace. Add } after the variable text.',
  ),
  ofVariables('EMPTY_VARIABLE', inVersion, ({ body, closed }) =>
    closed && body.trim() === ''
      ? 'Empty policy variable. Remove the ${ } variable structure or provide a variable within the structure.'
      : undefined,
  ),
  ofVariables('UNSUPPORTED_SPACE_IN_VARIABLE', inVersion, ({ body, closed }) =>
    closed && nameOf(body).includes(' ')
      ? 'A space is not supported within the policy variable text. Remove the space.'
      : undefined,
  ),
  ofVariables('UNSUPPORTED_SYMBOL_IN_VARIABLE', inVersion, ({ body, closed }) => {
    const name = nameOf(body).replaceAll(' ', '')
    if (!closed || ESCAPES.has(name) || NAME.test(name)) return undefined
    const symbol = Array.from(name).find((character) => !NAME.test(character)) ?? ''
    return `The symbol ${symbol} is not supported within the policy variable text. Remove the symbol.`
  }),
  ofVariables('MISSING_QUOTE_IN_VARIABLE', inVersion, ({ body, closed }) => {
    if (!closed || !body.includes(',')) return undefined
    const fallback = body.slice(body.indexOf(',') + 1).trim()
    return fallback.length > 1 && fallback.startsWith("'") && fallback.endsWith("'")
      ? undefined
      : 'The policy variable default value must begin and end with a single quote. Add the missing quote.'
  }),
  ofVariables(
    'INVALID_VARIABLE_FOR_OPERATOR',
    ({ document }) => conditionTexts(document, false),
    () => 'Policy variables can only be used with String and ARN operators.',
  ),
  ofVariables(
    'VARIABLE_UNSUPPORTED_IN_ELEMENT',
    ({ document }) => document.statements.flatMap(({ action, principal }) => [...action.values, ...(principal?.entries ?? [])]),
    ({ at, start, length }) =>
      `Policy variables are supported in the Resource and Condition elements. Remove the policy variable ${at.text.slice(start, start + length)} from this element.`,
  ),
  ofVariables(
    'VARIABLE_UNSUPPORTED_IN_VERSION',
    (subject) => (subject.document.version === '2012-10-17' ? [] : variableTexts(subject)),
    () => 'To include variables in your policy, use the policy version 2012-10-17 or later.',
  ),
]
