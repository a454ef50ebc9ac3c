/** Management policies: what services are to do in the accounts below. Kept and added up here; acted on by the services that they are for, none of which is here. */
import type { EffectivePolicyType } from '../../model/organizations.gen.ts'
import { CHILD_CONTROL, isSection, isValueOperator, type Section, type SettingValue, VALUE_OPERATORS } from './inheritance.ts'

/** What a document of each type consists of (Organizations User Guide, the syntax page of each type). */
const CONTENTS: Readonly<Record<EffectivePolicyType, string>> = {
  TAG_POLICY: 'tags',
  BACKUP_POLICY: 'plans',
  AISERVICES_OPT_OUT_POLICY: 'services',
  CHATBOT_POLICY: 'chatbot',
  DECLARATIVE_POLICY_EC2: 'ec2_attributes',
  SECURITYHUB_POLICY: 'securityhub',
  INSPECTOR_POLICY: 'inspector',
  UPGRADE_ROLLOUT_POLICY: 'upgrade_rollout',
  BEDROCK_POLICY: 'bedrock',
  S3_POLICY: 's3_attributes',
  NETWORK_SECURITY_DIRECTOR_POLICY: 'network_security_director',
}

export const isManagement = (type: string): type is EffectivePolicyType => Object.hasOwn(CONTENTS, type)

/**
 * Which service needs trusted access before its type is enabled, and keeps it until it is disabled. The API reference (ConstraintViolationException)
 * names this type; of the others nothing is known.
 */
export const NEEDED_SERVICES: ReadonlyMap<string, string> = new Map([['SECURITYHUB_POLICY', 'securityhub.amazonaws.com']])

const MALFORMED = 'The provided policy document does not meet the requirements of the specified policy type.'
/** Tag policies are enforced nowhere here, so none is taken that promises it for things that are here. */
const NOT_ENFORCED =
  'This server does not enforce tag policies: enforced_for must not name resource types of IAM or Organizations.'
const OWN_TYPES = ['iam:', 'organizations:', '*']
/** Deeper than any documented type goes. */
const MAX_DEPTH = 20

/** What is wrong with a document of this type; undefined where it can be taken. */
export function checkManagementPolicy(content: string, type: EffectivePolicyType): string | undefined {
  const document = readManagementPolicy(content)
  if (document === undefined) return MALFORMED
  const [name, part, ...more] = Object.entries(document).flat()
  if (name !== CONTENTS[type] || more.length > 0 || !isPart(part) || !isSection(part)) return MALFORMED
  if (Object.keys(part).some(isValueOperator) || !isWellFormed(part, 1) || !TYPE_CHECKS[type](part)) return MALFORMED
  return type === 'TAG_POLICY' && promisesEnforcement(part) ? NOT_ENFORCED : undefined
}

/** The document; undefined where it is no JSON object. */
export function readManagementPolicy(content: string): Section | undefined {
  try {
    const value: unknown = JSON.parse(content)
    return isPart(value) && isSection(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value)
/** Anything of JSON but null, and lists of scalars only. Sections are looked into one by one. */
function isPart(value: unknown): value is Section | SettingValue {
  if (value === null || value === undefined) return false
  return Array.isArray(value) ? value.every(isScalar) : typeof value === 'object' || isScalar(value)
}

/** Settings have operators, sections have parts, and both may say what their children may do. */
function isWellFormed(section: Section, depth: number): boolean {
  const parts = Object.entries(section)
  const isSetting = parts.some(([name]) => isValueOperator(name))
  return depth <= MAX_DEPTH && parts.every(([name, part]) => isPart(part) && isWellPlaced(name, part, isSetting, depth))
}

function isWellPlaced(name: string, part: Section | SettingValue, isSetting: boolean, depth: number): boolean {
  if (name === CHILD_CONTROL) return isListOf(part, (value) => CHILD_OPERATORS.has(String(value)))
  if (name === '@@assign') return !isSection(part)
  if (isValueOperator(name)) return isListOf(part, () => true)
  return !isSetting && !name.startsWith('@@') && isSection(part) && isWellFormed(part, depth + 1)
}

const CHILD_OPERATORS: ReadonlySet<string> = new Set([...VALUE_OPERATORS, '@@all', '@@none'])

const isListOf = (part: Section | SettingValue, is: (value: unknown) => boolean): boolean => Array.isArray(part) && part.every(is)

const sectionsOf = (section: Section): readonly (readonly [string, Section])[] =>
  Object.entries(section).flatMap(([name, part]) => (isSection(part) ? [[name, part] as const] : []))

/** Whether each part of each section is one of these settings. */
const hasOnly =
  (settings: readonly string[]) =>
  (section: Section): boolean =>
    sectionsOf(section).every(([, part]) => sectionsOf(part).every(([name]) => settings.includes(name)))

const anything = (): boolean => true
const isOptOut = hasOnly(['opt_out_policy'])
const isTags = hasOnly(['tag_key', 'tag_value', 'enforced_for', 'report_required_tag_for'])

/** What the syntax of a type demands beyond operators. Of types that say nothing here, names of settings are not checked. */
const TYPE_CHECKS: Readonly<Record<EffectivePolicyType, (section: Section) => boolean>> = {
  TAG_POLICY: isTags,
  AISERVICES_OPT_OUT_POLICY: (services) => isOptOut(services) && optsOf(services).every((value) => OPTIONS.has(value)),
  BACKUP_POLICY: anything,
  CHATBOT_POLICY: anything,
  DECLARATIVE_POLICY_EC2: anything,
  SECURITYHUB_POLICY: anything,
  INSPECTOR_POLICY: anything,
  UPGRADE_ROLLOUT_POLICY: anything,
  BEDROCK_POLICY: anything,
  S3_POLICY: anything,
  NETWORK_SECURITY_DIRECTOR_POLICY: anything,
}

const OPTIONS: ReadonlySet<unknown> = new Set(['optIn', 'optOut'])

const optsOf = (services: Section): readonly unknown[] =>
  sectionsOf(services).flatMap(([, service]) =>
    sectionsOf(service).flatMap(([, { '@@assign': value }]) => (value === undefined ? [] : [value])),
  )

const promisesEnforcement = (tags: Section): boolean =>
  sectionsOf(tags).some(([, { enforced_for: part }]) =>
    part !== undefined && isSection(part)
      ? VALUE_OPERATORS.some((operator) => operator !== '@@remove' && namesOwnTypes(part[operator]))
      : false,
  )

const namesOwnTypes = (value: Section | SettingValue | undefined): boolean =>
  value !== undefined &&
  !isSection(value) &&
  [value].flat().some((type) => OWN_TYPES.some((own) => String(type).toLowerCase().startsWith(own)))
