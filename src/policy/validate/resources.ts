/** Checks of `Resource` and `NotResource` against the ARN formats of AWS's services. */
import type { Text } from '../document.ts'
import { hasWildcard, matches, patternOf } from '../glob.ts'
import { PARTITION } from '../../aws/arn.ts'
import type { CatalogueService } from './catalogue.ts'
import { type Check, type Hit, plain, remembered, type Subject } from './finding.ts'
import { overlaps } from './overlap.ts'
import { redundanciesOf } from './redundancy.ts'
import { memberAt } from './structure.ts'

/** The parts of a written ARN, the formats of its service, and of those the ones whose resource part it may name. */
type Written = {
  readonly text: Text
  readonly partition: string
  readonly service: string
  readonly region: string
  readonly account: string
  readonly ofService: readonly Format[]
  readonly formats: readonly Format[]
}
type Format = { readonly service: string; readonly region: string; readonly account: string; readonly resource: string }

const PARTITIONS = ['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f', 'aws-eusc']
const REGION = /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/
const ACCOUNT = /^(?:\d{12}|aws)$/

/** Services with resources of AWS's own, whose ARNs have no account: `arn:aws:ssm:us-east-1::parameter/aws/service/x`. */
const OWNED_BY_AWS: ReadonlySet<string> = new Set(['ssm', 'resource-explorer-2'])

const textsOf = ({ document }: Subject): readonly Text[] => document.statements.flatMap(({ resource }) => resource?.values ?? [])

/**
 * Whether an ARN fits a format where its wildcards take in colons. Recorded: AWS has nothing to say about `arn:aws:logs:*:*:/aws-glue/*`,
 * whose account may take in `123456789012:log-group`.
 */
function isOfSomeFormat({ text, region, account, ofService }: Written): boolean {
  const written = text.text.split(':').slice(3).join(':')
  // What a format leaves open has no colons: it is what is written.
  const filled = (open: string, segment: string): string => (open === '*' && !isOpen(segment) ? segment : open)
  return ofService.some((format) =>
    overlaps([filled(format.region, region), filled(format.account, account), format.resource].join(':'), written),
  )
}

/** A variable may stand for anything. */
const isOpen = (segment: string): boolean => hasWildcard(segment) || segment.includes('${')

const writtenOf = remembered((subject: Subject): readonly Written[] =>
  textsOf(subject).flatMap((text) => {
    const [scheme, partition = '', service = '', region = '', account = '', ...rest] = text.text.split(':')
    if (scheme !== 'arn' || rest.length === 0) return []
    const known = hasWildcard(service) ? undefined : subject.catalogue.service(service)
    const ofService = known === undefined ? [] : formatsOf(known).filter((format) => isOf(format, service))
    const formats = ofService.filter(({ resource }) => overlaps(resource, rest.join(':')))
    return [{ text, partition, service, region, account, ofService, formats }]
  }),
)

/** Recovery points of Backup are of the service that made them. */
const isOf = (format: Format, service: string): boolean => format.service === service || format.service === '*'

/** ARN formats with placeholders as `*`. */
const formatsOf = remembered((service: CatalogueService): readonly Format[] =>
  [...service.resourceTypes.values()].map(({ arn }) => {
    const [, , name = '', region = '', account = '', ...rest] = arn.replaceAll(/\$\{[^}]*\}/g, '*').split(':')
    return { service: name, region, account, resource: rest.join(':') }
  }),
)

function ofArns(code: string, detailsOf: (written: Written, subject: Subject) => string | undefined): Check {
  return {
    code,
    type: 'ERROR',
    find: (subject) =>
      writtenOf(subject).flatMap((written) => {
        const details = detailsOf(written, subject)
        return details === undefined ? [] : [{ details, at: written.text }]
      }),
  }
}

