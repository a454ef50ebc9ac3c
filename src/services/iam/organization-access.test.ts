/** Access reports of an organization: which accounts, which services, and why there is none. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { AccessDetail, GetOrganizationsAccessReportResponse } from '../../model/iam.gen.ts'
import type {
  CreateAccountResponse,
  CreateOrganizationResponse,
  CreateOrganizationalUnitResponse,
  CreatePolicyResponse,
  ListRootsResponse,
} from '../../model/organizations.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { moveAccount } from '../organizations/accounts.ts'
import { attachPolicy, detachPolicy } from '../organizations/attachments.ts'
import { createAccount } from '../organizations/new-account.ts'
import { createOrganization, listRoots } from '../organizations/organization.ts'
import { createPolicy } from '../organizations/policies.ts'
import { disablePolicyType, enablePolicyType } from '../organizations/policy-types.ts'
import { createOrganizationalUnit } from '../organizations/units.ts'
import { type Access, noteAccesses } from './last-access.rows.ts'
import { getServiceLastAccessedDetails } from './last-accessed.ts'
import { generateOrganizationsAccessReport as generate, getOrganizationsAccessReport as get } from './organization-access.ts'

const DAY = 86_400_000
const SCP = 'SERVICE_CONTROL_POLICY'
const FULL = 'p-FullAWSAccess'

let harness: Harness
let org = ''
let root = ''
let unit = ''
let inner = ''
/** Accounts: in the root, in the unit, in the unit's unit. */
const accounts: Record<'top' | 'mid' | 'low', string> = { top: '', mid: '', low: '' }
const policies: Record<string, string> = {}

before(async () => {
  harness = await openHarness()
  org = (await harness.call<CreateOrganizationResponse>(createOrganization, {})).Organization?.Id ?? ''
  root = (await harness.call<ListRootsResponse>(listRoots, {})).Roots?.[0]?.Id ?? ''
  const unitIn = async (ParentId: string, Name: string): Promise<string> =>
    (await harness.call<CreateOrganizationalUnitResponse>(createOrganizationalUnit, { ParentId, Name })).OrganizationalUnit?.Id ??
    ''
  unit = await unitIn(root, 'unit')
  inner = await unitIn(unit, 'inner')
  for (const [name, place] of [
    ['top', root],
    ['mid', unit],
    ['low', inner],
  ] as const) {
    const made = await harness.call<CreateAccountResponse>(createAccount, { AccountName: name, Email: `${name}@example.org` })
    accounts[name] = made.CreateAccountStatus?.AccountId ?? ''
    if (place !== root)
      await harness.call(moveAccount, { AccountId: accounts[name], SourceParentId: root, DestinationParentId: place })
  }
  const document = (Effect: string, Action: readonly string[]): string =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Action, Resource: '*' }] })
  for (const [Name, Content] of [
    ['few', document('Allow', ['iam:*', 'sts:*', 's3:Get*'])],
    ['no sts', document('Deny', ['sts:*'])],
    ['loose', document('Allow', ['sqs:*'])],
  ] as const) {
    const made = await harness.call<CreatePolicyResponse>(createPolicy, { Name, Description: 'd', Type: SCP, Content })
    policies[Name] = made.Policy?.PolicySummary?.Id ?? ''
  }
})
after(() => harness.close())

async function attempts(
  ...rows: readonly (readonly [account: string, service: string, ago: number, region?: string])[]
): Promise<void> {
  const accesses = rows.map(([accountId, service, ago, region = 'us-east-1']): Access => ({
    accountId,
    principalId: accountId,
    service,
    action: 'Something',
    accessedAt: harness.now() - ago,
    region,
  }))
  await harness.store.write({ run: async (tx: Parameters<typeof noteAccesses>[0]) => (await noteAccesses(tx, accesses), {}) })
}

const path = (...line: readonly string[]): string => [org, root, ...line].join('/')
const report = async (
  EntityPath: string,
  OrganizationsPolicyId?: string,
  more: object = {},
): Promise<GetOrganizationsAccessReportResponse> => {
  const { JobId } = await harness.call<{ JobId: string }>(generate, {
    EntityPath,
    ...(OrganizationsPolicyId !== undefined && { OrganizationsPolicyId }),
  })
  return harness.call(get, { JobId, ...more })
}
const namesOf = ({ AccessDetails = [] }: GetOrganizationsAccessReportResponse): readonly string[] =>
  AccessDetails.map(({ ServiceNamespace }) => ServiceNamespace)
const detail = ({ AccessDetails = [] }: GetOrganizationsAccessReportResponse, namespace: string): AccessDetail | undefined =>
  AccessDetails.find(({ ServiceNamespace }) => ServiceNamespace === namespace)
/** For each place: when iam was last attempted, in how many accounts. */
const iamOf = async (EntityPath: string, policy?: string): Promise<readonly [number | undefined, number | undefined]> => {
  const iam = detail(await report(EntityPath, policy, { MaxItems: 1_000 }), 'iam')
  return [iam?.LastAuthenticatedTime?.getTime(), iam?.TotalAuthenticatedEntities]
}

