/** Managed policies: refusals in their order, shapes, lists over both scopes, checks. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CreatePolicyResponse, GetPolicyResponse, ListPoliciesResponse, Policy } from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { attachGroupPolicy, attachUserPolicy, detachUserPolicy } from './attachments.ts'
import { awsPolicyId, listAwsPolicies } from './aws-policies.ts'
import { deleteUserPermissionsBoundary, putUserPermissionsBoundary } from './boundaries.ts'
import { createGroup } from './groups.ts'
import { createPolicy, deletePolicy, getPolicy, listPolicies, policyEntity } from './policies.ts'
import { createPolicyVersion, deletePolicyVersion } from './policy-versions.ts'
import { POLICIES_PER_ACCOUNT } from './quotas.ts'
import { createUser } from './users.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const ADMINISTRATOR_ACCESS = 'arn:aws:iam::aws:policy/AdministratorAccess'
const DOCUMENT = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}'
const arnOf = (pathAndName: string, account = ACCOUNT): string => `arn:aws:iam::${account}:policy${pathAndName}`
const create = async (input: object): Promise<Policy> =>
  (await harness.call<CreatePolicyResponse>(createPolicy, { PolicyDocument: DOCUMENT, ...input })).Policy ?? {}
const get = async (PolicyArn: string): Promise<Policy> =>
  (await harness.call<GetPolicyResponse>(getPolicy, { PolicyArn })).Policy ?? {}
/** A document of so many characters without white space, and some white space, which does not count. */
const sized = (size: number): string => {
  const statement = (sid: string): string =>
    `{"Version":"2012-10-17","Statement":[{"Sid":"${sid}","Effect":"Allow","Action":"sqs:*","Resource":"*"}]}`
  return statement('x'.repeat(size - statement('').length)).replaceAll(',', ', \n')
}

test('CreatePolicy refuses in this order', async () => {
  await create({ PolicyName: 'Taken', PolicyDocument: sized(6_144) })
  const twice = [
    { Key: 'k', Value: '1' },
    { Key: 'k', Value: '2' },
  ]
  const wrong = { PolicyName: 'taken', Path: '/other/' }
  // oxfmt-ignore
  await assertRefusals(harness, createPolicy, [
    [{ ...wrong, PolicyDocument: '{', Tags: twice },    'InvalidInput',            'Duplicate tag keys found.'],
    [{ ...wrong, PolicyDocument: '{' },                 'MalformedPolicyDocument', 'Syntax errors in policy.'],
    [{ ...wrong, PolicyDocument: sized(6_145) },        'LimitExceeded',           'Cannot exceed quota for PolicySize: 6144'],
    [{ ...wrong, PolicyDocument: DOCUMENT },            'EntityAlreadyExists',     'A policy called taken already exists. Duplicate names are not allowed.'],
  ])
})

test('CreatePolicy ends at the quota', async () => {
  const full = { as: harness.rootOf(OTHER_ACCOUNT) }
  for (let number = 0; number < POLICIES_PER_ACCOUNT; number += 1)
    await harness.call(createPolicy, { PolicyName: `p${number}`, PolicyDocument: DOCUMENT }, full)
  await harness.refused(
    createPolicy,
    { PolicyName: 'more', PolicyDocument: DOCUMENT },
    { code: 'LimitExceeded', message: 'Cannot exceed quota for PoliciesPerAccount: 1500' },
    full,
  )
})

