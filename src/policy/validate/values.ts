/** Checks of the values of conditions: what their operator compares, and whether it can come true. */
import type { Text } from '../document.ts'
import { truthOf } from '../conditions/bool.ts'
import { decimalOf } from '../conditions/decimal.ts'
import { instantOf } from '../conditions/instant.ts'
import { networkOf } from '../conditions/ip-address.ts'
import { hasWildcard } from '../glob.ts'
import type { OperatorFamily } from '../operator.ts'
import { isPrivate, masked } from './addresses.ts'
import { type KnownTest, ofTestedKeys, ofTests, testsOf } from './conditions.ts'
import type { Check, FindingType, Hit, Subject } from './finding.ts'

/** A check of one value at a time. */
export function ofValues(
  code: string,
  type: FindingType,
  detailsOf: (value: Text, known: KnownTest) => string | undefined,
): Check {
  return {
    code,
    type,
    find: (subject: Subject) =>
      testsOf(subject).flatMap((known) =>
        known.test.values.flatMap((value) => {
          const details = detailsOf(value, known)
          return details === undefined ? [] : [{ details, at: value }]
        }),
      ),
  }
}

const isBoolean = (text: string): boolean => truthOf(text) !== undefined
const isBase64 = (text: string): boolean => /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)
const hasVariable = (text: string): boolean => text.includes('${')
const EPOCH = /^-?\d+(?:\.\d+)?$/

/** The families of operators that fit a key's type. `Null` fits all, and so does `Binary`. An ARN operator does not fit a text: recorded. */
const FITTING: Readonly<Record<string, readonly OperatorFamily[]>> = {
  String: ['String'],
  ARN: ['Arn', 'String'],
  Bool: ['Bool', 'String'],
  Numeric: ['Numeric'],
  Date: ['Date', 'Numeric'],
  IPAddress: ['IpAddress'],
}

/** The families by the names of the types that they compare: `ARN` is recorded, the others are those of the Service Authorization Reference. */
const TYPE_NAMES: Readonly<Partial<Record<OperatorFamily, string>>> = { Arn: 'ARN', IpAddress: 'IPAddress' }

export const VALUE_CHECKS: readonly Check[] = [
  ofTestedKeys('TYPE_MISMATCH', 'WARNING', ({ test, operator, key }) => {
    const type = key?.type.replace('ArrayOf', '') ?? ''
    const fitting = FITTING[type]
    if (fitting === undefined || operator.family === 'Null' || operator.family === 'Binary' || fitting.includes(operator.family))
      return undefined
    return `Use the operator type ${type} instead of operator ${TYPE_NAMES[operator.family] ?? operator.family} for the condition key ${test.key.text}.`
  }),
  ofValues('TYPE_MISMATCH_BOOLEAN', 'WARNING', ({ text }, { test, operator }) =>
    (operator.family === 'Bool' || operator.family === 'Null') && !isBoolean(text) && !hasVariable(text)
      ? `Add a valid Boolean value (true or false) for the condition operator ${test.operator.text}.`
      : undefined,
  ),
  ofValues('TYPE_MISMATCH_DATE', 'WARNING', ({ text }, { operator }) =>
    operator.family === 'Date' && instantOf(text) === undefined
      ? 'The date condition operator is used with an invalid value. Specify a valid date using YYYY-MM-DD or other ISO 8601 date/time format.'
      : undefined,
  ),
  ofValues('INVALID_DATE_VALUE', 'WARNING', ({ text }, { operator }) =>
    operator.family === 'Date' && EPOCH.test(text)
      ? `The date ${text} might not resolve as expected. We recommend that you use the YYYY-MM-DD format.`
      : undefined,
  ),
  ofValues('TYPE_MISMATCH_IP_RANGE', 'ERROR', ({ text }, { test, operator }) =>
    operator.family === 'IpAddress' && networkOf(text) === undefined
      ? `The condition operator ${test.operator.text} is used with an invalid IP range value. Specify the IP range in standard CIDR format.`
      : undefined,
  ),
  ofValues('TYPE_MISMATCH_NUMBER', 'WARNING', ({ text }, { test, operator }) =>
    operator.family === 'Numeric' && decimalOf(text) === undefined
      ? `Add a valid numeric value for the condition operator ${test.operator.text}.`
      : undefined,
  ),
  ofValues('TYPE_MISMATCH_STRING', 'WARNING', ({ text }, { test, operator }) =>
    operator.family === 'Binary' && !isBase64(text)
      ? `Add a valid base64-encoded string value for the condition operator ${test.operator.text}.`
      : undefined,
  ),
  ofValues('WILDCARD_WITHOUT_LIKE_OPERATOR', 'WARNING', ({ text }, { operator }) =>
    operator.family === 'String' && !operator.base.includes('Like') && hasWildcard(text.replaceAll(/\$\{[^}]*\}/g, ''))
      ? 'Your condition value includes a * or ? character. If you meant to use a wildcard (*, ?), update the condition operator to include Like.'
      : undefined,
  ),
  ofValues('INVALID_REGION', 'ERROR', ({ text }, { test, operator }) =>
    test.key.text.toLowerCase() === 'aws:requestedregion' &&
    operator.family === 'String' &&
    !hasWildcard(text) &&
    !REGION.test(text)
      ? // A variable is no Region either: recorded.
        `The Region ${text} is not valid. Update the condition value to a supported Region.`
      : undefined,
  ),
  {
    code: 'INVALID_SERVICE_PRINCIPAL_FORMAT',
    type: 'ERROR',
    find: (subject) => [...misnamedServices(subject), ...ofValues('', 'ERROR', servicePrincipal).find(subject)],
  },
  ofValues('IMPROVE_IP_RANGE', 'SUGGESTION', ({ text }, { operator }) => {
    const better = operator.family === 'IpAddress' && networkOf(text) !== undefined ? masked(text) : undefined
    return better === undefined
      ? undefined
      : `The non-zero bits in the IP address after the masked bits are ignored. Replace address with ${better}.`
  }),
  ofTests('PRIVATE_IP_ADDRESS', 'ERROR', (known) =>
    privacy(known) === 'IpAddress all'
      ? 'aws:SourceIp works only for public IP address ranges. The values for condition key aws:SourceIp include only private IP addresses and will not have the desired effect. Update the value to include only public IP addresses.'
      : undefined,
  ),
  ofTests('PRIVATE_NOT_IP_ADDRESS', 'ERROR', (known) =>
    privacy(known) === 'NotIpAddress all'
      ? 'The values for condition key aws:SourceIp include only private IP addresses and has no effect. aws:SourceIp works only for public IP address ranges. Update the value to include only public IP addresses.'
      : undefined,
  ),
  ofTests('PRIVATE_IP_ADDRESS_SUBSET', 'SUGGESTION', (known) =>
    privacy(known) === 'IpAddress some'
      ? 'The values for condition key aws:SourceIp include a mix of private and public IP addresses. The private addresses will not have the desired effect. aws:SourceIp works only for public IP address ranges. To define permissions for private IP ranges, use aws:VpcSourceIp.'
      : undefined,
  ),
  ofTests('PRIVATE_NOT_IP_ADDRESS_SUBSET', 'SUGGESTION', (known) =>
    privacy(known) === 'NotIpAddress some'
      ? 'The values for condition key aws:SourceIp include a mix of private and public IP addresses. The private addresses have no effect. aws:SourceIp works only for public IP address ranges. To define permissions for private IP ranges, use aws:VpcSourceIp.'
      : undefined,
  ),
  ofTests('REDUNDANT_CONDITION_VALUE_NUM', 'SUGGESTION', ({ test, operator }) => {
    const kept = KEPT[operator.base]
    return kept === undefined || test.values.length < 2
      ? undefined
      : `Multiple values in ${test.operator.text} are redundant. Replace with the ${kept} single value for ${test.key.text}.`
  }),
]

