/** A refusal and its authorization id: told by the denial, answered by IAM Toolbox, STS and the operator's `explain`. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import * as Organizations from '@aws-sdk/client-organizations'
import * as Sts from '@aws-sdk/client-sts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'
import { askToolbox, type Told } from '../toolbox.ts'

const ACCOUNT = '111122223333'
const OTHER = '444455556666'
const ALICE = `arn:aws:iam::${ACCOUNT}:user/alice`
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Office',
      Effect: 'Allow',
      Action: 'iam:GetRole',
      Resource: '*',
      Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
    },
    { Sid: 'Never', Effect: 'Deny', Action: 'iam:DeleteUser', Resource: '*' },
  ],
})

let server: TestServer
let root: Credentials
let stranger: Credentials
let alice: Credentials
let reader: Credentials

before(async () => {
  server = await startTestServer()
  ;({ root } = await server.account('own', ACCOUNT))
  ;({ root: stranger } = await server.account('other', OTHER))
  alice = await userWith('alice', POLICY)
  reader = await userWith(
    'reader',
    policyOf({ Effect: 'Allow', Action: ['iam:GetRequestAuthorization*', 'sts:Decode*'], Resource: '*' }),
  )
})
after(() => server.close())

const policyOf = (statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [statement] })

async function userWith(UserName: string, PolicyDocument: string): Promise<Credentials> {
  const iam = server.iam(root)
  await iam.send(new Iam.CreateUserCommand({ UserName }))
  await iam.send(new Iam.PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }))
  const { AccessKey } = await iam.send(new Iam.CreateAccessKeyCommand({ UserName }))
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
}

type Refused = { readonly message: string; readonly id: string; readonly requestId: string }

/** The refusal of a call. */
async function refusal(call: Promise<unknown>): Promise<Refused> {
  const error: unknown = await call.then(
    () => assert.fail('the call was allowed'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof Error)
  assert.ok(['AccessDenied', 'AccessDeniedException'].includes(error.name), error.name)
  const { message } = error
  const requestId = String(Reflect.get(Object(Reflect.get(error, '$metadata')), 'requestId'))
  return { message, id: /authorization id: ([0-9a-z]+)$/.exec(message)?.[1] ?? '', requestId }
}

const toolbox = (target: string, credentials: Credentials) => askToolbox(server.endpoint, target, credentials)
const details = (id: string, credentials: Credentials) => toolbox(`/authorization-details/${id}`, credentials)

const getRole = (RoleName = 'reader') => refusal(server.iam(alice).send(new Iam.GetRoleCommand({ RoleName })))
const deleteUser = () => refusal(server.iam(alice).send(new Iam.DeleteUserCommand({ UserName: 'alice' })))

test('a denial of IAM tells its authorization id, with the console of this server', async () => {
  const { message, id } = await getRole()
  assert.match(id, /^[0-9a-z]{20,25}$/)
  assert.equal(
    message.replace(/http:\/\/127\.0\.0\.1:\d+/, 'CONSOLE'),
    `User: ${ALICE} is not authorized to perform: iam:GetRole on resource: role reader because no identity-based policy allows the iam:GetRole action. ` +
      `Go to CONSOLE/console/iam/home?region=us-east-1#/authorization-details/${id} for complete details, or call the ` +
      `GetRequestAuthorizationDetails API with the following authorization id: ${id}`,
  )
})

test('denials of other services tell none, and are found by their request id', async () => {
  const { message, id, requestId } = await refusal(
    server.sts(alice).send(new Sts.AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/none`, RoleSessionName: 'alice' })),
  )
  assert.equal(id, '')
  assert.doesNotMatch(message, /authorization/)
  const { action, caller } = await server.admin('explainDenial', { id: requestId })
  assert.deepEqual([action, caller], ['sts:AssumeRole', ALICE])
})

// oxfmt-ignore
const NAMES: readonly (readonly [told: string, call: () => Promise<unknown>])[] = [
  ['user bob',                                        () => server.iam(alice).send(new Iam.GetUserCommand({ UserName: 'bob' }))],
  ['user alice',                                      () => server.iam(alice).send(new Iam.GetUserCommand({}))],
  ['group staff',                                     () => server.iam(alice).send(new Iam.GetGroupCommand({ GroupName: 'staff' }))],
  ['instance profile web',                            () => server.iam(alice).send(new Iam.GetInstanceProfileCommand({ InstanceProfileName: 'web' }))],
  ['policy arn:aws:iam::aws:policy/ReadOnlyAccess',   () => server.iam(alice).send(new Iam.GetPolicyCommand({ PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }))],
  ['policy new',                                      () => server.iam(alice).send(new Iam.CreatePolicyCommand({ PolicyName: 'new', PolicyDocument: POLICY }))],
  ['policy path /',                                   () => server.iam(alice).send(new Iam.ListPoliciesCommand({}))],
  [`arn:aws:iam::${ACCOUNT}:user/new`,                () => server.iam(alice).send(new Iam.CreateUserCommand({ UserName: 'new' }))],
  [`arn:aws:iam::${ACCOUNT}:user/`,                   () => server.iam(alice).send(new Iam.ListUsersCommand({}))],
  [ALICE,                                             () => server.iam(alice).send(new Iam.SimulatePrincipalPolicyCommand({ PolicySourceArn: ALICE, ActionNames: ['iam:GetUser'] }))],
  ['*',                                               () => server.iam(alice).send(new Iam.GetAccountSummaryCommand({}))],
]
for (const [told, call] of NAMES) {
  test(`a denial names ${told}`, async () => {
    const { message } = await refusal(call())
    assert.ok(message.includes(` on resource: ${told} because `), message)
  })
}

test('DecodeAuthorizationMessage names no resource', async () => {
  const { message } = await refusal(server.sts(alice).send(new Sts.DecodeAuthorizationMessageCommand({ EncodedMessage: 'x' })))
  assert.equal(
    message,
    `User: ${ALICE} is not authorized to perform: sts:DecodeAuthorizationMessage because no identity-based policy allows the sts:DecodeAuthorizationMessage action`,
  )
})

test('details: what was asked, what came of it, the policies that were evaluated', async () => {
  const { id } = await getRole()
  const { status, body } = await details(id, reader)
  assert.equal(status, 200)
  assert.equal(body.requestContext?.['aws:username'], 'alice')
  assert.equal(body.requestContext?.['aws:SourceIp'], '127.0.0.1')
  const [evaluation] = body.evaluations
  assert.deepEqual(
    [evaluation?.action, evaluation?.resource, evaluation?.evaluatedEffect],
    ['iam:GetRole', `arn:aws:iam::${ACCOUNT}:role/reader`, 'IMPLICIT_DENY'],
  )
  assert.deepEqual(evaluation?.matchedPolicies, [])
  assert.equal(evaluation?.context?.['aws:ResourceAccount'], ACCOUNT)
  const [policy, ...more] = body.policies
  assert.deepEqual(more, [])
  assert.deepEqual([policy?.type, policy?.inline, policy?.attachedTo], ['IDENTITY_BASED_POLICY', true, [{ arn: ALICE }]])
  assert.equal('nextToken' in body, false)
})

test('details and policy of an explicit deny, by the policies of then', async () => {
  const { id } = await deleteUser()
  await server.iam(root).send(
    new Iam.PutUserPolicyCommand({
      UserName: 'alice',
      PolicyName: 'own',
      PolicyDocument: policyOf({ Effect: 'Allow', Action: 'iam:*', Resource: '*' }),
    }),
  )
  const { body } = await details(id, reader)
  const [policy] = body.policies
  assert.equal(body.evaluations[0]?.evaluatedEffect, 'EXPLICIT_DENY')
  assert.deepEqual(body.evaluations[0]?.matchedPolicies, [
    { uri: policy?.uri, matchedStatements: [{ sid: 'Never', evaluatedEffect: 'DENY' }] },
  ])
  const read = await toolbox(`/authorization-details/${id}/policy?policyUri=${policy?.uri}`, reader)
  assert.deepEqual([read.status, read.body.policyDocument], [200, JSON.parse(POLICY)])
  await server.iam(root).send(new Iam.PutUserPolicyCommand({ UserName: 'alice', PolicyName: 'own', PolicyDocument: POLICY }))
})

const effects = ({ evaluations }: Told) => evaluations.map(({ action, evaluatedEffect }) => `${action} ${evaluatedEffect}`)

test('details: every action that the request needed, in its order', async () => {
  const maker = await userWith('maker', policyOf({ Sid: 'Make', Effect: 'Allow', Action: 'iam:CreateUser', Resource: '*' }))
  const Tags = [{ Key: 'team', Value: 'blue' }]
  const { message, id } = await refusal(server.iam(maker).send(new Iam.CreateUserCommand({ UserName: 'new', Tags })))
  assert.match(message, /is not authorized to perform: iam:TagUser on resource/)
  const { body } = await details(id, reader)
  assert.deepEqual(effects(body), ['iam:CreateUser ALLOW', 'iam:TagUser IMPLICIT_DENY'])
  const [created, tagged] = body.evaluations
  assert.deepEqual(created?.matchedPolicies, [
    { uri: body.policies[0]?.uri, matchedStatements: [{ sid: 'Make', evaluatedEffect: 'ALLOW' }] },
  ])
  assert.deepEqual([tagged?.matchedPolicies, tagged?.context?.['aws:RequestTag/team']], [[], 'blue'])
  assert.equal(body.policies.length, 1)
})

test('details: what comes after the refused action, and each side of it across accounts', async () => {
  const RoleArn = `arn:aws:iam::${OTHER}:role/tagged`
  const AssumeRolePolicyDocument = policyOf({ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:TagSession' })
  await server.iam(stranger).send(new Iam.CreateRoleCommand({ RoleName: 'tagged', AssumeRolePolicyDocument }))
  const caller = await userWith('tagging', policyOf({ Effect: 'Allow', Action: 'sts:*', Resource: '*' }))
  const Tags = [{ Key: 'team', Value: 'blue' }]
  const { requestId } = await refusal(
    server.sts(caller).send(new Sts.AssumeRoleCommand({ RoleArn, RoleSessionName: 'visit', Tags })),
  )
  const { id, action } = await server.admin('explainDenial', { id: requestId })
  assert.equal(action, 'sts:AssumeRole')
  const own = (await details(id, reader)).body
  assert.deepEqual(effects(own), ['sts:AssumeRole IMPLICIT_DENY', 'sts:TagSession ALLOW'])
  assert.deepEqual(
    own.policies.map(({ type }) => type),
    ['IDENTITY_BASED_POLICY'],
  )
  assert.ok(!JSON.stringify(own).includes('ResourceAccount'))
  const theirs = (await details(id, stranger)).body
  assert.deepEqual(effects(theirs), ['sts:AssumeRole IMPLICIT_DENY', 'sts:TagSession ALLOW'])
  assert.deepEqual(
    theirs.policies.map(({ type, attachedTo }) => [type, attachedTo]),
    [['RESOURCE_BASED_POLICY', [{ arn: RoleArn }]]],
  )
  assert.ok(!JSON.stringify(theirs).includes('blue'))
})

// oxfmt-ignore
test('who is told nothing', async () => {
  const { id } = await getRole()
  const cases: readonly (readonly [name: string, target: string, credentials: Credentials, status: number, type: string])[] = [
    ['no permission',           `/authorization-details/${id}`,                          alice,    403, 'AccessDeniedException'],
    ['an id that is none',      '/authorization-details/zzzz',                           reader,   404, 'ResourceNotFoundException'],
    ['not the form of an id',   '/authorization-details/ZZZZ',                           reader,   400, 'ValidationException'],
    ['too long',                `/authorization-details/${'a'.repeat(257)}`,             reader,   400, 'ValidationException'],
    ['another account',         `/authorization-details/${id}`,                          stranger, 404, 'ResourceNotFoundException'],
    ['a page there is not',     `/authorization-details/${id}?nextToken=x`,              reader,   400, 'ValidationException'],
    ['no policy is named',      `/authorization-details/${id}/policy`,                   reader,   400, 'ValidationException'],
    ['a policy there is not',   `/authorization-details/${id}/policy?policyUri=x`,       reader,   404, 'ResourceNotFoundException'],
    ['a policy, no permission', `/authorization-details/${id}/policy?policyUri=x`,       alice,    403, 'AccessDeniedException'],
    ['a policy, elsewhere',     `/authorization-details/${id}/policy?policyUri=x`,       stranger, 404, 'ResourceNotFoundException'],
  ]
  for (const [name, target, credentials, status, type] of cases) {
    const answer = await toolbox(target, credentials)
    assert.deepEqual([name, answer.status, answer.body.type], [name, status, type])
  }
})

test('DecodeAuthorizationMessage takes an authorization id', async () => {
  const { id } = await deleteUser()
  const { DecodedMessage = '' } = await server.sts(reader).send(new Sts.DecodeAuthorizationMessageCommand({ EncodedMessage: id }))
  const message = JSON.parse(DecodedMessage)
  assert.deepEqual([message.allowed, message.explicitDeny], [false, true])
  assert.deepEqual(
    message.matchedStatements.items.map(
      ({ statementId, effect, actions }: { statementId: string; effect: string; actions: unknown }) => [
        statementId,
        effect,
        actions,
      ],
    ),
    [['Never', 'DENY', { items: [{ value: 'iam:DeleteUser' }] }]],
  )
  assert.equal(message.context.principal.name, 'alice')
  assert.equal(message.context.action, 'iam:DeleteUser')
  await assert.rejects(server.sts(stranger).send(new Sts.DecodeAuthorizationMessageCommand({ EncodedMessage: id })), {
    name: 'InvalidAuthorizationMessageException',
  })
})

test('explain: near misses, and the smallest change', async () => {
  const { id } = await getRole()
  const { decision, parts, flip, context } = await server.admin('explainDenial', { id })
  assert.equal(decision, 'implicitDeny')
  assert.deepEqual(context, { 'aws:SourceIp': '127.0.0.1' })
  const [near] = parts.flatMap(({ nearMisses }) => nearMisses)
  assert.deepEqual(near, {
    policy: `own of ${ALICE}`,
    number: 1,
    sid: 'Office',
    line: 1,
    effect: 'Allow',
    why: 'action and resource match; the condition aws:SourceIp failed: 127.0.0.1 is not in 203.0.113.0/24',
  })
  assert.deepEqual(flip, {
    kind: 'add',
    additions: [
      {
        policyType: 'identity',
        level: 0,
        attachedTo: [ALICE],
        document: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetRole","Resource":"arn:aws:iam::${ACCOUNT}:role/reader"}]}`,
        reach: 'exact',
      },
    ],
  })
})

