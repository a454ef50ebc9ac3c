/** Handshakes without the wire: invitations and what becomes of them, leaving, all features. Refusals in their order. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Principal } from '../../aws/principal.ts'
import type {
  CreateAccountResponse,
  CreateOrganizationResponse,
  DescribeAccountResponse,
  DescribeOrganizationResponse,
  EnableAllFeaturesResponse,
  Handshake,
  InviteAccountToOrganizationResponse,
  ListHandshakesForAccountResponse,
} from '../../model/organizations.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertRefusals, runSql } from '../../../tests/refusals.ts'
import { describeAccount } from './accounts.ts'
import { enableAllFeatures } from './all-features.ts'
import { entities } from './entities.ts'
import { describeHandshake, listHandshakesForAccount, listHandshakesForOrganization } from './handshake-lists.ts'
import { acceptHandshake, cancelHandshake, declineHandshake } from './handshakes.ts'
import { inviteAccountToOrganization } from './invitations.ts'
import { leaveOrganization, removeAccountFromOrganization } from './leaving.ts'
import { createAccount } from './new-account.ts'
import { createOrganization, deleteOrganization, describeOrganization } from './organization.ts'
import { listTagsForResource } from './tags.ts'

const DAY = 86_400_000
const NO_HANDSHAKE = { HandshakeId: 'h-zzzzzzzzzz' }
const NOT_THERE = "You specified a handshake that doesn't exist."
const NOT_YOURS = "You don't have permissions to access this resource."
const NOT_IN_USE = 'Your account is not a member of an organization.'
const DONE = 'The handshake is already in the requested state.'
const TOO_LATE = 'You cannot perform the operation on the handshake in its current state.'
let harness: Harness
let stranger: Principal
let organizationId: string

before(async () => {
  harness = await openHarness()
  stranger = harness.rootOf(OTHER_ACCOUNT)
  const made = await harness.call<CreateOrganizationResponse>(createOrganization, { FeatureSet: 'CONSOLIDATED_BILLING' })
  organizationId = made.Organization?.Id ?? ''
})
after(() => harness.close())

const invite = async (Target: object, more: object = {}): Promise<Handshake> =>
  (await harness.call<InviteAccountToOrganizationResponse>(inviteAccountToOrganization, { Target, ...more })).Handshake ?? {}
const toAccount = { Type: 'ACCOUNT', Id: OTHER_ACCOUNT }
const newMember = async (name: string): Promise<string> =>
  (await harness.call<CreateAccountResponse>(createAccount, { AccountName: name, Email: `${name}@example.org` }))
    .CreateAccountStatus?.AccountId ?? ''
const sentTo = async (as: Principal, Filter?: object): Promise<readonly Handshake[]> =>
  (await harness.call<ListHandshakesForAccountResponse>(listHandshakesForAccount, Filter === undefined ? {} : { Filter }, { as }))
    .Handshakes ?? []

test('who can be invited: refusals in their order', async () => {
  const member = await newMember('member')
  // oxfmt-ignore
  await assertRefusals(harness, inviteAccountToOrganization, [
    [{ Target: toAccount },                                 'AWSOrganizationsNotInUseException',      NOT_IN_USE, stranger],
    [{ Target: toAccount },                                 'AccessDeniedException',                  NOT_YOURS, harness.rootOf(member)],
    [{ Target: { Type: 'ORGANIZATION', Id: 'o-x' } },       'InvalidInputException',                  'You specified the wrong type of entity as a party.'],
    [{ Target: { Type: 'EMAIL', Id: 'nobody' } },           'InvalidInputException',                  'You specified an invalid email address for the invited account owner.'],
    [{ Target: { Type: 'ACCOUNT', Id: 'x' } },              'InvalidInputException',                  "You specified an account that doesn't exist."],
    [{ Target: { Type: 'ACCOUNT', Id: '000011112222' } },   'InvalidInputException',                  "You specified an account that doesn't exist."],
    [{ Target: { Type: 'ACCOUNT', Id: member } },           'HandshakeConstraintViolationException',  'The invited account is already a member of an organization.'],
    [{ Target: { Type: 'EMAIL', Id: 'MEMBER@example.org' } }, 'HandshakeConstraintViolationException', 'The invited account is already a member of an organization.'],
  ])
})

test('an invitation as both sides see it, declined, canceled, and run out', async () => {
  const sent = await invite(toAccount, { Notes: 'come in' })
  const HandshakeId = sent.Id ?? ''
  assert.match(HandshakeId, /^h-[a-z0-9]{32}$/)
  assert.deepEqual(sent, {
    Id: HandshakeId,
    Arn: `arn:aws:organizations::${ACCOUNT}:handshake/${organizationId}/invite/${HandshakeId}`,
    Action: 'INVITE',
    State: 'OPEN',
    Parties: [
      { Id: organizationId, Type: 'ORGANIZATION' },
      { Id: OTHER_ACCOUNT, Type: 'ACCOUNT' },
    ],
    RequestedTimestamp: new Date(harness.now()),
    ExpirationTimestamp: new Date(harness.now() + 15 * DAY),
    Resources: [
      {
        Type: 'ORGANIZATION',
        Value: organizationId,
        Resources: [
          { Type: 'MASTER_EMAIL', Value: `${ACCOUNT}@example.com` },
          { Type: 'MASTER_NAME', Value: `Account ${ACCOUNT}` },
          { Type: 'ORGANIZATION_FEATURE_SET', Value: 'CONSOLIDATED_BILLING' },
        ],
      },
      { Type: 'ACCOUNT', Value: OTHER_ACCOUNT },
      { Type: 'NOTES', Value: 'come in' },
    ],
  })
  assert.deepEqual(await sentTo(stranger), [sent])
  for (const as of [stranger, harness.root])
    assert.deepEqual(await harness.call(describeHandshake, { HandshakeId }, { as }), { Handshake: sent })
  await assertRefusals(harness, inviteAccountToOrganization, [
    [{ Target: toAccount }, 'DuplicateHandshakeException', 'A handshake with the same action and target already exists.'],
  ])
  const third = harness.rootOf(await newMember('third'))
  for (const operation of [acceptHandshake, declineHandshake])
    await assertRefusals(harness, operation, [
      [NO_HANDSHAKE, 'HandshakeNotFoundException', NOT_THERE, stranger],
      [{ HandshakeId }, 'HandshakeNotFoundException', NOT_THERE, third],
      [{ HandshakeId }, 'HandshakeNotFoundException', NOT_THERE],
    ])
  await assertRefusals(harness, cancelHandshake, [
    [NO_HANDSHAKE, 'HandshakeNotFoundException', NOT_THERE],
    [{ HandshakeId }, 'HandshakeNotFoundException', NOT_THERE, third],
    [{ HandshakeId }, 'AccessDeniedException', NOT_YOURS, stranger],
  ])
  await harness.call(declineHandshake, { HandshakeId }, { as: stranger })
  await assertRefusals(harness, declineHandshake, [[{ HandshakeId }, 'HandshakeAlreadyInStateException', DONE, stranger]])
  await assertRefusals(harness, acceptHandshake, [[{ HandshakeId }, 'InvalidHandshakeTransitionException', TOO_LATE, stranger]])
  const second = await invite({ Type: 'EMAIL', Id: `${OTHER_ACCOUNT}@EXAMPLE.com` })
  assert.deepEqual(new Set((await sentTo(stranger)).map(({ Id }) => Id)), new Set([HandshakeId, second.Id]))
  const canceled = { HandshakeId: second.Id }
  await harness.call(cancelHandshake, canceled)
  await assertRefusals(harness, cancelHandshake, [[canceled, 'HandshakeAlreadyInStateException', DONE]])
  await assertRefusals(harness, acceptHandshake, [[canceled, 'InvalidHandshakeTransitionException', TOO_LATE, stranger]])
  const last = { HandshakeId: (await invite(toAccount)).Id }
  harness.advance(15 * DAY)
  assert.equal((await sentTo(stranger)).find(({ Id }) => Id === last.HandshakeId)?.State, 'EXPIRED')
  for (const operation of [acceptHandshake, declineHandshake])
    await assertRefusals(harness, operation, [[last, 'InvalidHandshakeTransitionException', TOO_LATE, stranger]])
  harness.advance(30 * DAY)
  assert.deepEqual(await sentTo(stranger), [])
  await assertRefusals(harness, describeHandshake, [[last, 'HandshakeNotFoundException', NOT_THERE]])
  for (const input of [{ Filter: { ActionType: 'INVITE', ParentHandshakeId: 'h-zzzzzzzzzz' } }, { NextToken: 'bad' }])
    await harness.refused(listHandshakesForOrganization, input, { code: 'InvalidInputException' })
})

test('20 invitations a day', async () => {
  for (let number = 1; number <= 20; number += 1) {
    const { Id } = await invite({ Type: 'EMAIL', Id: `guest-${number}@example.net` })
    await harness.call(cancelHandshake, { HandshakeId: Id })
  }
  await assertRefusals(harness, inviteAccountToOrganization, [
    [
      { Target: toAccount },
      'HandshakeConstraintViolationException',
      'You have exceeded the number of handshakes that you can send in one day.',
    ],
  ])
  harness.advance(DAY)
})

test('an account joins with the tags of its invitation, and leaves without them', async () => {
  const Tags = [{ Key: 'team', Value: 'blue' }]
  const { Id: HandshakeId } = await invite(toAccount, { Tags })
  const accepted = await harness.call<{ Handshake: Handshake }>(acceptHandshake, { HandshakeId }, { as: stranger })
  assert.equal(accepted.Handshake.State, 'ACCEPTED')
  const { Account } = await harness.call<DescribeAccountResponse>(describeAccount, { AccountId: OTHER_ACCOUNT })
  assert.deepEqual([Account?.JoinedMethod, Account?.JoinedTimestamp], ['INVITED', new Date(harness.now())])
  assert.deepEqual(await harness.call(listTagsForResource, { ResourceId: OTHER_ACCOUNT }), { Tags })
  await assertRefusals(harness, acceptHandshake, [[{ HandshakeId }, 'HandshakeAlreadyInStateException', DONE, stranger]])
  await harness.call(leaveOrganization, {}, { as: stranger })
  await assertRefusals(harness, leaveOrganization, [
    [{}, 'AWSOrganizationsNotInUseException', NOT_IN_USE, stranger],
    [{}, 'MasterCannotLeaveOrganizationException', 'The management account cannot leave its organization.'],
  ])
  await harness.refused(describeAccount, { AccountId: OTHER_ACCOUNT }, { code: 'AccountNotFoundException' })
})

test('who can be removed', async () => {
  const AccountId = await newMember('young')
  const YOUNG = 'You must wait until at least 4 days after the account was created.'
  const ADMINISTRATOR = 'You cannot remove an account that is a delegated administrator from the organization.'
  // oxfmt-ignore
  await assertRefusals(harness, removeAccountFromOrganization, [
    [{ AccountId },                'AWSOrganizationsNotInUseException',      NOT_IN_USE, stranger],
    [{ AccountId },                'AccessDeniedException',                  NOT_YOURS, harness.rootOf(AccountId)],
    [{ AccountId: ACCOUNT },       'MasterCannotLeaveOrganizationException', 'The management account cannot leave its organization.'],
    [{ AccountId: OTHER_ACCOUNT }, 'AccountNotFoundException',               "You specified an account that doesn't exist."],
    [{ AccountId },                'ConstraintViolationException',           YOUNG],
  ])
  await assertRefusals(harness, leaveOrganization, [[{}, 'ConstraintViolationException', YOUNG, harness.rootOf(AccountId)]])
  harness.advance(4 * DAY)
  const delegate = 'INSERT INTO organization_delegate (account, member, service_principal, delegated_at) VALUES ($1, $2, $3, 0)'
  await runSql(harness, [delegate, ACCOUNT, AccountId, 'iam.amazonaws.com'])
  await assertRefusals(harness, removeAccountFromOrganization, [[{ AccountId }, 'ConstraintViolationException', ADMINISTRATOR]])
  await runSql(harness, ['DELETE FROM organization_delegate WHERE account = $1', ACCOUNT])
  await harness.call(removeAccountFromOrganization, { AccountId })
  await assertRefusals(harness, describeOrganization, [
    [{}, 'AWSOrganizationsNotInUseException', NOT_IN_USE, harness.rootOf(AccountId)],
  ])
})

test('an account moves from one organization to another when it accepts, unless it leads the first', async () => {
  const mover = harness.rootOf(await newMember('mover'))
  const { Organization } = await harness.call<CreateOrganizationResponse>(createOrganization, {}, { as: stranger })
  const target = { Type: 'ACCOUNT', Id: mover.accountId }
  const { Handshake: sent } = await harness.call<InviteAccountToOrganizationResponse>(
    inviteAccountToOrganization,
    { Target: target },
    { as: stranger },
  )
  const accepting = { HandshakeId: sent?.Id }
  await harness.refused(acceptHandshake, accepting, { code: 'ConstraintViolationException' }, { as: mover })
  harness.advance(4 * DAY)
  await harness.call(acceptHandshake, accepting, { as: mover })
  const now = await harness.call<DescribeOrganizationResponse>(describeOrganization, {}, { as: mover })
  assert.equal(now.Organization?.Id, Organization?.Id)
  const leader = await harness.call<InviteAccountToOrganizationResponse>(inviteAccountToOrganization, { Target: toAccount })
  await harness.refused(
    acceptHandshake,
    { HandshakeId: leader.Handshake?.Id },
    { code: 'MasterCannotLeaveOrganizationException' },
    { as: stranger },
  )
  await harness.call(cancelHandshake, { HandshakeId: leader.Handshake?.Id })
  await harness.call(leaveOrganization, {}, { as: mover })
  await harness.call(deleteOrganization, {}, { as: stranger })
})

test('all features: every invited member approves, then the management account ends it', async () => {
  const { Id: HandshakeId } = await invite(toAccount)
  await harness.call(acceptHandshake, { HandshakeId }, { as: stranger })
  const start = async (): Promise<Handshake> =>
    (await harness.call<EnableAllFeaturesResponse>(enableAllFeatures, {})).Handshake ?? {}
  const first = await start()
  assert.deepEqual(
    [first.Action, first.State, first.Parties, first.Resources],
    [
      'ENABLE_ALL_FEATURES',
      'REQUESTED',
      [{ Id: organizationId, Type: 'ORGANIZATION' }],
      [{ Type: 'ORGANIZATION', Value: organizationId }],
    ],
  )
  assert.equal(first.ExpirationTimestamp?.getTime(), harness.now() + 90 * DAY)
  await assertRefusals(harness, enableAllFeatures, [
    [{}, 'HandshakeConstraintViolationException', 'The organization has already started the process to enable all features.'],
  ])
  await assertRefusals(harness, inviteAccountToOrganization, [
    [
      { Target: { Type: 'EMAIL', Id: 'late@example.net' } },
      'HandshakeConstraintViolationException',
      'You cannot issue new invitations while the organization is enabling all features.',
    ],
  ])
  const whole = { HandshakeId: first.Id }
  for (const operation of [acceptHandshake, declineHandshake])
    await assertRefusals(harness, operation, [[whole, 'InvalidHandshakeTransitionException', TOO_LATE]])
  const [part, ...others] = await sentTo(stranger, { ParentHandshakeId: first.Id })
  assert.deepEqual([part?.Action, part?.State, others], ['APPROVE_ALL_FEATURES', 'OPEN', []])
  assert.deepEqual(part?.Resources?.at(-1), { Type: 'PARENT_HANDSHAKE', Value: first.Id })
  await assertRefusals(harness, cancelHandshake, [[{ HandshakeId: part?.Id }, 'InvalidHandshakeTransitionException', TOO_LATE]])
  await harness.call(declineHandshake, { HandshakeId: part?.Id }, { as: stranger })
  await harness.refused(acceptHandshake, whole, { code: 'InvalidHandshakeTransitionException' })
  await harness.call(cancelHandshake, whole)

  const again = await start()
  const [asked] = await sentTo(stranger, { ParentHandshakeId: again.Id })
  await harness.call(acceptHandshake, { HandshakeId: asked?.Id }, { as: stranger })
  const seen = await harness.call<{ Handshake: Handshake }>(describeHandshake, { HandshakeId: again.Id })
  assert.equal(seen.Handshake.State, 'OPEN')
  await harness.call(acceptHandshake, { HandshakeId: again.Id })
  const { Organization } = await harness.call<DescribeOrganizationResponse>(describeOrganization, {})
  assert.equal(Organization?.FeatureSet, 'ALL')
  await assertRefusals(harness, enableAllFeatures, [
    [{}, 'HandshakeConstraintViolationException', 'The organization has already enabled all features.'],
  ])
  const listed = await harness.call<ListHandshakesForAccountResponse>(listHandshakesForOrganization, {
    Filter: { ActionType: 'ENABLE_ALL_FEATURES' },
  })
  assert.deepEqual(new Set(listed.Handshakes?.map(({ State }) => State)), new Set(['ACCEPTED', 'CANCELED']))
})

test('a member that leaves is asked no more, and keeps nobody waiting', async () => {
  await runSql(harness, [`UPDATE organization SET feature_set = 'CONSOLIDATED_BILLING' WHERE account = $1`, ACCOUNT])
  const { Handshake: whole } = await harness.call<EnableAllFeaturesResponse>(enableAllFeatures, {})
  await harness.call(leaveOrganization, {}, { as: stranger })
  const [part] = await sentTo(stranger, { ParentHandshakeId: whole?.Id })
  assert.equal(part?.State, 'CANCELED')
  await harness.call(acceptHandshake, { HandshakeId: whole?.Id })
})

test('a handshake is there for its two sides only', async () => {
  const sent = await invite(toAccount)
  const id = sent.Id ?? ''
  const found = (accountId: string) => harness.store.read(async (tx) => entities['handshake']?.(tx, accountId, id))
  for (const accountId of [ACCOUNT, OTHER_ACCOUNT]) assert.deepEqual(await found(accountId), { arn: sent.Arn })
  const colleague = await newMember('colleague')
  const seen = await found(colleague)
  assert.deepEqual([seen?.arn, seen?.accountId, seen?.policy], [sent.Arn, ACCOUNT, { kind: 'resource', document: '' }])
  assert.deepEqual(await found('777788889999'), { arn: '*', missing: true })
  assert.deepEqual(harness.checks(acceptHandshake, { HandshakeId: id }), {
    action: 'organizations:AcceptHandshake',
    resource: { kind: 'handshake', name: id },
  })
})
