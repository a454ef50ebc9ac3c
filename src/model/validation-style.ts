/** How services word a violated constraint: IAM hides values and has sentences of its own, STS and most JSON services show values, Organizations gives a reason. */
import type { ServiceModel } from './model.ts'

/** Which constraint was violated; `element`: that of a scalar in a list or a map. */
export type ViolationKind = 'null' | 'enum' | 'pattern' | 'long' | 'short' | 'large' | 'small' | 'element'
type Reasons = Readonly<Record<ViolationKind | 'policyType' | 'policyTarget', readonly [reason: string, text: string]>>

export type ValidationStyle = {
  readonly code: 'ValidationError' | 'ValidationException'
  /** `Value 'x' at 'name'` and `Value null at 'name'`, or only `Value at 'name'`. */
  readonly showsValues: boolean
  /** Sentences that stand for a pattern and are said alone, after all other constraints hold. */
  readonly sentences: ReadonlyMap<string, string>
  /** Whether the service's ValidationException has the members `reason` and `fieldList` (Access Analyzer). */
  readonly listsFields?: boolean
  /** Where the service has no ValidationException: what its InvalidInputException says of the first violation. */
  readonly reasons?: Reasons
}

const NAME_SENTENCE = 'It must contain only alphanumeric characters and/or the following: +=,.@_-'
const ASCII_SENTENCE = 'It must contain only printable ASCII characters.'

/** Seen in reports of IAM users: names (2020, 2022), paths (2019), access key ids and path prefixes, private keys (certificate uploads). */
const IAM_SENTENCES: ReadonlyMap<string, string> = new Map([
  ['[\\w+=,.@-]+', NAME_SENTENCE],
  ['[\\w]+', 'It must contain only alphanumeric characters.'],
  [
    '(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)',
    'It must begin and end with / and contain only alphanumeric characters and/or / characters.',
  ],
  [
    '((/[A-Za-z0-9\\.,\\+@=_-]+)*)/',
    'It must begin and end with / and contain only alphanumeric characters and/or / characters.',
  ],
  [
    '\\u002F[\\u0021-\\u007F]*',
    'It must begin with the / character and contain only alphanumeric characters and/or / characters.',
  ],
  ['[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+', ASCII_SENTENCE],
  ['[\\u0020-\\u00FF]+', ASCII_SENTENCE],
])

/** Recorded from 2024 on: `Value at 'roleName'`, `Value at 'tags'`, `Value at 'thumbprintList' ... must not be null`. */
export const IAM_STYLE: ValidationStyle = { code: 'ValidationError', showsValues: false, sentences: IAM_SENTENCES }
/** Recorded for STS in 2025: `Value 'arn:aws:iam::123456' at 'roleArn'`. */
export const QUERY_STYLE: ValidationStyle = { code: 'ValidationError', showsValues: true, sentences: new Map() }
export const JSON_STYLE: ValidationStyle = { code: 'ValidationException', showsValues: true, sentences: new Map() }
export const FIELDS_STYLE: ValidationStyle = { ...JSON_STYLE, listsFields: true }

/**
 * Organizations API Reference, InvalidInputException: reasons and what they mean. The text of a pattern is recorded (ListChildren, DescribeAccount,
 * ListTagsForResource, TagResource: aws-ia/terraform-aws-control_tower_account_factory issues 149 and 287, boto/boto3 issue 4565); the others are
 * inferred from the reference.
 */
const ORGANIZATIONS_REASONS: Reasons = {
  null: ['INPUT_REQUIRED', 'You must include a value for all required parameters.'],
  enum: ['INVALID_ENUM', 'You specified an invalid value.'],
  policyType: ['INVALID_ENUM_POLICY_TYPE', 'You specified an invalid policy type string.'],
  pattern: ['INVALID_PATTERN', 'You provided a value that does not match the required pattern.'],
  policyTarget: ['INVALID_PATTERN_TARGET_ID', 'You specified a policy target ID that does not match the required pattern.'],
  long: ['MAX_LENGTH_EXCEEDED', 'You provided a string parameter that is longer than allowed.'],
  short: ['MIN_LENGTH_EXCEEDED', 'You provided a string parameter that is shorter than allowed.'],
  large: ['MAX_VALUE_EXCEEDED', 'You provided a numeric parameter that has a larger value than allowed.'],
  small: ['MIN_VALUE_EXCEEDED', 'You provided a numeric parameter that has a smaller value than allowed.'],
  element: ['INVALID_LIST_MEMBER', 'You provided a list to a parameter that contains at least one invalid value.'],
}
export const REASONS_STYLE: ValidationStyle = { ...JSON_STYLE, reasons: ORGANIZATIONS_REASONS }

/** The style of a service, whatever protocol a request speaks. */
export function validationStyle({
  service,
  protocol,
  errors,
}: Pick<ServiceModel, 'service' | 'protocol' | 'errors'>): ValidationStyle {
  if (service === 'iam') return IAM_STYLE
  if (protocol === 'query') return QUERY_STYLE
  if (service === 'organizations') return REASONS_STYLE
  const members = errors.get(JSON_STYLE.code)?.members ?? []
  return members.some(({ name }) => name === 'fieldList') ? FIELDS_STYLE : JSON_STYLE
}