export const RESOURCE_CHECKS: readonly Check[] = [
  plain('INVALID_ARN_PREFIX', 'ERROR', 'Add the required prefix (arn) to the resource ARN.', (subject) =>
    textsOf(subject).filter(({ text }) => text !== '*' && !text.startsWith('arn:') && !text.startsWith('${')),
  ),
  plain(
    'MISSING_ARN_FIELD',
    'ERROR',
    // Recorded; the reference has it shorter.
    'Resource ARNs must include at least 6 fields and include the following structure: arn:partition:service:region:account:resource.',
    (subject) =>
      textsOf(subject).filter(({ text }) => text.startsWith('arn:') && text.split(':').length < 6 && !text.endsWith('*')),
  ),
  ofArns('INVALID_PARTITION', ({ partition, service }) =>
    isOpen(partition) || PARTITIONS.includes(partition)
      ? undefined
      : `The resource ARN for the service ${service} does not support the partition ${partition}. Use the supported values: ${PARTITION}`,
  ),
  ofArns('INVALID_ARN_SERVICE_CASE', ({ service }, { catalogue }) =>
    service !== service.toLowerCase() && catalogue.services.has(service.toLowerCase())
      ? `Update the service name ${service} in the resource ARN to use all lowercase letters.`
      : undefined,
  ),
  ofArns('INVALID_ARN_REGION', ({ region }) =>
    region === '' || isOpen(region) || REGION.test(region)
      ? undefined
      : `The Region ${region} is not valid for this resource. Update the resource ARN to include a supported Region.`,
  ),
  ofArns('ARN_REGION_NOT_ALLOWED', ({ region, service, formats }) =>
    region !== '' && region !== '*' && formats.length > 0 && formats.every((format) => format.region === '')
      ? `The service ${service} does not support specifying a Region in the resource ARN.`
      : undefined,
  ),
  ofArns('MISSING_ARN_REGION', ({ region, service, formats }) =>
    region === '' && formats.length > 0 && formats.every((format) => format.region === '*')
      ? `Add a Region to the ${service} resource ARN.`
      : undefined,
  ),
  ofArns('INVALID_ARN_ACCOUNT', ({ account }) =>
    account === '' || isOpen(account) || ACCOUNT.test(account)
      ? undefined
      : `The resource ARN account ID ${account} is not valid. Provide a 12-digit account ID.`,
  ),
  ofArns('ARN_ACCOUNT_NOT_ALLOWED', ({ account, service, formats }) =>
    account !== '' && account !== '*' && formats.length > 0 && formats.every((format) => format.account === '')
      ? `The service ${service} does not support specifying an account ID in the resource ARN.`
      : undefined,
  ),
  ofArns('MISSING_ARN_ACCOUNT', ({ region, account, service, formats, text }) =>
    account === '' &&
    !isOpen(region) &&
    !OWNED_BY_AWS.has(service) &&
    formats.length > 0 &&
    formats.every((format) => format.account === '*')
      ? `The resource ${text.text.split(':').slice(5).join(':')} in the arn is missing an account id. Please provide a 12 digit account id.`
      : undefined,
  ),
  ofArns('INVALID_ARN_RESOURCE', (written) =>
    written.ofService.length > 0 && written.formats.length === 0 && !isOfSomeFormat(written)
      ? 'Resource ARN does not match the expected ARN format. Update the resource portion of the ARN.'
      : undefined,
  ),
  plain(
    'EMPTY_ARRAY_RESOURCE',
    'SUGGESTION',
    'This statement includes no resources and does not affect the policy. Specify resources.',
    (subject) =>
      subject.document.statements.flatMap((statement) => {
        const value = memberAt(subject, statement, 'Resource')?.value
        return value?.kind === 'array' && value.items.length === 0 ? [value] : []
      }),
  ),
  { code: 'REDUNDANT_RESOURCE', type: 'SUGGESTION', find: redundantResources },
]

function redundantResources({ document }: Subject): readonly Hit[] {
  return document.statements
    .flatMap(({ resource }) => redundanciesOf(resource?.values ?? [], { nameOf: (text) => text, covers }))
    .map(({ members, example }) => ({
      // The reference ends after "wildcards (*)"; what follows is recorded.
      details: `The ${members.length} resource ARN(s) are redundant because they reference the same resource. Review the use of wildcards (*), or remove the resource ${example.text} to remove the redundancy.`,
      at: members,
    }))
}

/** Whether all that `inner` names is named by `outer`. A `?` would take the star of the other for one character; variables stay themselves. */
function covers(outer: string, inner: string): boolean {
  if (outer === '*') return true
  if ((outer.includes('?') && hasWildcard(inner)) || outer.split(':').length !== inner.split(':').length) return false
  return matches(patternOf([{ text: outer, literal: false }]), inner)
}
