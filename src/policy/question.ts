/** What is decided about: the request, the caller's policies, and both taken apart once for all statements. */
import { AskedResource } from './arn-match.ts'
import type { Caller } from './caller.ts'
import type { PolicySet } from './combine.ts'
import type { RequestContext } from './context.ts'

/** The policies that bind the caller, wherever the request goes. An absent member is a type of policy that does not apply. */
export type Policies = {
  readonly identity?: PolicySet
  readonly boundary?: PolicySet
  readonly session?: PolicySet
  /**
   * Policies by which sessions were scoped down after they were made, one set each time: each must allow, whoever grants. In traces they
   * are levels of the session policy, from 1.
   */
  readonly scopes?: readonly PolicySet[]
  /** One set a level, from the organization's root to the account: each level must allow. Absent for management accounts. */
  readonly scps?: readonly PolicySet[]
  /** Those of the resource's account, and only for services that support them. */
  readonly rcps?: readonly PolicySet[]
  readonly endpoint?: PolicySet
}

/** In the order in which a deny is looked for (IAM User Guide, the evaluation flow chart). */
export const POLICY_TYPES = ['rcp', 'scp', 'resource', 'trust', 'identity', 'boundary', 'session', 'endpoint'] as const
/** The types of policy that decide. */
export type PolicyType = (typeof POLICY_TYPES)[number]

type ResourcePolicy = {
  readonly kind: 'resource' | 'trust'
  readonly policies: PolicySet
  /**
   * Without a grant from it nobody is let in, the resource's own account included: so it is with key policies of KMS. Trust policies are
   * so whatever is said here.
   */
  readonly mandatory?: boolean
}

/** One action on one resource, in the context of one request. */
export type Check = {
  /** As AWS writes it; compared without regard to case. */
  readonly action: string
  /** An ARN, or `*` for actions that know no resource. */
  readonly resource: string
  readonly resourceAccountId: string
  readonly context: RequestContext
  readonly resourcePolicy?: ResourcePolicy
}

export type Question = {
  readonly action: string
  readonly resource: AskedResource
  readonly context: RequestContext
  readonly caller: Caller
  readonly isBounded: boolean
}

export function questionOf({ action, resource, context }: Check, caller: Caller, { boundary }: Policies): Question {
  return { action, resource: new AskedResource(resource), context, caller, isBounded: boundary !== undefined }
}

/** A set of policies that applies, and which of its type's sets it is. */
export type Lane = { readonly policyType: PolicyType; readonly level: number; readonly set: PolicySet }

/** All sets that apply to a check. Guards that do not bind the caller are left out. */
export function lanesOf(check: Check, caller: Caller, policies: Policies): readonly Lane[] {
  const lanes: Lane[] = []
  const add = (policyType: PolicyType, sets: readonly (PolicySet | undefined)[]): void => {
    for (const [level, set] of sets.entries()) if (set !== undefined) lanes.push({ policyType, level, set })
  }
  add('rcp', rcpsOf(check, caller, policies))
  add('scp', scpsOf(caller, policies))
  if (check.resourcePolicy !== undefined) add(check.resourcePolicy.kind, [check.resourcePolicy.policies])
  add('identity', [policies.identity])
  add('boundary', [policies.boundary])
  add('session', [policies.session, ...(policies.scopes ?? [])])
  add('endpoint', [policies.endpoint])
  return lanes
}

const NO_SETS: readonly PolicySet[] = []
/** From the beginning: the path of any other role may have colons, and `:role/aws-service-role/` in it. */
const SERVICE_LINKED = /^arn:[^:]*:iam:[^:]*:[^:]*:role\/aws-service-role\//
const isServiceLinked = (arn: string | undefined): boolean => arn !== undefined && SERVICE_LINKED.test(arn)

/** Callers that are principals of an account, and so of its organization. */
const MEMBERS: ReadonlySet<Caller['type']> = new Set(['root', 'user', 'assumed-role', 'federated-user'])

/** Service control policies bind the organization's principals, "root" included, but not service-linked roles (Organizations User Guide, "SCPs"). */
export function scpsOf({ type, roleArn }: Caller, { scps }: Policies): readonly PolicySet[] {
  return scps === undefined || !MEMBERS.has(type) || isServiceLinked(roleArn) ? NO_SETS : scps
}

/**
 * Resource control policies bind whoever calls. They do not touch service-linked roles, neither as callers nor as roles to be assumed, nor
 * `kms:RetireGrant` (Organizations User Guide, "Resources and entities not restricted by RCPs").
 */
export function rcpsOf({ action, resource }: Check, { roleArn }: Caller, { rcps }: Policies): readonly PolicySet[] {
  if (rcps === undefined) return NO_SETS
  const isExempt = isServiceLinked(roleArn) || isServiceLinked(resource) || action.toLowerCase() === 'kms:retiregrant'
  return isExempt ? NO_SETS : rcps
}
