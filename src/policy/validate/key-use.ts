/** Checks of condition keys whose meaning is easily taken for another: what their values must be, and what they cannot guard. */
import type { Statement, Text } from '../document.ts'
import { hasWildcard } from '../glob.ts'
import { actionsNamed, actionsOf, type Catalogue, conditionKeyNamed, globalKeyNamed, isKey, keysOf } from './catalogue.ts'
import { type KnownTest, ofTestedKeys, testsByKey } from './conditions.ts'
import { type Check, type Hit, remembered, type Subject } from './finding.ts'
import { VPC_ENDPOINT_ORGANIZATION_SERVICES, VPC_ENDPOINT_SERVICES } from './supported-services.ts'
import { ofValues } from './values.ts'

const nameOf = ({ test }: KnownTest): string => test.key.text.toLowerCase()
/** A variable or a wildcard may stand for anything. */
const isOpen = (text: string): boolean => hasWildcard(text) || text.includes('${')

const VPC = /^vpc-(?:[0-9a-z]{8}|[0-9a-z]{17})$/i
const VPC_ENDPOINT = /^vpce-(?:[0-9a-z]{8}|[0-9a-z]{17})$/i

export const KEY_USE_CHECKS: readonly Check[] = [
  ofValues('INVALID_VPC_FORMAT', 'ERROR', ({ text }, known) =>
    nameOf(known) === 'aws:sourcevpc' && known.operator.family === 'String' && !isOpen(text) && !VPC.test(text)
      ? "The VPC identifier in the condition key value is not valid. Use the prefix 'vpc-' followed by 8 or 17 alphanumeric characters."
      : undefined,
  ),
  // Two spaces, as AWS has them.
  ofValues('INVALID_VPCE_FORMAT', 'ERROR', ({ text }, known) =>
    nameOf(known) === 'aws:sourcevpce' && known.operator.family === 'String' && !isOpen(text) && !VPC_ENDPOINT.test(text)
      ? "The VPCE identifier in the condition key value is not valid.  Use the prefix 'vpce-' followed by 8 or 17 alphanumeric characters."
      : undefined,
  ),
  ofValues('INVALID_KMS_KEY_VALUE', 'ERROR', ({ text }, { key, operator, test }) =>
    key?.type.endsWith('ARN') === true && KMS_KEY.test(key.name) && operator.family !== 'Null' && !isKmsKeyArn(text)
      ? `The ${test.key.text} condition key value must be a valid KMS key ARN.`
      : undefined,
  ),
  { code: 'UNSUPPORTED_ACTION_FOR_CONDITION_KEY', type: 'ERROR', find: strangeActions },
  ofTestedKeys('USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES', 'WARNING', (known) => {
    const isScoped = ENDPOINT_KEYS[nameOf(known)]
    return isScoped === undefined || known.operator.base === 'Null' || isScoped(known.statement)
      ? undefined
      : `The condition key ${known.test.key.text} works only with specific AWS services and must be scoped to supported services in your policies.`
  }),
  ofTestedKeys('UNTRUSTWORTHY_CONDITION_KEY', 'SECURITY_WARNING', (known) =>
    UNTRUSTWORTHY.has(nameOf(known))
      ? `The ${known.test.key.text} condition key is not recommended for access control as it can be spoofed/manipulated by the caller.`
      : undefined,
  ),
  // Types, not operators: recorded.
  ofTestedKeys('STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS', 'SECURITY_WARNING', ({ test, operator, key }) =>
    key?.type.endsWith('ARN') === true && operator.family === 'String' && operator.base.endsWith('Like')
      ? `Use the operator type ARN instead of operator string for the condition key ${test.key.text}.`
      : undefined,
  ),
  ofTestedKeys('DYNAMODB_ATTRIBUTES_WITHOUT_SELECT', 'SECURITY_WARNING', (known) =>
    nameOf(known) === 'dynamodb:attributes' && known.statement.effect === 'Allow' && !selectsAttributes(known)
      ? 'Restricting dynamodb:Attributes without also setting dynamodb:Select to SPECIFIC_ATTRIBUTES allows all attributes to be returned on read requests that omit a projection expression. We recommend that you also set dynamodb:Select to SPECIFIC_ATTRIBUTES.'
      : undefined,
  ),
  ofTestedKeys('S3_PREFIX_IN_NEGATIVE_CONTEXT', 'SECURITY_WARNING', (known) =>
    nameOf(known) === 's3:prefix' &&
    known.operator.family === 'String' &&
    known.operator.negated === (known.statement.effect === 'Allow')
      ? 'Using the s3:prefix condition key in a Deny statement or with a negated string operator does not block listing the objects under the matching prefixes. A request that specifies a shorter prefix does not match the condition and can still list those objects. To restrict listing to specific prefixes, use s3:prefix with StringLike in an Allow statement, or use a Deny statement with StringNotLike.'
      : undefined,
  ),
  ofTestedKeys('FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE', 'SECURITY_WARNING', ({ test, operator }) =>
    AUDIENCE.test(test.key.text) && operator.set === 'ForAnyValue'
      ? `Using ForAnyValue qualifier with the single-valued condition key ${test.key.text} can be overly permissive. We recommend that you remove ForAnyValue:.`
      : undefined,
  ),
  ofTestedKeys('CONFIRM_AUDIENCE_CLAIM_TYPE', 'SUGGESTION', ({ test, operator }) =>
    AUDIENCE.test(test.key.text) && operator.set === 'ForAllValues'
      ? `The "${test.key.text}" (audience) claim key identifies the recipients that the JSON web token is intended for. Because this claim is single-valued, do not use a qualifier.`
      : undefined,
  ),
]

