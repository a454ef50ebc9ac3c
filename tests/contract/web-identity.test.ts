/** Web identity in both directions through the AWS SDK: tokens of a real issuer become sessions, and sessions get tokens that a real library verifies. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import * as Sts from '@aws-sdk/client-sts'
import { createRemoteJWKSet, decodeJwt, jwtVerify, SignJWT } from 'jose'
import { openIssuer, type TestIssuer } from '../oidc-issuer.ts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

const ACCOUNT = '123456789012'
const RoleArn = `arn:aws:iam::${ACCOUNT}:role/developer`
const TAGS = { principal_tags: { team: ['blue'] }, transitive_tag_keys: ['team'] }
const AWS_CLAIMS = 'https://sts.amazonaws.com/'
let server: TestServer
let issuer: TestIssuer
let root: Credentials
let iam: Iam.IAMClient
let nobody: Sts.STSClient
let PrincipalArn = ''

before(async () => {
  issuer = await openIssuer({ tags: TAGS })
  server = await startTestServer({ ca: issuer.ca, outboundPrivate: true })
  ;({ root } = await server.account('web-identity', ACCOUNT))
  iam = server.iam(root)
  PrincipalArn = `arn:aws:iam::${ACCOUNT}:oidc-provider/${issuer.name}`
  // The caller has no credentials: the token is all there is.
  nobody = server.sts({ accessKeyId: 'AKIANOTHING', secretAccessKey: 'nothing' })
})
after(async () => {
  await server.close()
  issuer.close()
})

async function refused(call: Promise<unknown>, name: string, message: string): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof Error)
    assert.deepEqual([error.name, error.message], [name, message])
    return true
  })
}

const trust = (Condition?: object, Action: readonly string[] = ACTIONS): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { Federated: PrincipalArn }, Action, ...(Condition !== undefined && { Condition }) },
  })
const ACTIONS = ['sts:AssumeRoleWithWebIdentity', 'sts:TagSession', 'sts:SetSourceIdentity']
/** The condition on the session alone: tags and a source identity are asked about with keys of their own. */
const onSession = (Condition: object): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Federated: PrincipalArn }, Action: ACTIONS[0], Condition },
      { Effect: 'Allow', Principal: { Federated: PrincipalArn }, Action: ACTIONS.slice(1) },
    ],
  })
const DENIED = (action: string): string => `Not authorized to perform ${action}`

const assume = (WebIdentityToken: string, more: object = {}) =>
  nobody.send(new Sts.AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'session', WebIdentityToken, ...more }))
const becomes = (policy: string) =>
  iam.send(new Iam.UpdateAssumeRolePolicyCommand({ RoleName: 'developer', PolicyDocument: policy }))

function keysOf({ Credentials: made }: Pick<Sts.AssumeRoleWithWebIdentityResponse, 'Credentials'>): Credentials {
  assert.ok(made?.AccessKeyId !== undefined && made.SecretAccessKey !== undefined)
  return { accessKeyId: made.AccessKeyId, secretAccessKey: made.SecretAccessKey, sessionToken: made.SessionToken ?? '' }
}

test('a provider without thumbprints must answer; a real one does', async () => {
  const nowhere = new Iam.CreateOpenIDConnectProviderCommand({ Url: 'https://localhost:1' })
  const message = 'Please check .well-known/openid-configuration of provider: https://localhost:1 is valid.'
  await refused(iam.send(nowhere), 'OpenIdIdpCommunicationErrorException', message)
  const create = new Iam.CreateOpenIDConnectProviderCommand({ Url: issuer.issuer, ClientIDList: ['app'] })
  assert.equal((await iam.send(create)).OpenIDConnectProviderArn, PrincipalArn)
})

test('a token becomes a session of a role that trusts its issuer', async () => {
  await iam.send(
    new Iam.CreateRoleCommand({ RoleName: 'developer', AssumeRolePolicyDocument: trust(), MaxSessionDuration: 7_200 }),
  )
  const answer = await assume(await issuer.signIn('alice'), { DurationSeconds: 7_200 })
  assert.deepEqual(
    [answer.AssumedRoleUser?.Arn, answer.SubjectFromWebIdentityToken, answer.Audience, answer.Provider, answer.SourceIdentity],
    [`arn:aws:sts::${ACCOUNT}:assumed-role/developer/session`, 'alice', 'app', PrincipalArn, 'alice'],
  )
  const { Arn } = await server.sts(keysOf(answer)).send(new Sts.GetCallerIdentityCommand({}))
  assert.equal(Arn, `arn:aws:sts::${ACCOUNT}:assumed-role/developer/session`)
})

