/** Transfers of responsibility without the wire: dates, invitations, both sides' views, withdrawal, chains. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Principal } from '../../aws/principal.ts'
import type {
  CreateAccountResponse,
  DescribeResponsibilityTransferResponse,
  Handshake,
  InviteOrganizationToTransferResponsibilityResponse,
  ListInboundResponsibilityTransfersResponse,
} from '../../model/organizations.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertRefusals, runSql } from '../../../tests/refusals.ts'
import { entities } from './entities.ts'
import { describeHandshake } from './handshake-lists.ts'
import { acceptHandshake, cancelHandshake, declineHandshake } from './handshakes.ts'
import { createAccount } from './new-account.ts'
import { createOrganization, deleteOrganization } from './organization.ts'
import { listTagsForResource, tagResource } from './tags.ts'
import { inviteOrganizationToTransferResponsibility } from './transfer-invitations.ts'
import {
  describeResponsibilityTransfer,
  listInboundResponsibilityTransfers,
  listOutboundResponsibilityTransfers,
  terminateResponsibilityTransfer,
  updateResponsibilityTransfer,
} from './transfers.ts'

const THIRD = '777788889999'
const FEBRUARY = new Date(Date.UTC(2026, 1))
const NOT_YOURS = "You don't have permissions to access this resource."
const NOT_IN_USE = 'Your account is not a member of an organization.'
const NOT_THERE = "You specified a transfer that doesn't exist."
let harness: Harness
let source: Principal
let third: Principal
let taking: string

before(async () => {
  harness = await openHarness()
  source = harness.rootOf(OTHER_ACCOUNT)
  third = harness.rootOf(THIRD)
  await runSql(harness, [
    `INSERT INTO account (id, name, email, email_key, status, created_at, version, audit_seq, audit_hash) VALUES ($1, 'third', 'third@example.com', 'third@example.com', 'ACTIVE', 0, 1, 0, '')`,
    THIRD,
  ])
  for (const as of [harness.root, third]) await harness.call(createOrganization, {}, { as })
})
after(() => harness.close())

const asked = (more: object = {}) => ({
  Type: 'BILLING',
  Target: { Type: 'ACCOUNT', Id: OTHER_ACCOUNT },
  StartTimestamp: FEBRUARY,
  SourceName: 'their bill',
  ...more,
})
const invite = async (more: object = {}, as = harness.root): Promise<Handshake> =>
  (
    await harness.call<InviteOrganizationToTransferResponsibilityResponse>(
      inviteOrganizationToTransferResponsibility,
      asked(more),
      { as },
    )
  ).Handshake ?? {}
const transferIn = ({ Resources = [] }: Handshake): string =>
  Resources.find(({ Type }) => Type === 'RESPONSIBILITY_TRANSFER')?.Value ?? ''

test('dates and targets are refused in this order', async () => {
  const day = (date: number, hour = 0): Date => new Date(Date.UTC(2026, 1, date, hour))
  // oxfmt-ignore
  await assertRefusals(harness, inviteOrganizationToTransferResponsibility, [
    [asked(),                                                  'AWSOrganizationsNotInUseException',     NOT_IN_USE, source],
    [asked({ Target: { Type: 'ORGANIZATION', Id: 'o-x' } }),   'InvalidInputException',                 'You specified the wrong type of entity as a party.'],
    [asked({ Target: { Type: 'ACCOUNT', Id: ACCOUNT } }),      'HandshakeConstraintViolationException', 'Sender and recipient of the invitation are the same.'],
    [asked({ StartTimestamp: day(2) }),                        'InvalidInputException',                 'The start date must be the first day of the month.'],
    [asked({ StartTimestamp: day(1, 1) }),                     'InvalidInputException',                 'The start date must be the beginning of the day.'],
    [asked({ StartTimestamp: new Date(Date.UTC(2026, 0)) }),   'InvalidInputException',                 'The start date is too early.'],
    [asked({ StartTimestamp: new Date(Date.UTC(2027, 1)) }),   'InvalidInputException',                 'The start date is too late.'],
  ])
})

test('an invitation, declined, and one accepted by the other organization’s management account', async () => {
  const first = await invite({ Notes: 'please' })
  assert.deepEqual([first.Action, first.State], ['TRANSFER_RESPONSIBILITY', 'REQUESTED'])
  assert.match(first.Arn ?? '', /:handshake\/o-[a-z0-9]{10}\/transfer_responsibility\/h-[a-z0-9]{32}$/)
  const id = transferIn(first)
  assert.deepEqual(first.Resources?.slice(1), [
    { Type: 'ACCOUNT', Value: OTHER_ACCOUNT },
    { Type: 'NOTES', Value: 'please' },
    { Type: 'RESPONSIBILITY_TRANSFER', Value: id },
    { Type: 'TRANSFER_TYPE', Value: 'BILLING' },
    { Type: 'TRANSFER_START_TIMESTAMP', Value: '2026-02-01T00:00:00.000Z' },
  ])
  await harness.refused(inviteOrganizationToTransferResponsibility, asked(), { code: 'DuplicateHandshakeException' })
  await assertRefusals(harness, acceptHandshake, [
    [{ HandshakeId: first.Id }, 'AWSOrganizationsNotInUseException', NOT_IN_USE, source],
    [{ HandshakeId: first.Id }, 'HandshakeNotFoundException', "You specified a handshake that doesn't exist."],
  ])
  const pending = await harness.call<DescribeResponsibilityTransferResponse>(describeResponsibilityTransfer, { Id: id })
  assert.deepEqual(
    [pending.ResponsibilityTransfer?.Source, pending.ResponsibilityTransfer?.ActiveHandshakeId],
    [{ ManagementAccountId: OTHER_ACCOUNT }, first.Id],
  )
  const mailed = await invite({ Target: { Type: 'EMAIL', Id: 'third@example.com' } })
  const seen = await harness.call<DescribeResponsibilityTransferResponse>(describeResponsibilityTransfer, {
    Id: transferIn(mailed),
  })
  assert.deepEqual(seen.ResponsibilityTransfer?.Source, { ManagementAccountEmail: 'third@example.com' })
  await harness.call(cancelHandshake, { HandshakeId: mailed.Id })
  await harness.call(declineHandshake, { HandshakeId: first.Id }, { as: source })
  const described = await harness.call<DescribeResponsibilityTransferResponse>(describeResponsibilityTransfer, { Id: id })
  assert.equal(described.ResponsibilityTransfer?.Status, 'DECLINED')
  await harness.refused(terminateResponsibilityTransfer, { Id: id }, { code: 'InvalidResponsibilityTransferTransitionException' })

  await harness.call(createOrganization, {}, { as: source })
  const second = await invite({ Tags: [{ Key: 'team', Value: 'blue' }] })
  await harness.refused(deleteOrganization, {}, { code: 'ConstraintViolationException' }, { as: source })
  await harness.call(acceptHandshake, { HandshakeId: second.Id }, { as: source })
  const ended = await harness.call<{ Handshake: Handshake }>(describeHandshake, { HandshakeId: second.Id })
  assert.equal(ended.Handshake.State, 'ACCEPTED')
  taking = transferIn(second)
})

test('both sides see the transfer, each with an ARN and tags of its own; nobody else does', async () => {
  const view = async (as: Principal) =>
    (await harness.call<DescribeResponsibilityTransferResponse>(describeResponsibilityTransfer, { Id: taking }, { as }))
      .ResponsibilityTransfer
  const [inbound, outbound] = [await view(harness.root), await view(source)]
  assert.match(
    inbound?.Arn ?? '',
    new RegExp(`^arn:aws:organizations::${ACCOUNT}:transfer/o-[a-z0-9]{10}/billing/inbound/${taking}$`),
  )
  assert.match(
    outbound?.Arn ?? '',
    new RegExp(`^arn:aws:organizations::${OTHER_ACCOUNT}:transfer/o-[a-z0-9]{10}/billing/outbound/${taking}$`),
  )
  assert.deepEqual(
    { ...inbound, Arn: outbound?.Arn },
    {
      Arn: outbound?.Arn,
      Name: 'their bill',
      Id: taking,
      Type: 'BILLING',
      Status: 'ACCEPTED',
      Source: { ManagementAccountId: OTHER_ACCOUNT, ManagementAccountEmail: `${OTHER_ACCOUNT}@example.com` },
      Target: { ManagementAccountId: ACCOUNT, ManagementAccountEmail: `${ACCOUNT}@example.com` },
      StartTimestamp: FEBRUARY,
    },
  )
  assert.deepEqual({ ...outbound, Arn: '' }, { ...inbound, Arn: '' })
  assert.deepEqual(await harness.call(listTagsForResource, { ResourceId: taking }), { Tags: [{ Key: 'team', Value: 'blue' }] })
  assert.deepEqual(await harness.call(listTagsForResource, { ResourceId: taking }, { as: source }), { Tags: [] })
  await harness.call(tagResource, { ResourceId: taking, Tags: [{ Key: 'cost', Value: '1' }] }, { as: source })
  assert.deepEqual(await harness.call(listTagsForResource, { ResourceId: taking }, { as: source }), {
    Tags: [{ Key: 'cost', Value: '1' }],
  })
  const entity = await harness.store.read(async (tx) => entities['transfer']?.(tx, OTHER_ACCOUNT, taking))
  assert.deepEqual(entity, {
    arn: outbound?.Arn,
    context: {
      'organizations:TransferType': 'BILLING',
      'organizations:TransferDirection': 'OUTBOUND',
      'aws:ResourceTag/cost': '1',
    },
  })
  for (const operation of [describeResponsibilityTransfer, terminateResponsibilityTransfer])
    await assertRefusals(harness, operation, [[{ Id: taking }, 'ResponsibilityTransferNotFoundException', NOT_THERE, third]])
  const ids = async (as: Principal, operation = listInboundResponsibilityTransfers, more: object = {}) =>
    (
      await harness.call<ListInboundResponsibilityTransfersResponse>(operation, { Type: 'BILLING', ...more }, { as })
    ).ResponsibilityTransfers?.filter(({ Status }) => Status === 'ACCEPTED').map(({ Id }) => Id)
  assert.deepEqual(await ids(harness.root), [taking])
  assert.deepEqual(await ids(harness.root, listInboundResponsibilityTransfers, { Id: taking }), [taking])
  assert.deepEqual(await ids(source), [])
  assert.deepEqual(await ids(source, listOutboundResponsibilityTransfers), [taking])
  const none = { Type: 'BILLING', Id: 'rt-zzzzzzzzzz' }
  await assertRefusals(harness, listInboundResponsibilityTransfers, [
    [none, 'ResponsibilityTransferNotFoundException', NOT_THERE],
  ])
})

test('the name is the taking side’s to change; members may do nothing', async () => {
  const made = await harness.call<CreateAccountResponse>(createAccount, { AccountName: 'member', Email: 'member@example.org' })
  const member = harness.rootOf(made.CreateAccountStatus?.AccountId ?? '')
  await assertRefusals(harness, updateResponsibilityTransfer, [
    [{ Id: taking, Name: 'x' }, 'AccessDeniedException', NOT_YOURS, member],
    [{ Id: 'rt-zzzzzzzzzz', Name: 'x' }, 'ResponsibilityTransferNotFoundException', NOT_THERE],
    [{ Id: taking, Name: 'x' }, 'AccessDeniedException', NOT_YOURS, source],
  ])
  const renamed = await harness.call<DescribeResponsibilityTransferResponse>(updateResponsibilityTransfer, {
    Id: taking,
    Name: 'new',
  })
  assert.equal(renamed.ResponsibilityTransfer?.Name, 'new')
})

test('no second way out, and no chain of three', async () => {
  const toSource = await invite({}, third)
  await harness.refused(acceptHandshake, { HandshakeId: toSource.Id }, { code: 'ConstraintViolationException' }, { as: source })
  await harness.call(cancelHandshake, { HandshakeId: toSource.Id }, { as: third })
  // source → ours → third is as long as it may be.
  const up = await invite({ Target: { Type: 'EMAIL', Id: `${ACCOUNT}@example.com` } }, third)
  await harness.call(acceptHandshake, { HandshakeId: up.Id })
  const FOURTH = '888899990000'
  const fourth = harness.rootOf(FOURTH)
  await runSql(harness, [
    `INSERT INTO account (id, name, email, email_key, status, created_at, version, audit_seq, audit_hash) VALUES ($1, 'fourth', 'fourth@example.com', 'fourth@example.com', 'ACTIVE', 0, 1, 0, '')`,
    FOURTH,
  ])
  await harness.call(createOrganization, {}, { as: fourth })
  const beneath = await invite({ Target: { Type: 'ACCOUNT', Id: FOURTH } }, source)
  const LONG = 'You have exceeded the maximum length of your transfer chain.'
  await assertRefusals(harness, acceptHandshake, [[{ HandshakeId: beneath.Id }, 'ConstraintViolationException', LONG, fourth]])
  const round = await invite({ Target: { Type: 'ACCOUNT', Id: THIRD } }, source)
  await assertRefusals(harness, acceptHandshake, [[{ HandshakeId: round.Id }, 'ConstraintViolationException', LONG, third]])
})

test('either side withdraws once; the transfer ends with a month', async () => {
  const end = (month: number): Date => new Date(Date.UTC(2026, month) - 1)
  // oxfmt-ignore
  await assertRefusals(harness, terminateResponsibilityTransfer, [
    [{ Id: taking, EndTimestamp: new Date(Date.UTC(2026, 2, 15)) }, 'InvalidInputException', 'The end date must be the end of the last day of the month.'],
    [{ Id: taking, EndTimestamp: end(1) },                          'InvalidInputException', 'It is too early for the transfer to end.'],
  ])
  const ended = await harness.call<DescribeResponsibilityTransferResponse>(
    terminateResponsibilityTransfer,
    { Id: taking, EndTimestamp: new Date(Math.floor(end(3).getTime() / 1000) * 1000) },
    { as: source },
  )
  assert.deepEqual([ended.ResponsibilityTransfer?.Status, ended.ResponsibilityTransfer?.EndTimestamp], ['WITHDRAWN', end(3)])
  await assertRefusals(harness, terminateResponsibilityTransfer, [
    [
      { Id: taking },
      'ResponsibilityTransferAlreadyInStatusException',
      'The responsibility transfer is already in the specified status.',
    ],
  ])
  // It runs until then, and keeps the organization.
  await harness.refused(deleteOrganization, {}, { code: 'ConstraintViolationException' }, { as: source })
  harness.advance(end(3).getTime() - harness.now() + 1)
  await harness.call(deleteOrganization, {}, { as: source })
})
