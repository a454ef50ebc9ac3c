/** Policies that a simulation leaves out (IAM API reference, SimulatePrincipalPolicy, PolicyExclusionList). */
import type { PolicyIdentifier } from '../../model/iam.gen.ts'
import { matches, patternOf } from '../../policy/glob.ts'
import { invalidInput } from './errors.ts'
import type { Source, SourcePolicy } from './source-policies.ts'

/** Types by which a policy of an entity may be left out. */
const BOUNDARY = 'permission-boundary'
const TYPES: ReadonlySet<string> = new Set(['inline', 'aws-managed', 'user-managed', BOUNDARY, 'scp', 'rcp'])
const ATTACHMENTS: ReadonlySet<string> = new Set(['user', 'group', 'role'])

/** The source without the policies that are named. Throws InvalidInput; its texts are ours. A type by itself leaves out all policies of the type (inferred). */
export function withoutPolicies(source: Source, exclusions: readonly PolicyIdentifier[]): Source {
  for (const exclusion of exclusions) mustBeExclusion(exclusion)
  const { boundary, ...rest } = source
  const keepsBoundary = boundary !== undefined && !exclusions.some((exclusion) => isNamed(boundary, exclusion, BOUNDARY))
  const kept = (policies: readonly SourcePolicy[]): readonly SourcePolicy[] =>
    policies.filter((policy) => !exclusions.some((exclusion) => isNamed(policy, exclusion, typeOf(policy))))
  return {
    ...rest,
    policies: kept(source.policies),
    controls: keptControls(source.controls.map(kept)),
    ...(keepsBoundary && { boundary }),
  }
}

/** All of them left out means that none bind. A level that loses its policies while others keep theirs allows nothing. */
const keptControls = (levels: Source['controls']): Source['controls'] =>
  levels.every((level) => level.length === 0) ? [] : levels

function mustBeExclusion({ PolicyType: type, PolicyArn: arn, InlinePolicyIdentifier: inline }: PolicyIdentifier): void {
  if (type === undefined && arn === undefined && inline === undefined)
    throw invalidInput('Invalid policy exclusion: it names no policy.')
  if (arn !== undefined && inline !== undefined)
    throw invalidInput('Invalid policy exclusion: PolicyArn and InlinePolicyIdentifier exclude each other.')
  if (type !== undefined && !TYPES.has(type)) throw invalidInput(`Invalid policy exclusion: ${type} is not a type of policy.`)
  if (inline !== undefined && !ATTACHMENTS.has(inline.AttachmentType))
    throw invalidInput(`Invalid policy exclusion: ${inline.AttachmentType} is not a type of entity.`)
  if (inline !== undefined && inline.AttachmentName.split('*').length > 2)
    throw invalidInput('Invalid policy exclusion: AttachmentName may hold one * at most.')
}

const typeOf = ({ type }: SourcePolicy): string => (type === 'managed' ? 'user-managed' : type)

function isNamed(policy: SourcePolicy, exclusion: PolicyIdentifier, type: string): boolean {
  const { PolicyType = type, PolicyArn, InlinePolicyIdentifier: inline } = exclusion
  if (PolicyType !== type) return false
  if (PolicyArn !== undefined) return policy.type !== 'inline' && policy.arn === PolicyArn
  if (inline === undefined) return true
  if (policy.type !== 'inline') return false
  const { kind, name } = policy.owner
  const owner = patternOf([{ text: inline.AttachmentName, literal: false }])
  return policy.name === inline.PolicyName && kind === inline.AttachmentType && matches(owner, name)
}
