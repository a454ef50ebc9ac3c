/** GetRequestAuthorizationDetails and GetRequestAuthorizationPolicy: why a request was refused, by the policies of then. */
import { parsePolicy } from '../../policy/parse.ts'
import { PolicyError } from '../../policy/document.ts'
import type { Evaluation } from '../../model/iam-toolbox.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { allAsked, type DenialRecord, type KeptSet, loadExplanation } from '../denial-record.ts'
import { findDenial, keptText } from '../denials.rows.ts'
import { type Call, readOperation } from '../operation.ts'
import { organizationIdOf } from '../organization-of.rows.ts'
import { evaluationOf, policyInfos, uriOf } from './details.ts'
import { detailsNotFound, invalidToken, policyNotFound } from './errors.ts'
import { type Sides, seenSets, sidesOf } from './reader.ts'

type Found = { readonly record: DenialRecord; readonly sides: Sides }

/** What the request needed, in its order, and which sides of each the caller may see; what is none of its business is left out. Throws ResourceNotFoundException. */
async function mustFind(tx: ReadTx, id: string, { accountId, now }: Call): Promise<readonly Found[]> {
  const record = await findDenial(tx, id, now)
  if (record === undefined) throw detailsNotFound(id)
  const reader = { accountId, organizationId: await organizationIdOf(tx, accountId) }
  const found = allAsked(record)
    .map((one) => ({ record: one, sides: sidesOf(one, reader) }))
    .filter(({ sides }) => sides.caller || sides.resource)
  if (found.length === 0) throw detailsNotFound(id)
  return found
}

const seenOf = (found: readonly Found[]): readonly KeptSet[] => found.flatMap(({ record, sides }) => seenSets(record, sides))

/** There is one page: a request needs few actions. */
const getRequestAuthorizationDetails = readOperation('iam-toolbox', 'GetRequestAuthorizationDetails', {
  authorize: () => ({ action: 'iam:GetRequestAuthorizationDetails', resource: '*' }),
  // A refusal of a moment ago may still wait to be written.
  prepare: async (_tx, _input, call) => call.recorded(),
  async handle(tx, { authorizationId, nextToken }, call) {
    if (nextToken !== undefined) throw invalidToken()
    const found = await mustFind(tx, authorizationId, call)
    const evaluations: Evaluation[] = []
    for (const { record, sides } of found) {
      const explanation = await loadExplanation(tx, record)
      if (explanation === undefined) throw detailsNotFound(authorizationId)
      evaluations.push(evaluationOf(record, explanation, sides))
    }
    const own = found.find(({ sides }) => sides.caller)
    return { ...(own && { requestContext: own.record.requestContext }), evaluations, policies: policyInfos(seenOf(found)) }
  },
})

/** The reader must be on the caller's side; policies of a resource that is not its own are none of its business. */
const getRequestAuthorizationPolicy = readOperation('iam-toolbox', 'GetRequestAuthorizationPolicy', {
  authorize: () => ({ action: 'iam:GetRequestAuthorizationPolicy', resource: '*' }),
  prepare: async (_tx, _input, call) => call.recorded(),
  async handle(tx, { authorizationId, policyUri }, call) {
    const found = await mustFind(tx, authorizationId, call)
    const own = found.find(({ sides }) => sides.caller)
    if (own === undefined) throw detailsNotFound(authorizationId)
    const kept = seenOf(found)
      .flatMap(({ policies }) => policies)
      .find(({ source }) => uriOf(source) === policyUri)
    const text = kept && (await keptText(tx, own.record.caller.accountId, kept.hash))
    if (text === undefined) throw policyNotFound()
    return { policyDocument: documentOf(text) }
  },
})

/** The document as JSON; its text where it is none, which is why it refused. */
function documentOf(text: string): unknown {
  try {
    parsePolicy(text)
    return JSON.parse(text)
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error
    return text
  }
}

export const requestAuthorizationOperations = [getRequestAuthorizationDetails, getRequestAuthorizationPolicy]