test('what the session may do can depend on the token', async () => {
  const session = server.iam(keysOf(await assume(await issuer.signIn('alice'))))
  const Resource = `arn:aws:iam::${ACCOUNT}:user/$\{aws:PrincipalTag/team}-*`
  const Condition = { StringEquals: { 'aws:FederatedProvider': PrincipalArn, 'aws:SourceIdentity': 'alice' } }
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'iam:CreateUser', Resource, Condition },
  })
  await iam.send(new Iam.PutRolePolicyCommand({ RoleName: 'developer', PolicyName: 'own-team', PolicyDocument }))
  await session.send(new Iam.CreateUserCommand({ UserName: 'blue-1' }))
  await assert.rejects(session.send(new Iam.CreateUserCommand({ UserName: 'red-1' })), { name: 'AccessDenied' })
})

test('a trust policy decides by session name, tags and source identity, and denies in AWS’s words', async () => {
  const token = await issuer.signIn('alice')
  // oxfmt-ignore
  const rows = [
    [onSession({ StringEquals: { 'sts:RoleSessionName': 'session' } }), undefined],
    [onSession({ StringEquals: { 'sts:RoleSessionName': 'other' } }),  'sts:AssumeRoleWithWebIdentity'],
    [onSession({ StringEquals: { 'aws:RequestTag/team': 'blue' } }),   undefined],
    [onSession({ StringEquals: { 'aws:RequestTag/team': 'red' } }),    'sts:AssumeRoleWithWebIdentity'],
    [onSession({ StringLike: { 'sts:SourceIdentity': 'a*' } }),        undefined],
    [trust({ StringEquals: { 'sts:RoleSessionName': 'session' } }),    'sts:TagSession'],
    [trust({ StringEquals: { 'aws:RequestTag/team': 'blue' } }),       'sts:SetSourceIdentity'],
    [trust({ ArnEquals: { 'aws:FederatedProvider': PrincipalArn } }),  undefined],
    [trust({ Bool: { 'aws:MultiFactorAuthPresent': 'false' } }),       'sts:AssumeRoleWithWebIdentity'],
    [trust(undefined, ['sts:AssumeRole', 'sts:TagSession']),           'sts:AssumeRoleWithWebIdentity'],
    [trust(undefined, [ACTIONS[0] ?? '', ACTIONS[2] ?? '']),           'sts:TagSession'],
    [trust(undefined, [ACTIONS[0] ?? '', ACTIONS[1] ?? '']),           'sts:SetSourceIdentity'],
  ] as const
  for (const [policy, denied] of rows) {
    await becomes(policy)
    if (denied === undefined) await assume(token)
    else await refused(assume(token), 'AccessDenied', DENIED(denied))
  }
  await becomes(trust())
  await refused(assume(token, { RoleArn: `${RoleArn}-gone` }), 'AccessDenied', DENIED('sts:AssumeRoleWithWebIdentity'))
})

test('a trust policy decides by audience and subject', async () => {
  const token = await issuer.signIn('alice')
  const about = (aud: string, sub: string) =>
    trust({ StringEquals: { [`${issuer.name}:aud`]: aud, [`${issuer.name}:sub`]: sub } })
  await becomes(about('app', 'alice'))
  await assume(token)
  for (const policy of [about('app', 'bob'), about('other', 'alice')]) {
    await becomes(policy)
    await refused(assume(token), 'AccessDenied', DENIED('sts:AssumeRoleWithWebIdentity'))
  }
  await becomes(trust())
})

