/** Versions of managed policies. Of AWS's own only the default version is here. */
import type { PolicyVersion } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { readOperation, writeOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import { awsPolicyDocument, findAwsPolicy } from './aws-policies.ts'
import { encodedDocument } from './document-encoding.ts'
import { noSuchEntity, tooManyVersions, versionIsDefault } from './errors.ts'
import { mustFindPolicy } from './policies.ts'
import {
  deleteVersionRow,
  findPolicy,
  findVersion,
  insertVersion,
  listVersions,
  type PolicyRow,
  setDefaultVersion,
  type VersionRow,
} from './policies.rows.ts'
import { mustBePolicyArn, mustOwnPolicy, policyCheck } from './policy-arn.ts'
import { versionId } from './policy-shape.ts'
import { mustBeManagedPolicy, mustFitManagedPolicy } from './put-policy.ts'
import { VERSIONS_PER_POLICY } from './quotas.ts'

/** Without SetAsDefault the new version waits until SetDefaultPolicyVersion. */
export const createPolicyVersion = writeOperation('iam', 'CreatePolicyVersion', {
  authorize: ({ PolicyArn }) => policyCheck('iam:CreatePolicyVersion', PolicyArn),
  async handle(tx, { PolicyArn, PolicyDocument: document, SetAsDefault = false }, { accountId, now }) {
    mustOwnPolicy(PolicyArn, accountId, 'create versions for policies')
    mustBeManagedPolicy(document)
    const { id: policyId, next_version: number } = await mustFindPolicy(tx, accountId, PolicyArn)
    mustFitManagedPolicy(document)
    if ((await listVersions(tx, accountId, policyId)).length >= VERSIONS_PER_POLICY) throw tooManyVersions(VERSIONS_PER_POLICY)
    await insertVersion(tx, accountId, { policyId, number, document, createdAt: now })
    if (SetAsDefault) await setDefaultVersion(tx, accountId, policyId, number)
    return { PolicyVersion: { VersionId: versionId(number), IsDefaultVersion: SetAsDefault, CreateDate: new Date(now) } }
  },
})

export const getPolicyVersion = readOperation('iam', 'GetPolicyVersion', {
  authorize: ({ PolicyArn }) => policyCheck('iam:GetPolicyVersion', PolicyArn),
  async handle(tx, { PolicyArn, VersionId }, { accountId }) {
    mustBePolicyArn(PolicyArn)
    const published = awsVersion(PolicyArn)
    if (published !== undefined) {
      const document = awsPolicyDocument(PolicyArn)
      if (VersionId !== published.VersionId || document === undefined) throw noSuchEntity.policyVersion(PolicyArn, VersionId)
      return { PolicyVersion: { Document: encodedDocument(document), ...published } }
    }
    const { policy, version } = await mustFindVersion(tx, accountId, { PolicyArn, VersionId })
    return { PolicyVersion: { Document: encodedDocument(version.document), ...listedVersion(policy, version) } }
  },
})

/** Newest first, without documents (recorded from AWS). */
export const listPolicyVersions = readOperation('iam', 'ListPolicyVersions', {
  authorize: ({ PolicyArn }) => policyCheck('iam:ListPolicyVersions', PolicyArn),
  async handle(tx, input, { accountId }) {
    mustBePolicyArn(input.PolicyArn)
    const before = startOf('policy versions', input)
    const all = await versionsOf(tx, accountId, input.PolicyArn)
    const versions = all.filter(({ VersionId }) => before === undefined || numberOf(VersionId) < numberOf(before))
    const { items, ...page } = pageOf('policy versions', versions.slice(0, rowsFor(input)), input, ({ VersionId }) => VersionId)
    return { Versions: items, ...page }
  },
})

export const deletePolicyVersion = writeOperation('iam', 'DeletePolicyVersion', {
  authorize: ({ PolicyArn }) => policyCheck('iam:DeletePolicyVersion', PolicyArn),
  async handle(tx, input, { accountId }) {
    mustOwnPolicy(input.PolicyArn, accountId, 'delete policy versions for policies')
    const { policy, version } = await mustFindVersion(tx, accountId, input)
    if (version.number === policy.default_version) throw versionIsDefault()
    await deleteVersionRow(tx, accountId, policy.id, version.number)
    return {}
  },
})

export const setDefaultPolicyVersion = writeOperation('iam', 'SetDefaultPolicyVersion', {
  authorize: ({ PolicyArn }) => policyCheck('iam:SetDefaultPolicyVersion', PolicyArn),
  async handle(tx, input, { accountId }) {
    mustOwnPolicy(input.PolicyArn, accountId, 'update policies')
    const { policy, version } = await mustFindVersion(tx, accountId, input)
    await setDefaultVersion(tx, accountId, policy.id, version.number)
    return {}
  },
})

type ListedVersion = PolicyVersion & { readonly VersionId: string }

const listedVersion = (policy: PolicyRow, { number, created_at: createdAt }: VersionRow): ListedVersion => ({
  VersionId: versionId(number),
  IsDefaultVersion: number === policy.default_version,
  CreateDate: new Date(createdAt),
})

/** The default version of an AWS managed policy. */
function awsVersion(arn: string): ListedVersion | undefined {
  const policy = findAwsPolicy(arn)
  return policy && { VersionId: policy.defaultVersionId, IsDefaultVersion: true, CreateDate: policy.updateDate }
}

async function versionsOf(tx: ReadTx, accountId: string, arn: string): Promise<readonly ListedVersion[]> {
  const published = awsVersion(arn)
  if (published !== undefined) return [published]
  const policy = await mustFindPolicy(tx, accountId, arn)
  return (await listVersions(tx, accountId, policy.id)).map((version) => listedVersion(policy, version))
}

/** Version ids that are not `v` and a number (the model lets a suffix follow) belong to no version. */
const VERSION_ID = /^v([1-9]\d{0,8})$/
const numberOf = (id: string): number => Number(VERSION_ID.exec(id)?.[1] ?? 0)

async function mustFindVersion(
  tx: ReadTx,
  accountId: string,
  { PolicyArn, VersionId }: { readonly PolicyArn: string; readonly VersionId: string },
): Promise<{ readonly policy: PolicyRow; readonly version: VersionRow & { readonly document: string } }> {
  const policy = await findPolicy(tx, accountId, PolicyArn)
  const version = policy && (await findVersion(tx, accountId, policy, numberOf(VersionId)))
  if (policy === undefined || version === undefined) throw noSuchEntity.policyVersion(PolicyArn, VersionId)
  return { policy, version }
}

export const policyVersionOperations = [
  createPolicyVersion,
  getPolicyVersion,
  listPolicyVersions,
  deletePolicyVersion,
  setDefaultPolicyVersion,
]
