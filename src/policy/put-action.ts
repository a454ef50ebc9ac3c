/** The names of actions and condition keys when a policy is put. */

import { hasWildcard } from './glob.ts'

const NO_VENDOR = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'
/** Reported of CreatePolicy and of roles' inline policies since 2018, for `*:Create*` and `dynamodb*:TagResource`. */
const VENDOR_WILDCARD = 'Action vendors (e.g., aws, ec2, etc.) must not contain wildcards.'
const VENDOR = /^[A-Za-z0-9.-]+$/

/** What AWS says of an action, or undefined. A vendor has no wildcard; only `*` by itself stands for all of them. */
export function actionFlaw(action: string): string | undefined {
  if (action === '*') return undefined
  const [vendor = '', name, ...more] = action.split(':')
  if (name === undefined || vendor === '') return NO_VENDOR
  if (more.length > 0) return 'Actions/Condition can contain only one colon.'
  if (hasWildcard(vendor)) return VENDOR_WILDCARD
  return VENDOR.test(vendor) ? undefined : `Vendor ${vendor} is not valid`
}

/** What AWS says of a condition key. Further colons are allowed: `aws:ResourceTag/aws:cloudformation:stack-name` is in wide use. */
export function conditionKeyFlaw(key: string): string | undefined {
  return key.indexOf(':') > 0 ? undefined : NO_VENDOR
}
