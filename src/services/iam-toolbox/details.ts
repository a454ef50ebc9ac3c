/** The shapes of authorization details (IAM Toolbox API reference, Evaluation, PolicyInfo). */
import { createHash } from 'node:crypto'
import type { Evaluation, MatchedPolicy, PolicyInfo, PolicyType as ToldType } from '../../model/iam-toolbox.gen.ts'
import type { PolicySource } from '../../policy/compile.ts'
import type { PolicyType } from '../../policy/evaluate.ts'
import type { Explanation } from '../../policy/explain.ts'
import type { DenialRecord, KeptSet } from '../denial-record.ts'
import { seenSets, type Sides } from './reader.ts'

const TYPES: Readonly<Record<PolicyType, ToldType>> = {
  identity: 'IDENTITY_BASED_POLICY',
  boundary: 'PERMISSIONS_BOUNDARY',
  session: 'SESSION_POLICY',
  resource: 'RESOURCE_BASED_POLICY',
  trust: 'RESOURCE_BASED_POLICY',
  scp: 'SERVICE_CONTROL_POLICY',
  rcp: 'RESOURCE_CONTROL_POLICY',
  endpoint: 'VPC_ENDPOINT_POLICY',
}

/** A policy's ARN; for one that has none an identifier that tells nothing. */
export const uriOf = ({ arn, id }: PolicySource): string => arn ?? createHash('sha256').update(id).digest('hex').slice(0, 32)

/** One entry a policy, however many parts of an organization it is attached to. */
export function policyInfos(sets: readonly KeptSet[]): readonly PolicyInfo[] {
  const infos = new Map<string, { readonly info: Omit<PolicyInfo, 'attachedTo'>; readonly arns: ReadonlySet<string> }>()
  for (const { policyType, policies } of sets) {
    for (const { source, attachedTo } of policies) {
      const uri = uriOf(source)
      const key = `${policyType} ${uri}`
      const arns = new Set([...(infos.get(key)?.arns ?? []), ...attachedTo])
      infos.set(key, { info: { type: TYPES[policyType], inline: source.arn === undefined, uri }, arns })
    }
  }
  return Array.from(infos.values(), ({ info, arns }) => ({ ...info, attachedTo: Array.from(arns, (arn) => ({ arn })) }))
}

/** What came of the action on the resource, with the statements that matched and the keys on the sides that the reader sees. */
export function evaluationOf(record: DenialRecord, { decision, parts }: Explanation, sides: Sides): Evaluation {
  const { action, resource, resourceContext, checkContext } = record
  const seen = seenSets(record, sides)
  const isSeen = new Set(seen.map(({ policyType, level }) => `${policyType} ${level}`))
  const matched = parts.filter(({ policyType, level }) => isSeen.has(`${policyType} ${level}`)).flatMap((part) => part.matched)
  return {
    action,
    resource,
    context: { ...(sides.resource && resourceContext), ...(sides.caller && checkContext) },
    evaluatedEffect: EFFECTS[decision.decision],
    matchedPolicies: matchedPolicies(matched),
  }
}

const EFFECTS = { allowed: 'ALLOW', explicitDeny: 'EXPLICIT_DENY', implicitDeny: 'IMPLICIT_DENY' } as const

function matchedPolicies(matched: Explanation['parts'][number]['matched']): readonly MatchedPolicy[] {
  const byUri = Map.groupBy(matched, ({ policy }) => uriOf(policy))
  return Array.from(byUri, ([uri, refs]) => ({
    uri,
    matchedStatements: refs.map(({ statement: { sid, effect } }) => ({
      ...(sid !== undefined && { sid: sid.text }),
      evaluatedEffect: effect === 'Allow' ? ('ALLOW' as const) : ('DENY' as const),
    })),
  }))
}
