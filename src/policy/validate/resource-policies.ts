/** Checks of resource-based policies: what may stand in the policy of a resource, and how services are let in. */
import type { ConditionTest, PrincipalEntry, Statement, Text } from '../document.ts'
import { hasWildcard, isStars } from '../glob.ts'
import { TRUST_ACTIONS } from '../put-principal.ts'
import { actionsNamed, type Catalogue } from './catalogue.ts'
import { ofTests } from './conditions.ts'
import { type Check, type Hit, isTrust, type Subject, TRUST_POLICY } from './finding.ts'
import { overlaps } from './overlap.ts'

/** The resources that a policy of some type of resource is about, as the Service Authorization Reference names them. */
type Target = { readonly service: string; readonly types: readonly string[] }

const TARGETS: Readonly<Record<string, Target>> = {
  'AWS::S3::Bucket': { service: 's3', types: ['bucket', 'object'] },
  'AWS::S3::AccessPoint': { service: 's3', types: ['accesspoint', 'accesspointobject'] },
  'AWS::S3::MultiRegionAccessPoint': { service: 's3', types: ['multiregionaccesspoint', 'accesspointobject', 'accesspoint'] },
  'AWS::S3ObjectLambda::AccessPoint': { service: 's3-object-lambda', types: ['objectlambdaaccesspoint'] },
  'AWS::DynamoDB::Table': { service: 'dynamodb', types: ['table', 'index'] },
}

/** How findings call a resource type: `attached to resource type S3 Bucket` is recorded for the first, the others follow from it. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'S3 Bucket',
  'AWS::S3::AccessPoint': 'S3 Access Point',
  'AWS::S3::MultiRegionAccessPoint': 'S3 Multi-Region Access Point',
  'AWS::S3ObjectLambda::AccessPoint': 'S3 Object Lambda Access Point',
  'AWS::IAM::AssumeRolePolicyDocument': 'IAM Assume Role Policy Document',
  'AWS::DynamoDB::Table': 'DynamoDB Table',
}
const nameOf = (resourceType: string): string => NAMES[resourceType] ?? resourceType

export const RESOURCE_POLICY_CHECKS: readonly Check[] = [
  {
    code: 'FEDERATED_PRINCIPAL_NOT_SUPPORTED',
    type: 'ERROR',
    find: (subject) =>
      others(subject)
        .flatMap(({ principal }) => principal?.entries ?? [])
        .filter(({ kind }) => kind === 'Federated')
        .map((at) => ({
          details:
            'The policy type does not support a federated identity provider in the principal element. Use a supported principal.',
          at,
        })),
  },
  {
    code: 'UNSUPPORTED_ACTION_IN_POLICY',
    type: 'ERROR',
    find: ({ document, resourceType = '', catalogue }) =>
      document.statements.flatMap(({ action }) =>
        action.values
          .filter(({ text }) => !suits(text.toLowerCase(), resourceType, catalogue))
          .map((at) => ({
            details: `The action ${at.text} is not supported for the resource-based policy attached to resource type ${nameOf(resourceType)}.`,
            at,
          })),
      ),
  },
  {
    code: 'UNSUPPORTED_RESOURCE_ARN_IN_POLICY',
    type: 'ERROR',
    find: ({ document, resourceType = '', catalogue }) =>
      document.statements
        .flatMap(({ resource }) => resource?.values ?? [])
        .filter((text) => !isAbout(text, TARGETS[resourceType], catalogue))
        .map((at) => ({
          details: `The resource ARN is not supported for the resource-based policy attached to resource type ${nameOf(resourceType)}.`,
          at,
        })),
  },
  { code: 'UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL', type: 'ERROR', find: keysWithoutService },
  {
    code: 'RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL',
    type: 'SECURITY_WARNING',
    find: (subject) =>
      openServices(subject)
        .filter(({ statement }) => !statement.conditions.some(isReferer))
        .map(({ at }) => ({
          details:
            'Granting access to a service principal without specifying a source is overly permissive. Use aws:SourceArn, aws:SourceAccount, aws:SourceOrgID, or aws:SourceOrgPaths condition key to grant fine-grained access.',
          at,
        })),
  },
  {
    code: 'RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL',
    type: 'SUGGESTION',
    find: (subject) =>
      openServices(subject).flatMap(({ statement, at }) =>
        statement.conditions.filter(isReferer).map(({ key, value }) => ({
          details: `To restrict access to the service principal ${at.text.split('.')[0] ?? ''} operating on your behalf, we recommend aws:SourceArn, aws:SourceAccount, aws:SourceOrgID, or aws:SourceOrgPaths instead of ${key.text}.`,
          at: value,
        })),
      ),
  },
  // Two spaces, as AWS has them.
  ofTests('IRRELEVANT_CONDITION_KEY_IN_POLICY', 'SUGGESTION', ({ test }, { resourceType = '' }) =>
    test.key.text.toLowerCase() === 's3:resourceaccount' && RESOURCE_ACCOUNT_IS_OWN.has(resourceType)
      ? `The condition key ${test.key.text} is not relevant for the ${nameOf(resourceType)} policy.  Use this key in an identity-based policy to govern access to this resource.`
      : undefined,
  ),
]

/** The account of the resource is the one that wrote the policy (IAM User Guide names these two). */
const RESOURCE_ACCOUNT_IS_OWN: ReadonlySet<string> = new Set(['AWS::S3::Bucket', 'AWS::S3::AccessPoint'])

