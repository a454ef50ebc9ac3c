/** Temporary delegation through the AWS SDKs: a provider asks, a user owns, an administrator approves, and what comes of it is limited, recorded and taken back. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import { AssumeRoleCommand, GetCallerIdentityCommand, GetDelegatedAccessTokenCommand } from '@aws-sdk/client-sts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

const CUSTOMER = '111122223333'
const PROVIDER = '444455556666'
const TOPIC = `arn:aws:sns:eu-west-1:${PROVIDER}:delegation`
const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
const ADMINISTRATOR = 'arn:aws:iam::aws:policy/AdministratorAccess'

let server: TestServer
let customer: Credentials
let alice: Iam.IAMClient
let admin: Iam.IAMClient
let provider: Credentials
let template = ''
let boundary = ''

before(async () => {
  server = await startTestServer()
  ;({ root: customer } = await server.account('customer', CUSTOMER))
  const { root: providerRoot } = await server.account('provider', PROVIDER)
  await server.admin('registerProvider', { accountId: PROVIDER, domain: 'provider.example', name: 'Provider' })
  boundary = (
    await server.admin('registerPolicy', {
      accountId: PROVIDER,
      kind: 'boundary',
      name: 'Operations',
      document: document({ Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*' }),
    })
  ).arn
  template = (
    await server.admin('registerPolicy', {
      accountId: PROVIDER,
      kind: 'template',
      name: 'setup',
      document: document(
        { Effect: 'Allow', Action: 'iam:GetUser', Resource: `arn:aws:iam::@{accountId}:user/@{userName}` },
        {
          '@Enabled': 'MAKE_ROLE',
          Effect: 'Allow',
          Action: 'iam:CreateRole',
          Resource: '*',
          Condition: { StringEquals: { 'iam:PermissionsBoundary': boundary } },
        },
      ),
    })
  ).arn
  alice = server.iam(await newUser(customer, 'alice'))
  const administrator = await newUser(customer, 'admin')
  await server.iam(customer).send(new Iam.AttachUserPolicyCommand({ UserName: 'admin', PolicyArn: ADMINISTRATOR }))
  admin = server.iam(administrator)
  provider = await newUser(providerRoot, 'service')
  const may = document(
    { Effect: 'Allow', Action: 'sts:*', Resource: '*' },
    {
      Effect: 'Allow',
      Action: 'iam:CreateDelegationRequest',
      Resource: `arn:aws:iam::${PROVIDER}:delegation-request/*`,
      Condition: {
        ArnEquals: { 'iam:TemplateArn': template },
        StringEquals: { 'iam:NotificationChannel': TOPIC, 'iam:DelegationDuration': '7200' },
      },
    },
  )
  await server
    .iam(providerRoot)
    .send(new Iam.PutUserPolicyCommand({ UserName: 'service', PolicyName: 'may', PolicyDocument: may }))
})
after(() => server.close())

async function newUser(root: Credentials, UserName: string): Promise<Credentials> {
  const iam = server.iam(root)
  await iam.send(new Iam.CreateUserCommand({ UserName }))
  const { AccessKey } = await iam.send(new Iam.CreateAccessKeyCommand({ UserName }))
  assert.ok(AccessKey?.AccessKeyId !== undefined && AccessKey.SecretAccessKey !== undefined)
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey }
}

async function refused(call: Promise<unknown>, name: RegExp, message: RegExp): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof Error)
    assert.match(error.name, name)
    assert.match(error.message, message)
    return true
  })
}
const denied = (call: Promise<unknown>, message: RegExp) => refused(call, /^AccessDenied/, message)

let workflows = 0
function createInput(more: Partial<Iam.CreateDelegationRequestCommandInput> = {}): Iam.CreateDelegationRequestCommandInput {
  workflows += 1
  const parameter = (Name: string, value: string) => ({ Name, Values: [value], Type: 'string' as const })
  return {
    Description: 'Sets it up',
    Permissions: {
      PolicyTemplateArn: template,
      Parameters: [parameter('accountId', CUSTOMER), parameter('userName', 'alice'), parameter('MAKE_ROLE', 'True')],
    },
    RequestorWorkflowId: `workflow-${workflows}`,
    NotificationChannel: TOPIC,
    SessionDuration: 7_200,
    ...more,
  }
}

async function newRequest(more: Partial<Iam.CreateDelegationRequestCommandInput> = {}): Promise<string> {
  const { DelegationRequestId, ConsoleDeepLink } = await server
    .iam(provider)
    .send(new Iam.CreateDelegationRequestCommand(createInput(more)))
  assert.ok(DelegationRequestId !== undefined && ConsoleDeepLink?.endsWith(DelegationRequestId) === true)
  return DelegationRequestId
}

/** Approved by the administrator and released by the owner; the exchange token, as the provider's notice has it. */
async function released(DelegationRequestId: string): Promise<string> {
  await alice.send(new Iam.AssociateDelegationRequestCommand({ DelegationRequestId }))
  await alice.send(new Iam.UpdateDelegationRequestCommand({ DelegationRequestId, Notes: 'please look' }))
  await admin.send(new Iam.AcceptDelegationRequestCommand({ DelegationRequestId }))
  await alice.send(new Iam.SendDelegationTokenCommand({ DelegationRequestId }))
  const { notices } = await server.admin('providerNotices', { accountId: PROVIDER, limit: 1_000 })
  const messages: readonly Readonly<Record<string, string>>[] = notices.map(({ topicArn, message }) => {
    assert.equal(topicArn, TOPIC)
    return JSON.parse(message)
  })
  const token = messages.find(({ RequestId, Type }) => RequestId === DelegationRequestId && Type === 'ExchangeToken')
  assert.ok(token?.['ExchangeToken'] !== undefined)
  return token['ExchangeToken']
}

