/** Trusted access: which services may work in the organization's accounts. */
import type { EnabledServicePrincipal } from '../../model/organizations.gen.ts'
import { companions, disableRootFeatures, IAM_PRINCIPAL } from '../organization-trust.rows.ts'
import { readOperation, writeOperation } from '../operation.ts'
import { EVERYTHING } from './entities.ts'
import { invalidInput, violates } from './errors.ts'
import { NEEDED_SERVICES } from './management-policies.ts'
import { enabledTypes, mustLead, mustReach, type OrganizationRow } from './organization.rows.ts'
import { page } from './pages.ts'
import { isIntegrated } from './trusted-services.ts'

type ServiceRow = { readonly service_principal: string; readonly enabled_at: number }

const INSERT = `INSERT INTO organization_service (account, service_principal, enabled_at) VALUES ($1, $2, $3)
  ON CONFLICT (account, service_principal) DO NOTHING`
const DELETE = 'DELETE FROM organization_service WHERE account = $1 AND service_principal = $2'
const LIST = 'SELECT service_principal, enabled_at FROM organization_service WHERE account = $1 ORDER BY service_principal'

const check = (action: string, ServicePrincipal: string) => ({
  action,
  resource: EVERYTHING,
  context: { 'organizations:ServicePrincipal': ServicePrincipal },
})

/** Trusted access is for organizations with all features (Organizations User Guide, "Using AWS Organizations with other AWS services"). */
export function mustHaveAllFeatures({ feature_set: features }: OrganizationRow): void {
  if (features !== 'ALL')
    throw violates(
      'ORGANIZATION_NOT_IN_ALL_FEATURES_MODE',
      'This operation requires an organization that has all features enabled.',
    )
}

/** Throws InvalidInputException. */
export function mustBeIntegrated(servicePrincipal: string): void {
  if (!isIntegrated(servicePrincipal))
    throw invalidInput('UNRECOGNIZED_SERVICE_PRINCIPAL', 'You specified an unrecognized service principal.')
}

/** A service that is enabled already stays as it is. */
export const enableAwsServiceAccess = writeOperation('organizations', 'EnableAWSServiceAccess', {
  authorize: ({ ServicePrincipal }) => check('organizations:EnableAWSServiceAccess', ServicePrincipal),
  async handle(tx, { ServicePrincipal }, { accountId, now }) {
    mustHaveAllFeatures(await mustLead(tx, accountId))
    mustBeIntegrated(ServicePrincipal)
    await tx.run(INSERT, accountId, ServicePrincipal, now)
    return {}
  },
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

/** Without trusted access IAM reaches no member's root user: its features end, and do not come back by themselves (inferred). */
export const disableAwsServiceAccess = writeOperation('organizations', 'DisableAWSServiceAccess', {
  authorize: ({ ServicePrincipal }) => check('organizations:DisableAWSServiceAccess', ServicePrincipal),
  async handle(tx, { ServicePrincipal }, { accountId }) {
    const organization = await mustLead(tx, accountId)
    mustBeIntegrated(ServicePrincipal)
    if (enabledTypes(organization).some((type) => NEEDED_SERVICES.get(type) === ServicePrincipal))
      throw violates(
        'POLICY_TYPE_ENABLED_FOR_THIS_SERVICE',
        'You must disable the policy type of the service before you disable service access.',
      )
    await tx.run(DELETE, accountId, ServicePrincipal)
    if (ServicePrincipal === IAM_PRINCIPAL) await disableRootFeatures(tx, accountId)
    return {}
  },
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

export const listAwsServiceAccess = readOperation('organizations', 'ListAWSServiceAccessForOrganization', {
  authorize: () => ({ action: 'organizations:ListAWSServiceAccessForOrganization', resource: EVERYTHING }),
  async handle(tx, input, { accountId }) {
    const { account } = await mustReach(tx, accountId)
    const rows = await tx.all<ServiceRow>(LIST, account)
    const { items, next } = page('service access', rows, input, ({ service_principal: name }) => name)
    return { EnabledServicePrincipals: items.map(shape), ...next }
  },
})

const shape = ({ service_principal: ServicePrincipal, enabled_at: at }: ServiceRow): EnabledServicePrincipal => ({
  ServicePrincipal,
  DateEnabled: new Date(at),
})

export const serviceAccessOperations = [enableAwsServiceAccess, disableAwsServiceAccess, listAwsServiceAccess]
