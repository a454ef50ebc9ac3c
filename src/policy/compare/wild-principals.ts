/** Wildcards in `Principal`, which only comparisons know: statements that say the same without them. */
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
 * ARN. What is left keeps its place; only statements of the reference are split. `NotPrincipal` stays as it is.
 */
export function withoutWildcards(documents: {
  readonly asked: PolicyDocument
  readonly other?: PolicyDocument
}): typeof documents {
  const { asked, other } = documents
  const all = other === undefined ? [asked] : [asked, other]
  const meant: Meant = {
    AWS: named(all, 'AWS'),
    Federated: [...BUILT_IN_PROVIDERS, ...named(all, 'Federated'), STRANGER.Federated],
    Service: [...named(all, 'Service'), STRANGER.Service],
  }
  return {
    asked: rewritten(asked, (statement) => [spelledOut(statement, meant)]),
    ...(other !== undefined && { other: rewritten(other, (statement) => apart(spelledOut(statement, meant), meant)) }),
  }
}

function named(documents: readonly PolicyDocument[], kind: keyof Meant): readonly string[] {
  const entries = documents.flatMap(({ statements }) => statements.flatMap(({ principal }) => principal?.entries ?? []))
  return entries.filter((entry) => entry.kind === kind && !hasWildcard(entry.text)).map(({ text }) => text)
}

/** The same document where nothing is to be written otherwise: most have no wildcards. */
function rewritten(document: PolicyDocument, rewrite: (statement: Members) => readonly Members[]): PolicyDocument {
  if (!document.statements.some(({ principal }) => principal?.negated === false && principal.entries.some(isWild)))
    return document
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
const isWild = ({ kind, text }: PrincipalEntry): boolean => (kind === 'AWS' ? isPattern(text) : text === '*')

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