async function exchanged(
  TradeInToken: string,
): Promise<{ readonly credentials: Credentials; readonly end: Date; readonly as: string }> {
  const { Credentials: given, AssumedPrincipal } = await server
    .sts(provider)
    .send(new GetDelegatedAccessTokenCommand({ TradeInToken }))
  assert.ok(given?.AccessKeyId && given.SecretAccessKey && given.SessionToken && given.Expiration && AssumedPrincipal)
  const credentials = { accessKeyId: given.AccessKeyId, secretAccessKey: given.SecretAccessKey, sessionToken: given.SessionToken }
  return { credentials, end: given.Expiration, as: AssumedPrincipal }
}

test('a provider may ask as its own policies allow; who is not registered may not', async () => {
  await denied(
    newRequest({ SessionDuration: 3_600 }),
    /because no identity-based policy allows the iam:CreateDelegationRequest action/,
  )
  await denied(admin.send(new Iam.CreateDelegationRequestCommand(createInput())), /not registered as a product provider/)
  await refused(
    newRequest({ RequestorWorkflowId: 'twice' }).then(() => newRequest({ RequestorWorkflowId: 'twice' })),
    /^EntityAlreadyExists/,
    /twice/,
  )
})

test('the owner needs no policy for its own request, cannot accept it, and a deny still holds', async () => {
  const DelegationRequestId = await newRequest({ OwnerAccountId: CUSTOMER })
  const stranger = server.iam((await server.account('stranger')).root)
  await refused(stranger.send(new Iam.GetDelegationRequestCommand({ DelegationRequestId })), /^NoSuchEntity/, /cannot be found/)
  await denied(
    alice.send(new Iam.RejectDelegationRequestCommand({ DelegationRequestId })),
    /no .* allows the iam:RejectDelegationRequest action/,
  )
  await alice.send(new Iam.AssociateDelegationRequestCommand({ DelegationRequestId }))
  const { DelegationRequest: request, PermissionCheckResult } = await alice.send(
    new Iam.GetDelegationRequestCommand({ DelegationRequestId, DelegationPermissionCheck: true }),
  )
  assert.deepEqual(
    [request?.State, request?.OwnerId, request?.RolePermissionRestrictionArns, PermissionCheckResult],
    ['ASSIGNED', `arn:aws:iam::${CUSTOMER}:user/alice`, [boundary], 'DENIED'],
  )
  const { SummaryContent } = await alice.send(
    new Iam.GetHumanReadableSummaryCommand({
      EntityArn: `arn:aws:iam::${CUSTOMER}:delegation-request/${DelegationRequestId}`,
      Locale: 'en',
    }),
  )
  assert.match(SummaryContent ?? '', /2 hours[^]*`iam:GetUser`[^]*user\/alice/)
  const own = await alice.send(new Iam.ListDelegationRequestsCommand({ OwnerId: `arn:aws:iam::${CUSTOMER}:user/alice` }))
  assert.deepEqual(
    own.DelegationRequests?.map(({ DelegationRequestId: id }) => id),
    [DelegationRequestId],
  )
  await denied(alice.send(new Iam.ListDelegationRequestsCommand({})), /iam:ListDelegationRequests/)
  await denied(
    alice.send(new Iam.AcceptDelegationRequestCommand({ DelegationRequestId })),
    /no .* allows the iam:AcceptDelegationRequest action/,
  )
  const PolicyDocument = document({ Effect: 'Deny', Action: 'iam:RejectDelegationRequest', Resource: '*' })
  await server.iam(customer).send(new Iam.PutUserPolicyCommand({ UserName: 'alice', PolicyName: 'deny', PolicyDocument }))
  await denied(
    alice.send(new Iam.RejectDelegationRequestCommand({ DelegationRequestId })),
    /explicit deny in an identity-based policy/,
  )
  await server.iam(customer).send(new Iam.DeleteUserPolicyCommand({ UserName: 'alice', PolicyName: 'deny' }))
  await alice.send(new Iam.RejectDelegationRequestCommand({ DelegationRequestId, Notes: 'no' }))
})

