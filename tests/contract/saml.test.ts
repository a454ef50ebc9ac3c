/** AssumeRoleWithSAML with responses that samlify made and signed, through the AWS SDK; then everything an attacker would change in them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import { AssumeRoleWithSAMLCommand, GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts'
import { selfSigned } from '../certificates.ts'
import { type Encryption, openProvider, SIGN_IN, type TestProvider } from '../saml-provider.ts'
import { startTestServer, type TestServer } from '../server.ts'

const ACCOUNT = '123456789012'
const RoleArn = `arn:aws:iam::${ACCOUNT}:role/analyst`
const PrincipalArn = `arn:aws:iam::${ACCOUNT}:saml-provider/idp`
const receiver = selfSigned('receiver')
let server: TestServer
let idp: TestProvider
let sts: STSClient
let iam: Iam.IAMClient
before(async () => {
  server = await startTestServer()
  idp = openProvider()
  const { root } = await server.account('saml', ACCOUNT)
  iam = server.iam(root)
  const { SAMLProviderArn } = await iam.send(
    new Iam.CreateSAMLProviderCommand({ Name: 'idp', SAMLMetadataDocument: idp.metadata }),
  )
  assert.equal(SAMLProviderArn, PrincipalArn)
  const trust = {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: PrincipalArn },
      Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'],
      Condition: { StringEquals: { 'SAML:aud': SIGN_IN, 'saml:sub_type': 'persistent' } },
    },
  }
  await iam.send(new Iam.CreateRoleCommand({ RoleName: 'analyst', AssumeRolePolicyDocument: JSON.stringify(trust) }))
  // The caller has no credentials: the assertion is all there is.
  sts = server.sts({ accessKeyId: 'AKIANOTHING', secretAccessKey: 'nothing' })
})
after(() => server.close())

const attributes = (more: Readonly<Record<string, readonly string[]>> = {}) => ({
  Role: [`${RoleArn},${PrincipalArn}`],
  RoleSessionName: ['jane'],
  ...more,
})
const assume = (SAMLAssertion: string) => sts.send(new AssumeRoleWithSAMLCommand({ RoleArn, PrincipalArn, SAMLAssertion }))

test('a signed response becomes a session of the role', async () => {
  const answer = await assume(
    await idp.respond('jane@example.com', attributes({ 'PrincipalTag:team': ['blue'], SessionDuration: ['1800'] })),
  )
  assert.equal(answer.AssumedRoleUser?.Arn, `arn:aws:sts::${ACCOUNT}:assumed-role/analyst/jane`)
  assert.deepEqual(
    [answer.Subject, answer.SubjectType, answer.Issuer, answer.Audience],
    ['jane@example.com', 'persistent', idp.issuer, SIGN_IN],
  )
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration } = answer.Credentials ?? {}
  assert.ok(Expiration !== undefined && Expiration.getTime() < Date.now() + 1_900_000)
  const session = server.sts({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken })
  assert.equal((await session.send(new GetCallerIdentityCommand({}))).Arn, `arn:aws:sts::${ACCOUNT}:assumed-role/analyst/jane`)
})

test('what an attribute says may be demanded by the trust policy, and does not stay with the session', async () => {
  const principalName = 'urn:oid:1.3.6.1.4.1.5923.1.1.1.6'
  const condition = { StringEquals: { 'saml:edupersonprincipalname': 'jane@example.com' } }
  const trust = {
    Effect: 'Allow',
    Principal: { Federated: PrincipalArn },
    Action: 'sts:AssumeRoleWithSAML',
    Condition: condition,
  }
  const allow = (Action: string, Condition: object) => ({ Effect: 'Allow', Action, Resource: '*', Condition })
  const RoleName = 'scholar'
  await iam.send(
    new Iam.CreateRoleCommand({
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: trust }),
    }),
  )
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [allow('iam:ListUsers', { StringEquals: { 'saml:sub': 'jane' } }), allow('iam:ListRoles', condition)],
  })
  await iam.send(new Iam.PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument }))
  const scholar = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`
  const become = async (name: string) => {
    const pair = [`${scholar},${PrincipalArn}`]
    const SAMLAssertion = await idp.respond('jane', { ...attributes(), Role: pair, [principalName]: [name] })
    return sts.send(new AssumeRoleWithSAMLCommand({ RoleArn: scholar, PrincipalArn, SAMLAssertion }))
  }
  await assert.rejects(become('john@example.com'), { name: 'AccessDenied' })
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = (await become('jane@example.com')).Credentials ?? {}
  const session = server.iam({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken })
  await session.send(new Iam.ListUsersCommand({}))
  await assert.rejects(session.send(new Iam.ListRolesCommand({})), { name: 'AccessDenied' })
})

test('a session ends when the assertion says, if that is earlier than what was asked', async () => {
  const sessionUntil = Date.now() + 1_200_000
  const { Credentials: short } = await assume(await idp.respond('jane@example.com', attributes(), { sessionUntil }))
  const early = sessionUntil - (short?.Expiration?.getTime() ?? 0)
  assert.ok(early >= 0 && early <= 2_000, 'whole seconds, never later')
  const far = Date.now() + 40_000_000
  const { Credentials: long } = await assume(await idp.respond('jane@example.com', attributes(), { sessionUntil: far }))
  assert.ok(Math.abs((long?.Expiration?.getTime() ?? 0) - Date.now() - 3_600_000) <= 5_000)
})

const changed = async (change: (xml: string) => string): Promise<string> => {
  const response = await idp.respond('jane@example.com', attributes())
  return Buffer.from(change(Buffer.from(response, 'base64').toString())).toString('base64')
}
const assertionOf = (xml: string): string => /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(xml)?.[0] ?? ''
const evil = (xml: string): string =>
  assertionOf(xml)
    .replace(/<ds:Signature[\s\S]*<\/ds:Signature>/, '')
    .replace('jane@example.com', 'root@example.com')
    .replaceAll(/ID="_a/g, 'ID="_evil')

type Row = readonly [name: string, response: () => Promise<string>, code: string, message?: string]
// oxfmt-ignore
const REFUSED: readonly Row[] = [
  ['no XML',                        async () => Buffer.from('nothing').toString('base64'),                       'InvalidIdentityToken', 'Your request included an invalid SAML response.'],
  ['no base64',                     async () => '<samlp:Response/>',                                              'InvalidIdentityToken', 'Invalid base64 SAMLResponse'],
  ['a failure',                     () => changed((xml) => xml.replace('status:Success', 'status:Responder').replace(assertionOf(xml), '')), 'IDPRejectedClaim'],
  ['an encrypted one without a key', () => openProvider({ certificate: receiver.certificate }).respond('jane@example.com', attributes()), 'InvalidIdentityToken', 'Your request included an invalid SAML response.'],
  ['another subject',               () => changed((xml) => xml.replace('jane@example.com', 'root@example.com')),  'InvalidIdentityToken', 'Response signature invalid'],
  ['no signature',                  () => changed((xml) => xml.replace(/<ds:Signature[\s\S]*?<\/ds:Signature>/g, '')), 'InvalidIdentityToken', 'Response signature invalid'],
  ['a second assertion before',     () => changed((xml) => xml.replace('<saml:Assertion', `${evil(xml)}<saml:Assertion`)), 'InvalidIdentityToken'],
  ['a second assertion behind',     () => changed((xml) => xml.replace('</samlp:Response>', `${evil(xml)}</samlp:Response>`)), 'InvalidIdentityToken'],
  ['the signed one wrapped inside', () => changed((xml) => xml.replace(assertionOf(xml), evil(xml).replace('</saml:Assertion>', `${assertionOf(xml)}</saml:Assertion>`))), 'InvalidIdentityToken'],
  ['the signed one as an extension', () => changed((xml) => xml.replace(assertionOf(xml), `<samlp:Extensions>${assertionOf(xml)}</samlp:Extensions>${evil(xml)}`)), 'InvalidIdentityToken'],
  ['two elements with one ID',      () => changed((xml) => xml.replace('<samlp:Status>', `<samlp:Status ID="${/saml:Assertion[^>]* ID="([^"]+)"/.exec(xml)?.[1]}">`)), 'InvalidIdentityToken'],
  ['a document type',               () => changed((xml) => `<!DOCTYPE a [<!ENTITY b "c">]>${xml}`),               'InvalidIdentityToken'],
  ['a comment in the digest',       () => changed((xml) => xml.replace('<ds:DigestValue>', '<ds:DigestValue><!-- x -->')), 'InvalidIdentityToken'],
  ['an HMAC in place of RSA',       () => changed((xml) => xml.replace(/SignatureMethod Algorithm="[^"]+"/, 'SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1"')), 'InvalidIdentityToken'],
  ['somebody else’s signature',     () => openProvider().respond('jane@example.com', attributes()),               'InvalidIdentityToken', 'Response signature invalid'],
  ['another audience',              () => idp.respond('jane@example.com', attributes(), { audience: 'https://other.example.com' }), 'InvalidIdentityToken', 'Response does not contain the required audience.'],
  ['another recipient',             () => idp.respond('jane@example.com', attributes(), { recipient: 'https://evil.example.com/saml' }), 'InvalidIdentityToken'],
  ['issued six minutes ago',        () => idp.respond('jane@example.com', attributes(), { issuedAt: Date.now() - 360_000 }), 'ExpiredTokenException', 'Token must be redeemed within 5 minutes of issuance'],
  ['over',                          () => idp.respond('jane@example.com', attributes(), { until: Date.now() - 1_000 }), 'ExpiredTokenException'],
  ['with a session that is over',   () => idp.respond('jane@example.com', attributes(), { sessionUntil: Date.now() - 1_000 }), 'ExpiredTokenException'],
  ['issued in the future',          () => idp.respond('jane@example.com', attributes(), { issuedAt: Date.now() + 600_000, until: Date.now() + 700_000 }), 'InvalidIdentityToken'],
  ['no such role in it',            () => idp.respond('jane@example.com', { ...attributes(), Role: [`${RoleArn}x,${PrincipalArn}`] }), 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithSAML'],
  ['no session name',               () => idp.respond('jane@example.com', { Role: [`${RoleArn},${PrincipalArn}`] }), 'InvalidIdentityToken', 'RoleSessionName is required in AuthnResponse'],
  ['a session name with spaces',    () => idp.respond('jane@example.com', attributes({ RoleSessionName: ['jane doe'] })), 'InvalidIdentityToken', 'RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}'],
  ['a source identity with spaces', () => idp.respond('jane@example.com', attributes({ SourceIdentity: ['jane doe'] })), 'InvalidIdentityToken', 'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"'],
  ['a session tag whose key is too long', () => idp.respond('jane@example.com', attributes({ [`PrincipalTag:${'k'.repeat(129)}`]: ['x'] })), 'IDPRejectedClaim'],
  ['a session tag of AWS’s own',    () => idp.respond('jane@example.com', attributes({ 'PrincipalTag:aws:x': ['x'] })), 'InvalidParameterValue'],
  ['one session tag twice',         () => idp.respond('jane@example.com', attributes({ 'PrincipalTag:a': ['x'], 'PrincipalTag:A': ['y'] })), 'InvalidParameterValue', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.'],
  ['a transitive key of no tag',    () => idp.respond('jane@example.com', attributes({ 'PrincipalTag:a': ['x'], TransitiveTagKeys: ['b'] })), 'InvalidParameterValue', 'The specified transitive tag key must be included in the requested tags.'],
  ['a source identity that the trust policy does not allow', () => idp.respond('jane@example.com', attributes({ SourceIdentity: ['jane'] })), 'AccessDenied'],
]
for (const [name, response, code, message] of REFUSED) {
  test(`refused: ${name}`, async () => {
    await assert.rejects(assume(await response()), (error) => {
      assert.ok(error instanceof Error)
      assert.equal(error.name.replace(/Exception$/, ''), code.replace(/Exception$/, ''), error.message)
      if (message !== undefined) assert.equal(error.message, message)
      return true
    })
  })
}

test('a session policy is held to what it may be', async () => {
  const policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'
  for (const [Policy, name] of [
    ['{', 'MalformedPolicyDocumentException'],
    [policy.padEnd(2_040), 'PackedPolicyTooLargeException'],
  ] as const) {
    const SAMLAssertion = await idp.respond('jane@example.com', attributes())
    const PolicyArns = [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }]
    const asked = { RoleArn, PrincipalArn, SAMLAssertion, Policy, PolicyArns }
    await assert.rejects(sts.send(new AssumeRoleWithSAMLCommand(asked)), { name })
  }
})

test('a response counts once', async () => {
  const response = await idp.respond('jane@example.com', attributes())
  await assume(response)
  await assert.rejects(assume(response), /used before/)
})

test('a comment inside a name does not cut it', async () => {
  const response = await changed((xml) => xml.replace('jane@example.com', 'jane@example.com<!-- -->.evil.com'))
  await assert.rejects(assume(response), /signature invalid/)
})

/** A provider whose assertions are encrypted, and that must be. The role's trust policy lets it in too. */
async function encrypting(Name: string, encryption: Omit<Encryption, 'certificate'>) {
  const provider = openProvider({ certificate: receiver.certificate, ...encryption })
  const { SAMLProviderArn: arn = '' } = await iam.send(
    new Iam.CreateSAMLProviderCommand({
      Name,
      SAMLMetadataDocument: provider.metadata,
      AssertionEncryptionMode: 'Required',
      AddPrivateKey: receiver.privateKey,
    }),
  )
  const statement = { Effect: 'Allow', Principal: { Federated: arn }, Action: 'sts:AssumeRoleWithSAML' }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statement })
  const { Role } = await iam.send(new Iam.CreateRoleCommand({ RoleName: Name, AssumeRolePolicyDocument }))
  const named = { ...attributes(), Role: [`${Role?.Arn},${arn}`] }
  const become = (SAMLAssertion: string) =>
    sts.send(new AssumeRoleWithSAMLCommand({ RoleArn: Role?.Arn, PrincipalArn: arn, SAMLAssertion }))
  return { provider, named, become }
}

