/** DecodeAuthorizationMessage: the JSON text behind an encoded message. Here the message is the authorization id of a refusal. */
import type { ContextValue } from '../../policy/context.ts'
import { isOfOneHouse } from '../../policy/denial.ts'
import type { Statement } from '../../policy/document.ts'
import type { Caller, PolicyType } from '../../policy/evaluate.ts'
import type { Part } from '../../policy/explain.ts'
import { type DenialRecord, loadExplanation, OF_RESOURCE } from '../denial-record.ts'
import { findDenial } from '../denials.rows.ts'
import { readOperation } from '../operation.ts'
import { invalidAuthorizationMessage } from './errors.ts'

/** Lists of AWS's text are objects with one member. */
const items = <T>(list: readonly T[]): { readonly items: readonly T[] } => ({ items: list })
const values = (texts: readonly { readonly text: string }[] = []) => items(texts.map(({ text }) => ({ value: text })))

/**
 * Its denial names no resource (recorded from AWS). A caller of the account of whoever was refused may decode. The shape is documented (AWS
 * CLI reference, the example of `decode-authorization-message`) and recorded many times over: the statements that deny, and none where
 * nothing allows, whatever else matched.
 */
export const decodeAuthorizationMessage = readOperation('sts', 'DecodeAuthorizationMessage', {
  authorize: () => ({ action: 'sts:DecodeAuthorizationMessage', resource: '*', told: '' }),
  prepare: async (_tx, _input, call) => call.recorded(),
  async handle(tx, { EncodedMessage }, { accountId, now }) {
    const record = await findDenial(tx, EncodedMessage, now)
    if (record === undefined || record.caller.accountId !== accountId) throw invalidAuthorizationMessage()
    const explanation = await loadExplanation(tx, record)
    if (explanation === undefined) throw invalidAuthorizationMessage()
    const { check, caller, decision, parts } = explanation
    // Another account's policies and keys are not told: a caller of another account is told no reason either.
    const isNear = isOfOneHouse(caller, check)
    const message = {
      allowed: false,
      explicitDeny: decision.decision === 'explicitDeny',
      matchedStatements: items(
        parts.filter(({ policyType }) => isNear || !OF_RESOURCE.has(policyType)).flatMap((part) => denyingOf(part, caller)),
      ),
      failures: items([]),
      context: contextOf(record, isNear),
    }
    return { DecodedMessage: JSON.stringify(message) }
  },
})

const denyingOf = ({ policyType, matched }: Part, caller: Caller): readonly object[] =>
  matched
    .filter(({ statement }) => statement.effect === 'Deny')
    .map(({ statement }) => statementOf(statement, statement.principal?.entries ?? [{ text: issuerOf(policyType, caller) }]))

/**
 * Whom a statement is about that names nobody. Documented: the unique id of the role that an identity policy is attached to. Recorded: a
 * user's id, `SCOPE_POLICY_ISSUER` for permissions boundaries, and the id of the session for what is told of an organization.
 */
function issuerOf(policyType: PolicyType, { id, uniqueId }: Caller): string {
  if (policyType === 'boundary') return 'SCOPE_POLICY_ISSUER'
  return policyType === 'identity' ? (uniqueId ?? id) : id
}

function statementOf({ sid, action, resource, conditions }: Statement, principals: readonly { readonly text: string }[]): object {
  return {
    statementId: sid?.text ?? '',
    effect: 'DENY',
    principals: values(principals),
    principalGroups: items([]),
    actions: values(action.values),
    resources: values(resource?.values),
    conditions: items(conditions.map(({ key, values: tested }) => ({ key: key.text, values: values(tested) }))),
  }
}

function contextOf(record: DenialRecord, isNear: boolean): object {
  const { caller, action, resource, requestContext, resourceContext, checkContext } = record
  const keys = { ...requestContext, ...(isNear && resourceContext), ...checkContext }
  const name = requestContext['aws:username']
  return {
    principal: { id: caller.id, ...(name !== undefined && { name }), arn: caller.arn },
    action,
    resource,
    conditions: items(Object.entries(keys).map(([key, value]) => conditionOf(key, value))),
  }
}

const conditionOf = (key: string, value: ContextValue) => ({
  key,
  values: items((typeof value === 'string' ? [value] : value).map((one) => ({ value: one }))),
})
