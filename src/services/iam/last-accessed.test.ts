/** Service last accessed details: which services, when, by whom, and who may read it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Principal } from '../../aws/principal.ts'
import type {
  GetServiceLastAccessedDetailsResponse,
  GetServiceLastAccessedDetailsWithEntitiesResponse,
  ServiceLastAccessed,
} from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { TRUST } from '../../../tests/golden/inputs.ts'
import { attachGroupPolicy, attachRolePolicy, attachUserPolicy } from './attachments.ts'
import { createGroup } from './groups.ts'
import { putGroupPolicy, putRolePolicy, putUserPolicy } from './inline-policies.ts'
import { type Access, noteAccesses } from './last-access.rows.ts'
import {
  generateServiceLastAccessedDetails as generate,
  getServiceLastAccessedDetails as get,
  getServiceLastAccessedDetailsWithEntities as getEntities,
} from './last-accessed.ts'
import { addUserToGroup } from './membership.ts'
import { createPolicy, deletePolicy } from './policies.ts'
import { createRole } from './roles.ts'
import { createUser } from './users.ts'

const DAY = 86_400_000
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess'
const SHARED = `arn:aws:iam::${ACCOUNT}:policy/shared`
const BOB = `arn:aws:iam::${ACCOUNT}:user/dev/bob`
const DEPLOY = `arn:aws:iam::${ACCOUNT}:role/x/deploy`
const STAFF = `arn:aws:iam::${ACCOUNT}:group/staff`
const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
const allow = (...Action: readonly string[]): object => ({ Effect: 'Allow', Action, Resource: '*' })

let harness: Harness
const ids: Record<string, string> = {}
before(async () => {
  harness = await openHarness()
  for (const [UserName, Path] of [
    ['alice', '/'],
    ['bob', '/dev/'],
    ['carol', '/'],
    ['dave', '/'],
  ] as const) {
    const { User } = await harness.call<{ User: { UserId: string } }>(createUser, { UserName, Path })
    ids[UserName] = User.UserId
  }
  const { Role } = await harness.call<{ Role: { RoleId: string } }>(createRole, {
    RoleName: 'deploy',
    Path: '/x/',
    AssumeRolePolicyDocument: TRUST,
  })
  ids['deploy'] = Role.RoleId
  await harness.call(createGroup, { GroupName: 'staff' })
  for (const UserName of ['alice', 'bob']) await harness.call(addUserToGroup, { GroupName: 'staff', UserName })
  await harness.call(createPolicy, {
    PolicyName: 'shared',
    PolicyDocument: document(allow('iam:Get*', 'iam:Tag*', 'sqs:*', 'nothing:*')),
  })
  for (const [operation, owner] of [
    [attachGroupPolicy, { GroupName: 'staff' }],
    [attachUserPolicy, { UserName: 'carol' }],
    [attachRolePolicy, { RoleName: 'deploy' }],
  ] as const)
    await harness.call(operation, { ...owner, PolicyArn: SHARED })
  await harness.call(putGroupPolicy, { GroupName: 'staff', PolicyName: 'sts', PolicyDocument: document(allow('sts:*')) })
  await harness.call(putUserPolicy, {
    UserName: 'alice',
    PolicyName: 'own',
    PolicyDocument: document(allow('s3:GetObject'), { Effect: 'Deny', Action: 'sqs:*', Resource: '*' }),
  })
  await harness.call(putRolePolicy, { RoleName: 'deploy', PolicyName: 'own', PolicyDocument: document(allow('organizations:*')) })
})
after(() => harness.close())

/** Attempts: who, what, how long before now. */
async function attempts(
  ...rows: readonly (readonly [who: string, service: string, action: string, ago: number, region?: string])[]
): Promise<void> {
  const accesses = rows.map(([who, service, action, ago, region = 'us-east-1']): Access => ({
    accountId: ACCOUNT,
    principalId: ids[who] ?? who,
    service,
    action,
    accessedAt: harness.now() - ago,
    region,
  }))
  await harness.store.write({ run: async (tx: Parameters<typeof noteAccesses>[0]) => (await noteAccesses(tx, accesses), {}) })
}