test('explain: what lifts the refusal goes to the user itself, not to its group', async () => {
  const iam = server.iam(root)
  await iam.send(new Iam.CreateGroupCommand({ GroupName: 'team' }))
  const PolicyDocument = policyOf({ Effect: 'Allow', Action: 'iam:GetUser', Resource: '*' })
  await iam.send(new Iam.PutGroupPolicyCommand({ GroupName: 'team', PolicyName: 'own', PolicyDocument }))
  await iam.send(new Iam.AddUserToGroupCommand({ GroupName: 'team', UserName: 'alice' }))
  const { id } = await getRole()
  const { parts, flip } = await server.admin('explainDenial', { id })
  assert.deepEqual(parts[0]?.attachedTo.toSorted(), [`arn:aws:iam::${ACCOUNT}:group/team`, ALICE])
  assert.deepEqual(flip.kind === 'add' && flip.additions.map(({ attachedTo }) => attachedTo), [[ALICE]])
  await iam.send(new Iam.RemoveUserFromGroupCommand({ GroupName: 'team', UserName: 'alice' }))
})

test('explain: trust policies name people by their ARNs, those who are gone, and roles that are not there', async () => {
  const iam = server.iam(root)
  const assuming = policyOf({ Effect: 'Allow', Action: 'sts:*', Resource: '*' })
  const visitor = server.sts(await userWith('visitor', assuming))
  const { User } = await iam.send(new Iam.CreateUserCommand({ UserName: 'trusted' }))
  const trusting = policyOf({ Effect: 'Allow', Principal: { AWS: User?.Arn }, Action: 'sts:AssumeRole' })
  await iam.send(new Iam.CreateRoleCommand({ RoleName: 'narrow', AssumeRolePolicyDocument: trusting }))
  const explained = async (name: string) => {
    const RoleArn = `arn:aws:iam::${ACCOUNT}:role/${name}`
    const { requestId } = await refusal(visitor.send(new Sts.AssumeRoleCommand({ RoleArn, RoleSessionName: 'visit' })))
    const { parts } = await server.admin('explainDenial', { id: requestId })
    const trust = parts.find(({ policyType }) => policyType === 'trust')
    return { attachedTo: trust?.attachedTo, why: trust?.nearMisses[0]?.why }
  }
  const sentence = `action matches; the principal failed: arn:aws:iam::${ACCOUNT}:user/visitor is not meant by Principal ${User?.UserId}`
  const attachedTo = [`arn:aws:iam::${ACCOUNT}:role/narrow`]
  assert.deepEqual(await explained('narrow'), { attachedTo, why: `${sentence} (${User?.Arn})` })
  await iam.send(new Iam.DeleteUserCommand({ UserName: 'trusted' }))
  assert.deepEqual(await explained('narrow'), { attachedTo, why: `${sentence} (nobody any more)` })
  assert.deepEqual(await explained('none'), { attachedTo: [], why: undefined })
})