test('a new policy has what was given; only GetPolicy shows all of it', async () => {
  const Tags = [
    { Key: 'Team', Value: 'a' },
    { Key: 'team', Value: 'b' },
  ]
  const created = await create({ PolicyName: 'Full', Path: '/a/b/', Description: 'What it is for', Tags })
  assert.match(created.PolicyId ?? '', /^ANPA[A-Z2-7]{17}$/)
  const listed: Policy = {
    PolicyName: 'Full',
    PolicyId: created.PolicyId ?? '',
    Arn: arnOf('/a/b/Full'),
    Path: '/a/b/',
    DefaultVersionId: 'v1',
    AttachmentCount: 0,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    CreateDate: new Date(harness.now()),
    UpdateDate: new Date(harness.now()),
  }
  assert.deepEqual(created, { ...listed, Tags })
  assert.deepEqual(await get(arnOf('/a/b/Full')), { ...listed, Description: 'What it is for', Tags })
  assert.deepEqual(await harness.call(listPolicies, { Scope: 'Local', PathPrefix: '/a/' }), {
    Policies: [listed],
    IsTruncated: false,
  })
  assert.equal((await create({ PolicyName: 'Plain' })).Tags, undefined)
  assert.deepEqual((await get(arnOf('/Plain'))).Tags, [])
})

test('GetPolicy refuses ARNs that are none, and what is not there', async () => {
  const strangers = [
    'no-arn-at-all-1234567',
    arnOf('/x').replace(':iam:', ':sts:'),
    arnOf('/x').replace('::', ':eu-west-1:'),
    arnOf('/x', '1234'),
    arnOf('/x').replace('policy/', 'role/'),
    `${arnOf('/x')} `,
    arnOf('/'),
  ]
  await assertRefusals(harness, getPolicy, [
    ...strangers.map((PolicyArn) => [{ PolicyArn }, 'ValidationError', `ARN ${PolicyArn} is not valid.`] as const),
    [{ PolicyArn: arnOf('/x').replace('arn:aws:', 'arn:aws-cn:') }, 'ValidationError', 'Invalid ARN partition'],
    [{ PolicyArn: arnOf('/x') }, 'NoSuchEntity', `Policy ${arnOf('/x')} was not found.`],
    [{ PolicyArn: arnOf('/taken') }, 'NoSuchEntity', `Policy ${arnOf('/taken')} was not found.`],
    [{ PolicyArn: arnOf('/Nothing', 'aws') }, 'NoSuchEntity', `Policy ${arnOf('/Nothing', 'aws')} was not found.`],
    [{ PolicyArn: arnOf('/p1', OTHER_ACCOUNT) }, 'NoSuchEntity', `Policy ${arnOf('/p1', OTHER_ACCOUNT)} was not found.`],
  ])
})

test('AWS managed policies are there in every account, the same for ever', async () => {
  const policy = await get(ADMINISTRATOR_ACCESS)
  assert.match(policy.PolicyId ?? '', /^ANPAZKAPJZG4[A-Z2-7]{9}$/)
  assert.deepEqual(
    [policy.PolicyName, policy.Path, policy.DefaultVersionId, policy.IsAttachable, policy.CreateDate?.getUTCFullYear()],
    ['AdministratorAccess', '/', 'v1', true, 2015],
  )
  const other = await harness.call<GetPolicyResponse>(
    getPolicy,
    { PolicyArn: ADMINISTRATOR_ACCESS },
    { as: harness.rootOf(OTHER_ACCOUNT) },
  )
  assert.deepEqual(other.Policy, policy)
  assert.equal((await get(arnOf('/job-function/Billing', 'aws'))).Path, '/job-function/')
})

test('ids of AWS managed policies differ, and their list is in the order of names', () => {
  const policies = listAwsPolicies()
  const names = policies.map(({ name }) => name)
  assert.ok(names.length > 1_500)
  assert.deepEqual(names, [...new Set(names)].toSorted())
  assert.equal(new Set(policies.map(({ arn }) => awsPolicyId(arn))).size, names.length)
})

async function pagesOf(input: object): Promise<readonly (readonly Policy[])[]> {
  const pages: (readonly Policy[])[] = []
  let Marker: string | undefined
  do {
    const page = await harness.call<ListPoliciesResponse>(listPolicies, { ...input, ...(Marker !== undefined && { Marker }) })
    assert.equal(page.IsTruncated, page.Marker !== undefined)
    pages.push(page.Policies ?? [])
    Marker = page.Marker
  } while (Marker !== undefined)
  return pages
}
const namesOf = async (input: object): Promise<readonly string[]> =>
  (await pagesOf(input)).flat().map(({ PolicyName = '' }) => PolicyName)

