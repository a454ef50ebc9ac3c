/** The ARNs of `Resource` and `NotResource` when an identity policy is put. */
import { PARTITION } from '../aws/arn.ts'
import { hasWildcard, matches, patternOf } from './glob.ts'

/** Whether AWS's old parser stumbles over a resource: an ARN with an empty service, or one cut short behind an empty segment. */
export function isLegacyResource(resource: string): boolean {
  if (!resource.startsWith('arn:')) return false
  const segments = resource.split(':')
  return segments[2] === '' || (segments.length < 6 && resource.includes('::'))
}

/** The names of regions, or a part of one behind or before a wildcard. */
const REGION = /^(?:[a-z0-9]+(?:-[a-z0-9]+)*|[a-z0-9*?-]*[*?][a-z0-9*?-]*)?$/
const ACCOUNT = /^(?:\d{12}|aws|[\d*?]*[*?][\d*?]*)?$/

/**
 * Whether the old parser stumbles over an ARN when it is stored: a region or an account that can be none. Users' documents of 2019 to
 * 2026 that failed have `{$ACCOUNT}`, `${aws:PrincipalAccount}`, an account in the place of the region, and the region `us-west--2`.
 */
export function isOddArn(resource: string): boolean {
  if (!resource.startsWith('arn:')) return false
  const [, , , region = '*', account = '*'] = resource.split(':')
  return !REGION.test(region) || !ACCOUNT.test(account)
}

/** What AWS says of a resource, or undefined. Segments that an ARN lacks stand for everything: `arn:aws:cloudfront:*` is AWS's own example. */
export function resourceFlaw(resource: string): string | undefined {
  if (resource === '*') return undefined
  const [scheme, written, service, region = '*', account = '*', ...rest] = resource.split(':')
  if (written === undefined) return `Resource ${resource} must be in ARN format or "*".`
  // Whatever stands before the first colon: a sentence of Pulumi's with a numbered list in it was answered `Partition "1" is not valid …`.
  const partition = written.trim()
  const path = rest.length === 0 ? '*' : rest.join(':')
  if (!isPartition(partition)) {
    const completed = ['arn', partition, service ?? '*', region, account, path].join(':')
    return `Partition "${partition}" is not valid for resource "${completed}".`
  }
  if (scheme !== 'arn') return `Resource ${resource} must be in ARN format or "*".`
  if (service === undefined || service === '' || hasWildcard(service))
    return 'Resource vendor must be fully qualified and cannot contain regexes.'
  return regionFlaw(resource, service, region) ?? accountFlaw(resource, service, account) ?? pathFlaw(service, path)
}

/** Ours, or a pattern that takes it in: many of AWS's own policies say `arn:*:…`. */
function isPartition(text: string): boolean {
  return hasWildcard(text) ? matches(patternOf([{ text, literal: false }]), PARTITION) : text === PARTITION
}

/** Services whose ARNs have an empty region; a wildcard that an ARN was completed with is not written, and passes. */
function regionFlaw(resource: string, service: string, region: string): string | undefined {
  if (region === '' || resource.split(':').length <= 3) return undefined
  if (service === 'iam') return `IAM resource ${resource} cannot contain region information.`
  const isGlobal = service === 'route53' || (service === 's3' && !hasAccessPoint(resource))
  return isGlobal && region !== '*' ? `Resource ${resource} can not contain region information.` : undefined
}

/** Hosted zones belong to no account in their ARNs. Text reported of PutRolePolicy, as that of their region. */
const accountFlaw = (resource: string, service: string, account: string): string | undefined =>
  service === 'route53' && account !== '' && account !== '*' ? `Resource ${resource} cannot contain an account id.` : undefined

/** Access points and the like are S3 resources that have a region and an account (Service Authorization Reference). */
const S3_REGIONAL = [
  'accesspoint/',
  'job/',
  'storage-lens/',
  'storage-lens-group/',
  'async-request/',
  'access-grants/',
  'table-bucket/',
]

function hasAccessPoint(resource: string): boolean {
  const path = resource.split(':').slice(5).join(':')
  return path.startsWith('*') || S3_REGIONAL.some((start) => path.startsWith(start))
}

const IAM_PATHS = [
  'user/',
  'federated-user/',
  'role/',
  'group/',
  'instance-profile/',
  'mfa/',
  'server-certificate/',
  'policy/',
  'sms-mfa/',
  'saml-provider/',
  'oidc-provider/',
  'report/',
  'access-report/',
]
/**
 * Types of the Service Authorization Reference that the recorded text does not name; a policy of AWS's own has role templates. That they are
 * taken is inferred.
 */
const NEWER_IAM_PATHS = ['contextProvider/', 'delegation-request/', 'role-template/']

/** Text recorded from PutRolePolicy in 2026; the older one did not know `root`. */
function pathFlaw(service: string, path: string): string | undefined {
  const isKnown = (start: string): boolean => path.startsWith(start)
  if (service !== 'iam' || path === '*' || path === 'root' || IAM_PATHS.some(isKnown) || NEWER_IAM_PATHS.some(isKnown))
    return undefined
  return `IAM resource path must either be "*", root, or start with ${IAM_PATHS.join(', ')}.`
}
