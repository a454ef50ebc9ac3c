/** Checks of wildcards and variables in conditions that let in everything, nothing, or more than was meant. */
import type { Text } from '../document.ts'
import { hasWildcard, isStars } from '../glob.ts'
import { type KnownTest, ofTestsAt } from './conditions.ts'
import type { Check } from './finding.ts'
import { ofValues } from './values.ts'

const SENSITIVE_PAGE = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html'

export const WILDCARD_CHECKS: readonly Check[] = [
  ofValues('WILDCARD_USAGE_TOO_PERMISSIVE', 'ERROR', ({ text }, known) => {
    if (!takesWildcards(known) || !hasWildcard(withoutVariables(text))) return undefined
    if (isSensitive(known))
      return `The wildcard is not allowed in the condition key ${known.test.key.text}. We consider the key to be sensitive and wildcards are not allowed to be used with sensitive keys. Refer to ${SENSITIVE_PAGE} for the list of sensitive keys.`
    return isUserId(known) && isWideUserId(text, hasWildcard)
      ? 'Overly permissive use of wildcard with aws:userID. Use the wildcard on the right side of colon or as the only character on the left side of a colon.'
      : undefined
  }),
  ofValues('VARIABLE_USAGE_TOO_PERMISSIVE', 'ERROR', ({ text }, known) => {
    if (!takesWildcards(known) || !hasVariable(text)) return undefined
    if (isSensitive(known) && !isExact(text))
      return `The policy variable is not allowed in the condition key ${known.test.key.text}. We consider the key to be sensitive and policy variables can be evaluated as effective wildcards. Therefore policy variables are not allowed to be used with sensitive keys. Refer to ${SENSITIVE_PAGE} for the list of sensitive keys.`
    return isUserId(known) && isWideUserId(text, hasVariable)
      ? 'Overly permissive use of policy variable with aws:userID. Use the policy variable on the right side of colon or as the only character on the left side of a colon.'
      : undefined
  }),
  ofMeaning(
    'REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION',
    'always',
    ({ test }) =>
      `The key ${test.key.text} in the condition block of ${test.operator.text} is redundant because it is always matched. Remove this key to simplify the condition.`,
  ),
  ofMeaning(
    'REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION',
    'never',
    ({ test }) =>
      `The key ${test.key.text} in the condition block of ${test.operator.text} does not match any values. Remove this key to simplify the condition.`,
  ),
  ofMeaning(
    'EQUIVALENT_TO_NULL_FALSE',
    'present',
    ({ test }) =>
      `We recommend replacing the key ${test.key.text} in the condition block of ${test.operator.text} with {${test.key.text}: false} to ensure better enforcement of the condition.`,
  ),
  ofMeaning(
    'EQUIVALENT_TO_NULL_TRUE',
    'missing',
    ({ test }) =>
      `We recommend replacing the key ${test.key.text} in the condition block of ${test.operator.text} with {${test.key.text}: true} to ensure better enforcement of the condition.`,
  ),
]

/** IAM User Guide, "Sensitive condition keys": keys of which a part says nothing. */
const SENSITIVE: ReadonlySet<string> = new Set([
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:resourceaccount',
  'aws:resourceorgid',
  'aws:sourceaccount',
  'aws:sourceorgid',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:vpceaccount',
  'aws:vpceorgid',
])

const isSensitive = ({ test }: KnownTest): boolean => SENSITIVE.has(test.key.text.toLowerCase())
const isUserId = ({ test }: KnownTest): boolean => test.key.text.toLowerCase() === 'aws:userid'
const takesWildcards = ({ operator }: KnownTest): boolean => operator.family === 'String' && operator.base.endsWith('Like')
const withoutVariables = (text: string): string => text.replaceAll(VARIABLES, '')
const hasVariable = (text: string): boolean => text.search(VARIABLES) >= 0
/** `${*}` and its like are characters, no variables. */
const VARIABLES = /\$\{[^*?$}][^}]*\}/g

/** Variables that are sensitive themselves hold no wildcard: AWS's own policies compare `aws:ResourceAccount` with `${aws:PrincipalAccount}`. */
const isExact = (text: string): boolean =>
  [...text.matchAll(VARIABLES)].every(([variable]) => SENSITIVE.has(variable.slice(2, -1).trim().toLowerCase()))

/** `AIDAEXAMPLE:*` and `*:name` say something; `AROA*:name` and `*` do not. Colons of variables do not count. */
function isWideUserId(text: string, isWide: (text: string) => boolean): boolean {
  const masked = text.replaceAll(VARIABLES, (variable) => variable.replaceAll(':', ' '))
  const colon = masked.indexOf(':')
  const left = colon < 0 ? masked : masked.slice(0, colon)
  const isAlone = colon >= 0 && (left === '*' || (hasVariable(left) && withoutVariables(left) === ''))
  return isWide(left) && !isAlone
}

type Meaning = 'always' | 'never' | 'present' | 'missing'

/**
 * What a test comes to one of whose values is nothing but stars: whether the key is there decides, or nothing does. `ForAllValues` holds
 * where the key is missing, `ForAnyValue` does not.
 */
function meaningOf({ operator, test }: KnownTest): Meaning | undefined {
  if (!operator.base.endsWith('Like') || !test.values.some(isAny)) return undefined
  const holdsMissing = operator.ifExists || operator.set === 'ForAllValues' || (operator.negated && operator.set === undefined)
  if (operator.negated) return holdsMissing ? 'missing' : 'never'
  return holdsMissing ? 'always' : 'present'
}

const isAny = ({ text }: Text): boolean => isStars(text)

/** Tells of the value that is nothing but stars (recorded). */
function ofMeaning(code: string, meaning: Meaning, details: (known: KnownTest) => string): Check {
  return ofTestsAt(code, 'SUGGESTION', {
    detailsOf: (known) => (meaningOf(known) === meaning ? details(known) : undefined),
    placeOf: ({ value, values }) => values.find(isAny) ?? value,
  })
}