const XMLENC = 'http://www.w3.org/2001/04/xmlenc#'
const XMLENC11 = 'http://www.w3.org/2009/xmlenc11#'
// oxfmt-ignore
const ENCRYPTED: readonly (readonly [name: string, encryption: Omit<Encryption, 'certificate'>, refused?: string])[] = [
  ['aes128-gcm',    { data: `${XMLENC11}aes128-gcm` }],
  ['aes256-gcm',    { data: `${XMLENC11}aes256-gcm` }],
  ['aes128-cbc',    { data: `${XMLENC}aes128-cbc` }],
  ['aes256-cbc',    { data: `${XMLENC}aes256-cbc` }],
  ['signed-outside', { outside: true }],
  ['triple-des',    { data: `${XMLENC}tripledes-cbc` },  'Response signature invalid'],
  ['rsa-1_5',       { key: `${XMLENC}rsa-1_5` },         'Response signature invalid'],
]
for (const [name, encryption, refused] of ENCRYPTED) {
  test(`an encrypted assertion: ${name}`, async () => {
    const { provider, named, become } = await encrypting(name, encryption)
    const response = await provider.respond('jane@example.com', named)
    assert.ok(!Buffer.from(response, 'base64').toString().includes('jane@example.com'))
    if (refused === undefined) assert.equal((await become(response)).Subject, 'jane@example.com')
    else await assert.rejects(become(response), { name: /^InvalidIdentityToken/, message: refused })
  })
}

