/** Checks of condition keys and of the operators that they stand under. */
import type { ConditionTest, Span, Statement } from '../document.ts'
import type { JsonNode } from '../json-reader.ts'
import type { OperatorName } from '../operator.ts'
import { type CatalogueKey, conditionKeyNamed, tagKeyPrefix } from './catalogue.ts'
import { type Check, type FindingType, type Hit, plain, remembered, type Subject } from './finding.ts'
import { memberAt } from './structure.ts'

/** A test with what is known of its operator and key. */
export type KnownTest = {
  readonly test: ConditionTest
  readonly operator: OperatorName
  readonly statement: Statement
  /** Undefined where AWS has no such key. */
  readonly key: CatalogueKey | undefined
}

/** Every test of a document. */
export const testsOf = remembered(({ document, catalogue }: Subject): readonly KnownTest[] =>
  document.statements.flatMap((statement) =>
    statement.conditions.map((test) => ({
      test,
      operator: test.form,
      statement,
      key: conditionKeyNamed(catalogue, test.key.text),
    })),
  ),
)

/** The tests of a statement by their key in lower case: several checks ask what else a statement tests. */
export const testsByKey = remembered(({ conditions }: Statement): ReadonlyMap<string, readonly ConditionTest[]> =>
  Map.groupBy(conditions, ({ key }) => key.text.toLowerCase()),
)

type DetailsOf = (known: KnownTest, subject: Subject) => string | undefined

/** A check of one test at a time; what it tells of is the key's value (recorded of UNSUPPORTED_ACTION_FOR_CONDITION_KEY). */
export const ofTests = (code: string, type: FindingType, detailsOf: DetailsOf): Check =>
  ofTestsAt(code, type, { detailsOf, placeOf: ({ value }) => value })

/** The same, where it tells of the key's name (recorded of MISSING_QUALIFIER and of keys with the wrong operator). */
export const ofTestedKeys = (code: string, type: FindingType, detailsOf: DetailsOf): Check =>
  ofTestsAt(code, type, { detailsOf, placeOf: ({ key }) => key })

type Telling = { readonly detailsOf: DetailsOf; readonly placeOf: (test: ConditionTest) => Span }

export function ofTestsAt(code: string, type: FindingType, { detailsOf, placeOf }: Telling): Check {
  return {
    code,
    type,
    find: (subject) =>
      testsOf(subject).flatMap((known) => {
        const details = detailsOf(known, subject)
        return details === undefined ? [] : [{ details, at: placeOf(known.test) }]
      }),
  }
}

/** A check of one key at a time, by its name. */
function ofKeys(code: string, detailsOf: (key: string, subject: Subject) => string | undefined): Check {
  return {
    code,
    type: 'ERROR',
    find: (subject) =>
      testsOf(subject).flatMap(({ test }) => {
        const details = detailsOf(test.key.text, subject)
        return details === undefined ? [] : [{ details, at: test.key }]
      }),
  }
}

const vendorOf = (key: string): string => key.slice(0, Math.max(key.indexOf(':'), 0))
const isGlobal = (key: string): boolean => vendorOf(key).toLowerCase() === 'aws'
/** Vendors that are no service: SAML, and identity providers, which go by their host's name. */
const isProvider = (vendor: string): boolean => vendor === 'saml' || vendor.includes('.')
const isSingle = ({ type }: CatalogueKey): boolean => !type.startsWith('ArrayOf')

