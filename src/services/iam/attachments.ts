/** Managed policies on users, groups and roles: attach, detach, list. */
import type { AttachedPolicy } from '../../model/iam.gen.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { type Call, type Check, type HandlingCall, readOperation, writeOperation } from '../operation.ts'
import { type Page, type PageInput, pageOf, rowsFor, startOf } from '../pagination.ts'
import { attach, detach, isAttached, listAttached } from './attachments.rows.ts'
import { noSuchEntity, quotaExceeded, serviceRolePolicy } from './errors.ts'
import { DEFAULT_PATH } from './names.ts'
import { findManagedPolicy } from './policies.ts'
import { AWS_OWNER, mustBePolicyArn, SERVICE_ROLE_PATH } from './policy-arn.ts'
import { GROUP, type OwnerKind, ownerRef, ROLE, USER } from './policy-owners.ts'

export const attachUserPolicy = writeOperation('iam', 'AttachUserPolicy', attaching('iam:AttachUserPolicy', USER))
export const attachGroupPolicy = writeOperation('iam', 'AttachGroupPolicy', attaching('iam:AttachGroupPolicy', GROUP))
export const attachRolePolicy = writeOperation('iam', 'AttachRolePolicy', attaching('iam:AttachRolePolicy', ROLE))
export const detachUserPolicy = writeOperation('iam', 'DetachUserPolicy', detaching('iam:DetachUserPolicy', USER))
export const detachGroupPolicy = writeOperation('iam', 'DetachGroupPolicy', detaching('iam:DetachGroupPolicy', GROUP))
export const detachRolePolicy = writeOperation('iam', 'DetachRolePolicy', detaching('iam:DetachRolePolicy', ROLE))
export const listAttachedUserPolicies = readOperation(
  'iam',
  'ListAttachedUserPolicies',
  listing('iam:ListAttachedUserPolicies', USER),
)
export const listAttachedGroupPolicies = readOperation(
  'iam',
  'ListAttachedGroupPolicies',
  listing('iam:ListAttachedGroupPolicies', GROUP),
)
export const listAttachedRolePolicies = readOperation(
  'iam',
  'ListAttachedRolePolicies',
  listing('iam:ListAttachedRolePolicies', ROLE),
)

type PolicyInput = { readonly PolicyArn: string }

/** Attaching twice is no error. */
function attaching<Named>(action: string, owner: OwnerKind<Named>) {
  return {
    authorize: (input: Named & PolicyInput, _call: Call): Check => attachmentCheck(action, owner, input),
    async handle(tx: WriteTx, input: Named & PolicyInput, { accountId, now }: HandlingCall): Promise<object> {
      const { PolicyArn: policyArn } = input
      const { owner: account, path } = mustBePolicyArn(policyArn)
      const { id: ownerId } = await owner.mustFindModifiable(tx, accountId, owner.nameOf(input))
      if ((await findManagedPolicy(tx, accountId, policyArn)) === undefined) throw noSuchEntity.notAttachable(policyArn)
      if (account === AWS_OWNER && path === SERVICE_ROLE_PATH) throw serviceRolePolicy()
      if (await isAttached(tx, accountId, { ownerId, policyArn })) return {}
      const { quota, limit } = owner.attached
      if ((await listAttached(tx, accountId, ownerId)).length >= limit) throw quotaExceeded(quota, limit)
      await attach(tx, accountId, { ownerId, policyArn }, now)
      return {}
    },
  }
}

/** AWS says of a policy that is not attached that it was not found, whether or not it exists (reported). */
function detaching<Named>(action: string, owner: OwnerKind<Named>) {
  return {
    authorize: (input: Named & PolicyInput, _call: Call): Check => attachmentCheck(action, owner, input),
    async handle(tx: WriteTx, input: Named & PolicyInput, { accountId }: HandlingCall): Promise<object> {
      const { PolicyArn: policyArn } = input
      mustBePolicyArn(policyArn)
      const { id: ownerId } = await owner.mustFindModifiable(tx, accountId, owner.nameOf(input))
      if (!(await detach(tx, accountId, { ownerId, policyArn }))) throw noSuchEntity.policy(policyArn)
      return {}
    },
  }
}

/** Who may attach what: the owner is the resource, the policy a condition key (Service Authorization Reference). */
function attachmentCheck<Named>(action: string, owner: OwnerKind<Named>, input: Named & PolicyInput): Check {
  mustBePolicyArn(input.PolicyArn)
  return { action, resource: ownerRef(owner, input), context: { 'iam:PolicyARN': input.PolicyArn } }
}

type ListInput = PageInput & { readonly PathPrefix?: string }
type ListOutput = Omit<Page<never>, 'items'> & { readonly AttachedPolicies: readonly AttachedPolicy[] }

/** In the order of ARNs. Names and paths are in the ARNs. */
function listing<Named>(action: string, owner: OwnerKind<Named>) {
  const list = `policies attached to ${owner.kind}`
  return {
    authorize: (input: Named & ListInput, _call: Call): Check => ({ action, resource: ownerRef(owner, input) }),
    async handle(tx: ReadTx, input: Named & ListInput, { accountId }: HandlingCall): Promise<ListOutput> {
      const { id } = await owner.mustFind(tx, accountId, owner.nameOf(input))
      const { PathPrefix = DEFAULT_PATH } = input
      const after = startOf(list, input) ?? ''
      const arns = (await listAttached(tx, accountId, id))
        .filter((arn) => arn > after && mustBePolicyArn(arn).path.startsWith(PathPrefix))
        .toSorted()
      const { items, ...page } = pageOf(list, arns.slice(0, rowsFor(input)), input, (arn) => arn)
      return { AttachedPolicies: items.map((arn) => ({ PolicyName: mustBePolicyArn(arn).name, PolicyArn: arn })), ...page }
    },
  }
}

export const attachmentOperations = [
  attachUserPolicy,
  attachGroupPolicy,
  attachRolePolicy,
  detachUserPolicy,
  detachGroupPolicy,
  detachRolePolicy,
  listAttachedUserPolicies,
  listAttachedGroupPolicies,
  listAttachedRolePolicies,
]
