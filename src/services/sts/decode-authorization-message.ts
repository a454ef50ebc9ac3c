/** DecodeAuthorizationMessage: the JSON text behind an encoded message. Here the message is the authorization id of a refusal. */
import { explain } from '../../policy/explain.ts'
import type { ContextValue } from '../../policy/context.ts'
import type { Statement } from '../../policy/document.ts'
import { type DenialRecord, loadAsked } from '../denial-record.ts'
import { findDenial } from '../denials.rows.ts'
import { readOperation } from '../operation.ts'
import { invalidAuthorizationMessage } from './errors.ts'

/** Lists of AWS's text are objects with one member. */
const items = <T>(list: readonly T[]): { readonly items: readonly T[] } => ({ items: list })
const values = (texts: readonly { readonly text: string }[] = []) => items(texts.map(({ text }) => ({ value: text })))

/**
 * Its denial names no resource (recorded from AWS). A caller of the account of whoever was refused may decode. The shape is recorded from AWS
 * (`{"allowed":false,"explicitDeny":false,"matchedStatements":{"items":[]},"failures":{"items":[]},"context":{…}}`), its statements from
 * AWS's SDK for decoded messages.
 */
export const decodeAuthorizationMessage = readOperation('sts', 'DecodeAuthorizationMessage', {
  authorize: () => ({ action: 'sts:DecodeAuthorizationMessage', resource: '*', told: '' }),
  prepare: async (_tx, _input, call) => call.recorded(),
  async handle(tx, { EncodedMessage }, { accountId }) {
    const record = await findDenial(tx, EncodedMessage)
    if (record === undefined || record.caller.accountId !== accountId) throw invalidAuthorizationMessage()
    const { check, caller, policies } = await loadAsked(tx, record)
    const { decision, parts } = explain(check, caller, policies)
    // Statements of another account's resource are not told: a caller of another account is told no reason either.
    const isOwn = record.resourceAccountId === accountId
    const matched = parts
      .filter(({ policyType }) => isOwn || (policyType !== 'resource' && policyType !== 'trust' && policyType !== 'rcp'))
      .flatMap((part) => part.matched)
    const message = {
      allowed: false,
      explicitDeny: decision.decision === 'explicitDeny',
      matchedStatements: items(matched.map(({ statement }) => statementOf(statement))),
      failures: items([]),
      context: contextOf(record),
    }
    return { DecodedMessage: JSON.stringify(message) }
  },
})

function statementOf({ sid, effect, principal, action, resource, conditions }: Statement): object {
  return {
    statementId: sid?.text ?? '',
    effect: effect === 'Allow' ? 'ALLOW' : 'DENY',
    principals: values(principal?.entries),
    principalGroups: items([]),
    actions: values(action.values),
    resources: values(resource?.values),
    conditions: items(conditions.map(({ key, values: tested }) => ({ key: key.text, values: values(tested) }))),
  }
}

function contextOf({ caller, action, resource, requestContext, checkContext }: DenialRecord): object {
  const name = requestContext['aws:username']
  return {
    principal: { id: caller.id, ...(name !== undefined && { name }), arn: caller.arn },
    action,
    resource,
    conditions: items(Object.entries({ ...requestContext, ...checkContext }).map(([key, value]) => conditionOf(key, value))),
  }
}

const conditionOf = (key: string, value: ContextValue) => ({
  key,
  values: items((typeof value === 'string' ? [value] : value).map((one) => ({ value: one }))),
})