/** Keys that name a KMS key by its ARN; by their names, as the reference of each service has them. */
const KMS_KEY = /kms-?key/i
/** A pattern may take in more, where it begins as a KMS key's ARN does. */
const KMS_KEY_ARN = /^arn:[^:]*:kms:[^:]*:[^:]*:(?:key\/.+|\*)$/
const isKmsKeyArn = (text: string): boolean => text === '*' || text.includes('${') || KMS_KEY_ARN.test(text)

/** "Should not be used to prevent unauthorized parties from making direct AWS requests" (IAM User Guide, both keys). */
const UNTRUSTWORTHY: ReadonlySet<string> = new Set(['aws:referer', 'aws:useragent'])

/** The audience of a token: keys go by the provider's host. */
const AUDIENCE = /^[^:]*\.[^:]*:aud$/i

/** Whether all that a statement names is of services that support a key; IAM does, but for passing roles. */
const scopedTo = (supporting: ReadonlySet<string>): ((statement: Statement) => boolean) =>
  remembered(({ action: { negated, values } }: Statement) => {
    const prefixes = values.map(({ text }) => text.toLowerCase())
    return !negated && prefixes.every((text) => supporting.has(text.split(':')[0] ?? '') && text !== 'iam:passrole')
  })

const byEndpoint = scopedTo(VPC_ENDPOINT_SERVICES)
const ENDPOINT_KEYS: Readonly<Record<string, (statement: Statement) => boolean>> = {
  'aws:vpceaccount': byEndpoint,
  'aws:vpceorgpaths': byEndpoint,
  'aws:vpceorgid': scopedTo(VPC_ENDPOINT_ORGANIZATION_SERVICES),
}

function selectsAttributes({ statement }: KnownTest): boolean {
  const selecting = testsByKey(statement).get('dynamodb:select') ?? []
  return selecting.some(({ values }) => values.length > 0 && values.every(({ text }) => text === 'SPECIFIC_ATTRIBUTES'))
}

/** So many keys and actions of a statement are compared: no policy of AWS's own has more, and a hostile one would take long. */
const MAX_COMPARED = 500

/** Services whose keys are held against actions in every policy. AWS's own identity policies misuse keys of others, and have no finding (recorded). */
const HELD_EVERYWHERE: ReadonlySet<string> = new Set(['s3', 'kms', 'sts'])
const isHeld = ({ type }: Subject, key: string): boolean =>
  type === 'RESOURCE_POLICY' || HELD_EVERYWHERE.has(key.slice(0, key.indexOf(':')))

/**
 * Actions that do not know a key of a service, where both are known. "If the Action element has actions with wildcards, IAM Access Analyzer
 * doesn't evaluate those actions" (IAM User Guide). Global keys are in requests of services that do not list them.
 */
function strangeActions(subject: Subject): readonly Hit[] {
  return subject.document.statements.flatMap((statement) => {
    if (statement.action.negated) return []
    const actions = knownActions(statement, subject.catalogue)
    return [...testsByKey(statement)].slice(0, MAX_COMPARED).flatMap(([key, tests]) => {
      if (actions.length === 0 || !isHeld(subject, key) || !isComparable(subject.catalogue, key)) return []
      const strange = actions.filter(({ keys }) => !keys.some((name) => isKey(name, key))).map(({ at }) => at)
      if (strange.length === 0) return []
      return tests.map((test) => ({
        details: `The following actions: ${strange.map(({ text }) => text).join(', ')} are not supported by the condition key ${test.key.text}. The condition will not be evaluated for these actions. We recommend that you move these actions to a different statement without this condition key.`,
        at: [...strange, test.value],
      }))
    })
  })
}

/** Actions without wildcards that exist, with the keys that each knows. */
function knownActions(
  statement: Statement,
  catalogue: Catalogue,
): readonly { readonly at: Text; readonly keys: readonly string[] }[] {
  return actionsOf(statement)
    .slice(0, MAX_COMPARED)
    .flatMap((at) => {
      const service = hasWildcard(at.prefix + at.name) ? undefined : catalogue.service(at.prefix)
      const [action] = service === undefined ? [] : actionsNamed(service, at.name)
      return service === undefined || action === undefined ? [] : [{ at, keys: keysOf(action, service) }]
    })
}

/** Whether a key is one of a service. Those of identity providers stand in the reference of STS. */
function isComparable(catalogue: Catalogue, key: string): boolean {
  if (globalKeyNamed(catalogue, key) !== undefined) return false
  if (conditionKeyNamed(catalogue, key) !== undefined) return true
  return [...(catalogue.service('sts')?.conditionKeys.values() ?? [])].some(({ name }) => isKey(name, key))
}