test('a token of the same issuer for another application is not for us', async () => {
  const token = await issuer.signIn('alice')
  const provider = { OpenIDConnectProviderArn: PrincipalArn }
  await iam.send(new Iam.RemoveClientIDFromOpenIDConnectProviderCommand({ ...provider, ClientID: 'app' }))
  await refused(assume(token), 'InvalidIdentityTokenException', 'Incorrect token audience')
  await iam.send(new Iam.AddClientIDToOpenIDConnectProviderCommand({ ...provider, ClientID: 'app' }))
  await assume(token)
})

test('what an attacker would send is refused, and the issuer is not asked anew each time', async () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const token = await issuer.signIn('alice')
  const claims = decodeJwt(token)
  const sign = (kid: string) => new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey)
  const [header = '', , signature = ''] = token.split('.')
  const changed = `${header}.${Buffer.from(JSON.stringify({ ...claims, sub: 'bob' })).toString('base64url')}.${signature}`
  const before = issuer.keyFetches()
  for (const bad of [await sign('first'), changed])
    await refused(assume(bad), 'InvalidIdentityTokenException', 'The signature of the token is not valid.')
  const noKey =
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"
  for (const kid of ['a', 'b', 'c']) await refused(assume(await sign(kid)), 'InvalidIdentityTokenException', noKey)
  assert.ok(issuer.keyFetches() - before <= 1)
})

test('a session gets a token, which a real library verifies by what the server shows', async () => {
  const session = keysOf(await assume(await issuer.signIn('alice')))
  const ask = new Sts.GetWebIdentityTokenCommand({ Audience: ['https://api.example'], SigningAlgorithm: 'ES384' })
  await assert.rejects(server.sts(session).send(ask), { name: 'AccessDenied' })
  // A key with several values, even where there is one: AWS's own examples ask it so.
  const Condition = {
    'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': 'https://api.example' },
    StringEquals: { 'sts:SigningAlgorithm': 'ES384' },
    NumericLessThanEquals: { 'sts:DurationSeconds': '300' },
  }
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'sts:GetWebIdentityToken', Resource: '*', Condition },
  })
  await iam.send(new Iam.PutRolePolicyCommand({ RoleName: 'developer', PolicyName: 'tokens', PolicyDocument }))
  await assert.rejects(server.sts(session).send(ask), { name: 'OutboundWebIdentityFederationDisabledException' })
  const { IssuerIdentifier = '' } = await iam.send(new Iam.EnableOutboundWebIdentityFederationCommand({}))
  const { WebIdentityToken = '' } = await server.sts(session).send(ask)
  const discovery = await readIssuer(IssuerIdentifier)
  assert.equal(discovery.issuer, IssuerIdentifier)
  const keys = createRemoteJWKSet(new URL(onServer(discovery.jwks_uri)))
  const { payload } = await jwtVerify(WebIdentityToken, keys, { issuer: IssuerIdentifier, audience: 'https://api.example' })
  assert.equal(payload.sub, RoleArn)
  const { principal_tags: tags, federated_provider: provider } = Object(payload[AWS_CLAIMS]) as Record<string, unknown>
  assert.deepEqual([tags, provider], [{ team: 'blue' }, PrincipalArn])
  await iam.send(new Iam.DisableOutboundWebIdentityFederationCommand({}))
  await assert.rejects(server.sts(session).send(ask), { name: 'OutboundWebIdentityFederationDisabledException' })
  assert.equal((await readIssuer(IssuerIdentifier)).issuer, IssuerIdentifier)
})

/** A test's server chooses its port, and does not know it where issuers are named. */
const onServer = (url: string): string => new URL(new URL(url).pathname, server.endpoint).href

async function readIssuer(issuerIdentifier: string): Promise<{ readonly issuer: string; readonly jwks_uri: string }> {
  const answer = await fetch(onServer(`${issuerIdentifier}/.well-known/openid-configuration`))
  assert.equal(answer.headers.get('content-type'), 'application/json')
  return (await answer.json()) as { readonly issuer: string; readonly jwks_uri: string }
}

test('an issuer shows its two documents and nothing else', async () => {
  const id = '01234567-89ab-4cde-8f01-23456789abcd'
  const paths = [id, `${id}/`, `${id}/.well-known/openid-configuration`, `${id}/.well-known/other`, '']
  for (const path of paths) assert.equal((await fetch(`${server.endpoint}/_keyreeve/oidc/${path}`)).status, 404)
})
