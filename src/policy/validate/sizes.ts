/** Checks of the document's size against the quota of its type. */
import { documentSize } from '../size.ts'
import { type Check, type FindingType, type Subject, TRUST_POLICY } from './finding.ts'

type Quota = {
  readonly code: string
  readonly type: FindingType
  readonly quota: number
  readonly applies: (subject: Subject) => boolean
  /** IAM does not count white space, the others do. */
  readonly size: (source: string) => number
  readonly details: (size: number, quota: number) => string
}

const whole = (source: string): number => source.length
const SPLIT = 'We recommend that you use multiple granular policies.'

/** Bucket policies, access point policies and policies of DynamoDB tables end at 20 KB (the quota pages of both services). */
const KEPT_BY_SERVICE: ReadonlySet<string> = new Set(['AWS::S3::Bucket', 'AWS::S3::AccessPoint', 'AWS::DynamoDB::Table'])

const QUOTAS: readonly Quota[] = [
  {
    code: 'POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA',
    type: 'WARNING',
    // Recorded of AWS's own policies: the largest quota of an identity, that of a role's inline policies.
    quota: 10_240,
    applies: ({ type }) => type === 'IDENTITY_POLICY',
    size: documentSize,
    details: (size, quota) =>
      `The ${size} characters in the identity policy, excluding whitespace, exceed the ${quota} character maximum for inline and managed policies. ${SPLIT}`,
  },
  {
    code: 'POLICY_SIZE_EXCEEDS_SCP_QUOTA',
    type: 'ERROR',
    quota: 5120,
    applies: ({ type }) => type === 'SERVICE_CONTROL_POLICY',
    size: whole,
    details: (size, quota) =>
      `The ${size} characters in the service control policy (SCP) exceed the ${quota} character maximum for SCPs. ${SPLIT}`,
  },
  {
    code: 'POLICY_SIZE_EXCEEDS_RCP_QUOTA',
    type: 'ERROR',
    quota: 5120,
    applies: ({ type }) => type === 'RESOURCE_CONTROL_POLICY',
    size: whole,
    details: (size, quota) =>
      `The ${size} characters in the resource control policy (RCP) exceed the ${quota} character maximum for RCPs. ${SPLIT}`,
  },
  {
    code: 'POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA',
    type: 'WARNING',
    quota: 20_480,
    applies: ({ resourceType = '' }) => KEPT_BY_SERVICE.has(resourceType),
    size: whole,
    details: (size, quota) =>
      `The ${size} characters in the resource policy exceed the ${quota} character maximum for resource policies. ${SPLIT}`,
  },
  {
    code: 'POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA',
    type: 'WARNING',
    quota: 2048,
    applies: ({ resourceType }) => resourceType === TRUST_POLICY,
    size: documentSize,
    // AWS's text names neither number.
    details: () =>
      'The characters in the role trust policy, excluding whitespace, exceed the character maximum. We recommend that you request a role trust policy length quota increase using Service Quotas and AWS Support Center. If the quotas have already been increased, then you can ignore this warning.',
  },
]

export const SIZE_CHECKS: readonly Check[] = QUOTAS.map(({ code, type, quota, applies, size, details }) => ({
  code,
  type,
  find: (subject) => {
    const characters = applies(subject) ? size(subject.document.source) : 0
    return characters > quota ? [{ details: details(characters, quota), at: subject.document }] : []
  },
}))
