/** Delegation requests: made by a provider, associated, forwarded, accepted, rejected, sent; who may see them; when they expire. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Principal } from '../../aws/principal.ts'
import type { DelegationRequest, GetDelegationRequestResponse, ListDelegationRequestsResponse } from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import {
  BOUNDARY,
  DOMAIN,
  newRequest,
  noticesOf,
  PROVIDER,
  registerProvider,
  requestInput,
  TEMPLATE,
  write,
} from '../../../tests/product-provider.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { findDelegationRequest, revokeDelegation } from '../delegation-requests.rows.ts'
import type { Operation } from '../operation.ts'
import {
  acceptDelegationRequest,
  associateDelegationRequest,
  rejectDelegationRequest,
  sendDelegationToken,
  updateDelegationRequest,
} from './delegation-approval.ts'
import { createDelegationRequest } from './delegation-create.ts'
import { delegationRequestEntity, getDelegationRequest, listDelegationRequests } from './delegation-requests.ts'
import { putProvider, removeProvider } from './product-providers.rows.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const THIRD_ACCOUNT = '777788889999'
let harness: Harness
let alice: Principal
let admin: Principal
before(async () => {
  harness = await openHarness()
  await registerProvider(harness)
  alice = harness.user('alice', 'AIDAALICE')
  admin = harness.user('admin', 'AIDAADMIN')
})
after(() => harness.close())

const steps: Readonly<Record<string, Operation>> = {
  associate: associateDelegationRequest,
  update: updateDelegationRequest,
  accept: acceptDelegationRequest,
  reject: rejectDelegationRequest,
  send: sendDelegationToken,
}

async function take(id: string, step: string, as: Principal, more: object = {}): Promise<void> {
  const operation = steps[step]
  assert.ok(operation !== undefined)
  assert.deepEqual(await harness.call(operation, { DelegationRequestId: id, ...more }, { as }), {})
}

async function get(id: string, as: Principal = alice): Promise<DelegationRequest> {
  const answer = await harness.call<GetDelegationRequestResponse>(getDelegationRequest, { DelegationRequestId: id }, { as })
  assert.ok(answer.DelegationRequest !== undefined)
  return answer.DelegationRequest
}

const missing = (id: string) => `The delegation request with id ${id} cannot be found.`

test('CreateDelegationRequest refuses in this order', async () => {
  const provider = harness.rootOf(PROVIDER)
  const permissions = (more: object) => ({ ...requestInput().Permissions, ...more })
  const parameters = (userName: string) => [{ Name: 'userName', Values: [userName], Type: 'string' as const }]
  await newRequest(harness, { RequestorWorkflowId: 'taken' })
  const wrong = { Permissions: {}, NotificationChannel: 'queue', RequestorWorkflowId: 'taken' }
  const topic = (region: string, account: string) => `arn:aws:sns:${region}:${account}:topic`
  // oxfmt-ignore
  await assertRefusals(harness, createDelegationRequest, [
    [requestInput(wrong),                                                                          'AccessDenied',        `The account ${ACCOUNT} is not registered as a product provider for temporary delegation.`],
    [requestInput(wrong),                                                                          'InvalidInput',        'Permissions must name a policy template.', provider],
    [requestInput({ ...wrong, Permissions: { PolicyTemplateArn: `${TEMPLATE}2` } }),               'InvalidInput',        `The policy template ${TEMPLATE}2 is not registered for this account.`, provider],
    [requestInput({ ...wrong, Permissions: permissions({ Parameters: [] }) }),                     'InvalidInput',        'The parameter userName is missing.', provider],
    [requestInput({ NotificationChannel: 'queue', RequestorWorkflowId: 'taken' }),                 'InvalidInput',        'NotificationChannel queue is not the ARN of an SNS topic.', provider],
    [requestInput({ NotificationChannel: topic('af-south-1', PROVIDER) }),                         'InvalidInput',        `The SNS topic ${topic('af-south-1', PROVIDER)} must be in a Region that is enabled by default.`, provider],
    [requestInput({ NotificationChannel: topic('us-east-1', ACCOUNT) }),                           'InvalidInput',        `The SNS topic ${topic('us-east-1', ACCOUNT)} must be in an account that is registered for this product provider.`, provider],
    [requestInput({ RequestorWorkflowId: 'taken' }),                                               'EntityAlreadyExists', 'A delegation request with the workflow id taken already exists.', provider],
  ])
  await newRequest(harness, { Permissions: permissions({ Parameters: parameters('*') }) })
})

test('a request says what was asked, and what its policy is', async () => {
  const id = await newRequest(harness, { RedirectUrl: 'https://provider.example/back', RequestMessage: 'please' })
  const request = await get(id)
  assert.equal(
    request.PermissionPolicy,
    `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:GetUser","iam:ListUsers"],"Resource":"arn:aws:iam::*:user/alice"},{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"${BOUNDARY}"}}}]}`,
  )
  const now = new Date(harness.now())
  assert.deepEqual(request, {
    DelegationRequestId: id,
    Description: 'Sets it up',
    RequestMessage: 'please',
    Permissions: requestInput().Permissions,
    PermissionPolicy: request.PermissionPolicy,
    RolePermissionRestrictionArns: [BOUNDARY],
    State: 'UNASSIGNED',
    ExpirationTime: new Date(harness.now() + DAY),
    RequestorId: PROVIDER,
    RequestorName: 'Provider',
    CreateDate: now,
    SessionDuration: 3_600,
    RedirectUrl: 'https://provider.example/back',
    OnlySendByOwner: false,
    UpdatedTime: now,
  })
  const made = await harness.call(createDelegationRequest, requestInput(), { as: harness.rootOf(PROVIDER) })
  assert.match(
    String(made['ConsoleDeepLink']),
    /^https:\/\/keyreeve\.example\/iam\/account-access-requests\/review\/[0-9a-f-]{36}$/,
  )
})

test('the way of approval: associated, forwarded, accepted, its token sent, and the provider hears of each step', async () => {
  const id = await newRequest(harness)
  await take(id, 'associate', alice)
  const { State, OwnerId, OwnerAccountId } = await get(id)
  assert.deepEqual({ State, OwnerId, OwnerAccountId }, { State: 'ASSIGNED', OwnerId: alice.arn, OwnerAccountId: ACCOUNT })
  harness.advance(HOUR)
  await take(id, 'update', alice, { Notes: 'needs an administrator' })
  await take(id, 'update', alice)
  const forwarded = await get(id, admin)
  assert.deepEqual(
    [forwarded.State, forwarded.Notes, forwarded.ExpirationTime, forwarded.UpdatedTime],
    ['PENDING_APPROVAL', 'needs an administrator', new Date(harness.now() + 7 * DAY), new Date(harness.now())],
  )
  await take(id, 'accept', admin)
  const accepted = await get(id)
  assert.deepEqual([accepted.State, accepted.ApproverId], ['ACCEPTED', admin.arn])
  await take(id, 'send', alice)
  assert.equal((await get(id)).State, 'FINALIZED')
  const notices = await noticesOf(harness, id)
  assert.deepEqual(
    notices.map(({ Type, State: state }) => `${Type} ${state}`),
    [
      'StateChange ASSIGNED',
      'StateChange PENDING_APPROVAL',
      'StateChange PENDING_APPROVAL',
      'StateChange ACCEPTED',
      'StateChange FINALIZED',
      'ExchangeToken FINALIZED',
    ],
  )
  const { ExchangeToken = '', ...said } = notices.at(-1) ?? {}
  assert.match(ExchangeToken, /^KRD1/)
  assert.deepEqual(said, {
    RequestorWorkflowId: notices[0]?.['RequestorWorkflowId'],
    Type: 'ExchangeToken',
    RequestId: id,
    State: 'FINALIZED',
    OwnerAccountId: ACCOUNT,
    UpdatedAt: new Date(harness.now()).toISOString(),
    ExpiresAt: new Date(harness.now() + HOUR).toISOString(),
  })
})

/** The steps that lead to each state, and the steps that are refused there, with the code of the refusal. */
// oxfmt-ignore
const TRANSITIONS: readonly (readonly [state: string, way: readonly string[], refused: readonly string[]])[] = [
  ['UNASSIGNED',       [],                                   ['update', 'accept', 'reject', 'send']],
  ['ASSIGNED',         ['associate'],                        ['associate', 'send']],
  ['PENDING_APPROVAL', ['associate', 'update'],              ['associate', 'send']],
  ['ACCEPTED',         ['associate', 'accept'],              ['associate', 'update', 'accept']],
  ['FINALIZED',        ['associate', 'accept', 'send'],      ['associate', 'update', 'accept', 'reject', 'send']],
  ['REJECTED',         ['associate', 'reject'],              ['associate', 'update', 'accept', 'reject', 'send']],
]
for (const [state, way, refused] of TRANSITIONS) {
  test(`from ${state} only the documented steps lead on`, async () => {
    const id = await newRequest(harness)
    for (const step of way) await take(id, step, alice)
    assert.equal((await get(id)).State, state)
    for (const step of refused) {
      // The model gives AcceptDelegationRequest no InvalidInput.
      const code = step === 'accept' ? 'ConcurrentModification' : 'InvalidInput'
      const operation = steps[step]
      assert.ok(operation !== undefined)
      await harness.refused(operation, { DelegationRequestId: id }, { code }, { as: alice })
    }
    assert.equal((await get(id)).State, state)
  })

  test(`a request that stays ${state} expires`, async () => {
    const id = await newRequest(harness)
    for (const step of way) await take(id, step, alice)
    harness.advance((state === 'UNASSIGNED' ? DAY : 7 * DAY) - 1)
    assert.equal((await get(id)).State, state)
    harness.advance(1)
    assert.equal((await get(id)).State, 'EXPIRED')
    for (const operation of Object.values(steps)) {
      const code = operation === acceptDelegationRequest ? 'ConcurrentModification' : 'InvalidInput'
      await harness.refused(operation, { DelegationRequestId: id }, { code }, { as: alice })
    }
  })
}

