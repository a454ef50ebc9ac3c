/** CheckNoNewAccess, CheckAccessNotGranted and CheckNoPublicAccess: proofs about documents. What cannot be proved or disproved never passes. */
import { type PolicyDocument, PolicyError } from '../../policy/document.ts'
import type { Answer } from '../../policy/compare/compare.ts'
import { type PolicyKind, problemOf } from '../../policy/compare/kind.ts'
import { parsePolicy } from '../../policy/parse.ts'
import { actionFlaw } from '../../policy/put-action.ts'
import { readOperation } from '../operation.ts'
import { compared } from './analysis.ts'
import { analyzerCheck } from './check.ts'
import { invalidParameter, unprocessable, validationException } from './errors.ts'

/** The answers in AWS's words: those of the SDKs' examples; the one about no new access is like the others. */
const NEW = {
  pass: 'The modified permissions do not grant new access compared to your existing policy.',
  fail: 'The modified permissions grant new access compared to your existing policy.',
  reason: 'New access in the statement with',
}
const GRANTED = {
  pass: 'The policy document does not grant access to perform the listed actions or resources.',
  fail: 'The policy document grants access to perform one or more of the listed actions or resources.',
  reason: 'One or more of the listed actions or resources in the statement with',
}
const PUBLIC = {
  pass: 'The resource policy does not grant public access for the given resource type.',
  fail: 'The resource policy grants public access for the given resource type.',
  reason: 'Public access granted in the following statement with',
}
type Words = typeof NEW

type Reason = { readonly description: string; readonly statementIndex: number; readonly statementId?: string }
type Outcome =
  | { readonly result: 'PASS'; readonly message: string }
  | { readonly result: 'FAIL'; readonly message: string; readonly reasons: readonly Reason[] }

/** Throws UnprocessableEntityException where there is no answer. */
function outcomeOf(answer: Answer, document: PolicyDocument, { pass, fail, reason }: Words): Outcome {
  if (answer.answer === 'unknown') throw unprocessable(`The policy cannot be analyzed: ${answer.why}.`)
  if (answer.answer === 'no') return { result: 'PASS', message: pass }
  return { result: 'FAIL', message: fail, reasons: answer.statements.map((index) => reasonOf(document, index, reason)) }
}

function reasonOf({ statements }: PolicyDocument, statementIndex: number, reason: string): Reason {
  const id = statements[statementIndex]?.sid?.text
  if (id === undefined || id === '') return { description: `${reason} index: ${statementIndex}.`, statementIndex }
  return { description: `${reason} sid: ${id}.`, statementId: id, statementIndex }
}

/** Throws InvalidParameterException where the text is no policy of its kind. */
function documentOf(text: string, kind: PolicyKind): PolicyDocument {
  try {
    const document = parsePolicy(text)
    const problem = problemOf(document, kind)
    if (problem === undefined) return document
    throw invalidParameter(`The policy document is not valid: ${problem}.`)
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    throw invalidParameter(
      `The policy document is not valid: ${error.message} (line ${error.place.line}, column ${error.place.column}).`,
    )
  }
}

const kindOf = (policyType: 'IDENTITY_POLICY' | 'RESOURCE_POLICY'): PolicyKind =>
  policyType === 'IDENTITY_POLICY' ? 'identity' : 'resource'

const checkNoNewAccess = readOperation('access-analyzer', 'CheckNoNewAccess', {
  authorize: (_input, call) => analyzerCheck('access-analyzer:CheckNoNewAccess', call),
  async prepare(_tx, { existingPolicyDocument, newPolicyDocument, policyType }, { accountId }) {
    const kind = kindOf(policyType)
    const updated = documentOf(newPolicyDocument, kind)
    const existing = documentOf(existingPolicyDocument, kind).source
    return outcomeOf(await compared(accountId, { about: 'new access', document: updated.source, existing, kind }), updated, NEW)
  },
  handle: async (_tx, _input, _call, outcome) => outcome,
})

/** "You can only use a wildcard in the portion of the ARN that specifies the resource ID" (Access Analyzer API reference, Access). */
const RESOURCE = /^(?:\*|arn:[^:*?]+:[^:*?]+:[^:*?]*:[^:*?]*:.+)$/

/** "Any strings that can be used as an action in an IAM policy" (as above). Others are in no policy: they must not pass for not granted. */
function requireAccess(actions: readonly string[], resources: readonly string[]): void {
  const action = actions.find((text) => actionFlaw(text) !== undefined)
  if (action !== undefined) throw invalidParameter(`The action ${action} is not valid: ${actionFlaw(action)}`)
  const resource = resources.find((text) => !RESOURCE.test(text))
  if (resource !== undefined)
    throw invalidParameter(`The resource ${resource} is not valid: it must be an ARN with wildcards in its resource ID only.`)
}

/** Actions or resources that are not given stand for all of them (Access Analyzer API reference, CheckAccessNotGranted). */
const checkAccessNotGranted = readOperation('access-analyzer', 'CheckAccessNotGranted', {
  authorize: (_input, call) => analyzerCheck('access-analyzer:CheckAccessNotGranted', call),
  async prepare(_tx, { policyDocument, policyType, access: [asked] }, { accountId }) {
    const { actions = [], resources = [] } = asked ?? {}
    if (actions.length === 0 && resources.length === 0)
      throw validationException('access', 'access must have actions or resources')
    requireAccess(actions, resources)
    const kind = kindOf(policyType)
    const document = documentOf(policyDocument, kind)
    const access = { actions, resources }
    return outcomeOf(
      await compared(accountId, { about: 'granted access', document: document.source, access, kind }),
      document,
      GRANTED,
    )
  },
  handle: async (_tx, _input, _call, outcome) => outcome,
})

/** Of all types only access points are different: what makes their policies public. */
const ACCESS_POINTS: ReadonlySet<string> = new Set([
  'AWS::S3::AccessPoint',
  'AWS::S3Express::AccessPoint',
  'AWS::S3Outposts::AccessPoint',
])

const checkNoPublicAccess = readOperation('access-analyzer', 'CheckNoPublicAccess', {
  authorize: (_input, call) => analyzerCheck('access-analyzer:CheckNoPublicAccess', call),
  async prepare(_tx, { policyDocument, resourceType }, { accountId }) {
    const document = documentOf(policyDocument, 'resource')
    const isAccessPoint = ACCESS_POINTS.has(resourceType)
    return outcomeOf(
      await compared(accountId, { about: 'public access', document: document.source, isAccessPoint }),
      document,
      PUBLIC,
    )
  },
  handle: async (_tx, _input, _call, outcome) => outcome,
})

export const accessCheckOperations = [checkNoNewAccess, checkAccessNotGranted, checkNoPublicAccess]
