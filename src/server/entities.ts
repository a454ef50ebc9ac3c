/** Entities as the decision needs them: context keys ready to be asked, the resource policy compiled. */
import { policySet } from '../policy/combine.ts'
import { compileText } from '../policy/compile.ts'
import { contextOf, type KnownContext } from '../policy/context.ts'
import type { Check as PolicyCheck } from '../policy/evaluate.ts'
import type { Entity, Service } from '../services/service.ts'
import type { KnownOrganization } from './organization.ts'

export type KnownEntity = {
  readonly arn: string
  readonly accountId: string
  /** That of its account. */
  readonly organization?: KnownOrganization
  readonly context?: KnownContext
  readonly policy?: NonNullable<PolicyCheck['resourcePolicy']>
  /** What is said where that policy lets the caller not in. */
  readonly refusal?: string
  /** There is none; the ARN is the one that it would have. */
  readonly missing?: true
}

/** A resource that needs no look-up: its ARN says all. */
export const fixedEntity = (arn: string, accountId: string, organization: KnownOrganization | undefined): KnownEntity =>
  organization === undefined ? { arn, accountId } : { arn, accountId, organization }

/** An entity that does not exist and would have a trust policy lets nobody in: that is an empty set of policies, not an absent one. */
export function knownEntity(
  { arn, context, policy, refusal, missing }: Entity,
  accountId: string,
  organization: KnownOrganization | undefined,
): KnownEntity {
  return {
    arn,
    accountId,
    ...(organization !== undefined && { organization }),
    ...(context !== undefined && { context: contextOf(context) }),
    ...(policy !== undefined && { policy: compiledPolicy(arn, policy) }),
    ...(refusal !== undefined && { refusal }),
    ...(missing !== undefined && { missing }),
  }
}

/** The entity as one action sees it: without the keys that only other actions have. */
export function toldTo(action: string, entity: KnownEntity, actionsOfKey: Service['actionsOfKey']): KnownEntity {
  const { context } = entity
  if (context === undefined || actionsOfKey === undefined) return entity
  for (const [key, actions] of actionsOfKey) {
    if (context.value(key) === undefined || actions.has(action.toLowerCase())) continue
    const others = Object.entries(context.record).filter(([name]) => name.toLowerCase() !== key)
    return toldTo(action, { ...entity, context: contextOf(Object.fromEntries(others)) }, actionsOfKey)
  }
  return entity
}

function compiledPolicy(
  arn: string,
  { kind, document }: NonNullable<Entity['policy']>,
): NonNullable<PolicyCheck['resourcePolicy']> {
  if (document === '') return { kind, policies: policySet([]) }
  return {
    kind,
    policies: policySet([compileText(document, kind, { id: `${arn}/${kind}`, name: kind, type: kind, attachedTo: arn })]),
  }
}
