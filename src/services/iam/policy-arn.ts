/** ARNs of managed policies: reading them, and the checks that name them. */
import { type Arn, parseArn, PARTITION } from '../../aws/arn.ts'
import type { Check } from '../operation.ts'
import { accessDenied, invalidArn, invalidPartition } from './errors.ts'

export type PolicyArn = { readonly owner: string; readonly path: string; readonly name: string }

/** The account in the ARNs of AWS managed policies. */
export const AWS_OWNER = 'aws'
/** AWS managed policies for service-linked roles only: nobody but AWS attaches them. */
export const SERVICE_ROLE_PATH = '/aws-service-role/'

const RESOURCE_TYPE = 'policy/'
const OWNER = /^(?:\d{12}|aws)$/
const PATH = /^[!-~]+$/
const NAME = /^[\w+=,.@-]+$/

/** Takes a policy's ARN apart. Throws ValidationError: AWS holds partition, service, region and form against its own since 2024 (notice to its customers). */
export function mustBePolicyArn(text: string): PolicyArn {
  const arn = parseArn(text)
  if (arn !== undefined && arn.partition !== PARTITION) throw invalidPartition()
  const policy = arn && partsOf(arn)
  if (policy === undefined) throw invalidArn(text)
  return policy
}

/** The same without an error: undefined where the text is no ARN of a policy in this partition. */
export function readPolicyArn(text: string): PolicyArn | undefined {
  const arn = parseArn(text)
  return arn?.partition === PARTITION ? partsOf(arn) : undefined
}

function partsOf(arn: Arn): PolicyArn | undefined {
  const { accountId: owner, resource } = arn
  const path = resource.slice(RESOURCE_TYPE.length - 1, resource.lastIndexOf('/') + 1)
  const name = resource.slice(resource.lastIndexOf('/') + 1)
  const isPolicy = arn.service === 'iam' && arn.region === '' && resource.startsWith(RESOURCE_TYPE)
  return isPolicy && OWNER.test(owner) && PATH.test(path) && NAME.test(name) ? { owner, path, name } : undefined
}

/** A check on a managed policy. Throws ValidationError where the text is no policy's ARN. */
export function policyCheck(action: string, arn: string, context?: NonNullable<Check['context']>): Check {
  mustBePolicyArn(arn)
  return { action, resource: { kind: 'policy', name: arn }, ...(context !== undefined && { context }) }
}

/** Throws AccessDenied `Cannot … outside your own account.` for policies of AWS and of other accounts, whether or not they exist. */
export function mustOwnPolicy(arn: string, accountId: string, what: string): void {
  if (mustBePolicyArn(arn).owner !== accountId) throw accessDenied(`Cannot ${what} outside your own account.`)
}
