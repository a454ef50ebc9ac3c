/** Where in a document that can be parsed stands what cannot be compiled. Looked for when a policy was refused, and never before. */
import { refuseUnreadable } from './conditions/condition.ts'
import { type PolicyDocument, PolicyError, type Span, type Statement } from './document.ts'
import { joinPath } from './json-reader.ts'

type Compile = (statement: Statement, document: PolicyDocument) => unknown
type Spot = { readonly span: Span; readonly path: string }

/** The error of the first statement that `compile` refuses, at its place. Throws where it refuses none. */
export function blamed(document: PolicyDocument, compile: Compile): PolicyError {
  for (const statement of document.statements) {
    const message = refusal(() => compile(statement, document))
    if (message === undefined) continue
    const { start, end } = statement
    const { span, path } = spotOf(statement, document) ?? { span: { start, end }, path: pathOf(statement, document) }
    return new PolicyError(message, document.source, { flaw: 'statement', span, path })
  }
  throw new Error('every statement of the document can be compiled')
}

function refusal(compile: () => unknown): string | undefined {
  try {
    compile()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** `Statement[0]`, or `Statement` where it is no list. */
function pathOf({ index, start }: Statement, { source }: PolicyDocument): string {
  const before = source.slice(0, start).trimEnd().at(-1)
  return before === ':' ? 'Statement' : joinPath('Statement', index)
}

/** The value of the condition, or the principal, that is refused; undefined where the statement is refused as a whole. */
function spotOf(statement: Statement, document: PolicyDocument): Spot | undefined {
  const path = pathOf(statement, document)
  for (const condition of statement.conditions) {
    if (refusal(() => refuseUnreadable(condition, document.version)) === undefined) continue
    const { operator, key, value } = condition
    return { span: value, path: ['Condition', operator.text, key.text].reduce(joinPath, path) }
  }
  const { principal } = statement
  if (principal === undefined) return undefined
  const { start, end } = principal
  return { span: { start, end }, path: joinPath(path, principal.negated ? 'NotPrincipal' : 'Principal') }
}
