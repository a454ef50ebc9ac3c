/** Resources as IAM takes them: an ARN or `*`, with rules of their own for IAM's and S3's. The texts are recorded. */
import type { Texts } from './document.ts'

/** Partitions of AWS (AWS General Reference, "Amazon Resource Names"). */
const PARTITIONS: ReadonlySet<string> = new Set([
  'aws',
  'aws-cn',
  'aws-us-gov',
  'aws-iso',
  'aws-iso-b',
  'aws-iso-e',
  'aws-iso-f',
  'aws-eusc',
])
const VENDOR = /^[A-Za-z0-9-]*$/
/** How resources of IAM begin (IAM User Guide, "IAM ARNs"). */
const IAM_KINDS = [
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
] as const

/** The message for the first resource that IAM does not take. */
export function resourceRefusal({ values }: Texts): string | undefined {
  for (const { text } of values) {
    const refusal = text === '*' ? undefined : refusalOf(text)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

type Arn = {
  readonly text: string
  readonly partition?: string
  readonly vendor?: string
  readonly region?: string
  readonly path?: string
}

function refusalOf(text: string): string | undefined {
  const [scheme, partition, vendor, region, , ...path] = text.split(':')
  if (scheme !== 'arn')
    return scheme === '*' && partition !== undefined ? undefined : `Resource ${text} must be in ARN format or "*".`
  const arn: Arn = {
    text,
    ...(partition !== undefined && { partition }),
    ...(vendor !== undefined && { vendor }),
    ...(region !== undefined && { region }),
    ...(path.length > 0 && { path: path.join(':') }),
  }
  return partitionRefusal(arn) ?? vendorRefusal(arn) ?? SERVICE_RULES.get(vendor ?? '')?.(arn)
}

function partitionRefusal({ text, partition = '*' }: Arn): string | undefined {
  return PARTITIONS.has(partition) || partition.includes('*')
    ? undefined
    : `Partition "${partition}" is not valid for resource "${completed(text)}".`
}

function vendorRefusal({ vendor = '*' }: Arn): string | undefined {
  return vendor === '*' || VENDOR.test(vendor) ? undefined : 'Resource vendor must be fully qualified and cannot contain regexes.'
}

const hasRegion = ({ region = '' }: Arn): boolean => region !== '' && region !== '*'

/** Services whose resources IAM looks at more closely. Access points of S3 are regional. */
const SERVICE_RULES: ReadonlyMap<string, (arn: Arn) => string | undefined> = new Map([
  ['iam', iamRefusal],
  [
    's3',
    (arn) =>
      hasRegion(arn) && arn.path?.includes('accesspoint') === false
        ? `Resource ${arn.text} can not contain region information.`
        : undefined,
  ],
])

/** Recorded: the message shows a short ARN completed with wildcards. */
function completed(text: string): string {
  const segments = text.split(':')
  while (segments.length < 6) segments.push('*')
  return segments.join(':')
}

function iamRefusal(arn: Arn): string | undefined {
  if (hasRegion(arn)) return `IAM resource ${arn.text} cannot contain region information.`
  const { path = '*' } = arn
  const literal = path.split('*', 1)[0] ?? ''
  const isKnown =
    path === 'root' || IAM_KINDS.some((kind) => path.startsWith(kind) || (path.includes('*') && kind.startsWith(literal)))
  return isKnown ? undefined : `IAM resource path must either be "*" or start with ${IAM_KINDS.join(', ')}`
}
