/** Checks of role trust policies: who may assume a role, and by which action. */
import type { PrincipalEntry, Statement, Text } from '../document.ts'
import { hasWildcard } from '../glob.ts'
import { actionsOf, takesIn } from './catalogue.ts'
import { ofTests, testsByKey } from './conditions.ts'
import { type Check, type FindingType, type Hit, isTrust, plain, type Subject } from './finding.ts'
import { memberAt } from './structure.ts'

const trustStatements = (subject: Subject): readonly Statement[] =>
  subject.document.statements.filter((statement) => isTrust(subject, statement))

const isAllow = ({ effect }: Statement): boolean => effect === 'Allow'

/** The entries of `Principal`; a `NotPrincipal` has none here. */
function entriesOf({ principal }: Statement): readonly PrincipalEntry[] {
  return principal === undefined || principal.negated ? [] : principal.entries
}

/** A check that looks at one statement at a time. */
function ofTrust(code: string, type: FindingType, find: (statement: Statement) => readonly Hit[]): Check {
  return { code, type, find: (subject) => trustStatements(subject).flatMap(find) }
}

export const TRUST_CHECKS: readonly Check[] = [
  plain(
    'ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL',
    'ERROR',
    'Role trust policies do not support NotPrincipal. Update the policy to use a Principal element instead.',
    (subject) => trustStatements(subject).flatMap(({ principal }) => (principal?.negated === true ? [principal] : [])),
  ),
  // Only the bare star: `{"AWS": "*"}` is supported.
  plain(
    'ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL',
    'ERROR',
    '"Principal:" "*" is not supported in the principal element of a role trust policy. Replace the wildcard with a valid principal value.',
    (subject) =>
      trustStatements(subject).flatMap((statement) => {
        const { principal } = statement
        return principal !== undefined && entriesOf(statement).some(({ start }) => start === principal.start) ? [principal] : []
      }),
  ),
  plain(
    'ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE',
    'ERROR',
    'Role trust policies apply to the role that they are attached to. You cannot specify a resource. Remove the Resource or NotResource element.',
    (subject) => trustStatements(subject).flatMap((statement) => memberAt(subject, statement, 'Resource')?.value ?? []),
  ),
  ofTrust('INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY', 'ERROR', (statement) =>
    entriesOf(statement)
      .filter(({ kind, text }) => kind === 'Federated' && !PROVIDER_ARN.test(text) && !DOMAIN.test(text))
      .map((at) => ({
        details:
          'The principal value specifies a federated principal that does not match the expected format. Update the federated principal to a domain name or a SAML metadata ARN.',
        at,
      })),
  ),
  ofTrust('MISMATCHED_ACTION_FOR_PRINCIPAL', 'ERROR', mismatchedActions),
  {
    code: 'MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY',
    type: 'ERROR',
    find: missingForRolesAnywhere,
  },
  ofTrust('MISSING_ACTION_FOR_CONDITION_KEY', 'ERROR', missingForKeys),
  ofTrust('REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY', 'SUGGESTION', redundantSessions),
  ofTrust('MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL', 'SECURITY_WARNING', (statement) =>
    openProviders(statement)
      .filter(({ host }) => host !== GITHUB && !hasKey(statement, `${host}:`))
      .map(({ at }) => ({
        details:
          'Using an Open ID Connect principal without a condition can be overly permissive. Add condition keys with a prefix that matches your federated OIDC principals to ensure that only the intended identity provider assumes the role.',
        at,
      })),
  ),
  ofTrust('MISSING_GITHUB_REPO_CONDITION_KEY', 'SECURITY_WARNING', (statement) =>
    openProviders(statement)
      .filter(({ host }) => host === GITHUB && !hasKey(statement, GITHUB_SUBJECT))
      .map(({ at }) => ({
        details:
          'Granting a federated GitHub principal permissions without a condition key can allow more sources to assume the role than you intended. Add the token.actions.githubusercontent.com:sub condition key and specify the branch and repository name in the value.',
        at,
      })),
  ),
  ofTests('SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED', 'WARNING', ({ test, operator, statement }) =>
    isAllow(statement) &&
    test.key.text.toLowerCase() === GITHUB_SUBJECT &&
    operator.base === 'StringLike' &&
    test.values.some(({ text }) => isWideSubject(text, statement))
      ? 'Using a wildcard (*) in token.actions.githubusercontent.com:sub can allow requests from more sources than you intended. Specify the value of token.actions.githubusercontent.com:sub with the repository and branch name. If the subject claim does not include the branch, specify it in a token.actions.githubusercontent.com:ref condition key.'
      : undefined,
  ),
]

const PROVIDER_ARN = /^arn:[a-z-]+:iam::\d{12}:(saml-provider|oidc-provider)\/(.+)$/
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i
const GITHUB = 'token.actions.githubusercontent.com'
const GITHUB_SUBJECT = `${GITHUB}:sub`
const GITHUB_REF = `${GITHUB}:ref`

const hasKey = (statement: Statement, beginning: string): boolean =>
  [...testsByKey(statement).keys()].some((key) => key.startsWith(beginning))

/** `repo:owner/name:ref:refs/heads/main`: the repository must be named, and the branch here or in the other key. */
function isWideSubject(subject: string, statement: Statement): boolean {
  const [, repository = '', ...rest] = subject.split(':')
  if (hasWildcard(repository) || rest.length === 0) return hasWildcard(subject)
  return hasWildcard(rest.join(':')) && !hasKey(statement, GITHUB_REF)
}

