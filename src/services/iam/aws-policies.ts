/** AWS managed policies: in every account the same, and in no store. */
import { createHash } from 'node:crypto'
import { newId } from '../../aws/ids.ts'
import type { ManagedPolicy } from '../../model/managed-policies.ts'
import { readManagedPolicies } from '../../protocol/model-files.ts'

export type { ManagedPolicy }

/** The account that stands in the ids of AWS managed policies made since 2019 (`ANPAZKAPJZG4…`). */
const ID_ACCOUNT = '639982225848'

/** In the order of their names. */
export const listAwsPolicies = (): readonly ManagedPolicy[] => readManagedPolicies().list

/** The AWS managed policy of this ARN; undefined for all other ARNs. */
export const findAwsPolicy = (arn: string): ManagedPolicy | undefined => readManagedPolicies().find(arn)

/** Its document; undefined where there is no such policy. */
export const awsPolicyDocument = (arn: string): string | undefined => readManagedPolicies().document(arn)

/** An id of AWS's form that is always the same for a policy. AWS publishes no list of the real ones. */
export function awsPolicyId(arn: string): string {
  const digest = createHash('sha256').update(arn).digest()
  return newId('ANPA', ID_ACCOUNT, (count) => digest.subarray(0, count))
}