test('ListPolicies goes through both scopes, page by page', async () => {
  for (const PolicyName of ['s3', 'S1', 's2']) await create({ PolicyName, Path: '/scopes/' })
  const pages = await pagesOf({})
  const names = pages.flat().map(({ PolicyName }) => PolicyName)
  const local = await namesOf({ Scope: 'Local' })
  const aws = await namesOf({ Scope: 'AWS', MaxItems: 1_000 })
  assert.deepEqual(new Set(pages.slice(0, -1).map(({ length }) => length)), new Set([100]))
  assert.deepEqual(names, [...local, ...aws])
  assert.deepEqual(await namesOf({ PathPrefix: '/scopes/', MaxItems: 2 }), ['S1', 's2', 's3'])
  const jobs = await pagesOf({ PathPrefix: '/job-function/', MaxItems: 1 })
  assert.ok(jobs.length > 5 && jobs.flat().every(({ Path }) => Path === '/job-function/'))
  await assertRefusals(harness, listPolicies, [[{ Marker: '100' }, 'ValidationError', 'Invalid Marker.']])
})

test('uses are counted per account, and lists can be held to them', async () => {
  const [attached, bounding] = [arnOf('/uses/attached'), arnOf('/uses/bounding')]
  for (const PolicyName of ['attached', 'bounding', 'unused']) await create({ PolicyName, Path: '/uses/' })
  await harness.call(createUser, { UserName: 'user', PermissionsBoundary: bounding })
  await harness.call(createGroup, { GroupName: 'group' })
  await harness.call(attachUserPolicy, { UserName: 'user', PolicyArn: attached })
  await harness.call(attachGroupPolicy, { GroupName: 'group', PolicyArn: attached })
  await harness.call(attachGroupPolicy, { GroupName: 'group', PolicyArn: ADMINISTRATOR_ACCESS })
  const counts = ({ AttachmentCount, PermissionsBoundaryUsageCount }: Policy): unknown => [
    AttachmentCount,
    PermissionsBoundaryUsageCount,
  ]
  const listed = (await pagesOf({ PathPrefix: '/uses/' })).flat()
  assert.deepEqual(listed.map(counts), [
    [2, 0],
    [0, 1],
    [0, 0],
  ])
  assert.deepEqual(
    [counts(await get(attached)), counts(await get(bounding))],
    [
      [2, 0],
      [0, 1],
    ],
  )
  const other = { as: harness.rootOf(OTHER_ACCOUNT) }
  const elsewhere = await harness.call<GetPolicyResponse>(getPolicy, { PolicyArn: ADMINISTRATOR_ACCESS }, other)
  assert.deepEqual(
    [counts(await get(ADMINISTRATOR_ACCESS)), counts(elsewhere.Policy ?? {})],
    [
      [1, 0],
      [0, 0],
    ],
  )
  // oxfmt-ignore
  const filters: readonly (readonly [object, readonly string[]])[] = [
    [{},                                                               ['attached', 'bounding', 'AdministratorAccess']],
    [{ PolicyUsageFilter: 'PermissionsPolicy' },                       ['attached', 'AdministratorAccess']],
    [{ PolicyUsageFilter: 'PermissionsBoundary' },                     ['bounding']],
    [{ PolicyUsageFilter: 'PermissionsPolicy', Scope: 'AWS' },         ['AdministratorAccess']],
    [{ PathPrefix: '/uses/' },                                         ['attached', 'bounding']],
  ]
  for (const [filter, names] of filters) assert.deepEqual(await namesOf({ OnlyAttached: true, ...filter }), names)
  assert.deepEqual(await namesOf({ PolicyUsageFilter: 'PermissionsBoundary' }), ['bounding'])
})