test('a policy may let somebody accept the requests of one owner only', async () => {
  const bob = server.iam(await newUser(customer, 'bob'))
  const Condition = { ArnEquals: { 'iam:DelegationRequestOwner': `arn:aws:iam::${CUSTOMER}:user/alice` } }
  const PolicyDocument = document({ Effect: 'Allow', Action: 'iam:AcceptDelegationRequest', Resource: '*', Condition })
  await server.iam(customer).send(new Iam.PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'accept', PolicyDocument }))
  for (const [owner, may] of [
    [alice, true],
    [admin, false],
  ] as const) {
    const DelegationRequestId = await newRequest()
    await owner.send(new Iam.AssociateDelegationRequestCommand({ DelegationRequestId }))
    const accepting = bob.send(new Iam.AcceptDelegationRequestCommand({ DelegationRequestId }))
    if (may) await accepting
    else await denied(accepting, /iam:AcceptDelegationRequest/)
  }
})

test('the provider acts as the approver, within what was asked, until it ends; it is recorded whose account acted', async () => {
  const token = await released(await newRequest())
  const { credentials, end, as } = await exchanged(token)
  assert.equal(as, `arn:aws:iam::${CUSTOMER}:user/admin`)
  assert.ok(Math.abs(end.getTime() - Date.now() - 7_200_000) < 60_000)
  assert.equal((await exchanged(token)).end.getTime(), end.getTime())
  assert.equal((await server.sts(credentials).send(new GetCallerIdentityCommand({}))).Arn, as)
  const iam = server.iam(credentials)
  await iam.send(new Iam.GetUserCommand({ UserName: 'alice' }))
  await denied(iam.send(new Iam.GetUserCommand({ UserName: 'admin' })), /because no session policy allows the iam:GetUser action/)
  await denied(iam.send(new Iam.ListRolesCommand({})), /because no session policy allows the iam:ListRoles action/)
  await denied(
    server.sts(credentials).send(new GetDelegatedAccessTokenCommand({ TradeInToken: token })),
    /GetDelegatedAccessToken/,
  )
  const customerTries = server.sts(customer).send(new GetDelegatedAccessTokenCommand({ TradeInToken: token }))
  await denied(customerTries, /by the account that requested the delegation only/)
  const { records } = await server.admin('tailAudit', { accountId: CUSTOMER, limit: 100 })
  const events: readonly { readonly eventName: string; readonly userIdentity: Readonly<Record<string, unknown>> }[] = records.map(
    (record) => JSON.parse(record),
  )
  const event = events.findLast(
    ({ eventName, userIdentity }) => eventName === 'GetUser' && userIdentity['invokedByDelegate'] !== undefined,
  )
  assert.deepEqual([event?.userIdentity['arn'], event?.userIdentity['invokedByDelegate']], [as, { accountId: PROVIDER }])
  assert.ok(!server.log.join('').includes(token), 'the token is in no log')
  assert.ok(!records.join('').includes(token), 'the token is in no audit record')
})