const job = async (Arn: string, Granularity?: string, as = harness.root): Promise<{ JobId: string }> =>
  harness.call<{ JobId: string }>(generate, { Arn, ...(Granularity !== undefined && { Granularity }) }, { as })
const report = async (Arn: string, Granularity?: string): Promise<GetServiceLastAccessedDetailsResponse> =>
  harness.call(get, await job(Arn, Granularity))
const services = async (Arn: string, Granularity?: string): Promise<ReadonlyMap<string, ServiceLastAccessed>> =>
  new Map((await report(Arn, Granularity)).ServicesLastAccessed.map((service) => [service.ServiceNamespace, service]))
const namesOf = (found: ReadonlyMap<string, ServiceLastAccessed>): readonly string[] => [...found.keys()]
const entities = async (Arn: string, ServiceNamespace: string) => {
  const { EntityDetailsList } = await harness.call<GetServiceLastAccessedDetailsWithEntitiesResponse>(getEntities, {
    ...(await job(Arn)),
    ServiceNamespace,
  })
  return EntityDetailsList
}

test('a report of a user: the services of its policies and those of its groups, and nothing that is taken away', async () => {
  const { ServicesLastAccessed, ...rest } = await report(`arn:aws:iam::${ACCOUNT}:user/alice`)
  const made = new Date(harness.now())
  assert.deepEqual(rest, {
    JobStatus: 'COMPLETED',
    JobCreationDate: made,
    JobCompletionDate: made,
    JobType: 'SERVICE_LEVEL',
    IsTruncated: false,
  })
  assert.deepEqual(ServicesLastAccessed, [
    { ServiceName: 'AWS Identity and Access Management (IAM)', ServiceNamespace: 'iam', TotalAuthenticatedEntities: 0 },
    { ServiceName: 'Amazon S3', ServiceNamespace: 's3', TotalAuthenticatedEntities: 0 },
    { ServiceName: 'AWS Security Token Service', ServiceNamespace: 'sts', TotalAuthenticatedEntities: 0 },
  ])
})

test('the newest attempt at a service, whatever the action, within 400 days', async () => {
  await attempts(
    ['bob', 'iam', 'GetUser', 3 * DAY, 'eu-west-1'],
    ['bob', 'iam', 'ListUsers', 2 * DAY, 'eu-north-1'],
    ['bob', 'sts', 'GetCallerIdentity', 400 * DAY + 1],
    ['bob', 'lambda', 'ListFunctions', DAY],
  )
  const found = await services(BOB)
  assert.deepEqual(namesOf(found), ['iam', 'sqs', 'sts'])
  assert.deepEqual(found.get('iam'), {
    ServiceName: 'AWS Identity and Access Management (IAM)',
    LastAuthenticated: new Date(harness.now() - 2 * DAY),
    ServiceNamespace: 'iam',
    LastAuthenticatedEntity: BOB,
    LastAuthenticatedRegion: 'eu-north-1',
    TotalAuthenticatedEntities: 1,
  })
  assert.deepEqual(found.get('sts')?.LastAuthenticated, undefined)
})

test('an older attempt does not undo a newer one', async () => {
  await attempts(['bob', 'iam', 'ListUsers', 9 * DAY])
  assert.deepEqual((await services(BOB)).get('iam')?.LastAuthenticated, new Date(harness.now() - 2 * DAY))
})