test('a rejected request keeps the reason, also one that was accepted before', async () => {
  const id = await newRequest(harness)
  await take(id, 'associate', alice)
  await take(id, 'accept', admin)
  await take(id, 'reject', alice, { Notes: 'not now' })
  assert.equal((await get(id)).RejectionReason, 'not now')
})

test('a request for an account is for that account alone; one that was associated is its owner’s account’s', async () => {
  const stranger = harness.user('eve', 'AIDAEVE', THIRD_ACCOUNT)
  const open = await newRequest(harness)
  assert.equal((await get(open, stranger)).DelegationRequestId, open)
  await take(open, 'associate', alice)
  const meant = await newRequest(harness, { OwnerAccountId: ACCOUNT })
  for (const id of [open, meant]) {
    await harness.refused(
      getDelegationRequest,
      { DelegationRequestId: id },
      { code: 'NoSuchEntity', message: missing(id) },
      { as: stranger },
    )
    for (const operation of Object.values(steps))
      await harness.refused(
        operation,
        { DelegationRequestId: id },
        { code: 'NoSuchEntity', message: missing(id) },
        { as: stranger },
      )
    assert.deepEqual(await harness.store.read((tx) => delegationRequestEntity(tx, THIRD_ACCOUNT, id)), {
      arn: `arn:aws:iam::${THIRD_ACCOUNT}:delegation-request/${id}`,
      missing: true,
    })
  }
  // The provider, too, sees only what its notices say.
  await harness.refused(
    getDelegationRequest,
    { DelegationRequestId: meant },
    { code: 'NoSuchEntity' },
    { as: harness.rootOf(PROVIDER) },
  )
  await take(meant, 'associate', alice)
})

