/** Callers that stand for all others: those that the statements name, and in each of their accounts and outside of them one that they do not. */
import type { Caller, CallerType } from '../caller.ts'
import type { PrincipalElement, PrincipalKind } from '../document.ts'
import { isPrincipal } from '../principal-syntax.ts'
import { Undecided } from './undecided.ts'

/** A caller, and whether it has a permissions boundary: NotPrincipal in a Deny is about those too. */
export type Stranger = { readonly caller: Caller; readonly isBounded: boolean }

/** What the principals of some policies are, by kind. */
type Named = {
  readonly accounts: readonly string[]
  readonly users: readonly string[]
  readonly roles: readonly string[]
  readonly sessions: readonly string[]
  readonly federated: readonly string[]
  readonly uniqueIds: readonly string[]
  readonly services: readonly string[]
  readonly providers: readonly string[]
}

/** Who calls in a comparison of identity-based policies: whoever they are attached to. */
export const OWNER: Caller = {
  type: 'user',
  accountId: '111122223333',
  arn: 'arn:aws:iam::111122223333:user/owner',
  id: 'AIDAOWNEROWNEROWNER1',
}

/** The account that owns the resource: none that a policy is likely to name, and never the caller's. */
export const RESOURCE_ACCOUNTS: readonly string[] = ['000000000000', '999999999999']

/** All of them, likely ones first. `arns`: further principals that conditions speak of. Throws `Undecided` where a principal is of a kind that is not known. */
export function callersFor(elements: readonly PrincipalElement[], arns: readonly string[]): readonly Stranger[] {
  const named = namedIn(elements, arns)
  const bounded = elements.some(({ negated }) => negated) ? [false, true] : [false]
  const members = [...users(named), ...roles(named), ...federated(named), ...named.accounts.map(rootOf)]
  return [
    ...bounded.flatMap((isBounded) => members.map((caller) => ({ caller, isBounded }))),
    ...[...services(named), ...providers(named), ANONYMOUS].map((caller) => ({ caller, isBounded: false })),
  ]
}

/** Callers grow with the square of the names. */
const MAX_NAMED = 500
const STRANGE_ACCOUNTS: readonly string[] = ['444455556666', '777788889999', '123123123123']
const ANONYMOUS: Caller = { type: 'anonymous', accountId: '', arn: 'anonymous', id: 'anonymous' }

const textsOf = (elements: readonly PrincipalElement[], kind: PrincipalKind): readonly string[] => [
  ...new Set(elements.flatMap(({ entries }) => entries.filter((entry) => entry.kind === kind).map(({ text }) => text))),
]

function namedIn(elements: readonly PrincipalElement[], more: readonly string[]): Named {
  for (const { entries } of elements)
    for (const entry of entries) if (!isPrincipal(entry)) throw new Undecided(`the principal ${entry.text} is not known`)
  if (textsOf(elements, 'CanonicalUser').length > 0) throw new Undecided('canonical users are not known')
  const arns = [...new Set([...textsOf(elements, 'AWS'), ...more.filter((text) => isPrincipal({ kind: 'AWS', text }))])].filter(
    (text) => text !== '*',
  )
  if (arns.length > MAX_NAMED) throw new Undecided(`more than ${MAX_NAMED} principals`)
  const of = (part: string): readonly string[] => arns.filter((arn) => arn.split(':')[5]?.startsWith(part) === true)
  const known = new Set(arns.map(accountOf).filter((account) => account !== ''))
  const strange = STRANGE_ACCOUNTS.find((account) => !known.has(account))
  if (strange === undefined) throw new Undecided('no account is left for a stranger')
  return {
    accounts: [strange, ...known],
    users: of('user/'),
    roles: of('role/'),
    sessions: of('assumed-role/'),
    federated: of('federated-user/'),
    uniqueIds: arns.filter((text) => text.startsWith('A')),
    services: textsOf(elements, 'Service'),
    providers: textsOf(elements, 'Federated'),
  }
}

const accountOf = (text: string): string =>
  text.startsWith('arn:') ? (text.split(':')[4] ?? '') : text.startsWith('A') ? '' : text
const rootOf = (accountId: string): Caller => ({ type: 'root', accountId, arn: `arn:aws:iam::${accountId}:root`, id: accountId })

/** A name that no list has. */
function freshName(taken: readonly string[]): string {
  let name = 'stranger'
  while (taken.some((arn) => arn.includes(name))) name += 'x'
  return name
}

