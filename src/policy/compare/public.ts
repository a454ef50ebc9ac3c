/** Whether a resource-based policy is public: whether it allows anything to somebody whom it does not name, and of whom it knows nothing. */
import { COMPARISONS } from '../conditions/comparisons.ts'
import { truthOf } from '../conditions/bool.ts'
import { networkOf } from '../conditions/ip-address.ts'
import { contextOf } from '../context.ts'
import type { ConditionTest, PolicyDocument, PolicyVersion } from '../document.ts'
import { BUILT_IN_PROVIDERS } from '../principal-syntax.ts'
import { isVariable, templateOf } from '../variables.ts'
import { principalKeys, type Stranger } from './callers.ts'
import { type Answer, answered } from './compare.ts'
import type { Restriction } from './combine.ts'

/**
 * Keys by which a policy may know a caller. A value that the policy gives one of them, without a wildcard or a variable, is trusted: whoever
 * has it is no stranger ("The meaning of public" in the S3 and EFS User Guides; "trusted condition keys" in the DynamoDB Developer Guide).
 * Names of users and addresses within VPCs are not among them: anybody may have the same.
 */
const TRUSTED: ReadonlySet<string> = new Set([
  'aws:ec2instancesourcevpc',
  'aws:principalarn',
  'aws:principalaccount',
  'aws:principalorgid',
  'aws:principalorgpaths',
  'aws:principalservicename',
  'aws:principalservicenameslist',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourceip',
  'aws:sourceorgid',
  'aws:sourceorgpaths',
  'aws:sourceowner',
  'aws:sourcevpc',
  'aws:sourcevpcarn',
  'aws:sourcevpce',
  'aws:userid',
  'aws:vpceaccount',
  'aws:vpceorgid',
  'aws:vpceorgpaths',
  'elasticfilesystem:accessedviamounttarget',
  'kms:calleraccount',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
])
/** Of those, the one that trusts only who has it `true`. */
const MOUNT_TARGET = 'elasticfilesystem:accessedviamounttarget'
/** "This value can contain a wildcard for the access point name without rendering the policy public, as long as the account ID is fixed" (S3). */
const ACCESS_POINT = 's3:dataaccesspointarn'
/** Of identity providers: whom a token was made for, and about whom. */
const TOKEN_KEYS = [':aud', ':sub', ':azp', ':app_id', ':id', ':user_id', ':oaud']
const isTrusted = (key: string): boolean => TRUSTED.has(key) || TOKEN_KEYS.some((end) => key.endsWith(end))

/** `isAccessPoint`: it is the policy of an access point; there a set of access points is nothing fixed ("This behavior is different", S3). */
export type PublicAsked = { readonly isAccessPoint?: boolean }

/** Never throws. `yes`: anybody may do what the witness does. */
export function isPublic(asked: PolicyDocument, { isAccessPoint = false }: PublicAsked = {}): Answer {
  return answered({
    kind: 'resource',
    asked,
    goal: (mask, { allows }) => allows(0, mask),
    restriction: strangersOf(asked, isAccessPoint),
  })
}

/** What the keys say of nobody in particular (IAM User Guide, aws:PrincipalAccount, aws:userid): a policy that asks for it knows nobody. */
const ANONYMOUS = 'anonymous'

type Fixed = { readonly key: string; readonly meets: (text: string) => boolean }

function strangersOf({ statements, version }: PolicyDocument, isAccessPoint: boolean): Restriction {
  const known = statements.flatMap(({ conditions }) =>
    conditions.flatMap((condition) => fixedValues(condition, { version, isAccessPoint })),
  )
  const named = new Set(statements.flatMap(({ principal }) => (principal?.entries ?? []).map(({ text }) => text)))
  const takes = (key: string, text: string): boolean =>
    text === ANONYMOUS || !known.some((one) => one.key === key && one.meets(text))
  return {
    takes,
    admits: (stranger) =>
      isStranger(stranger, named) &&
      [...principalKeys(stranger.caller)].every(([key, value]) => value === undefined || takes(key, value)),
  }
}

function isStranger({ caller, isBounded }: Stranger, named: ReadonlySet<string>): boolean {
  const { type, arn, accountId, roleArn, userArn, uniqueId, providerArn } = caller
  if (type === 'anonymous') return true
  if (type === 'service' || isBounded) return false
  // Anybody can have a token of the providers that every account knows.
  if (type === 'web-identity') return BUILT_IN_PROVIDERS.has(providerArn ?? '')
  const names = [accountId, `arn:aws:iam::${accountId}:root`, arn, roleArn ?? '', userArn ?? '']
  return type !== 'saml' && uniqueId === undefined && !names.some((name) => named.has(name))
}

type Reading = { readonly version: PolicyVersion; readonly isAccessPoint: boolean }

function fixedValues({ form: { base }, key, values }: ConditionTest, reading: Reading): readonly Fixed[] {
  const name = key.text.toLowerCase()
  if (base === 'Null' || !isTrusted(name)) return []
  const comparison = COMPARISONS[base]
  const isWild = base === 'StringLike' || base === 'StringNotLike' || base.startsWith('Arn')
  return values
    .filter(({ text }) => isFixed(text, isWild, reading) || isSetOfPoints(name, text, reading))
    .filter(({ text }) => name !== MOUNT_TARGET || truthOf(text) === true)
    .map(({ text }) => {
      const test = comparison.compile([text], reading.version)
      return { key: name, meets: (value: string) => test(value, contextOf({})) }
    })
}

/** "Values broader than /8 for IPv4 and /32 for IPv6" are public (S3 User Guide, as above). */
const NARROWEST_PUBLIC: Readonly<Record<number, number>> = { 1: 8, 4: 32 }
const ACCOUNT = /^\d{12}$/

const hasVariable = (text: string, version: PolicyVersion): boolean =>
  templateOf(text, { version, wildcards: true }).some(isVariable)

/** "Fixed values (values that don't contain a wildcard or an IAM policy variable)" (S3 User Guide, as above). */
function isFixed(text: string, isWild: boolean, { version }: Reading): boolean {
  const network = networkOf(text)
  if (network !== undefined) return network.bits >= (NARROWEST_PUBLIC[network.words.length] ?? 0)
  return !hasVariable(text, version) && !(isWild && (text.includes('*') || text.includes('?')))
}

function isSetOfPoints(key: string, text: string, { version, isAccessPoint }: Reading): boolean {
  return key === ACCESS_POINT && !isAccessPoint && !hasVariable(text, version) && ACCOUNT.test(text.split(':')[4] ?? '')
}