test('lists hold what somebody owns, all or one owner’s, in pages', async () => {
  const [mine, hers, nobodys] = [
    await newRequest(harness),
    await newRequest(harness),
    await newRequest(harness, { OwnerAccountId: ACCOUNT }),
  ]
  const bob = harness.user('bob', 'AIDABOB')
  const carol = harness.user('carol', 'AIDACAROL')
  await take(mine, 'associate', bob)
  await take(hers, 'associate', carol)
  const list = async (input: object) => {
    const answer = await harness.call<ListDelegationRequestsResponse>(listDelegationRequests, input)
    return { ids: (answer.DelegationRequests ?? []).map(({ DelegationRequestId: id }) => id), answer }
  }
  assert.deepEqual((await list({ OwnerId: bob.arn })).ids, [mine])
  assert.deepEqual((await list({ OwnerId: 'arn:aws:iam::111122223333:user/none' })).ids, [])
  const all = (await list({})).ids
  assert.ok(all.includes(mine) && all.includes(hers) && !all.includes(nobodys))
  const pages: (string | undefined)[] = []
  let Marker: string | undefined
  do {
    const { ids, answer } = await list({ MaxItems: 3, ...(Marker !== undefined && { Marker }) })
    assert.equal(answer.isTruncated, answer.Marker !== undefined)
    assert.ok(ids.length <= 3)
    pages.push(...ids)
    ;({ Marker } = answer)
  } while (Marker !== undefined)
  assert.deepEqual(pages, all)
  const OwnerId = 'somebody-or-other-in-it'
  const message = `OwnerId ${OwnerId} is not the ARN of a principal.`
  await harness.refused(listDelegationRequests, { OwnerId, Marker: 'x' }, { code: 'InvalidInput', message })
  await harness.refused(listDelegationRequests, { Marker: 'x' }, { code: 'ValidationError', message: 'Invalid Marker.' })
})

