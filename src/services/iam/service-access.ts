/** Which policies of an identity give it access to a service. */
import type {
  ListPoliciesGrantingServiceAccessEntry,
  ListPoliciesGrantingServiceAccessResponse,
  PolicyGrantingServiceAccess,
  PolicyOwnerEntityType,
} from '../../model/iam.gen.ts'
import { readAuthorization } from '../../protocol/model-files.ts'
import { readOperation } from '../operation.ts'
import { numberBefore, pageOf, rowsFor } from '../pagination.ts'
import { invalidInput } from './errors.ts'
import { findAccess } from './find-access.ts'
import { loadSource, type OwnerKind, sourceCheck, type SourcePolicy } from './source-policies.ts'

const LIST = 'policies granting service access'

/** Looks at identity policies alone: boundaries, organizations and resource-based policies do not count (API reference). One entry a service, in the order of the request. */
export const listPoliciesGrantingServiceAccess = readOperation('iam', 'ListPoliciesGrantingServiceAccess', {
  authorize: ({ Arn }, { accountId }) => sourceCheck('iam:ListPoliciesGrantingServiceAccess', Arn, accountId),
  async prepare(tx, input, { accountId }): Promise<ListPoliciesGrantingServiceAccessResponse> {
    const after = numberBefore(LIST, input)
    for (const namespace of input.ServiceNamespaces) mustBeService(namespace)
    const services = input.ServiceNamespaces.map((namespace, index) => ({ namespace, index }))
    const { policies } = await loadSource(tx, accountId, input.Arn)
    const asked = services.filter(({ index }) => index > after).slice(0, rowsFor(input))
    const { items, ...page } = pageOf(LIST, asked, input, ({ index }) => String(index))
    const documents = policies.map(({ document }) => document)
    const namespaces = items.map(({ namespace }) => namespace)
    const { granting } = await findAccess(accountId, { about: 'policies', documents, namespaces })
    const entries = namespaces.map((ServiceNamespace, number): ListPoliciesGrantingServiceAccessEntry => ({
      ServiceNamespace,
      Policies: policies.filter((_policy, index) => granting[number]?.[index]).map(shape),
    }))
    return { PoliciesGrantingServiceAccess: entries, ...page }
  },
  handle: async (_tx, _input, _call, answer) => answer,
})

/** The text of the refusal is ours. */
function mustBeService(namespace: string): void {
  if (readAuthorization().service(namespace) === undefined) throw invalidInput(`Invalid service namespace: ${namespace}`)
}

const ENTITY_TYPES: Readonly<Record<OwnerKind, PolicyOwnerEntityType>> = { user: 'USER', group: 'GROUP', role: 'ROLE' }

/** Inline policies are told with their owner, managed ones with their ARN (API reference). */
function shape(policy: SourcePolicy): PolicyGrantingServiceAccess {
  const { name: PolicyName } = policy
  if (policy.type !== 'inline') return { PolicyName, PolicyType: 'MANAGED', PolicyArn: policy.arn }
  const { kind, name: EntityName } = policy.owner
  return { PolicyName, PolicyType: 'INLINE', EntityType: ENTITY_TYPES[kind], EntityName }
}

export const serviceAccessOperations = [listPoliciesGrantingServiceAccess]