/** The one of several values that decides: any of them is enough. */
const KEPT: Readonly<Partial<Record<string, string>>> = {
  NumericLessThan: 'greatest',
  NumericLessThanEquals: 'greatest',
  NumericGreaterThan: 'least',
  NumericGreaterThanEquals: 'least',
}

/** The shape of region names; regions come faster than lists of them. */
const REGION = /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/

/** Keys whose values are service principals. */
const SERVICE_KEYS: ReadonlySet<string> = new Set([
  'iam:passedtoservice',
  'iam:awsservicename',
  'aws:calledvia',
  'aws:calledviafirst',
  'aws:calledvialast',
  'aws:principalservicename',
  'aws:principalservicenameslist',
])
const SERVICE_PRINCIPAL = /^(?:[a-z0-9-]+\.)+(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|aws\.internal)$/
/** "The kms:ViaService condition key requires" its Region (the reference). */
const VIA_SERVICE = /^[a-z0-9-]+\.[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}\.amazonaws\.com(?:\.cn)?$/

function servicePrincipal({ text }: Text, { test, operator }: KnownTest): string | undefined {
  const key = test.key.text.toLowerCase()
  if (operator.family !== 'String' || hasWildcard(text) || hasVariable(text)) return undefined
  if (key === 'kms:viaservice') return VIA_SERVICE.test(text) ? undefined : noPrincipal('service-name.AWS_region.amazonaws.com')
  return SERVICE_KEYS.has(key) ? misnamedService(text) : undefined
}

/** Why a text is no service principal; undefined where it is one. */
const misnamedService = (text: string): string | undefined =>
  SERVICE_PRINCIPAL.test(text) ? undefined : noPrincipal('service-name.amazonaws.com')

const noPrincipal = (format: string): string =>
  `The service principal does not match the expected format. Use the format ${format}.`

/** "You can specify a service principal in the Principal element" (the reference). */
const misnamedServices = ({ document }: Subject): readonly Hit[] =>
  document.statements
    .flatMap(({ principal }) => principal?.entries ?? [])
    .filter(({ kind, text }) => kind === 'Service' && !hasWildcard(text))
    .flatMap((at) => {
      const details = misnamedService(at.text)
      return details === undefined ? [] : [{ details, at }]
    })

type Privacy = `${'IpAddress' | 'NotIpAddress'} ${'all' | 'some'}`

/** How many of the addresses of an `aws:SourceIp` are private; undefined where none is, or one is no address. */
function privacy({ test, operator }: KnownTest): Privacy | undefined {
  if (test.key.text.toLowerCase() !== 'aws:sourceip' || operator.family !== 'IpAddress') return undefined
  const networks = test.values.filter(({ text }) => networkOf(text) !== undefined)
  const privates = networks.filter(({ text }) => isPrivate(text))
  if (privates.length === 0) return undefined
  return `${operator.negated ? 'NotIpAddress' : 'IpAddress'} ${privates.length === networks.length ? 'all' : 'some'}`
}