test('the root user approves four hours at most, and a delegate nothing', async () => {
  const long = await newRequest(harness, { SessionDuration: 14_401 })
  await take(long, 'associate', alice)
  const message = 'The root user can only approve delegation requests with a duration of 4 hours or less.'
  await harness.refused(acceptDelegationRequest, { DelegationRequestId: long }, { code: 'AccessDenied', message })
  const delegate: Principal = {
    ...admin,
    credential: {
      accessKeyId: 'ASIA',
      session: { issuedAt: 0, expiresAt: 1, delegate: { accountId: PROVIDER, requestId: long } },
    },
  }
  await harness.refused(
    acceptDelegationRequest,
    { DelegationRequestId: long },
    { code: 'AccessDenied', message: 'Delegated access cannot be used to approve a delegation request.' },
    { as: delegate },
  )
  await take(long, 'accept', admin)
  const short = await newRequest(harness, { SessionDuration: 14_400 })
  await take(short, 'associate', alice)
  await take(short, 'accept', harness.root)
})

test('a token that only the owner may send is sent by nobody else', async () => {
  const id = await newRequest(harness, { OnlySendByOwner: true })
  await take(id, 'associate', alice)
  await take(id, 'accept', admin)
  const message = 'The exchange token of this delegation request can be sent by its owner only.'
  const namesake = harness.user('alice', 'AIDAANOTHER')
  for (const as of [admin, harness.root, namesake])
    await harness.refused(sendDelegationToken, { DelegationRequestId: id }, { code: 'AccessDenied', message }, { as })
  await take(id, 'send', alice)
})

test('what a request grants by default', async () => {
  const policyOf = async (id: string): Promise<unknown> => {
    const { policy, context, arn } = await harness.store.read((tx) => delegationRequestEntity(tx, ACCOUNT, id))
    assert.equal(arn, `arn:aws:iam::${ACCOUNT}:delegation-request/${id}`)
    return { context, ...JSON.parse(policy?.document ?? '').Statement }
  }
  const Resource = (id: string) => `arn:aws:iam::${ACCOUNT}:delegation-request/${id}`
  const open = ['iam:AssociateDelegationRequest', 'iam:GetDelegationRequest', 'iam:GetHumanReadableSummary']
  const anybodys = await newRequest(harness)
  assert.deepEqual(await policyOf(anybodys), {
    context: undefined,
    Effect: 'Allow',
    Principal: '*',
    Action: open,
    Resource: Resource(anybodys),
    Condition: { StringEquals: {} },
  })
  const meant = await newRequest(harness, { OwnerAccountId: ACCOUNT })
  assert.deepEqual(await policyOf(meant), {
    context: undefined,
    Effect: 'Allow',
    Principal: '*',
    Action: open,
    Resource: Resource(meant),
    Condition: { StringEquals: { 'aws:PrincipalAccount': ACCOUNT } },
  })
  await take(meant, 'associate', alice)
  assert.deepEqual(await policyOf(meant), {
    context: { 'iam:DelegationRequestOwner': alice.arn },
    Effect: 'Allow',
    Principal: { AWS: alice.arn },
    Action: [
      'iam:GetDelegationRequest',
      'iam:GetHumanReadableSummary',
      'iam:RejectDelegationRequest',
      'iam:UpdateDelegationRequest',
      'iam:SendDelegationToken',
    ],
    Resource: Resource(meant),
    Condition: { StringEquals: { 'aws:userid': 'AIDAALICE' } },
  })
})

test('a provider that was removed asks for nothing; what was taken back is taken back once', async () => {
  const id = await newRequest(harness)
  const revoke = async (): Promise<boolean> => {
    let done = false
    await write(harness, async (tx) => {
      const row = await findDelegationRequest(tx, id)
      assert.ok(row !== undefined)
      done = await revokeDelegation(tx, row, 1)
    })
    return done
  }
  assert.deepEqual([await revoke(), await revoke()], [true, false])
  await write(harness, async (tx) => void (await removeProvider(tx, PROVIDER)))
  await harness.refused(createDelegationRequest, requestInput(), { code: 'AccessDenied' }, { as: harness.rootOf(PROVIDER) })
  await write(harness, (tx) => putProvider(tx, { account: PROVIDER, domain: DOMAIN, name: 'Provider' }, 0))
})

test('requests that expired long ago are forgotten, with what was said of them', async () => {
  const id = await newRequest(harness)
  await take(id, 'associate', alice)
  harness.advance(7 * DAY + 90 * DAY)
  await newRequest(harness)
  assert.equal((await get(id)).State, 'EXPIRED')
  harness.advance(1)
  await newRequest(harness)
  await harness.refused(getDelegationRequest, { DelegationRequestId: id }, { code: 'NoSuchEntity' }, { as: alice })
  assert.deepEqual(await noticesOf(harness, id), [])
})
