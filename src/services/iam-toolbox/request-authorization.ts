/** GetRequestAuthorizationDetails and GetRequestAuthorizationPolicy: why a request was refused, by the policies of then. */
import { parsePolicy } from '../../policy/parse.ts'
import { PolicyError } from '../../policy/document.ts'
import { explain } from '../../policy/explain.ts'
import type { ReadTx } from '../../store/store.ts'
import { type DenialRecord, loadAsked } from '../denial-record.ts'
import { findDenial, keptText } from '../denials.rows.ts'
import { type Call, readOperation } from '../operation.ts'
import { organizationIdOf } from '../organization-of.rows.ts'
import { evaluationOf, policyInfos, uriOf } from './details.ts'
import { detailsNotFound, invalidToken, policyNotFound } from './errors.ts'
import { type Sides, seenSets, sidesOf } from './reader.ts'

type Found = { readonly record: DenialRecord; readonly sides: Sides }

/** The refusal, and which sides of it the caller may see. Throws ResourceNotFoundException. */
async function mustFind(tx: ReadTx, id: string, { accountId, now }: Call): Promise<Found> {
  const record = await findDenial(tx, id, now)
  if (record === undefined) throw detailsNotFound(id)
  const sides = sidesOf(record, { accountId, organizationId: await organizationIdOf(tx, accountId) })
  if (!sides.caller && !sides.resource) throw detailsNotFound(id)
  return { record, sides }
}

/** There is one page: a request is refused by the first of its checks that fails. */
const getRequestAuthorizationDetails = readOperation('iam-toolbox', 'GetRequestAuthorizationDetails', {
  authorize: () => ({ action: 'iam:GetRequestAuthorizationDetails', resource: '*' }),
  // A refusal of a moment ago may still wait to be written.
  prepare: async (_tx, _input, call) => call.recorded(),
  async handle(tx, { authorizationId, nextToken }, call) {
    if (nextToken !== undefined) throw invalidToken()
    const { record, sides } = await mustFind(tx, authorizationId, call)
    const { check, caller, policies } = await loadAsked(tx, record)
    return {
      ...(sides.caller && { requestContext: record.requestContext }),
      evaluations: [evaluationOf(record, explain(check, caller, policies), sides)],
      policies: policyInfos(seenSets(record, sides)),
    }
  },
})

/** The reader must be on the caller's side; policies of a resource that is not its own are none of its business. */
const getRequestAuthorizationPolicy = readOperation('iam-toolbox', 'GetRequestAuthorizationPolicy', {
  authorize: () => ({ action: 'iam:GetRequestAuthorizationPolicy', resource: '*' }),
  prepare: async (_tx, _input, call) => call.recorded(),
  async handle(tx, { authorizationId, policyUri }, call) {
    const { record, sides } = await mustFind(tx, authorizationId, call)
    if (!sides.caller) throw detailsNotFound(authorizationId)
    const kept = seenSets(record, sides)
      .flatMap(({ policies }) => policies)
      .find(({ source }) => uriOf(source) === policyUri)
    const text = kept && (await keptText(tx, record.caller.accountId, kept.hash))
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