test('actions: those that are tracked and allowed, where one of them was used', async () => {
  await attempts(['bob', 'iam', 'TagUser', DAY], ['bob', 'sts', 'AssumeRoot', DAY])
  const found = await services(BOB, 'ACTION_LEVEL')
  const actions = found.get('iam')?.TrackedActionsLastAccessed ?? []
  assert.ok(actions.every(({ ActionName = '' }) => ActionName.startsWith('Get')))
  assert.deepEqual(
    actions.filter(({ LastAccessedTime }) => LastAccessedTime !== undefined),
    [
      {
        ActionName: 'GetUser',
        LastAccessedEntity: BOB,
        LastAccessedTime: new Date(harness.now() - 3 * DAY),
        LastAccessedRegion: 'eu-west-1',
      },
    ],
  )
  assert.deepEqual(
    actions.find(({ ActionName }) => ActionName === 'GetRole'),
    { ActionName: 'GetRole' },
  )
  // Its one attempt was at an action that is not tracked: the service was used, none of its actions is told.
  assert.equal(found.get('sts')?.LastAuthenticated?.getTime(), harness.now() - DAY)
  assert.equal(found.get('sts')?.TrackedActionsLastAccessed, undefined)
  assert.equal((await report(BOB, 'ACTION_LEVEL')).JobType, 'ACTION_LEVEL')
})

test('a role', async () => {
  await attempts(['deploy', 'organizations', 'ListRoots', DAY])
  const found = await services(DEPLOY)
  assert.deepEqual(namesOf(found), ['iam', 'organizations', 'sqs'])
  assert.equal(found.get('organizations')?.LastAuthenticatedEntity, DEPLOY)
})

test('a group: what its own policies allow, and which member came last', async () => {
  await attempts(['alice', 'sts', 'GetCallerIdentity', 5 * DAY], ['carol', 'sts', 'GetCallerIdentity', 1])
  const found = await services(STAFF)
  assert.deepEqual(namesOf(found), ['iam', 'sqs', 'sts'])
  assert.equal(found.get('sts')?.LastAuthenticatedEntity, BOB)
  assert.equal(found.get('sts')?.TotalAuthenticatedEntities, 2)
})

test('a policy: who has it, through groups too', async () => {
  await attempts(['dave', 'iam', 'GetRole', 1], ['deploy', 'iam', 'GetRole', 1_000], ['root', 'iam', 'GetRole', 0])
  const found = await services(SHARED)
  assert.deepEqual(namesOf(found), ['iam', 'sqs'])
  assert.equal(found.get('iam')?.LastAuthenticatedEntity, DEPLOY)
  assert.equal(found.get('iam')?.TotalAuthenticatedEntities, 2)
})

test('a policy of AWS: all services; nobody has it', async () => {
  const first = await report(ADMINISTRATOR)
  assert.equal(first.ServicesLastAccessed.length, 100)
  assert.equal(first.IsTruncated, true)
  assert.ok(first.ServicesLastAccessed.every(({ TotalAuthenticatedEntities }) => TotalAuthenticatedEntities === 0))
  assert.deepEqual(await entities(ADMINISTRATOR, 'iam'), [])
})

test('entities: the newest attempt first, then those without, each as it is called', async () => {
  const at = (ago: number): Date => new Date(harness.now() - ago)
  const info = (Arn: string, Name: string, Type: string, Path = '/'): object => ({ Arn, Name, Type, Id: ids[Name], Path })
  assert.deepEqual(await entities(SHARED, 'iam'), [
    { EntityInfo: info(DEPLOY, 'deploy', 'ROLE', '/x/'), LastAuthenticated: at(1_000) },
    { EntityInfo: info(BOB, 'bob', 'USER', '/dev/'), LastAuthenticated: at(DAY) },
    { EntityInfo: info(`arn:aws:iam::${ACCOUNT}:user/alice`, 'alice', 'USER') },
    { EntityInfo: info(`arn:aws:iam::${ACCOUNT}:user/carol`, 'carol', 'USER') },
  ])
  assert.deepEqual(await entities(BOB, 'iam'), [{ EntityInfo: info(BOB, 'bob', 'USER', '/dev/'), LastAuthenticated: at(DAY) }])
  assert.deepEqual(
    (await entities(STAFF, 'sqs')).map(({ EntityInfo: { Name } }) => Name),
    ['alice', 'bob'],
  )
  // A service that the policies do not allow.
  assert.deepEqual(await entities(STAFF, 'ec2'), [])
})

