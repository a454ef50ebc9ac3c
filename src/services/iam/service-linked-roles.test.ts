/** Service-linked roles: the table of services, suffixes, deletion tasks. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CreateServiceLinkedRoleResponse, DeleteServiceLinkedRoleResponse, GetRoleResponse } from '../../model/iam.gen.ts'
import { readManagedPolicies } from '../../protocol/model-files.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { LINKED_SERVICES } from './linked-services.ts'
import { loadIdentityDocuments } from './principals.rows.ts'
import { createRole, getRole } from './roles.ts'
import { createServiceLinkedRole, deleteServiceLinkedRole, getServiceLinkedRoleDeletionStatus } from './service-linked-roles.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const create = async (input: object) => (await harness.call<CreateServiceLinkedRoleResponse>(createServiceLinkedRole, input)).Role

test('every service has one role of its own, whose policy exists', () => {
  const services = [...LINKED_SERVICES.values()]
  assert.ok(services.length >= 71)
  assert.equal(new Set(services.map(({ roleName }) => roleName)).size, services.length)
  const unknown = services.filter(({ policyArn }) => readManagedPolicies().find(policyArn) === undefined)
  assert.deepEqual(
    unknown.map(({ principal }) => principal),
    ['lex.amazonaws.com'],
    'AWS no longer publishes the policy of Lex V1',
  )
  assert.deepEqual(
    services.filter(({ takesSuffix }) => takesSuffix).map(({ principal }) => principal),
    ['autoscaling.amazonaws.com', 'connect.amazonaws.com', 'lexv2.amazonaws.com'],
  )
  for (const { roleName } of services) assert.match(roleName, /^[\w+=,.@-]{1,64}$/)
})

test('CreateServiceLinkedRole refuses in this order', async () => {
  await create({ AWSServiceName: 'ecs.amazonaws.com' })
  await create({ AWSServiceName: 'lexv2.amazonaws.com', CustomSuffix: 'x' })
  // oxfmt-ignore
  await assertRefusals(harness, createServiceLinkedRole, [
    [{ AWSServiceName: 'nothing.amazonaws.com', CustomSuffix: 'x' },           'InvalidInput', 'Service-linked roles are not known for nothing.amazonaws.com'],
    [{ AWSServiceName: 'ECS.amazonaws.com' },                                  'InvalidInput', 'Service-linked roles are not known for ECS.amazonaws.com'],
    [{ AWSServiceName: 'ecs.amazonaws.com', CustomSuffix: 'x' },               'InvalidInput', 'Custom suffix is not allowed for ecs.amazonaws.com'],
    [{ AWSServiceName: 'lexv2.amazonaws.com', CustomSuffix: 'x'.repeat(64) },  'InvalidInput', `The role name AWSServiceRoleForLexV2Bots_${'x'.repeat(64)} is longer than 64 characters.`],
    [{ AWSServiceName: 'ecs.amazonaws.com' },                                  'InvalidInput', 'Service role name AWSServiceRoleForECS has been taken in this account, please try a different suffix.'],
    [{ AWSServiceName: 'lexv2.amazonaws.com', CustomSuffix: 'X' },             'InvalidInput', 'Service role name AWSServiceRoleForLexV2Bots_X has been taken in this account, please try a different suffix.'],
  ])
})

test('the role trusts its service and has its policy', async () => {
  const role = await create({ AWSServiceName: 'lex.amazonaws.com', Description: 'For bots' })
  assert.ok(role !== undefined)
  const { AssumeRolePolicyDocument = '', RoleId, ...rest } = role
  assert.deepEqual(rest, {
    Path: '/aws-service-role/lex.amazonaws.com/',
    RoleName: 'AWSServiceRoleForLexBots',
    Arn: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/lex.amazonaws.com/AWSServiceRoleForLexBots`,
    CreateDate: new Date(harness.now()),
  })
  assert.deepEqual(JSON.parse(decodeURIComponent(AssumeRolePolicyDocument)), {
    Version: '2012-10-17',
    Statement: [{ Action: ['sts:AssumeRole'], Effect: 'Allow', Principal: { Service: ['lex.amazonaws.com'] } }],
  })
  const { Role: described } = await harness.call<GetRoleResponse>(getRole, { RoleName: 'AWSServiceRoleForLexBots' })
  assert.deepEqual([described.Description, described.MaxSessionDuration], ['For bots', 3_600])
  const { awsManagedArns } = await harness.store.read((tx) => loadIdentityDocuments(tx, ACCOUNT, RoleId))
  assert.deepEqual(awsManagedArns, ['arn:aws:iam::aws:policy/aws-service-role/AmazonLexBotPolicy'])
})

test('it is deleted by a task, with its policy', async () => {
  const role = await create({ AWSServiceName: 'batch.amazonaws.com' })
  const trust =
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}}'
  await harness.call(createRole, { RoleName: 'ordinary', AssumeRolePolicyDocument: trust })
  // oxfmt-ignore
  await assertRefusals(harness, deleteServiceLinkedRole, [
    [{ RoleName: 'nobody' },   'NoSuchEntity', 'The role with name nobody cannot be found.'],
    [{ RoleName: 'ordinary' }, 'NoSuchEntity', 'The role with name ordinary cannot be found.'],
  ])
  const { DeletionTaskId } = await harness.call<DeleteServiceLinkedRoleResponse>(deleteServiceLinkedRole, {
    RoleName: 'awsserviceroleforbatch',
  })
  assert.match(
    DeletionTaskId,
    /^task\/aws-service-role\/batch\.amazonaws\.com\/AWSServiceRoleForBatch\/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  )
  assert.deepEqual(await harness.call(getServiceLinkedRoleDeletionStatus, { DeletionTaskId }), { Status: 'SUCCEEDED' })
  await harness.refused(getRole, { RoleName: 'AWSServiceRoleForBatch' }, { code: 'NoSuchEntity' })
  const { RoleId: again = '' } = (await create({ AWSServiceName: 'batch.amazonaws.com' })) ?? {}
  assert.notEqual(again, role?.RoleId)
  const fault = (task: string) => ({ code: 'NoSuchEntity', message: `The deletion task ${task} cannot be found.` })
  await harness.refused(getServiceLinkedRoleDeletionStatus, { DeletionTaskId: 'nonsense' }, fault('nonsense'))
  await harness.refused(getServiceLinkedRoleDeletionStatus, { DeletionTaskId }, fault(DeletionTaskId), {
    as: harness.rootOf(OTHER_ACCOUNT),
  })
})

test('what must be allowed', () => {
  const role = `arn:aws:iam::${ACCOUNT}:role/aws-service-role`
  assert.deepEqual(harness.checks(createServiceLinkedRole, { AWSServiceName: 'connect.amazonaws.com', CustomSuffix: 'x' }), {
    action: 'iam:CreateServiceLinkedRole',
    resource: `${role}/connect.amazonaws.com/AWSServiceRoleForAmazonConnect_x`,
    context: { 'iam:AWSServiceName': 'connect.amazonaws.com' },
  })
  const task = 'task/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS/0b4d12f1-3c1d-4b52-9b8e-6a3dcd6d6c0e'
  const action = 'iam:GetServiceLinkedRoleDeletionStatus'
  assert.deepEqual(harness.checks(getServiceLinkedRoleDeletionStatus, { DeletionTaskId: task }), {
    action,
    resource: `${role}/ecs.amazonaws.com/AWSServiceRoleForECS`,
  })
  assert.deepEqual(harness.checks(getServiceLinkedRoleDeletionStatus, { DeletionTaskId: 'x' }), { action, resource: `${role}/` })
})