/** Statements of resource-based policies that are no trust policies. */
function others(subject: Subject): readonly Statement[] {
  return subject.type === 'RESOURCE_POLICY' ? subject.document.statements.filter((statement) => !isTrust(subject, statement)) : []
}

/** Whether an action, in lower case, is about some resource of the type; what is not known is let pass. */
function suits(action: string, resourceType: string, catalogue: Catalogue): boolean {
  const [prefix = '', name = ''] = action.split(':')
  if (action === '*' || hasWildcard(prefix)) return true
  if (resourceType === TRUST_POLICY) return prefix === 'sts' && (hasWildcard(name) || TRUST_ACTIONS.has(action))
  const target = TARGETS[resourceType]
  if (target === undefined) return true
  const service = prefix === target.service ? catalogue.service(prefix) : undefined
  if (service === undefined) return false
  const named = actionsNamed(service, name)
  return named.length === 0 || named.some(({ resources }) => resources.some(({ type }) => target.types.includes(type)))
}

function isAbout({ text }: Text, target: Target | undefined, catalogue: Catalogue): boolean {
  const [scheme, , service = '', region = '', account = '', ...rest] = text.split(':')
  // Recorded: the policy of a bucket may not be about `*`.
  if (target !== undefined && isStars(text)) return false
  if (target === undefined || scheme !== 'arn' || rest.length === 0) return true
  const types = catalogue.service(target.service)?.resourceTypes
  return target.types.some((type) => {
    const format = (types?.get(type)?.arn ?? '').replaceAll(/\$\{[^}]*\}/g, '*').split(':')
    const [, , formatService = '', formatRegion = '', formatAccount = '', ...formatRest] = format
    const written = [service, region, account, rest.join(':')]
    return [formatService, formatRegion, formatAccount, formatRest.join(':')].every((part, index) =>
      overlaps(part, written[index] ?? ''),
    )
  })
}

const servicesOf = ({ principal }: Statement): readonly PrincipalEntry[] =>
  principal === undefined || principal.negated ? [] : principal.entries.filter(({ kind }) => kind === 'Service')

/** Keys about principals of an organization: a service principal is none (IAM User Guide, "Properties of the principal"). */
const ORGANIZATION_KEYS: ReadonlySet<string> = new Set(['aws:principalorgid', 'aws:principalorgpaths'])

function keysWithoutService(subject: Subject): readonly Hit[] {
  return others(subject).flatMap((statement) => {
    const services = servicesOf(statement)
    const keys = statement.conditions.filter(({ key }) => ORGANIZATION_KEYS.has(key.text.toLowerCase()))
    if (services.length === 0 || services.length !== statement.principal?.entries.length || keys.length === 0) return []
    const details = `The following condition keys are not supported when used with the service principal: ${keys.map(({ key }) => key.text).join(', ')}.`
    return [{ details, at: keys.map(({ value }) => value) }]
  })
}

const SOURCE_KEYS: ReadonlySet<string> = new Set(['aws:sourcearn', 'aws:sourceaccount', 'aws:sourceorgid', 'aws:sourceorgpaths'])
const isReferer = ({ key }: ConditionTest): boolean => key.text.toLowerCase() === 'aws:referer'

/** Services that are let in whoever they act for. */
function openServices(subject: Subject): readonly { readonly statement: Statement; readonly at: PrincipalEntry }[] {
  return others(subject)
    .filter(
      ({ effect, conditions }) => effect === 'Allow' && !conditions.some(({ key }) => SOURCE_KEYS.has(key.text.toLowerCase())),
    )
    .flatMap((statement) => servicesOf(statement).map((at) => ({ statement, at })))
}