test('a denial across accounts: no reason and no id for the caller, each side sees its own', async () => {
  const RoleArn = `arn:aws:iam::${OTHER}:role/theirs`
  const AssumeRolePolicyDocument = policyOf({ Effect: 'Allow', Principal: { AWS: OTHER }, Action: 'sts:AssumeRole' })
  const Tags = [{ Key: 'secret', Value: 'theirs' }]
  await server.iam(stranger).send(new Iam.CreateRoleCommand({ RoleName: 'theirs', AssumeRolePolicyDocument, Tags }))
  const { message, requestId } = await refusal(
    server.sts(alice).send(new Sts.AssumeRoleCommand({ RoleArn, RoleSessionName: 'alice', ExternalId: 'ours' })),
  )
  assert.equal(message, `User: ${ALICE} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`)
  const { id } = await server.admin('explainDenial', { id: requestId })
  const own = await details(id, reader)
  assert.deepEqual(
    own.body.policies.map(({ type }) => type),
    ['IDENTITY_BASED_POLICY'],
  )
  assert.equal(own.body.requestContext?.['aws:username'], 'alice')
  const [evaluation] = own.body.evaluations
  assert.deepEqual(
    [evaluation?.resource, evaluation?.context],
    [RoleArn, { 'sts:RoleSessionName': 'alice', 'sts:ExternalId': 'ours' }],
  )
  const theirs = await details(id, stranger)
  assert.deepEqual(
    theirs.body.policies.map(({ type }) => type),
    ['RESOURCE_BASED_POLICY'],
  )
  assert.equal('requestContext' in theirs.body, false)
  assert.deepEqual(theirs.body.evaluations[0]?.context, {
    'aws:ResourceTag/secret': 'theirs',
    'iam:ResourceTag/secret': 'theirs',
    'aws:ResourceAccount': OTHER,
  })
  const { DecodedMessage = '' } = await server.sts(reader).send(new Sts.DecodeAuthorizationMessageCommand({ EncodedMessage: id }))
  assert.match(DecodedMessage, /"key":"sts:ExternalId"/)
  assert.doesNotMatch(DecodedMessage, /ResourceTag|ResourceAccount/)
  const [theirPolicy] = theirs.body.policies
  assert.equal((await toolbox(`/authorization-details/${id}/policy?policyUri=${theirPolicy?.uri}`, reader)).status, 404)
})