const withIds = (callers: readonly Caller[], ids: readonly string[]): readonly Caller[] =>
  [undefined, ...ids].flatMap((uniqueId) => callers.map((caller) => (uniqueId === undefined ? caller : { ...caller, uniqueId })))

function users({ accounts, users: arns, uniqueIds }: Named): readonly Caller[] {
  const name = freshName(arns)
  const all = [...accounts.map((account) => `arn:aws:iam::${account}:user/${name}`), ...arns]
  const callers = all.map((arn): Caller => ({
    type: 'user',
    accountId: accountOf(arn),
    arn,
    id: 'AIDASTRANGERSTRANGER',
    userArn: arn,
  }))
  return withIds(
    callers,
    uniqueIds.filter((id) => id.startsWith('AIDA')),
  )
}

function roles({ accounts, roles: arns, sessions, uniqueIds }: Named): readonly Caller[] {
  const name = freshName([...arns, ...sessions])
  // Names of roles are unique in an account, whatever their paths.
  const isNamed = (account: string, role: string): boolean =>
    arns.some((arn) => accountOf(arn) === account && arn.endsWith(`/${role}`))
  const ofSessions = sessions.flatMap((arn) => {
    const [account, role = ''] = [accountOf(arn), arn.split('/')[1]]
    return isNamed(account, role) ? [] : [`arn:aws:iam::${account}:role/${role}`]
  })
  const all = [...new Set([...accounts.map((account) => `arn:aws:iam::${account}:role/${name}`), ...arns, ...ofSessions])]
  const callers = all.flatMap((roleArn) => {
    const prefix = `arn:aws:sts::${accountOf(roleArn)}:assumed-role/${roleArn.slice(roleArn.lastIndexOf('/') + 1)}/`
    return [`${prefix}${name}`, ...sessions.filter((arn) => arn.startsWith(prefix))].map((arn): Caller => ({
      type: 'assumed-role',
      accountId: accountOf(roleArn),
      arn,
      id: `AROASTRANGERSTRANGER:${name}`,
      roleArn,
    }))
  })
  return withIds(
    callers,
    uniqueIds.filter((id) => id.startsWith('AROA')),
  )
}

/** Sessions of GetFederationToken, of every user of their account that is named and of its root user. */
function federated({ accounts, users: arns, federated: named, uniqueIds }: Named): readonly Caller[] {
  const name = freshName(named)
  const all = [...accounts.map((account) => `arn:aws:sts::${account}:federated-user/${name}`), ...named]
  const callers = all.flatMap((arn) => {
    const accountId = accountOf(arn)
    const issuers = [`arn:aws:iam::${accountId}:user/${freshName(arns)}`, ...arns.filter((user) => accountOf(user) === accountId)]
    return issuers.map((userArn): Caller => ({ type: 'federated-user', accountId, arn, id: `${accountId}:${name}`, userArn }))
  })
  return withIds(
    callers,
    uniqueIds.filter((id) => id.startsWith('AIDA')),
  )
}

const services = ({ services: names }: Named): readonly Caller[] =>
  [...names, 'stranger.amazonaws.com'].map((arn) => ({ type: 'service', accountId: '', arn, id: arn }))

const providers = ({ providers: names }: Named): readonly Caller[] =>
  [...names, 'stranger.example'].flatMap((providerArn): readonly Caller[] =>
    (['web-identity', 'saml'] as const).map((type) => ({ type, accountId: '', arn: providerArn, id: providerArn, providerArn })),
  )

/** Callers who sign nothing: a token, an assertion or nothing at all speaks for them. */
const UNSIGNED: ReadonlySet<CallerType> = new Set(['anonymous', 'web-identity', 'saml'])

/** What the context keys about the principal say of a caller; undefined where it has none. "For anonymous requests, the request context returns `anonymous`" (IAM User Guide, aws:PrincipalAccount). */
export function principalKeys({ type, accountId, arn, roleArn }: Caller): ReadonlyMap<string, string | undefined> {
  const isMember = accountId !== ''
  return new Map([
    ['aws:principalarn', isMember ? (type === 'assumed-role' ? roleArn : arn) : undefined],
    ['aws:principalaccount', type === 'anonymous' ? 'anonymous' : isMember ? accountId : undefined],
    ['aws:principalisawsservice', UNSIGNED.has(type) ? undefined : String(type === 'service')],
  ])
}
