/** Principals that only comparisons know, wildcards and such as are no accounts': statements that say the same without them. */
import type { PolicyDocument, PrincipalEntry } from '../document.ts'
import { hasWildcard, matches, wildcardPattern } from '../glob.ts'
import { parsePolicy } from '../parse.ts'
import { BUILT_IN_PROVIDERS } from '../principal-syntax.ts'

type Members = Readonly<Record<string, unknown>>

/** Whom a wildcard may mean: all that are named, and of providers and services one that is not. */
type Meant = Readonly<Record<'AWS' | 'Federated' | 'Service', readonly string[]>>

const STRANGER = { Federated: 'arn:aws:iam::000000000000:oidc-provider/stranger', Service: 'stranger.amazonaws.com' }

/**
 * The documents with every `*` for a provider or a service spelled out, and in `other`, the reference, every pattern of users and roles
 * ("custom policy checks allow wildcards in the Principal element for reference resource policies", IAM User Guide): whoever has such an
 * ARN. Origin access identities and canonical users become services of a name that no service has: they are themselves and nobody else.
 * What is left keeps its place; only statements of the reference are split.
 */
export function plainPrincipals(documents: Documents): Documents {
  const { asked, other } = documents
  const all = other === undefined ? [asked] : [asked, other]
  const meant: Meant = {
    AWS: named(all, 'AWS'),
    Federated: [...BUILT_IN_PROVIDERS, ...named(all, 'Federated'), STRANGER.Federated],
    Service: [...named(all, 'Service'), STRANGER.Service],
  }
  const plain = (statement: Members): Members => spelledOut(withoutUsers(statement, areNobodyElse(documents)), meant)
  return {
    asked: rewritten(asked, (statement) => [plain(statement)]),
    ...(other !== undefined && { other: rewritten(other, (statement) => apart(plain(statement), meant)) }),
  }
}

type Documents = { readonly asked: PolicyDocument; readonly other?: PolicyDocument }

/**
 * A canonical user may be of an account that is named too. It can be taken for somebody else where that takes no access away: where nothing
 * is said of all but some, the reference denies nothing to some, and nothing depends on the principal's keys.
 */
function areNobodyElse({ asked, other }: Documents): boolean {
  const denied = (other?.statements ?? []).filter(({ effect }) => effect === 'Deny')
  const all = [...asked.statements, ...(other?.statements ?? [])]
  const keys = all.flatMap(({ conditions }) => conditions.map(({ key }) => key.text.toLowerCase()))
  return (
    all.every(({ principal }) => principal?.negated !== true) &&
    denied.every(({ principal }) => principal?.entries.every(({ text }) => text === '*') === true) &&
    !keys.some((key) => key.startsWith('aws:principal'))
  )
}

function named(documents: readonly PolicyDocument[], kind: keyof Meant): readonly string[] {
  const entries = documents.flatMap(({ statements }) => statements.flatMap(({ principal }) => principal?.entries ?? []))
  return entries.filter((entry) => entry.kind === kind && !hasWildcard(entry.text)).map(({ text }) => text)
}

/** The same document where nothing is to be written otherwise: most have no wildcards. */
function rewritten(document: PolicyDocument, rewrite: (statement: Members) => readonly Members[]): PolicyDocument {
  if (!document.statements.some(({ principal }) => principal?.entries.some(isOdd) === true)) return document
  const raw = membersOf(JSON.parse(document.source))
  const Statement = [raw['Statement']].flat().flatMap((statement) => rewrite(membersOf(statement)))
  return parsePolicy(JSON.stringify({ ...raw, Statement }))
}

const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value)
const membersOf = (value: unknown): Members => (isMembers(value) ? value : {})
const textsOf = (value: unknown): readonly string[] => [value].flat().filter((text) => typeof text === 'string')

/** Patterns of users and roles: what aws:PrincipalArn says of whoever calls. */
const PATTERN = /^arn:aws:iam::[\d*?]+:(?:user|role)\//

const isPattern = (text: string): boolean => PATTERN.test(text) && hasWildcard(text)
const isOdd = ({ kind, text }: PrincipalEntry): boolean =>
  kind === 'CanonicalUser' || (kind === 'AWS' ? isPattern(text) || IDENTITY.test(text) : text === '*')

/** Of CloudFront (CloudFront Developer Guide, "Restrict access with origin access identity"). */
const IDENTITY = /^arn:aws:iam::cloudfront:user\/CloudFront Origin Access Identity ([A-Z0-9]+)$/
const CANONICAL_USER = /^[0-9a-f]{64}$/

function withoutUsers(statement: Members, hasCanonical: boolean): Members {
  const plain = (value: unknown): unknown => {
    if (!isMembers(value)) return value
    const { AWS, Service, CanonicalUser, ...others } = value
    const identities = textsOf(AWS).filter((text) => IDENTITY.test(text))
    const users = hasCanonical ? textsOf(CanonicalUser).filter((text) => CANONICAL_USER.test(text)) : []
    if (identities.length === 0 && users.length === 0) return value
    const odd = [...identities.map((text) => `i${IDENTITY.exec(text)?.[1]?.toLowerCase()}`), ...users.map((text) => `u${text}`)]
    const rest = {
      AWS: textsOf(AWS).filter((text) => !identities.includes(text)),
      CanonicalUser: textsOf(CanonicalUser).filter((text) => !users.includes(text)),
    }
    return {
      ...others,
      ...Object.fromEntries(Object.entries(rest).filter(([, texts]) => texts.length > 0)),
      Service: [...textsOf(Service), ...odd.map((name) => `${name}.stranger.amazonaws.com`)],
    }
  }
  const { Principal, NotPrincipal } = statement
  return {
    ...statement,
    ...(Principal !== undefined && { Principal: plain(Principal) }),
    ...(NotPrincipal !== undefined && { NotPrincipal: plain(NotPrincipal) }),
  }
}

function spelledOut(statement: Members, meant: Meant): Members {
  const { Principal } = statement
  if (!isMembers(Principal)) return statement
  const { Federated, Service } = Principal
  return {
    ...statement,
    Principal: {
      ...Principal,
      ...(textsOf(Federated).includes('*') && { Federated: meant.Federated }),
      ...(textsOf(Service).includes('*') && { Service: meant.Service }),
    },
  }
}

/** The patterns of users and roles apart from who is named: by whom they mean, and by the ARN that others have. */
function apart(statement: Members, meant: Meant): readonly Members[] {
  const { AWS, ...others } = membersOf(statement['Principal'])
  const patterns = textsOf(AWS).filter(isPattern)
  const condition = membersOf(statement['Condition'])
  const operator = ['ArnLike', 'ArnEquals'].find((name) => !isArnTested(membersOf(condition[name])))
  // Without an operator that is free the patterns stay, and are not known.
  if (patterns.length === 0 || operator === undefined) return [statement]
  const known = meant.AWS.filter((arn) => patterns.some((pattern) => matches(wildcardPattern(pattern), arn)))
  const names = [...textsOf(AWS).filter((text) => !patterns.includes(text)), ...known]
  const rest = { ...others, ...(names.length > 0 && { AWS: names }) }
  const patterned = {
    ...statement,
    // Two statements must not have one name.
    Sid: undefined,
    Principal: { AWS: '*' },
    Condition: { ...condition, [operator]: { ...membersOf(condition[operator]), 'aws:PrincipalArn': patterns } },
  }
  return Object.keys(rest).length > 0 ? [{ ...statement, Principal: rest }, patterned] : [patterned]
}

const isArnTested = (tests: Members): boolean => Object.keys(tests).some((key) => key.toLowerCase() === 'aws:principalarn')
