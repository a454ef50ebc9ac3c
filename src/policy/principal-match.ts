/** Whom a statement's Principal names, and how closely: the closer, the less else must allow (IAM User Guide, "Policy evaluation logic"). */
import type { Caller, CallerType } from './caller.ts'
import type { PrincipalElement, PrincipalEntry } from './document.ts'

/** How a resource-based policy names the caller. Later ones say less: `account` hands the decision to the account's own policies. */
export const CLOSENESS = ['session', 'user', 'service', 'federated', 'everyone', 'role', 'issuer', 'account'] as const
export type Closeness = (typeof CLOSENESS)[number]

/** `isBounded`: the caller has a permissions boundary. */
export type PrincipalTest = (caller: Caller, isBounded: boolean) => Closeness | undefined

/** The entries of an element by what they can name. */
type Names = {
  readonly everyone: boolean
  readonly accounts: ReadonlySet<string>
  /** ARNs and unique ids of users, roles and sessions. */
  readonly principals: ReadonlySet<string>
  readonly services: ReadonlySet<string>
  readonly providers: ReadonlySet<string>
}

/** `Principal` names whom its entries name. `NotPrincipal` names everybody else, but for an Allow and a Deny "else" is not the same. */
export function principalTest({ negated, entries }: PrincipalElement, effect: 'Allow' | 'Deny'): PrincipalTest {
  const names = namesOf(entries)
  if (!negated) return (caller) => namedBy(names, caller)
  // Whoever is named in any way, through its account even, is kept out of a grant.
  if (effect === 'Allow') return (caller) => (namedBy(names, caller) === undefined ? 'everyone' : undefined)
  // "The NotPrincipal element with a Deny effect will always deny any IAM principal that has a permissions boundary policy attached,
  // regardless of the values specified in the NotPrincipal element" (IAM User Guide, "NotPrincipal").
  return (caller, isBounded) => (isBounded || !isSpared(names, caller) ? 'everyone' : undefined)
}

const ACCOUNT = /^\d{12}$/
const ACCOUNT_ROOT = /^arn:[a-z-]+:iam::(\d{12}):root$/

function namesOf(entries: readonly PrincipalEntry[]): Names {
  const of = (wanted: PrincipalEntry['kind']): readonly string[] =>
    entries.filter(({ kind }) => kind === wanted).map(({ text }) => text)
  const principals = of('AWS')
  // CanonicalUser entries are ids of S3's own scheme, which belong to no caller here.
  return {
    everyone: principals.includes('*'),
    accounts: new Set(principals.flatMap((text) => accountOf(text) ?? [])),
    principals: new Set(principals.filter((text) => text !== '*' && accountOf(text) === undefined)),
    services: new Set(of('Service')),
    providers: new Set(of('Federated')),
  }
}

/** An account is named by its number or by its `:root` ARN, which means the same. */
const accountOf = (text: string): string | undefined => (ACCOUNT.test(text) ? text : ACCOUNT_ROOT.exec(text)?.[1])

const has = (set: ReadonlySet<string>, name: string | undefined): boolean => name !== undefined && set.has(name)
const isUser = ({ principals }: Names, { arn, uniqueId }: Caller): boolean => principals.has(arn) || has(principals, uniqueId)
const isRole = ({ principals }: Names, { roleArn, uniqueId }: Caller): boolean =>
  has(principals, roleArn) || has(principals, uniqueId)
const isIssuer = ({ principals }: Names, { userArn, uniqueId }: Caller): boolean =>
  has(principals, userArn) || has(principals, uniqueId)
const isAccount = ({ accounts }: Names, { accountId }: Caller): boolean => accounts.has(accountId)

type Naming = {
  /** The closest way in which the caller is named by itself. */
  readonly closest: (names: Names, caller: Caller) => Closeness | undefined
  /** Whether it belongs to an account as `:root` means it. */
  readonly hasAccount: boolean
  /** What a NotPrincipal of a Deny must name, beside the account, to spare the caller. */
  readonly spared: (names: Names, caller: Caller) => boolean
}

const byProvider: Naming = {
  closest: ({ providers }, { providerArn }) => (has(providers, providerArn) ? 'federated' : undefined),
  hasAccount: false,
  spared: ({ providers }, { providerArn }) => has(providers, providerArn),
}

const NAMING: Readonly<Record<CallerType, Naming>> = {
  root: { closest: () => undefined, hasAccount: true, spared: () => true },
  user: { closest: (names, caller) => (isUser(names, caller) ? 'user' : undefined), hasAccount: true, spared: isUser },
  'assumed-role': {
    closest: (names, caller) => (names.principals.has(caller.arn) ? 'session' : isRole(names, caller) ? 'role' : undefined),
    hasAccount: true,
    spared: (names, caller) => isRole(names, caller) && names.principals.has(caller.arn),
  },
  'federated-user': {
    closest: (names, caller) => (names.principals.has(caller.arn) ? 'session' : isIssuer(names, caller) ? 'issuer' : undefined),
    hasAccount: true,
    spared: (names, caller) => names.principals.has(caller.arn),
  },
  'web-identity': byProvider,
  saml: byProvider,
  service: {
    closest: ({ services }, { arn }) => (services.has(arn) ? 'service' : undefined),
    hasAccount: false,
    spared: ({ services }, { arn }) => services.has(arn),
  },
  anonymous: { closest: () => undefined, hasAccount: false, spared: () => false },
}

function namedBy(names: Names, caller: Caller): Closeness | undefined {
  const { closest, hasAccount } = NAMING[caller.type]
  const own = closest(names, caller)
  if (names.everyone) return own === undefined || CLOSENESS.indexOf(own) > CLOSENESS.indexOf('everyone') ? 'everyone' : own
  return own ?? (hasAccount && isAccount(names, caller) ? 'account' : undefined)
}

/**
 * AWS "might validate the account first, then the role, and then the assumed-role user", so each of them has to be named (IAM User Guide,
 * "NotPrincipal"). Naming the account alone spares its root user only: users report that it does not delegate as it does in a Principal.
 */
function isSpared(names: Names, caller: Caller): boolean {
  const { spared, hasAccount } = NAMING[caller.type]
  return names.everyone || ((!hasAccount || isAccount(names, caller)) && spared(names, caller))
}
