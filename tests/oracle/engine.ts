/** The product's engine, asked a conformance question: its documents compiled, its context and caller handed over. */
import { policySet } from '../../src/policy/combine.ts'
import { compileText } from '../../src/policy/compile.ts'
import { contextOf } from '../../src/policy/context.ts'
import { decide } from '../../src/policy/evaluate.ts'
import type { PolicyKind, Question } from './question.ts'

type Decision = ReturnType<typeof decide>
type PolicySet = ReturnType<typeof policySet>
type SourceType = Parameters<typeof compileText>[2]['type']

/** How our names for types of policies are called when they are compiled. */
const SOURCE_TYPES: Readonly<Record<PolicyKind, SourceType>> = {
  identity: 'inline',
  boundary: 'managed',
  session: 'session',
  scp: 'scp',
  rcp: 'rcp',
  endpoint: 'endpoint',
  resource: 'resource',
  trust: 'trust',
}

/** What the engine decides. */
export function askEngine(question: Question): Decision {
  const { resource, identity, boundary, session, scps, rcps, endpoint } = question.policies
  const check = {
    action: question.action,
    resource: question.resource,
    resourceAccountId: question.resourceAccountId,
    context: contextOf(question.context),
    ...(resource && { resourcePolicy: { kind: resource.kind, policies: setOf(resource.documents, resource.kind) } }),
  }
  return decide(check, question.caller, {
    ...(identity && { identity: setOf(identity, 'identity') }),
    ...(boundary && { boundary: setOf(boundary, 'boundary') }),
    ...(session && { session: setOf(session, 'session') }),
    ...(scps && { scps: scps.map((level) => setOf(level, 'scp')) }),
    ...(rcps && { rcps: rcps.map((level) => setOf(level, 'rcp')) }),
    ...(endpoint && { endpoint: setOf(endpoint, 'endpoint') }),
  })
}

function setOf(documents: readonly string[], kind: PolicyKind): PolicySet {
  const type = SOURCE_TYPES[kind]
  return policySet(
    documents.map((document, index) => compileText(document, kind, { id: `${kind}-${index}`, name: `${kind}-${index}`, type })),
  )
}
