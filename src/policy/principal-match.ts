/** Whom a statement's Principal names, and how closely: the closer, the less else must allow (IAM User Guide, "Policy evaluation logic"). */
import type { Caller, CallerType } from './caller.ts'
import type { PrincipalElement, PrincipalEntry } from './document.ts'

/** How a resource-based policy names the caller. Later ones say less: `account` hands the decision to the account's own policies. */
export const CLOSENESS = ['session', 'user', 'service', 'federated', 'everyone', 'role', 'issuer', 'account'] as const
export type Closeness = (typeof CLOSENESS)[number]

const ACCOUNT = /^\d{12}$/
const ACCOUNT_ROOT = /^arn:[a-z-]+:iam::(\d{12}):root$/

/** How the element names the caller; undefined where it does not. `NotPrincipal` names everybody whom none of its entries names. */
export function namedBy({ negated, entries }: PrincipalElement, caller: Caller): Closeness | undefined {
  const found = entries.map((entry) => namedByEntry(entry, caller)).filter((one) => one !== undefined)
  if (negated) return found.length === 0 ? 'everyone' : undefined
  return CLOSENESS.find((closeness) => found.includes(closeness))
}

function namedByEntry({ kind, text }: PrincipalEntry, caller: Caller): Closeness | undefined {
  switch (kind) {
    case 'AWS':
      return namedByAws(text, caller)
    case 'Service':
      return caller.type === 'service' && caller.arn === text ? 'service' : undefined
    case 'Federated':
      return isFederated(caller) && caller.providerArn === text ? 'federated' : undefined
    case 'CanonicalUser':
      // The ids of S3's own scheme belong to no caller here.
      return undefined
  }
}

const isFederated = ({ type }: Caller): boolean => type === 'web-identity' || type === 'saml'

function namedByAws(text: string, caller: Caller): Closeness | undefined {
  if (text === '*') return 'everyone'
  const account = ACCOUNT.test(text) ? text : ACCOUNT_ROOT.exec(text)?.[1]
  if (account !== undefined) return hasAccount(caller) && caller.accountId === account ? 'account' : undefined
  return NAMES_OF.get(caller.type)?.find(([, names]) => names(caller).includes(text))?.[0]
}

type Names = readonly [Closeness, (caller: Caller) => readonly (string | undefined)[]]

/** By what a caller can be named, the closest first. Stored trust policies name users and roles by unique id. */
const NAMES_OF: ReadonlyMap<CallerType, readonly Names[]> = new Map<CallerType, readonly Names[]>([
  ['user', [['user', ({ arn, uniqueId }) => [arn, uniqueId]]]],
  [
    'assumed-role',
    [
      ['session', ({ arn }) => [arn]],
      ['role', ({ roleArn, uniqueId }) => [roleArn, uniqueId]],
    ],
  ],
  [
    'federated-user',
    [
      ['session', ({ arn }) => [arn]],
      ['issuer', ({ userArn, uniqueId }) => [userArn, uniqueId]],
    ],
  ],
])

/** Callers that belong to an account, as its `:root` principal means it. */
const hasAccount = ({ type }: Caller): boolean =>
  type === 'root' || type === 'user' || type === 'assumed-role' || type === 'federated-user'
