/** How IAM's denials name a resource: AWS says the name that was asked for, not an ARN, wherever an entity is named that should exist. */
import type { EntityRef } from '../operation.ts'

/**
 * Recorded from AWS: `… iam:GetUser on resource: user alice`, `… iam:GetRole on resource: role reader`, `… iam:AddUserToGroup on resource:
 * group staff`, `… iam:GetInstanceProfile on resource: instance profile web`, `… iam:GetPolicy on resource: policy arn:aws:iam::aws:policy/…`.
 * Providers, devices and certificates are told by their ARN.
 */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['user', 'user'],
  ['group', 'group'],
  ['role', 'role'],
  ['instance-profile', 'instance profile'],
  ['policy', 'policy'],
])

/** Actions of IAM whose input names the entity by its ARN (those of STS do so too); recorded for SimulatePrincipalPolicy and, at every service that is passed a role, for PassRole. */
const BY_ARN: ReadonlySet<string> = new Set([
  'iam:PassRole',
  'iam:SimulatePrincipalPolicy',
  'iam:GetContextKeysForPrincipalPolicy',
  'iam:ListPoliciesGrantingServiceAccess',
  'iam:GenerateServiceLastAccessedDetails',
])

/** The words for an entity in a denial; undefined where its ARN is said. */
export function toldEntity(action: string, { kind, name }: EntityRef): string | undefined {
  const word = !action.startsWith('iam:') || BY_ARN.has(action) ? undefined : WORDS.get(kind)
  return word === undefined ? undefined : `${word} ${name}`
}
