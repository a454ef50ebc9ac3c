/** What ValidatePolicy of IAM Access Analyzer answers, and the rows that its checks are written as. */
import type { PolicyDocument, PolicyError, Span, Statement } from '../document.ts'
import type { JsonNode } from '../json-reader.ts'
import type { Catalogue } from './catalogue.ts'

/** How grave a finding is. */
export type FindingType = 'ERROR' | 'SECURITY_WARNING' | 'WARNING' | 'SUGGESTION'
export type PolicyType = 'IDENTITY_POLICY' | 'RESOURCE_POLICY' | 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY'

/** One of them: a member's value, a member's name, an item, a part of a text. */
export type PathElement =
  | { readonly value: string }
  | { readonly key: string }
  | { readonly index: number }
  | { readonly substring: { readonly start: number; readonly length: number } }

/** Lines from 1, columns and offsets from 0. */
export type Position = { readonly line: number; readonly column: number; readonly offset: number }
export type Location = {
  readonly path: readonly PathElement[]
  readonly span: { readonly start: Position; readonly end: Position }
}

/** One finding, in the form and the words of Access Analyzer. */
export type Finding = {
  readonly findingType: FindingType
  readonly issueCode: string
  readonly findingDetails: string
  readonly learnMoreLink: string
  readonly locations: readonly Location[]
}

/** What the checks look at. Elements that could not be read are missing in `document`, and in `errors`. */
export type Subject = {
  readonly document: PolicyDocument
  readonly json: JsonNode
  readonly errors: readonly PolicyError[]
  readonly type: PolicyType
  /** `AWS::S3::Bucket`, `AWS::IAM::AssumeRolePolicyDocument`, …, where it was told. */
  readonly resourceType?: string
  readonly catalogue: Catalogue
}

/** The resource type of role trust policies. */
export const TRUST_POLICY = 'AWS::IAM::AssumeRolePolicyDocument'

/** What trust policies are about: to assume a role, and what may come with it. */
const OF_TRUST = /^sts:(?:assume.*|tagsession|setsourceidentity)$/i

/**
 * Whether a statement is of a role trust policy. Where the resource type was not told, AWS knows it by what it says: recorded from
 * ValidatePolicy, whose findings about a statement without Resource on `sts:AssumeRole` are those of trust policies.
 */
export function isTrust({ type, resourceType }: Pick<Subject, 'type' | 'resourceType'>, statement: Statement): boolean {
  if (type !== 'RESOURCE_POLICY') return false
  if (resourceType !== undefined) return resourceType === TRUST_POLICY
  return (
    statement.resource === undefined &&
    !statement.action.negated &&
    statement.action.values.some(({ text }) => OF_TRUST.test(text))
  )
}

/** Where a check strikes: values or names of the document, or a part of one text. */
export type Hit = {
  readonly details: string
  readonly at: Span | readonly Span[]
  readonly part?: { readonly start: number; readonly length: number }
}

export type Check = {
  /** The issue code; in lower case with hyphens it is also the end of the link. */
  readonly code: string
  readonly type: FindingType
  readonly find: (subject: Subject) => readonly Hit[]
}

/** A check whose text says the same of every place. */
export function plain(code: string, type: FindingType, details: string, places: (subject: Subject) => readonly Span[]): Check {
  return { code, type, find: (subject) => places(subject).map((at) => ({ details, at })) }
}

/** Keeps what is worked out of a value, as several checks ask for it; it is forgotten with the value. */
export function remembered<Key extends object, Result>(work: (key: Key) => Result): (key: Key) => Result {
  const known = new WeakMap<Key, { readonly result: Result }>()
  return (key) => {
    const before = known.get(key)
    if (before !== undefined) return before.result
    const result = work(key)
    known.set(key, { result })
    return result
  }
}