test('within an organization both sides see everything, and service control policies name their level', async () => {
  const { root: management, accountId } = await server.account('management')
  const organizations = server.organizations(management)
  await organizations.send(new Organizations.CreateOrganizationCommand({ FeatureSet: 'ALL' }))
  const { Roots: [organizationRoot] = [] } = await organizations.send(new Organizations.ListRootsCommand({}))
  await organizations.send(
    new Organizations.EnablePolicyTypeCommand({ RootId: organizationRoot?.Id, PolicyType: 'SERVICE_CONTROL_POLICY' }),
  )
  await server.iam(management).send(new Iam.CreateUserCommand({ UserName: 'carol' }))
  const { AccessKey } = await server.iam(management).send(new Iam.CreateAccessKeyCommand({ UserName: 'carol' }))
  const carol = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
  const { id } = await refusal(server.iam(carol).send(new Iam.ListUsersCommand({})))
  const { body } = await details(id, management)
  assert.match(String(body.requestContext?.['aws:PrincipalOrgID']), /^o-/)
  assert.equal(body.evaluations[0]?.resource, `arn:aws:iam::${accountId}:user/`)
})

test('the newest refusals are listed first', async () => {
  await getRole('first')
  await getRole('second')
  const { denials } = await server.admin('listDenials', { accountId: ACCOUNT, limit: 2 })
  assert.equal(denials.length, 2)
  assert.ok(denials.every(({ caller, action }) => caller === ALICE && action === 'iam:GetRole'))
  assert.ok((denials[0]?.at ?? 0) >= (denials[1]?.at ?? 0))
})
