/** Which condition keys policies ask for: what a simulation must be given. */
import { contextKeysOf } from '../../policy/context-keys.ts'
import type { PolicyDocument } from '../../policy/document.ts'
import { parsePolicy } from '../../policy/parse.ts'
import { checkDocument, checkSimulated } from '../../policy/put.ts'
import { readOperation } from '../operation.ts'
import { invalidInput } from './errors.ts'
import { loadSource, sourceCheck } from './source-policies.ts'

export const getContextKeysForCustomPolicy = readOperation('iam', 'GetContextKeysForCustomPolicy', {
  authorize: () => ({ action: 'iam:GetContextKeysForCustomPolicy', resource: '*' }),
  handle: async (_tx, { PolicyInputList }) => ({ ContextKeyNames: contextKeysOf(PolicyInputList.map(mustBePolicy)) }),
})

/** The keys of all policies that a user (its groups' included), a group or a role has, and of those that are given beside them. */
export const getContextKeysForPrincipalPolicy = readOperation('iam', 'GetContextKeysForPrincipalPolicy', {
  authorize: ({ PolicySourceArn }, { accountId }) =>
    sourceCheck('iam:GetContextKeysForPrincipalPolicy', PolicySourceArn, accountId),
  async handle(tx, { PolicySourceArn, PolicyInputList = [] }, { accountId }) {
    const given = PolicyInputList.map(mustBePolicy)
    const { policies } = await loadSource(tx, accountId, PolicySourceArn)
    return { ContextKeyNames: contextKeysOf([...policies.map(({ document }) => parsePolicy(document)), ...given]) }
  },
})

/** Resource-based policies have keys too. Throws InvalidInput; that its text is what AWS says of documents that are put is inferred. */
function mustBePolicy(document: string): PolicyDocument {
  const flaw = checkSimulated(document)
  if (flaw === undefined || checkDocument(document, 'resource') === undefined) return parsePolicy(document)
  throw invalidInput(flaw)
}

export const contextKeyOperations = [getContextKeysForCustomPolicy, getContextKeysForPrincipalPolicy]