test('without service control policies a report fails, and says why', async () => {
  const failed = await report(path())
  const made = new Date(harness.now())
  assert.deepEqual(failed, {
    JobStatus: 'FAILED',
    JobCreationDate: made,
    JobCompletionDate: made,
    ErrorDetails: {
      Code: 'PolicyTypeNotEnabledException',
      Message: 'This operation can be performed only for enabled policy types.',
    },
  })
  await harness.call(enablePolicyType, { RootId: root, PolicyType: SCP })
  assert.equal((await report(path())).JobStatus, 'COMPLETED')
})

test('other reasons, in the order in which they are looked for', async () => {
  const reason = async (EntityPath: string, OrganizationsPolicyId?: string, account = ACCOUNT): Promise<string | undefined> => {
    const as = harness.rootOf(account)
    const { JobId } = await harness.call<{ JobId: string }>(
      generate,
      { EntityPath, ...(OrganizationsPolicyId !== undefined && { OrganizationsPolicyId }) },
      { as },
    )
    return (await harness.call<GetOrganizationsAccessReportResponse>(get, { JobId }, { as })).ErrorDetails?.Code
  }
  assert.equal(await reason(path(), undefined, OTHER_ACCOUNT), 'AWSOrganizationsNotInUseException')
  assert.equal(await reason(path(accounts.top), undefined, accounts.top), 'AccessDeniedException')
  const missing = [
    `o-zzzzzzzzzz/${root}`,
    `${org}/r-zzzz`,
    path(inner),
    path(accounts.low),
    path(unit, accounts.low),
    path(unit, inner, accounts.mid),
    `${path(unit)}/`,
    path(OTHER_ACCOUNT),
  ]
  for (const wrong of missing) assert.equal(await reason(wrong, 'p-zzzzzzzz'), 'TargetNotFoundException', wrong)
  assert.equal(await reason(path(), 'p-zzzzzzzz'), 'PolicyNotFoundException')
  assert.equal(await reason(path(unit, inner, accounts.low)), undefined)
})

test('accounts of the entity and below it, never the management account unless it is asked for', async () => {
  await attempts(
    [ACCOUNT, 'iam', 1],
    [accounts.top, 'iam', 2 * DAY],
    [accounts.mid, 'iam', 4 * DAY, 'eu-west-1'],
    [accounts.low, 'iam', 3 * DAY],
    [accounts.low, 'sts', 401 * DAY],
  )
  const ago = (time: number): number => harness.now() - time
  assert.deepEqual(await iamOf(path()), [ago(2 * DAY), 3])
  assert.deepEqual(await iamOf(path(unit)), [ago(3 * DAY), 2])
  assert.deepEqual(await iamOf(path(unit, inner)), [ago(3 * DAY), 1])
  assert.deepEqual(await iamOf(path(unit, accounts.mid)), [ago(4 * DAY), 1])
  assert.deepEqual(await iamOf(path(ACCOUNT)), [ago(1), 1])
  assert.deepEqual(detail(await report(path(unit, accounts.mid), undefined, { MaxItems: 1_000 }), 'iam'), {
    ServiceName: 'AWS Identity and Access Management (IAM)',
    ServiceNamespace: 'iam',
    Region: 'eu-west-1',
    EntityPath: path(unit, accounts.mid),
    LastAuthenticatedTime: new Date(ago(4 * DAY)),
    TotalAuthenticatedEntities: 1,
  })
  // Older than 400 days.
  assert.deepEqual(detail(await report(path(), undefined, { MaxItems: 1_000 }), 'sts'), {
    ServiceName: 'AWS Security Token Service',
    ServiceNamespace: 'sts',
    TotalAuthenticatedEntities: 0,
  })
})

test('services that every level down to the entity allows, or that the named policy does', async () => {
  await harness.call(attachPolicy, { PolicyId: policies['few'], TargetId: unit })
  await harness.call(detachPolicy, { PolicyId: FULL, TargetId: unit })
  await harness.call(attachPolicy, { PolicyId: policies['no sts'], TargetId: inner })
  assert.deepEqual(namesOf(await report(path(unit))), ['iam', 's3', 'sts'])
  assert.deepEqual(namesOf(await report(path(unit, inner))), ['iam', 's3'])
  assert.deepEqual(namesOf(await report(path(unit, inner, accounts.low))), ['iam', 's3'])
  const all = (await report(path())).NumberOfServicesAccessible ?? 0
  assert.ok(all > 400)
  assert.equal((await report(path(ACCOUNT))).NumberOfServicesAccessible, all)
  assert.deepEqual(namesOf(await report(path(), policies['few'])), ['iam', 's3', 'sts'])
  assert.deepEqual(namesOf(await report(path(), policies['no sts'])), [])
  // The management account: the policy is ignored.
  assert.equal((await report(path(ACCOUNT), policies['few'])).NumberOfServicesAccessible, all)
})

