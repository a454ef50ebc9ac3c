/** What the tests of ValidatePolicy share: the real catalogue, the types of policies, and good policies to be spoilt. */
import type { Asked, FindingType } from '../src/policy/validate/validate.ts'
import { readAuthorization } from '../src/protocol/model-files.ts'

/** A check, a policy that it strikes, and policies that it leaves alone. */
export type PairedRow = {
  readonly code: string
  readonly type: FindingType
  readonly bad: string
  readonly details: string
  readonly good: string | readonly string[]
  readonly asked?: Asked
  /** The text at each location. */
  readonly at?: readonly string[]
}

const catalogue = readAuthorization()
export const identity: Asked = { type: 'IDENTITY_POLICY', catalogue }
export const resourceBased: Asked = { type: 'RESOURCE_POLICY', catalogue }
export const trust: Asked = { ...resourceBased, resourceType: 'AWS::IAM::AssumeRolePolicyDocument' }
export const rcp: Asked = { type: 'RESOURCE_CONTROL_POLICY', catalogue }
/** The policy of a resource of some type. */
export const of = (resourceType: string): Asked => ({ ...resourceBased, resourceType })
export const scp: Asked = { type: 'SERVICE_CONTROL_POLICY', catalogue }

export const GOOD = { Sid: 'One', Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::bucket/*' }
export const GOOD_TRUST = { Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole' }

/** A policy of one statement that is good but for some members; undefined removes one. */
export const policyOf = (members: object, good: object = GOOD): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ ...good, ...members }] })
export const when = (operator: string, key: string, value: unknown): string =>
  policyOf({ Condition: { [operator]: { [key]: value } } })
export const named = (Principal: unknown): string => policyOf({ Principal }, GOOD_TRUST)
export const twice = (one: object, two: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [one, two] })
export const role = 'arn:aws:iam::123456789012:role/app'
export const ACCOUNT = '123456789012'
export const oidc = `arn:aws:iam::${ACCOUNT}:oidc-provider/idp.example.com`

/** A statement of a trust policy with some action. */
export const trusting = (Principal: unknown, Action: unknown, Condition?: object): string =>
  policyOf({ Principal, Action, ...(Condition && { Condition }) }, GOOD_TRUST)
export const web = (Federated: string, Condition?: object): string =>
  trusting({ Federated }, 'sts:AssumeRoleWithWebIdentity', Condition)
export const like = (key: string, value: unknown): object => ({ StringLike: { [key]: value } })