test('roles that the provider makes are bounded by what it registered', async () => {
  const { credentials } = await exchanged(await released(await newRequest()))
  const iam = server.iam(credentials)
  const role = (more: object) =>
    new Iam.CreateRoleCommand({
      RoleName: 'operations',
      AssumeRolePolicyDocument: document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: PROVIDER } }),
      ...more,
    })
  await denied(iam.send(role({})), /because no session policy allows the iam:CreateRole action/)
  await denied(iam.send(role({ PermissionsBoundary: ADMINISTRATOR })), /because no session policy allows/)
  await iam.send(role({ PermissionsBoundary: boundary }))
  await admin.send(new Iam.AttachRolePolicyCommand({ RoleName: 'operations', PolicyArn: ADMINISTRATOR }))
  const { Credentials: given } = await server
    .sts(provider)
    .send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${CUSTOMER}:role/operations`, RoleSessionName: 'operations' }))
  assert.ok(given?.AccessKeyId && given.SecretAccessKey && given.SessionToken)
  const operations = server.iam({
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.SessionToken,
  })
  await operations.send(new Iam.ListUsersCommand({}))
  await denied(operations.send(new Iam.ListRolesCommand({})), /because no permissions boundary allows the iam:ListRoles action/)
})

test('access that was taken back ends at once, as does that of an approver who may less', async () => {
  const DelegationRequestId = await newRequest()
  const token = await released(DelegationRequestId)
  const { credentials } = await exchanged(token)
  const iam = server.iam(credentials)
  const get = () => iam.send(new Iam.GetUserCommand({ UserName: 'alice' }))
  await get()
  const root = server.iam(customer)
  await root.send(new Iam.DetachUserPolicyCommand({ UserName: 'admin', PolicyArn: ADMINISTRATOR }))
  await denied(get(), /because no identity-based policy allows/)
  await root.send(new Iam.AttachUserPolicyCommand({ UserName: 'admin', PolicyArn: ADMINISTRATOR }))
  await get()
  assert.deepEqual(await server.admin('revokeDelegation', { requestId: DelegationRequestId }), {
    requestId: DelegationRequestId,
    accountId: CUSTOMER,
  })
  await refused(get(), /^InvalidClientTokenId/, /invalid/)
  await denied(exchanged(token), /was revoked/)
  await assert.rejects(server.admin('revokeDelegation', { requestId: DelegationRequestId }), /was revoked before/)
})

test('of two accounts that take the same request at the same time one gets it', async () => {
  const stranger = server.iam((await server.account('rival')).root)
  const DelegationRequestId = await newRequest()
  const results = await Promise.allSettled(
    [admin, stranger].map((client) => client.send(new Iam.AssociateDelegationRequestCommand({ DelegationRequestId }))),
  )
  assert.deepEqual(results.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
})