test('with a policy only the accounts that it binds count', async () => {
  const ago = (time: number): number => harness.now() - time
  assert.deepEqual(await iamOf(path(), policies['few']), [ago(3 * DAY), 2])
  assert.deepEqual(await iamOf(path(unit, accounts.mid), policies['few']), [ago(4 * DAY), 1])
  assert.deepEqual(await iamOf(path(accounts.top), policies['few']), [undefined, 0])
  assert.deepEqual(await iamOf(path(), FULL), [ago(2 * DAY), 3])
  const loose = await report(path(), policies['loose'])
  assert.deepEqual([namesOf(loose), loose.NumberOfServicesNotAccessed], [['sqs'], 1])
})

test('numbers, orders and pages', async () => {
  await attempts([accounts.low, 's3', DAY])
  const sorted = async (SortKey: string): Promise<readonly string[]> => namesOf(await report(path(unit), undefined, { SortKey }))
  assert.deepEqual(await sorted('SERVICE_NAMESPACE_ASCENDING'), ['iam', 's3', 'sts'])
  assert.deepEqual(await sorted('SERVICE_NAMESPACE_DESCENDING'), ['sts', 's3', 'iam'])
  assert.deepEqual(await sorted('LAST_AUTHENTICATED_TIME_ASCENDING'), ['sts', 'iam', 's3'])
  assert.deepEqual(await sorted('LAST_AUTHENTICATED_TIME_DESCENDING'), ['s3', 'iam', 'sts'])
  const { NumberOfServicesAccessible, NumberOfServicesNotAccessed, IsTruncated } = await report(path(unit))
  assert.deepEqual([NumberOfServicesAccessible, NumberOfServicesNotAccessed, IsTruncated], [3, 1, false])
  const { JobId } = await harness.call<{ JobId: string }>(generate, { EntityPath: path(unit) })
  const first = await harness.call<GetOrganizationsAccessReportResponse>(get, { JobId, MaxItems: 2 })
  assert.deepEqual([namesOf(first), first.IsTruncated, first.NumberOfServicesAccessible], [['iam', 's3'], true, 3])
  const rest = await harness.call<GetOrganizationsAccessReportResponse>(get, { JobId, MaxItems: 2, Marker: first.Marker })
  assert.deepEqual([namesOf(rest), rest.IsTruncated], [['sts'], false])
  await assertRefusals(harness, get, [
    [{ JobId, Marker: first.Marker, SortKey: 'SERVICE_NAMESPACE_DESCENDING' }, 'ValidationError', 'Invalid Marker.'],
  ])
})

test('a job is read by whoever began it, and is of one kind', async () => {
  const { JobId } = await harness.call<{ JobId: string }>(generate, { EntityPath: path() })
  const message = `The job with id ${JobId} cannot be found.`
  await harness.refused(get, { JobId }, { code: 'NoSuchEntity', message }, { as: harness.user('alice', 'AIDAALICE') })
  await harness.refused(getServiceLastAccessedDetails, { JobId }, { code: 'NoSuchEntity', message })
})

test('what must be allowed', () => {
  const account = path(unit, accounts.mid)
  const target = { kind: 'target', name: accounts.mid }
  const policy = { kind: 'policy', name: 'p-1234567890' }
  const context = { 'organizations:PolicyType': SCP }
  const own = { action: 'iam:GenerateOrganizationsAccessReport', resource: `arn:aws:iam::${ACCOUNT}:access-report/${account}` }
  assert.deepEqual(harness.checks(generate, { EntityPath: account, OrganizationsPolicyId: 'p-1234567890' }), [
    { ...own, context: { 'iam:OrganizationsPolicyId': 'p-1234567890' } },
    { action: 'organizations:ListRoots', resource: '*' },
    { action: 'organizations:ListPoliciesForTarget', resource: target, context },
    { action: 'organizations:DescribePolicy', resource: policy, context },
    { action: 'organizations:ListParents', resource: target },
    { action: 'organizations:ListTargetsForPolicy', resource: policy },
  ])
  const checks = harness.checks(generate, { EntityPath: path() })
  assert.ok(Array.isArray(checks))
  assert.deepEqual(
    checks.map(({ action }: { readonly action: string }) => action),
    [
      'iam:GenerateOrganizationsAccessReport',
      'organizations:ListRoots',
      'organizations:ListPoliciesForTarget',
      'organizations:DescribePolicy',
      'organizations:ListChildren',
    ],
  )
})

test('when the policies are switched off a report made before can still be read', async () => {
  const { JobId } = await harness.call<{ JobId: string }>(generate, { EntityPath: path(unit) })
  await harness.call(disablePolicyType, { RootId: root, PolicyType: SCP })
  assert.deepEqual(namesOf(await harness.call(get, { JobId })), ['iam', 's3', 'sts'])
  assert.equal((await report(path(unit))).JobStatus, 'FAILED')
})
