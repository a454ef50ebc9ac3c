/** Whether a resource-based policy is public: whether it allows anything to somebody whom it does not name, and of whom it knows nothing. */
import { COMPARISONS } from '../conditions/comparisons.ts'
import { networkOf } from '../conditions/ip-address.ts'
import { contextOf } from '../context.ts'
import type { ConditionTest, PolicyDocument, PolicyVersion, Statement } from '../document.ts'
import { operatorNamed } from '../operator.ts'
import { BUILT_IN_PROVIDERS } from '../principal-syntax.ts'
import { principalKeys, type Stranger } from './callers.ts'
import { type Answer, answered } from './compare.ts'
import type { Restriction } from './combine.ts'

/**
 * Keys by which a policy may know a caller. A value that the policy gives one of them, without a wildcard, is trusted: whoever has it is no
 * stranger (S3 User Guide, "The meaning of public": fixed values of these keys make a policy non-public).
 */
const TRUSTED: ReadonlySet<string> = new Set([
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
  'aws:username',
  'aws:vpceaccount',
  'aws:vpceorgid',
  'aws:vpceorgpaths',
  'aws:vpcsourceip',
  'kms:calleraccount',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
])
/** Of identity providers: whom a token was made for, and about whom. */
const TOKEN_KEYS = [':aud', ':sub', ':azp', ':app_id', ':id', ':user_id', ':amr', ':oaud']
const isTrusted = (key: string): boolean => TRUSTED.has(key) || TOKEN_KEYS.some((end) => key.endsWith(end))

/** Never throws. `yes`: anybody may do what the witness does. */
export function isPublic(document: PolicyDocument): Answer {
  const asked = { ...document, statements: document.statements.map((statement) => fixed(statement, document.version)) }
  return answered({ kind: 'resource', asked, goal: (mask, { allows }) => allows(0, mask), restriction: strangersOf(asked) })
}

/** A variable in the place of a value is as good as a fixed one ("or a policy variable", as above): it is taken for one that nobody has. */
function fixed(statement: Statement, version: PolicyVersion): Statement {
  if (version === '2008-10-17') return statement
  const conditions = statement.conditions.map((condition) =>
    isTrusted(condition.key.text.toLowerCase())
      ? { ...condition, values: condition.values.map((value) => ({ ...value, text: value.text.replaceAll('${', '$[') })) }
      : condition,
  )
  return { ...statement, conditions }
}

/** What the keys say of nobody in particular (IAM User Guide, aws:PrincipalAccount, aws:userid): a policy that asks for it knows nobody. */
const ANONYMOUS = 'anonymous'

type Fixed = { readonly key: string; readonly meets: (text: string) => boolean }

function strangersOf({ statements, version }: PolicyDocument): Restriction {
  const known = statements.flatMap(({ conditions }) => conditions.flatMap((condition) => fixedValues(condition, version)))
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

function fixedValues({ operator, key, values }: ConditionTest, version: PolicyVersion): readonly Fixed[] {
  const name = key.text.toLowerCase()
  const base = operatorNamed(operator.text)?.base
  if (base === undefined || base === 'Null' || !isTrusted(name)) return []
  const comparison = COMPARISONS[base]
  const isWild = base === 'StringLike' || base === 'StringNotLike' || base.startsWith('Arn')
  return values
    .filter(({ text }) => isFixed(text, { isWild, isArn: base.startsWith('Arn') || name.endsWith('arn') }))
    .map(({ text }) => {
      const test = comparison.compile([text], version)
      return { key: name, meets: (value: string) => test(value, contextOf({})) }
    })
}

/** "Values broader than /8 for IPv4 and /32 for IPv6" are public (S3 User Guide, as above). */
const NARROWEST_PUBLIC: Readonly<Record<number, number>> = { 1: 8, 4: 32 }
const ACCOUNT = /^\d{12}$/

function isFixed(text: string, { isWild, isArn }: { readonly isWild: boolean; readonly isArn: boolean }): boolean {
  const network = networkOf(text)
  if (network !== undefined) return network.bits >= (NARROWEST_PUBLIC[network.words.length] ?? 0)
  if (!isWild || !(text.includes('*') || text.includes('?'))) return true
  // Whatever an account has in it, it is that account's.
  return isArn && ACCOUNT.test(text.split(':')[4] ?? '')
}