export const CONDITION_CHECKS: readonly Check[] = [
  ofKeys('INVALID_CONDITION_KEY_FORMAT', (key) =>
    key.indexOf(':') > 0 ? undefined : 'The condition key format is not valid. Use the format service:keyname.',
  ),
  ofKeys('UNSUPPORTED_GLOBAL_CONDITION_KEY', (key) =>
    key.toLowerCase() === 'aws:arn'
      ? 'The condition key aws:ARN is not supported. Use aws:PrincipalArn or aws:SourceArn instead.'
      : undefined,
  ),
  ofKeys('MISSING_TAG_KEY_IN_CONDITION', (key, { catalogue }) => {
    const prefix = tagKeyPrefix(catalogue, key)
    if (prefix === undefined) return undefined
    return `The condition key ${key} must include a tag key to control access based on tags. Use the format ${prefix}tag-key and specify a key name for tag-key.`
  }),
  ofKeys('INVALID_GLOBAL_CONDITION_KEY', (key, { catalogue }) => {
    const known = key.toLowerCase() === 'aws:arn' || tagKeyPrefix(catalogue, key) !== undefined
    if (!isGlobal(key) || known || conditionKeyNamed(catalogue, key) !== undefined) return undefined
    return `The condition key ${key} does not exist. Use a valid condition key.`
  }),
  ofKeys('INVALID_SERVICE', (key, { catalogue }) => {
    const vendor = vendorOf(key)
    if (vendor === '' || isGlobal(key) || isProvider(vendor) || catalogue.services.has(vendor.toLowerCase())) return undefined
    if (conditionKeyNamed(catalogue, key) !== undefined) return undefined
    return `The service ${vendor} does not exist. Use a valid service name.`
  }),
  ofKeys('INVALID_SERVICE_CONDITION_KEY', (key, { catalogue }) => {
    const vendor = vendorOf(key)
    if (isGlobal(key) || !catalogue.services.has(vendor.toLowerCase()) || conditionKeyNamed(catalogue, key) !== undefined)
      return undefined
    return `The condition key ${key} does not exist in the service ${vendor}. Use a valid condition key.`
  }),
  { code: 'DUPLICATE_KEYS_WITH_DIFFERENT_CASE', type: 'ERROR', find: duplicateKeys },
  ofTestedKeys('MISSING_QUALIFIER', 'ERROR', ({ test, operator, key }) =>
    key === undefined || isSingle(key) || operator.set !== undefined || operator.base === 'Null'
      ? undefined
      : `The request context key ${test.key.text} has multiple values. Use the ForAllValues or ForAnyValue condition key qualifiers in your policy.`,
  ),
  ofTestedKeys('FORALLVALUES_WITH_SINGLE_VALUED_KEY', 'SECURITY_WARNING', ({ test, operator, key, statement }) =>
    key !== undefined &&
    isSingle(key) &&
    operator.set === 'ForAllValues' &&
    operator.base !== 'Null' &&
    statement.effect === 'Allow'
      ? `Using ForAllValues qualifier with the single-valued condition key ${test.key.text} can be overly permissive. We recommend that you remove ForAllValues:.`
      : undefined,
  ),
  ofTests('NULL_WITH_QUALIFIER', 'SUGGESTION', ({ operator }) =>
    operator.base === 'Null' && operator.set !== undefined
      ? 'Avoid using the Null condition operator with the ForAllValues or ForAnyValue qualifiers because they always return a true or false respectively.'
      : undefined,
  ),
  ofTests('INVALID_CONDITION_MULTIPLE_BOOLEAN', 'ERROR', ({ test, operator }) =>
    operator.family === 'Bool' && operator.set === undefined && test.values.length > 1
      ? 'The condition key does not support multiple Boolean values. Use a single Boolean value.'
      : undefined,
  ),
  ofTests('INVALID_CONDITION_DATA_TYPE', 'ERROR', ({ test }, { document }) =>
    new Set(test.values.map(({ start }) => jsonTypeOf(document.source.charAt(start)))).size > 1
      ? 'The condition value data types do not match. Use condition values of the same JSON data type.'
      : undefined,
  ),
  ofTestedKeys('MISSING_PAIRED_CONDITION_KEYS', 'SECURITY_WARNING', missingPair),
  ofTests('EMPTY_ARRAY_CONDITION', 'SUGGESTION', ({ test, operator }) =>
    test.values.length > 0 || operator.set !== undefined || operator.ifExists
      ? undefined
      : `There are no values for the condition key ${test.key.text} and it does not affect the policy. Specify conditions.`,
  ),
  ofTests('EMPTY_ARRAY_CONDITION_FORALLVALUES', 'SUGGESTION', ({ test, operator }) =>
    test.values.length === 0 && operator.set === 'ForAllValues'
      ? `The ForAllValues prefix with an empty condition key matches only if the key ${test.key.text} is missing from the request context. To determine if the request context is empty, we recommend that you use the Null condition operator with the value of true instead.`
      : undefined,
  ),
  ofTests('EMPTY_ARRAY_CONDITION_FORANYVALUE', 'SUGGESTION', ({ test, operator }) =>
    test.values.length === 0 && operator.set === 'ForAnyValue'
      ? `The ForAnyValue prefix with an empty condition key ${test.key.text} never matches the request context and it does not affect the policy. Specify conditions.`
      : undefined,
  ),
  ofTests('EMPTY_ARRAY_CONDITION_IFEXISTS', 'SUGGESTION', ({ test, operator }) =>
    test.values.length === 0 && operator.set === undefined && operator.ifExists
      ? `The IfExists suffix with an empty condition key matches only if the key ${test.key.text} is missing from the request context. To determine if the request context is empty, we recommend that you use the Null condition operator with the value of true instead.`
      : undefined,
  ),
  plain(
    'EMPTY_OBJECT_CONDITION',
    'SUGGESTION',
    'This condition block is empty and it does not affect the policy. Specify conditions.',
    emptyBlocks,
  ),
]

function jsonTypeOf(first: string): string {
  if (first === '"') return 'string'
  return first === 't' || first === 'f' ? 'boolean' : 'number'
}

/** Keys that say little without another one: a private address is somebody's in every VPC. Written as AWS does here (recorded). */
const PAIRS: Readonly<Record<string, readonly string[]>> = { 'aws:vpcsourceip': ['aws:SourceVPC', 'aws:SourceVPCE'] }

function missingPair({ test, statement }: KnownTest): string | undefined {
  const pairs = PAIRS[test.key.text.toLowerCase()]
  if (pairs === undefined) return undefined
  const present = statement.conditions.some(({ key }) => pairs.some((pair) => pair.toLowerCase() === key.text.toLowerCase()))
  if (present) return undefined
  return `Using the condition key ${test.key.text} can be overly permissive without also using the following condition keys: ${pairs.join(', ')}. Condition keys like this one are more secure when paired with a related key. We recommend that you add the related condition keys to the same condition block.`
}

function duplicateKeys({ document }: Subject): readonly Hit[] {
  return document.statements.flatMap(({ conditions }) => {
    const seen = new Set<string>()
    return conditions.flatMap(({ operator, key }) => {
      const name = `${operator.text} ${key.text.toLowerCase()}`
      if (!seen.has(name)) {
        seen.add(name)
        return []
      }
      const details = `The condition key ${key.text} appears more than once with different capitalization in the same condition block. Remove the duplicate condition keys.`
      return [{ details, at: key }]
    })
  })
}

const isEmpty = (node: JsonNode): boolean => node.kind === 'object' && node.members.length === 0

function emptyBlocks(subject: Subject): readonly Span[] {
  return subject.document.statements.flatMap((statement) => {
    const block = memberAt(subject, statement, 'Condition')?.value
    if (block?.kind !== 'object') return []
    return isEmpty(block) ? [block] : block.members.map(({ value }) => value).filter(isEmpty)
  })
}