/** Identity providers of OpenID Connect that a statement lets in, and the prefix of their keys. */
function openProviders(statement: Statement): readonly { readonly at: PrincipalEntry; readonly host: string }[] {
  if (!isAllow(statement)) return []
  return entriesOf(statement).flatMap((at) => {
    const [, type, provider] = PROVIDER_ARN.exec(at.text) ?? []
    const host = type === 'oidc-provider' ? provider : DOMAIN.test(at.text) ? at.text : undefined
    return at.kind === 'Federated' && host !== undefined ? [{ at, host: host.toLowerCase() }] : []
  })
}

/** What each action of assuming a role asks of a principal. */
const SUITED: ReadonlyMap<string, (entry: PrincipalEntry) => boolean> = new Map([
  ['sts:assumerole', ({ kind }) => kind !== 'Federated'],
  ['sts:assumerolewithsaml', ({ kind, text }) => kind === 'Federated' && text.includes(':saml-provider/')],
  ['sts:assumerolewithwebidentity', ({ kind, text }) => kind === 'Federated' && !text.includes(':saml-provider/')],
])

/** Everybody is suited to everything. Where somebody is suited to an action, only those are amiss that no other action is for. */
function mismatchedActions(statement: Statement): readonly Hit[] {
  const entries = entriesOf(statement).filter(({ text }) => text !== '*')
  const named = statement.action.negated ? [] : assuming(statement.action.values)
  if (statement.action.values.some(({ text }) => hasWildcard(text))) return []
  const suits = (action: Text, entry: PrincipalEntry): boolean => SUITED.get(action.text.toLowerCase())?.(entry) === true
  return named.flatMap((action) => {
    const isUsed = entries.length !== entriesOf(statement).length || entries.some((entry) => suits(action, entry))
    const amiss = isUsed ? entries.filter((entry) => !named.some((other) => suits(other, entry))) : entries
    if (amiss.length === 0) return []
    const details = `The ${action.text} action is invalid with the following principal(s): ${amiss.map(({ text }) => text).join(', ')}. Use a SAML provider principal with the sts:AssumeRoleWithSAML action or use an OIDC provider principal with the sts:AssumeRoleWithWebIdentity action. Ensure the provider is Federated if you use either of the two options.`
    return [{ details, at: [action, ...amiss] }]
  })
}

/** The actions of assuming a role, each once. */
function assuming(values: readonly Text[]): readonly Text[] {
  const byName = new Map(values.toReversed().map((text) => [text.text.toLowerCase(), text]))
  return [...SUITED.keys()].flatMap((name) => byName.get(name) ?? [])
}

const ROLES_ANYWHERE = 'rolesanywhere.amazonaws.com'
const ROLES_ANYWHERE_ACTIONS = ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession']

/** The actions may stand in several statements. */
function missingForRolesAnywhere(subject: Subject): readonly Hit[] {
  const trusting = trustStatements(subject).filter(
    (statement) =>
      isAllow(statement) && entriesOf(statement).some(({ kind, text }) => kind === 'Service' && text === ROLES_ANYWHERE),
  )
  const isComplete = ROLES_ANYWHERE_ACTIONS.every((action) => trusting.some((statement) => allows(statement, action)))
  const [first] = trusting
  if (first === undefined || isComplete) return []
  const details =
    'The rolesanywhere.amazonaws.com service principal requires the sts:AssumeRole, sts:SetSourceIdentity, and sts:TagSession permissions to assume a role. Add the missing permissions to the policy.'
  return [{ details, at: first.action }]
}

const allows = ({ action }: Statement, wanted: string): boolean =>
  action.values.some(({ text }) => takesIn(text, wanted)) !== action.negated

/** Keys that have a value only where another action is allowed as well (IAM User Guide, "Pass session tags" and "source identity"). */
const SETTING_ACTIONS: readonly (readonly [key: string, action: string])[] = [
  ['sts:sourceidentity', 'sts:SetSourceIdentity'],
  ['sts:transitivetagkeys', 'sts:TagSession'],
  ['aws:requesttag/', 'sts:TagSession'],
]

function missingForKeys(statement: Statement): readonly Hit[] {
  if (!isAllow(statement) || actionsOf(statement).length === 0) return []
  return statement.conditions.flatMap(({ key, value }) => {
    const lower = key.text.toLowerCase()
    const action = SETTING_ACTIONS.find(([name]) => lower === name || (name.endsWith('/') && lower.startsWith(name)))?.[1]
    if (action === undefined || allows(statement, action)) return []
    const details = `The ${action} action must be in the action block to allow setting values for the condition key ${key.text}. Add ${action} to the action block.`
    return [{ details, at: value }]
  })
}

const SESSION = /^arn:[a-z-]+:(?:sts|iam)::(\d{12}):assumed-role\/([^/]+)\/.+$/
const ROLE = /^arn:[a-z-]+:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/

function redundantSessions(statement: Statement): readonly Hit[] {
  const entries = entriesOf(statement).filter(({ kind }) => kind === 'AWS')
  const roles = new Map(
    entries.flatMap(({ text }) => {
      const [, account, name] = ROLE.exec(text) ?? []
      return name === undefined ? [] : [[`${account} ${name}`, text] as const]
    }),
  )
  return entries.flatMap((at) => {
    const [session, account, name] = SESSION.exec(at.text) ?? []
    const parent = roles.get(`${account} ${name}`)
    if (session === undefined || parent === undefined) return []
    const details = `The assumed-role principal ${session} is redundant with its parent role ${parent}. Remove the assumed-role principal.`
    return [{ details, at }]
  })
}
