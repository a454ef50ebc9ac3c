/** The policy document as a tree (IAM JSON policy element reference). Offsets are UTF-16 code units into the text that was parsed. */
import type { OperatorName } from './operator.ts'

/** A stretch of the text: from its first character to just after its last. */
export type Span = { readonly start: number; readonly end: number }

/** A text of the document, unescaped, with where it stands. */
export type Text = Span & { readonly text: string }

/** The two versions of the policy language. */
export type PolicyVersion = '2012-10-17' | '2008-10-17'

/** What `parsePolicy` makes of a text: every element with its place. */
export type PolicyDocument = Span & {
  readonly source: string
  /** `2008-10-17` where the element is absent: `${…}` is literal then. */
  readonly version: PolicyVersion
  readonly versionGiven: boolean
  readonly id?: Text
  readonly statements: readonly Statement[]
}

/** An element that has a negated form: `Action` or `NotAction`, `Resource` or `NotResource`. */
export type Texts = Span & { readonly negated: boolean; readonly values: readonly Text[] }

/** The members of a `Principal`. */
export type PrincipalKind = 'AWS' | 'Federated' | 'Service' | 'CanonicalUser'
/** One principal, as it is written. */
export type PrincipalEntry = Text & { readonly kind: PrincipalKind }
/** `Principal` or `NotPrincipal`. `"*"` is one entry of kind AWS with the text `*`. */
export type PrincipalElement = Span & { readonly negated: boolean; readonly entries: readonly PrincipalEntry[] }

/** One (operator, key) pair of a `Condition` block. */
export type ConditionTest = Span & {
  /** As written: `ForAnyValue:StringLikeIfExists`. */
  readonly operator: Text
  /** The operator taken apart. */
  readonly form: OperatorName
  /** As written; compared without regard to case. */
  readonly key: Text
  /** The key's value, brackets included. */
  readonly value: Span
  /** Strings, and the JSON booleans and numbers as they were written. */
  readonly values: readonly Text[]
}

/** One statement of a document. */
export type Statement = Span & {
  /** From 0. */
  readonly index: number
  readonly sid?: Text
  readonly effect: 'Allow' | 'Deny'
  readonly action: Texts
  readonly resource?: Texts
  readonly principal?: PrincipalElement
  readonly conditions: readonly ConditionTest[]
}

/** A place for people: both from 1, the column in characters of the line. */
export type Place = { readonly line: number; readonly column: number }

/** What is wrong with a text that is not a policy document. */
export type PolicyFlaw =
  | 'json-syntax'
  | 'json-duplicate'
  | 'json-limit'
  | 'type'
  | 'unknown-element'
  | 'element-combination'
  | 'missing-statement'
  | 'missing-effect'
  | 'missing-action'
  | 'version'
  | 'effect'
  | 'effect-case'
  | 'operator'
  | 'null-if-exists'
  | 'principal'
  | 'principal-key'
  /** It is a document, but none of its kind, or with a value that its operator cannot read. */
  | 'statement'

/** Thrown where a text is not a policy document: what is wrong, where, and in which element (`Statement[0].Condition`). */
export class PolicyError extends Error {
  readonly flaw: PolicyFlaw
  readonly span: Span
  readonly path: string
  /** Lines and columns of `span.start`. */
  readonly place: Place

  constructor(
    message: string,
    source: string,
    { flaw, span, path }: { readonly flaw: PolicyFlaw; readonly span: Span; readonly path: string },
  ) {
    super(message)
    this.name = 'PolicyError'
    this.flaw = flaw
    this.span = span
    this.path = path
    this.place = placeOf(source, span.start)
  }
}

/** The line and column of an offset. Whoever asks for many of one text asks `placesOf`. */
export const placeOf = (source: string, offset: number): Place => placesOf(source.slice(0, offset))(offset)

/** The places of a text: its lines are found once, however many offsets are asked for. */
export function placesOf(source: string): (offset: number) => Place {
  const starts = [0]
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let line = 1
    for (let last = starts.length; line < last;) {
      const middle = (line + last + 1) >> 1
      if ((starts[middle - 1] ?? 0) <= offset) line = middle
      else last = middle - 1
    }
    return { line, column: offset - (starts[line - 1] ?? 0) + 1 }
  }
}
