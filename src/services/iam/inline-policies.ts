/** Inline policies of users, groups and roles: put, get, delete, list. Documents are kept as they were sent. */
import { documentSize } from '../../policy/size.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { type Call, type Check, type HandlingCall, readOperation, writeOperation } from '../operation.ts'
import { type Page, type PageInput, pageOf, rowsFor, startOf } from '../pagination.ts'
import { encodedDocument } from './document-encoding.ts'
import { inlinePoliciesTooLarge, noSuchEntity } from './errors.ts'
import {
  allInlinePolicies,
  deleteInlinePolicyRow,
  findInlineDocument,
  listInlineNames,
  putInlinePolicyRow,
} from './inline-policies.rows.ts'
import { GROUP, type OwnerKind, ownerRef, ROLE, USER } from './policy-owners.ts'
import { mustBeIdentityPolicy } from './put-policy.ts'

export const putUserPolicy = writeOperation('iam', 'PutUserPolicy', putting('iam:PutUserPolicy', USER))
export const putGroupPolicy = writeOperation('iam', 'PutGroupPolicy', putting('iam:PutGroupPolicy', GROUP))
export const putRolePolicy = writeOperation('iam', 'PutRolePolicy', putting('iam:PutRolePolicy', ROLE))
export const getUserPolicy = readOperation('iam', 'GetUserPolicy', getting('iam:GetUserPolicy', USER))
export const getGroupPolicy = readOperation('iam', 'GetGroupPolicy', getting('iam:GetGroupPolicy', GROUP))
export const getRolePolicy = readOperation('iam', 'GetRolePolicy', getting('iam:GetRolePolicy', ROLE))
export const deleteUserPolicy = writeOperation('iam', 'DeleteUserPolicy', deleting('iam:DeleteUserPolicy', USER))
export const deleteGroupPolicy = writeOperation('iam', 'DeleteGroupPolicy', deleting('iam:DeleteGroupPolicy', GROUP))
export const deleteRolePolicy = writeOperation('iam', 'DeleteRolePolicy', deleting('iam:DeleteRolePolicy', ROLE))
export const listUserPolicies = readOperation('iam', 'ListUserPolicies', listing('iam:ListUserPolicies', USER))
export const listGroupPolicies = readOperation('iam', 'ListGroupPolicies', listing('iam:ListGroupPolicies', GROUP))
export const listRolePolicies = readOperation('iam', 'ListRolePolicies', listing('iam:ListRolePolicies', ROLE))

type NameInput = { readonly PolicyName: string }
type PutInput = NameInput & { readonly PolicyDocument: string }

/** A policy of the same name is replaced. The quota is for all policies of the owner together, this one included. */
function putting<Named>(action: string, owner: OwnerKind<Named>) {
  return {
    authorize: ownerCheck<Named>(action, owner),
    async handle(tx: WriteTx, input: Named & PutInput, { accountId }: HandlingCall): Promise<object> {
      const { PolicyName: name, PolicyDocument: document } = input
      const { id, name: ownerName } = await owner.mustFindModifiable(tx, accountId, owner.nameOf(input))
      mustBeIdentityPolicy(document)
      const others = (await allInlinePolicies(tx, accountId, id)).filter((policy) => policy.name !== name)
      const size = [document, ...others.map((policy) => policy.document)].reduce((sum, text) => sum + documentSize(text), 0)
      if (size > owner.inlineSize) throw inlinePoliciesTooLarge(owner.inlineSize, owner.kind, ownerName)
      await putInlinePolicyRow(tx, accountId, id, { name, document })
      return {}
    },
  }
}

function getting<Named>(action: string, owner: OwnerKind<Named>) {
  return {
    authorize: ownerCheck<Named>(action, owner),
    async handle(tx: ReadTx, input: Named & NameInput, { accountId }: HandlingCall): Promise<Named & PutInput> {
      const { id, name } = await owner.mustFind(tx, accountId, owner.nameOf(input))
      const document = await findInlineDocument(tx, accountId, id, input.PolicyName)
      if (document === undefined) throw noSuchEntity.inlinePolicy(owner.kind, input.PolicyName)
      return { ...owner.named(name), PolicyName: input.PolicyName, PolicyDocument: encodedDocument(document) }
    },
  }
}

function deleting<Named>(action: string, owner: OwnerKind<Named>) {
  return {
    authorize: ownerCheck<Named>(action, owner),
    async handle(tx: WriteTx, input: Named & NameInput, { accountId }: HandlingCall): Promise<object> {
      const { id } = await owner.mustFindModifiable(tx, accountId, owner.nameOf(input))
      const wasThere = await deleteInlinePolicyRow(tx, accountId, id, input.PolicyName)
      if (!wasThere) throw noSuchEntity.inlinePolicy(owner.kind, input.PolicyName)
      return {}
    },
  }
}

type NamesOutput = Omit<Page<never>, 'items'> & { readonly PolicyNames: readonly string[] }

function listing<Named>(action: string, owner: OwnerKind<Named>) {
  const list = `inline policies of ${owner.kind}`
  return {
    authorize: ownerCheck<Named>(action, owner),
    async handle(tx: ReadTx, input: Named & PageInput, { accountId }: HandlingCall): Promise<NamesOutput> {
      const { id } = await owner.mustFind(tx, accountId, owner.nameOf(input))
      const slice = { after: startOf(list, input), limit: rowsFor(input) }
      const { items, ...page } = pageOf(list, await listInlineNames(tx, accountId, id, slice), input, ({ name }) => name)
      return { PolicyNames: items.map(({ name }) => name), ...page }
    },
  }
}

function ownerCheck<Named>(action: string, owner: OwnerKind<Named>): (input: Named, call: Call) => Check {
  return (input) => ({ action, resource: ownerRef(owner, input) })
}

export const inlinePolicyOperations = [
  putUserPolicy,
  putGroupPolicy,
  putRolePolicy,
  getUserPolicy,
  getGroupPolicy,
  getRolePolicy,
  deleteUserPolicy,
  deleteGroupPolicy,
  deleteRolePolicy,
  listUserPolicies,
  listGroupPolicies,
  listRolePolicies,
]