test('pages', async () => {
  const { JobId } = await job(SHARED)
  const one = await harness.call<GetServiceLastAccessedDetailsWithEntitiesResponse>(getEntities, {
    JobId,
    ServiceNamespace: 'iam',
    MaxItems: 3,
  })
  assert.equal(one.IsTruncated, true)
  const other = await harness.call<GetServiceLastAccessedDetailsWithEntitiesResponse>(getEntities, {
    JobId,
    ServiceNamespace: 'iam',
    MaxItems: 3,
    Marker: one.Marker,
  })
  assert.deepEqual(
    [...one.EntityDetailsList, ...other.EntityDetailsList].map(({ EntityInfo: { Name } }) => Name),
    ['deploy', 'bob', 'alice', 'carol'],
  )
  assert.equal(other.IsTruncated, false)
  const all: string[] = []
  const everything = await job(ADMINISTRATOR)
  let Marker: string | undefined
  do {
    const page: GetServiceLastAccessedDetailsResponse = await harness.call(get, {
      ...everything,
      MaxItems: 200,
      ...(Marker !== undefined && { Marker }),
    })
    all.push(...page.ServicesLastAccessed.map(({ ServiceNamespace }) => ServiceNamespace))
    Marker = page.Marker
  } while (Marker !== undefined)
  assert.ok(all.length > 400)
  assert.deepEqual(all, [...new Set(all)].toSorted())
})

test('a report stays as it was made, and so does who it is about', async () => {
  const { JobId } = await job(SHARED)
  const before = await harness.call(get, { JobId })
  await attempts(['carol', 'iam', 'GetUser', 0])
  assert.deepEqual(await harness.call(get, { JobId }), before)
  assert.notDeepEqual((await report(SHARED)).ServicesLastAccessed, before['ServicesLastAccessed'])
})

test('a job belongs to whoever began it, in a session to that session', async () => {
  const alice = harness.user('alice', ids['alice'] ?? '')
  const bob = harness.user('bob', ids['bob'] ?? '')
  const session = (accessKeyId: string): Principal => ({
    type: 'assumed-role',
    accountId: ACCOUNT,
    arn: 'arn:aws:sts::111122223333:assumed-role/deploy/ci',
    id: `${ids['deploy']}:ci`,
    roleArn: DEPLOY,
    roleId: ids['deploy'] ?? '',
    roleName: 'deploy',
    sessionName: 'ci',
    credential: { accessKeyId, session: { issuedAt: 0, expiresAt: 1 } },
  })
  const otherKey: Principal = { ...alice, credential: { accessKeyId: 'AKIAOTHER' } }
  // oxfmt-ignore
  const rows: readonly (readonly [Principal, Principal, boolean])[] = [
    [alice,              alice,              true],
    [alice,              otherKey,           true],
    [alice,              bob,                false],
    [alice,              harness.root,       false],
    [harness.root,       alice,              false],
    [harness.root,       harness.rootOf(OTHER_ACCOUNT), false],
    [session('ASIA1'),   session('ASIA1'),   true],
    [session('ASIA1'),   session('ASIA2'),   false],
  ]
  for (const [maker, reader, may] of rows) {
    const { JobId } = await job(BOB, undefined, maker)
    const refusal = { code: 'NoSuchEntity', message: `The job with id ${JobId} cannot be found.` }
    if (may) await harness.call(get, { JobId }, { as: reader })
    else await harness.refused(get, { JobId }, refusal, { as: reader })
    if (!may) await harness.refused(getEntities, { JobId, ServiceNamespace: 'iam' }, refusal, { as: reader })
  }
})

