/** Which policies of an identity give it access to a service. */
import type {
  ListPoliciesGrantingServiceAccessEntry,
  PolicyGrantingServiceAccess,
  PolicyOwnerEntityType,
} from '../../model/iam.gen.ts'
import { compileText, type CompiledPolicy } from '../../policy/compile.ts'
import { refusesEverywhere } from '../../policy/granted-actions.ts'
import { readAuthorization } from '../../protocol/model-files.ts'
import { readOperation } from '../operation.ts'
import { numberBefore, pageOf, rowsFor } from '../pagination.ts'
import { invalidInput } from './errors.ts'
import { loadSource, type OwnerKind, sourceCheck, type SourcePolicy } from './source-policies.ts'

const LIST = 'policies granting service access'

/** Looks at identity policies alone: boundaries, organizations and resource-based policies do not count (API reference). One entry a service, in the order of the request. */
export const listPoliciesGrantingServiceAccess = readOperation('iam', 'ListPoliciesGrantingServiceAccess', {
  authorize: ({ Arn }, { accountId }) => sourceCheck('iam:ListPoliciesGrantingServiceAccess', Arn, accountId),
  async handle(tx, input, { accountId }) {
    const after = numberBefore(LIST, input)
    const services = input.ServiceNamespaces.map((namespace, index) => ({ namespace, index, actions: actionsOf(namespace) }))
    const { policies } = await loadSource(tx, accountId, input.Arn)
    const compiled = policies.map(compiledPolicy)
    const asked = services.filter(({ index }) => index > after).slice(0, rowsFor(input))
    const { items, ...page } = pageOf(LIST, asked, input, ({ index }) => String(index))
    return { PoliciesGrantingServiceAccess: items.map((service) => entryOf(service, policies, compiled)), ...page }
  },
})

/** The names of a service's actions as the engine compares them. The text of the refusal is ours. */
function actionsOf(namespace: string): readonly string[] {
  const service = readAuthorization().service(namespace)
  if (service === undefined) throw invalidInput(`Invalid service namespace: ${namespace}`)
  return [...service.actions.keys()].map((name) => `${namespace.toLowerCase()}:${name}`)
}

const compiledPolicy = ({ document, name }: SourcePolicy): CompiledPolicy =>
  compileText(document, 'identity', { id: name, name, type: 'managed' })

type Service = { readonly namespace: string; readonly actions: readonly string[] }

function entryOf(
  { namespace, actions }: Service,
  policies: readonly SourcePolicy[],
  compiled: readonly CompiledPolicy[],
): ListPoliciesGrantingServiceAccessEntry {
  const refusals = compiled.flatMap(({ statements }) => statements).filter(refusesEverywhere)
  const open = actions.filter((action) => !refusals.some(({ matchesAction }) => matchesAction(action)))
  return {
    ServiceNamespace: namespace,
    Policies: policies.filter((_policy, index) => grantsAny(compiled[index], open)).map(shape),
  }
}

const grantsAny = (policy: CompiledPolicy | undefined, actions: readonly string[]): boolean =>
  policy?.statements.some(({ effect, matchesAction }) => effect === 'Allow' && actions.some(matchesAction)) === true

const ENTITY_TYPES: Readonly<Record<OwnerKind, PolicyOwnerEntityType>> = { user: 'USER', group: 'GROUP', role: 'ROLE' }

/** Inline policies are told with their owner, managed ones with their ARN (API reference). */
function shape(policy: SourcePolicy): PolicyGrantingServiceAccess {
  const { name: PolicyName } = policy
  if (policy.type !== 'inline') return { PolicyName, PolicyType: 'MANAGED', PolicyArn: policy.arn }
  const { kind, name: EntityName } = policy.owner
  return { PolicyName, PolicyType: 'INLINE', EntityType: ENTITY_TYPES[kind], EntityName }
}

export const serviceAccessOperations = [listPoliciesGrantingServiceAccess]
