/** Attachments: which policies bind the root, a unit or an account. */
import { companions, leaders } from '../organization-trust.rows.ts'
import type { PolicyTargetSummary } from '../../model/organizations.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { type Check, readOperation, writeOperation } from '../operation.ts'
import { FULL_ACCESS, isEnforced } from './aws-policies.ts'
import { policyTargetName } from './entities.ts'
import { duplicateAttachment, invalidInput, noSuch, notAttached, typeNotEnabled, violates } from './errors.ts'
import { kindOf, targetArn } from './ids.ts'
import { type OrganizationRow, enabledTypes, findMember, mustReach, mustReachToWrite } from './organization.rows.ts'
import { page } from './pages.ts'
import { attach, attachedPolicies, detach, mustFindPolicy, targetsOf } from './policies.rows.ts'
import { isPolicyType, POLICY_QUOTAS } from './quotas.ts'
import { ROOT_NAME } from './shapes.ts'
import { findUnit, isTarget } from './units.rows.ts'

type Attaching = { readonly PolicyId: string; readonly TargetId: string }

/** Service Authorization Reference: permission is needed on the policy and on its target. */
const both = (action: string, { PolicyId, TargetId }: Attaching): readonly Check[] => [
  { action, resource: { kind: 'policy', name: PolicyId } },
  { action, resource: { kind: 'policy target', name: policyTargetName(TargetId, PolicyId) } },
]

/** It binds every account under the target from the next request on. */
export const attachPolicy = writeOperation('organizations', 'AttachPolicy', {
  authorize: (input) => both('organizations:AttachPolicy', input),
  async handle(tx, { PolicyId, TargetId }, { accountId: caller, now }) {
    const organization = await mustReachToWrite(tx, caller)
    const { account } = organization
    const policy = await mustFindPolicy(tx, account, PolicyId)
    if (!(await isTarget(tx, organization, TargetId))) throw noSuch.target()
    if (!isPolicyType(policy.type) || !enabledTypes(organization).includes(policy.type)) throw typeNotEnabled()
    const attached = await attachedPolicies(tx, account, TargetId, policy.type)
    if (attached.some(({ id }) => id === PolicyId)) throw duplicateAttachment()
    // The words are recorded: hashicorp/terraform-provider-aws issue 41493.
    if (attached.length >= POLICY_QUOTAS[policy.type].perTarget)
      throw violates(
        'MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED',
        'You have attached the maximum number of policies to the specified target.',
      )
    await attach(tx, account, { targetId: TargetId, policy }, now)
    return {}
  },
  precedes: (tx, { accountId }) => leaders(tx, accountId),
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

/** One service control policy must stay, and RCPFullAWSAccess always stays (Organizations API reference, DetachPolicy). Management policies need not. */
export const detachPolicy = writeOperation('organizations', 'DetachPolicy', {
  authorize: (input) => both('organizations:DetachPolicy', input),
  async handle(tx, { PolicyId, TargetId }, { accountId: caller }) {
    const organization = await mustReachToWrite(tx, caller)
    const { account } = organization
    const policy = await mustFindPolicy(tx, account, PolicyId)
    if (!(await isTarget(tx, organization, TargetId))) throw noSuch.target()
    const attached = await attachedPolicies(tx, account, TargetId, policy.type)
    if (!attached.some(({ id }) => id === PolicyId)) throw notAttached()
    if (PolicyId === FULL_ACCESS.RESOURCE_CONTROL_POLICY.id)
      throw invalidInput('NON_DETACHABLE_POLICY', 'You cannot detach the policy RCPFullAWSAccess.')
    // The words are recorded: hashicorp/terraform-provider-aws issue 26797.
    if (isEnforced(policy.type) && attached.length === 1)
      throw violates(
        'MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED',
        'You cannot remove the last policy attached to the specified target. You must have at least one attached at all times.',
      )
    await detach(tx, account, { targetId: TargetId, policy })
    return {}
  },
  precedes: (tx, { accountId }) => leaders(tx, accountId),
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

/** Those that the policy is attached to, not those that inherit it. */
export const listTargetsForPolicy = readOperation('organizations', 'ListTargetsForPolicy', {
  authorize: ({ PolicyId }) => ({
    action: 'organizations:ListTargetsForPolicy',
    resource: { kind: 'policy', name: PolicyId },
  }),
  async handle(tx, input, { accountId: caller }) {
    const organization = await mustReach(tx, caller)
    const { account } = organization
    const { id } = await mustFindPolicy(tx, account, input.PolicyId)
    const { items, next } = page('targets', await targetsOf(tx, account, id), input, (target) => target)
    const Targets: PolicyTargetSummary[] = []
    for (const target of items) Targets.push(await targetShape(tx, organization, target))
    return { Targets, ...next }
  },
})

async function targetShape(tx: ReadTx, organization: OrganizationRow, id: string): Promise<PolicyTargetSummary> {
  const { account } = organization
  const row =
    id === organization.root_id ? { name: ROOT_NAME } : ((await findUnit(tx, account, id)) ?? (await findMember(tx, account, id)))
  return { TargetId: id, Arn: targetArn(organization, id), Name: row?.name ?? id, Type: kindOf(id) }
}

export const attachmentOperations = [attachPolicy, detachPolicy, listTargetsForPolicy]