test('refusals', async () => {
  const unknown = '00000000-0000-4000-8000-000000000000'
  const { JobId } = await job(BOB)
  const other = await job(BOB)
  const { Marker } = await harness.call<GetServiceLastAccessedDetailsResponse>(get, { JobId, MaxItems: 1 })
  // oxfmt-ignore
  await assertRefusals(harness, generate, [
    [{ Arn: `arn:aws:iam::${ACCOUNT}:mfa/phone` },             'InvalidInput',    `Invalid Entity Arn: arn:aws:iam::${ACCOUNT}:mfa/phone does not clearly define entity type and name.`],
    [{ Arn: `arn:aws:iam::${ACCOUNT}:user/nobody` },           'NoSuchEntity',    'The user with name nobody cannot be found.'],
    [{ Arn: `arn:aws:iam::${ACCOUNT}:user/bob` },              'NoSuchEntity',    'The user with name bob cannot be found.'],
    [{ Arn: `arn:aws:iam::${ACCOUNT}:role/nobody` },           'NoSuchEntity',    'The role with name nobody cannot be found.'],
    [{ Arn: `arn:aws:iam::${ACCOUNT}:group/nobody` },          'NoSuchEntity',    'The group with name nobody cannot be found.'],
    [{ Arn: `arn:aws:iam::${ACCOUNT}:policy/none` },           'NoSuchEntity',    `Policy arn:aws:iam::${ACCOUNT}:policy/none was not found.`],
    [{ Arn: `arn:aws:iam::${OTHER_ACCOUNT}:policy/shared` },   'NoSuchEntity',    `Policy arn:aws:iam::${OTHER_ACCOUNT}:policy/shared was not found.`],
  ])
  // oxfmt-ignore
  await assertRefusals(harness, get, [
    [{ JobId: unknown },                'NoSuchEntity',    `The job with id ${unknown} cannot be found.`],
    [{ JobId, Marker: 'x' },            'ValidationError', 'Invalid Marker.'],
    [{ ...other, Marker },              'ValidationError', 'Invalid Marker.'],
  ])
  // oxfmt-ignore
  await assertRefusals(harness, getEntities, [
    [{ JobId: unknown, ServiceNamespace: 'iam' },        'NoSuchEntity',    `The job with id ${unknown} cannot be found.`],
    [{ JobId, ServiceNamespace: 'nothing' },             'InvalidInput',    'Invalid service namespace: nothing'],
    [{ JobId, ServiceNamespace: 'iam', Marker },         'ValidationError', 'Invalid Marker.'],
  ])
})

test('what must be allowed', () => {
  const action = 'iam:GenerateServiceLastAccessedDetails'
  assert.deepEqual(harness.checks(generate, { Arn: BOB }), { action, resource: { kind: 'user', name: 'bob' } })
  assert.deepEqual(harness.checks(generate, { Arn: DEPLOY }), { action, resource: { kind: 'role', name: 'deploy' } })
  assert.deepEqual(harness.checks(generate, { Arn: STAFF }), { action, resource: { kind: 'group', name: 'staff' } })
  assert.deepEqual(harness.checks(generate, { Arn: SHARED }), { action, resource: { kind: 'policy', name: SHARED } })
  const wrong: readonly (readonly [string, string])[] = [
    [
      `arn:aws:iam::${ACCOUNT}:instance-profile/x`,
      `Invalid Entity Arn: arn:aws:iam::${ACCOUNT}:instance-profile/x does not clearly define entity type and name.`,
    ],
    [
      'not an ARN, but long enough',
      'Invalid Entity Arn: not an ARN, but long enough does not clearly define entity type and name.',
    ],
    [
      `arn:aws:iam::${OTHER_ACCOUNT}:user/bob`,
      `Invalid Policy Source Arn: caller's account ${ACCOUNT} does not have access to policies in account ${OTHER_ACCOUNT}`,
    ],
  ]
  for (const [Arn, message] of wrong) assert.throws(() => harness.checks(generate, { Arn }), { code: 'InvalidInput', message })
})

test('a report ends with its time, and a policy that is gone has none', async () => {
  await harness.call(createPolicy, { PolicyName: 'gone', PolicyDocument: document(allow('s3:*')) })
  const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/gone`
  const { JobId } = await job(PolicyArn)
  await harness.call(deletePolicy, { PolicyArn })
  assert.equal((await harness.call<GetServiceLastAccessedDetailsResponse>(get, { JobId })).ServicesLastAccessed.length, 1)
  await harness.refused(generate, { Arn: PolicyArn }, { code: 'NoSuchEntity', message: `Policy ${PolicyArn} was not found.` })
  harness.advance(7 * DAY)
  await harness.refused(get, { JobId }, { code: 'NoSuchEntity', message: `The job with id ${JobId} cannot be found.` })
})