test('DeletePolicy names what must go first, one thing after the other', async () => {
  const { Arn: PolicyArn = '' } = await create({ PolicyName: 'doomed' })
  await harness.call(createUser, { UserName: 'holder', PermissionsBoundary: PolicyArn })
  await harness.call(attachUserPolicy, { UserName: 'holder', PolicyArn })
  await harness.call(createPolicyVersion, { PolicyArn, PolicyDocument: DOCUMENT })
  const others = 'Cannot delete policies outside your own account.'
  // oxfmt-ignore
  await assertRefusals(harness, deletePolicy, [
    [{ PolicyArn: 'no-arn-at-all-1234567' },      'ValidationError', 'ARN no-arn-at-all-1234567 is not valid.'],
    [{ PolicyArn: ADMINISTRATOR_ACCESS },         'AccessDenied',    others],
    [{ PolicyArn: arnOf('/p1', OTHER_ACCOUNT) },  'AccessDenied',    others],
    [{ PolicyArn: arnOf('/nothing') },            'NoSuchEntity',    `Policy ${arnOf('/nothing')} was not found.`],
  ])
  const attached = 'Cannot delete a policy attached to entities.'
  const versions =
    "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy."
  // oxfmt-ignore
  const steps: readonly (readonly [string, () => Promise<unknown>])[] = [
    [attached, () => harness.call(detachUserPolicy, { UserName: 'holder', PolicyArn })],
    [attached, () => harness.call(deleteUserPermissionsBoundary, { UserName: 'holder' })],
    [versions, () => harness.call(deletePolicyVersion, { PolicyArn, VersionId: 'v2' })],
  ]
  for (const [message, takeStep] of steps) {
    await harness.refused(deletePolicy, { PolicyArn }, { code: 'DeleteConflict', message })
    await takeStep()
  }
  await harness.call(deletePolicy, { PolicyArn })
  await harness.refused(getPolicy, { PolicyArn }, { code: 'NoSuchEntity' })
  await harness.refused(
    putUserPermissionsBoundary,
    { UserName: 'holder', PermissionsBoundary: PolicyArn },
    { code: 'NoSuchEntity', message: `Scope ARN: ${PolicyArn} does not exist or is not attachable.` },
  )
  assert.equal((await create({ PolicyName: 'DOOMED' })).DefaultVersionId, 'v1')
})

test('what must be allowed', () => {
  const input = { PolicyName: 'p', Path: '/a/', PolicyDocument: DOCUMENT }
  const context = { 'aws:TagKeys': ['k'], 'aws:RequestTag/k': 'v', 'aws:ResourceTag/k': 'v' }
  assert.deepEqual(harness.checks(createPolicy, input), {
    action: 'iam:CreatePolicy',
    resource: arnOf('/a/p'),
    context: {},
    told: 'policy p',
  })
  assert.deepEqual(harness.checks(createPolicy, { ...input, Tags: [{ Key: 'k', Value: 'v' }] }), [
    { action: 'iam:CreatePolicy', resource: arnOf('/a/p'), context, told: 'policy p' },
    { action: 'iam:TagPolicy', resource: arnOf('/a/p'), context, told: 'policy p' },
  ])
  assert.deepEqual(harness.checks(getPolicy, { PolicyArn: ADMINISTRATOR_ACCESS }), {
    action: 'iam:GetPolicy',
    resource: { kind: 'policy', name: ADMINISTRATOR_ACCESS },
  })
  assert.throws(() => harness.checks(deletePolicy, { PolicyArn: 'no-arn-at-all-1234567' }), { code: 'ValidationError' })
})

test('policies as the decision sees them', async () => {
  const { Arn = '' } = await create({ PolicyName: 'seen', Tags: [{ Key: 'k', Value: 'v' }] })
  const entity = (arn: string) => harness.store.read((tx) => policyEntity(tx, ACCOUNT, arn))
  assert.deepEqual(await entity(Arn), { arn: Arn, context: { 'aws:ResourceTag/k': 'v' } })
  assert.deepEqual(await entity(ADMINISTRATOR_ACCESS), { arn: ADMINISTRATOR_ACCESS })
  assert.deepEqual(await entity(arnOf('/unseen')), { arn: arnOf('/unseen'), missing: true })
})