test('a provider that must encrypt is not believed without, and nobody else is for it', async () => {
  const { provider, named, become } = await encrypting('strict', {})
  const response = Buffer.from(await provider.respond('jane@example.com', named), 'base64').toString()
  const again = (xml: string) => become(Buffer.from(xml).toString('base64'))
  const stranger = openProvider({ certificate: receiver.certificate })
  const plain = Buffer.from(await idp.respond('jane@example.com', named), 'base64').toString()
  const [wrapped = ''] = /<saml:EncryptedAssertion[\s\S]*<\/saml:EncryptedAssertion>/.exec(response) ?? []
  // oxfmt-ignore
  for (const [xml, message] of [
    [plain,                                                       'Your request included an invalid SAML response.'],
    [plain.replace(/<\/samlp:Response>/, `${wrapped}$&`),         'Your request included an invalid SAML response.'],
    [response.replace(wrapped, wrapped + wrapped),                'Your request included an invalid SAML response.'],
    [response.replace(/CipherValue>[A-Za-z0-9+/]{4}/, 'CipherValue>AAAA'), 'Response signature invalid'],
    [Buffer.from(await stranger.respond('jane@example.com', named), 'base64').toString(), 'Response signature invalid'],
  ] as const)
    await assert.rejects(again(xml), { message })
  assert.equal((await again(response)).Subject, 'jane@example.com')
})
