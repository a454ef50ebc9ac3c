/** AssumeRoleWithWebIdentity: refusals in their order, what claims become, checks, the session. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import { Fault } from '../../aws/fault.ts'
import type { FederatedPrincipal, Principal } from '../../aws/principal.ts'
import type { AssumeRoleWithWebIdentityResponse } from '../../model/sts.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { runSql } from '../../../tests/refusals.ts'
import { UntrustedError } from '../issuer-keys.ts'
import { type Claims, signToken } from '../jwt.ts'
import { assumeRoleWithWebIdentity } from './web-identity.ts'

const NAME = 'issuer.example/realm'
const ISSUER = `https://${NAME}`
const GITHUB = 'token.actions.githubusercontent.com'
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/${NAME}`
const RoleArn = `arn:aws:iam::${ACCOUNT}:role/ci/Deploy`
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
const PROVIDERS = [NAME, GITHUB, `${GITHUB}/octo`, 'gone.example', 'broken.example', 'private.example']

let harness: Harness
before(async () => {
  harness = await openHarness()
  await runSql(
    harness,
    [
      `INSERT INTO iam_role (account, id, name, name_key, path, trust_policy, max_session_seconds, tags, created_at)
        VALUES ($1, 'AROADEPLOY', 'Deploy', 'deploy', '/ci/', '{}', 7200, '[]', 0)`,
      ACCOUNT,
    ],
    ...PROVIDERS.map(
      (url) =>
        [
          'INSERT INTO iam_oidc_provider (account, url, client_ids, thumbprints, tags, created_at) VALUES ($1, $2, $3, $4, $5, 0)',
          ACCOUNT,
          url,
          '["app","party"]',
          '[]',
          '[]',
        ] as const,
    ),
  )
})
after(() => harness.close())

/** The issuers' documents. */
async function fetchText(url: string): Promise<string> {
  const { origin, pathname } = new URL(url)
  if (pathname.endsWith('/keys')) return JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k' }] })
  if (origin === 'https://gone.example') throw new Error('connect ECONNREFUSED 10.0.0.1:443')
  if (origin === 'https://private.example') throw new UntrustedError()
  const issuer = url.slice(0, url.indexOf('/.well-known/'))
  return JSON.stringify(origin === 'https://broken.example' ? {} : { issuer, jwks_uri: `${issuer}/keys` })
}

const seconds = (): number => Math.floor(harness.now() / 1000)
const claims = (more: Claims = {}): Claims => ({
  iss: ISSUER,
  sub: 'alice',
  aud: 'app',
  iat: seconds(),
  exp: seconds() + 60,
  ...more,
})
const token = (more: Claims = {}, { kid = 'k', key = privateKey } = {}): Promise<string> =>
  signToken(claims(more), { algorithm: 'RS256', kid, key })
const without = (name: string): Promise<string> => {
  const { [name]: _left, ...rest } = claims()
  return signToken(rest, { algorithm: 'RS256', kid: 'k', key: privateKey })
}

async function identify(WebIdentityToken: string, more: object = {}): Promise<FederatedPrincipal> {
  const input = { RoleArn, RoleSessionName: 'session', WebIdentityToken, ...more }
  const principal = await harness.identify(assumeRoleWithWebIdentity, input, { fetchText })
  assert.ok(principal?.type === 'web-identity')
  return principal
}

async function refused(WebIdentityToken: string, code: string, message: string, more: object = {}): Promise<void> {
  await assert.rejects(identify(WebIdentityToken, more), (error) => {
    assert.ok(error instanceof Fault, String(error))
    assert.deepEqual([error.code, error.message], [code, message])
    return true
  })
}

const NO_KEY =
  "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements"
const NO_JWT = 'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)'
const BAD_TAGS = 'The session tags in the claim https://aws.amazon.com/tags are not valid.'
const TAGS = 'https://aws.amazon.com/tags'

test('a token is refused in this order', async () => {
  const now = seconds()
  const wrong = { iss: 'https://unknown.example', aud: 'other', exp: now, nbf: now + 301, iat: now + 301 }
  const key = { key: stranger.privateKey }
  await refused('atoken', 'ValidationError', 'not-an-arn is invalid', { RoleArn: 'not-an-arn', ProviderId: 'www.amazon.com' })
  await refused(
    'atoken',
    'ValidationError',
    'OAuth 2.0 access tokens cannot be verified here: leave ProviderId out and send an OpenID Connect ID token.',
    { ProviderId: 'www.amazon.com' },
  )
  await refused('atoken', 'InvalidIdentityToken', NO_JWT)
  for (const name of ['aud', 'iss', 'sub', 'iat', 'exp'])
    await refused(await without(name), 'InvalidIdentityToken', `Missing a required claim: ${name}`)
  const { iss: _iss, ...sincePresent } = wrong
  const { aud: _aud, ...sinceFor } = sincePresent
  const { exp: _exp, ...sinceEnd } = sinceFor
  const { nbf: _nbf, ...sinceBegin } = sinceEnd
  // oxfmt-ignore
  const rows = [
    [wrong,                                     'InvalidIdentityToken',  'No OpenIDConnect provider found in your account for https://unknown.example'],
    [{ ...wrong, iss: `${ISSUER}/` },           'InvalidIdentityToken',  `No OpenIDConnect provider found in your account for ${ISSUER}/`],
    [{ ...wrong, iss: NAME },                   'InvalidIdentityToken',  `No OpenIDConnect provider found in your account for ${NAME}`],
    [{ ...wrong, iss: `http://${NAME}` },       'InvalidIdentityToken',  `No OpenIDConnect provider found in your account for http://${NAME}`],
    [sincePresent,                              'InvalidIdentityToken',  'Incorrect token audience'],
    [{ ...sincePresent, aud: ['app', 'x'] },    'InvalidIdentityToken',  'Incorrect token audience'],
    [{ ...sincePresent, aud: 'app', azp: 'x' }, 'InvalidIdentityToken',  'Incorrect token audience'],
    [{ ...sincePresent, aud: 'app', azp: 1 },   'InvalidIdentityToken',  'Incorrect token audience'],
    [{ ...sincePresent, aud: 'APP' },           'InvalidIdentityToken',  'Incorrect token audience'],
    [sinceFor,                                  'ExpiredTokenException', `Token expired: current date/time ${now} must be before the expiration date/time ${now}`],
    [sinceEnd,                                  'InvalidIdentityToken',  `Token not valid yet: current date/time ${now} must be after the not-before date/time ${now + 301}`],
    [sinceBegin,                                'InvalidIdentityToken',  `Token not valid yet: current date/time ${now} must be after the issued-at date/time ${now + 301}`],
    [{ iss: 'https://private.example' },        'InvalidIdentityToken',  "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint"],
    [{ iss: 'https://gone.example' },           'IDPCommunicationError', 'Your identity provider could not be reached: https://gone.example'],
    [{ iss: 'https://broken.example' },         'InvalidIdentityToken',  NO_KEY],
    [{ [TAGS]: [] },                            'InvalidIdentityToken',  'The signature of the token is not valid.'],
  ] as const
  for (const [more, code, message] of rows) await refused(await token(more, key), code, message)
  await refused(await token({}, { kid: 'unknown', ...key }), 'InvalidIdentityToken', NO_KEY)
})

test('clocks may differ by five minutes, but a token ends when it says so', async () => {
  const now = seconds()
  await identify(await token({ nbf: now + 300, iat: now + 300, exp: now + 1 }))
})

test('another account believes its own providers only', async () => {
  const foreign = `arn:aws:iam::${OTHER_ACCOUNT}:role/ci/Deploy`
  await refused(await token(), 'InvalidIdentityToken', `No OpenIDConnect provider found in your account for ${ISSUER}`, {
    RoleArn: foreign,
  })
})

test('claims become condition keys', async () => {
  // oxfmt-ignore
  const rows = [
    [{},                                              { aud: 'app', oaud: 'app', sub: 'alice' }],
    [{ azp: 'party', aud: 'somebody' },               { aud: 'party', oaud: 'somebody', sub: 'alice' }],
    [{ azp: 'party', aud: ['a', 'b'] },               { aud: 'party', oaud: ['a', 'b'], sub: 'alice' }],
    [{ aud: ['app'] },                                { aud: 'app', oaud: 'app', sub: 'alice' }],
    [{ amr: ['pwd', 'otp'], email: 'a@example.com' }, { aud: 'app', oaud: 'app', sub: 'alice', amr: ['pwd', 'otp'], email: 'a@example.com' }],
    [{ amr: 'pwd', email: 1, groups: ['x'] },         { aud: 'app', oaud: 'app', sub: 'alice' }],
  ] as const
  for (const [more, expected] of rows) {
    const principal = await identify(await token(more))
    assert.deepEqual(
      principal.claims,
      Object.fromEntries(Object.entries(expected).map(([key, value]) => [`${NAME}:${key}`, value])),
    )
  }
})

test('AWS knows more claims of some providers; they do not stay with the session', async () => {
  const principal = await identify(await token({ iss: `https://${GITHUB}`, repository: 'a/b', actor_id: 7, other: 'x' }))
  assert.deepEqual(principal.claims, {
    [`${GITHUB}:repository`]: 'a/b',
    [`${GITHUB}:actor_id`]: '7',
    [`${GITHUB}:aud`]: 'app',
    [`${GITHUB}:oaud`]: 'app',
    [`${GITHUB}:sub`]: 'alice',
  })
  const session = await opened(principal)
  assert.deepEqual(session.context, { [`${GITHUB}:aud`]: 'app', [`${GITHUB}:oaud`]: 'app', [`${GITHUB}:sub`]: 'alice' })
})

test('an issuer may stand in the place of a placeholder of AWS’s', async () => {
  const enterprise = `${GITHUB}/octo`
  const principal = await identify(await token({ iss: `https://${enterprise}`, actor: 'mona', other: 'x' }))
  assert.deepEqual(Object.keys(principal.claims), [
    `${enterprise}:actor`,
    `${enterprise}:aud`,
    `${enterprise}:sub`,
    `${enterprise}:oaud`,
  ])
})

const ROLES = 'https://aws.amazon.com/roles'
const NOT_NAMED = 'The target role ARN is not present in the roles claim of the identity token'

test('a token that names roles is for those alone, and the trust policy hears of it', async () => {
  for (const roles of [RoleArn, [RoleArn], [`${RoleArn}2`, RoleArn]]) {
    const principal = await identify(await token({ [ROLES]: roles }))
    const context = { 'sts:RoleSessionName': 'session', 'sts:SourceIdentity': undefined, 'sts:RoleAuthorizedByIdp': 'true' }
    const resource = { kind: 'role', name: '/ci/Deploy', accountId: ACCOUNT, service: 'iam' }
    assert.deepEqual(harness.checks(assumeRoleWithWebIdentity, { RoleArn }, { as: principal }), [
      { action: 'sts:AssumeRoleWithWebIdentity', resource, context },
    ])
  }
  for (const roles of [
    `${RoleArn}2`,
    [],
    'Deploy',
    `${RoleArn.slice(0, -1)}*`,
    RoleArn.toLowerCase(),
    1,
    null,
    { a: RoleArn },
    [RoleArn, 1],
  ])
    await refused(await token({ [ROLES]: roles }), 'InvalidIdentityToken', NOT_NAMED)
  await refused(
    await token({ [ROLES]: [] }, { key: stranger.privateKey }),
    'InvalidIdentityToken',
    'The signature of the token is not valid.',
  )
})

const tag = (Key: string, Value: string) => ({ Key, Value })

test('session tags and the source identity come from the token, nested or flat', async () => {
  const nested = { [TAGS]: { principal_tags: { Project: ['Automation'], Team: 'a' }, transitive_tag_keys: ['Project'] } }
  const flat = {
    [`${TAGS}/principal_tags/Project`]: 'Automation',
    [`${TAGS}/principal_tags/Team`]: ['a'],
    [`${TAGS}/transitive_tag_keys`]: 'Project',
  }
  for (const more of [nested, flat]) {
    const principal = await identify(await token({ ...more, 'https://aws.amazon.com/source_identity': 'alice@example.com' }))
    assert.deepEqual(principal.asked?.tags, [tag('Project', 'Automation'), tag('Team', 'a')])
    assert.deepEqual(principal.asked.transitiveTagKeys, ['Project'])
    assert.equal(principal.asked.sourceIdentity, 'alice@example.com')
  }
  // oxfmt-ignore
  const rows = [
    { [TAGS]: ['a'] },                                         { [TAGS]: { principal_tags: 'a' } },
    { [TAGS]: { principal_tags: { a: ['b', 'c'] } } },         { [TAGS]: { principal_tags: { a: [] } } },
    { [TAGS]: { principal_tags: { a: 1 } } },                  { [TAGS]: { principal_tags: { '': 'a' } } },
    { [TAGS]: { principal_tags: { a: 'b'.repeat(257) } } },    { [TAGS]: { principal_tags: { ['a'.repeat(129)]: 'b' } } },
    { [TAGS]: { principal_tags: { a: 'b\n' } } },              { [TAGS]: { transitive_tag_keys: { a: 1 } } },
    { [TAGS]: { principal_tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, 'v'])) } },
  ]
  for (const more of rows) await refused(await token(more), 'InvalidIdentityToken', BAD_TAGS)
  for (const identity of ['', 'a', 'a b', 1, ['alice']]) {
    const message = 'The source identity in the claim https://aws.amazon.com/source_identity is not valid.'
    await refused(await token({ 'https://aws.amazon.com/source_identity': identity }), 'InvalidIdentityToken', message)
  }
})

test('who it is, and what must be allowed', async () => {
  const principal = await identify(await token())
  assert.deepEqual(
    [principal.accountId, principal.arn, principal.provider, principal.id],
    [ACCOUNT, PROVIDER, PROVIDER, `${PROVIDER}:app:alice`],
  )
  const resource = { kind: 'role', name: '/ci/Deploy', accountId: ACCOUNT, service: 'iam' }
  const context = { 'sts:RoleSessionName': 'session', 'sts:SourceIdentity': undefined, 'sts:RoleAuthorizedByIdp': 'false' }
  assert.deepEqual(harness.checks(assumeRoleWithWebIdentity, { RoleArn }, { as: principal }), [
    { action: 'sts:AssumeRoleWithWebIdentity', resource, context },
  ])
  const tagged = await identify(
    await token({
      [TAGS]: { principal_tags: { a: 'b' }, transitive_tag_keys: ['a'] },
      'https://aws.amazon.com/source_identity': 'me',
    }),
  )
  const tags = { 'aws:TagKeys': ['a'], 'aws:RequestTag/a': 'b', 'sts:TransitiveTagKeys': ['a'] }
  const source = { 'sts:SourceIdentity': 'me' }
  assert.deepEqual(harness.checks(assumeRoleWithWebIdentity, { RoleArn }, { as: tagged }), [
    { action: 'sts:AssumeRoleWithWebIdentity', resource, context: { ...context, ...tags, ...source } },
    { action: 'sts:TagSession', resource, context: tags },
    { action: 'sts:SetSourceIdentity', resource, context: source },
  ])
})

const call = (as: Principal, more: object = {}) =>
  harness.call<AssumeRoleWithWebIdentityResponse>(
    assumeRoleWithWebIdentity,
    { RoleArn, RoleSessionName: 'session', ...more },
    { as },
  )

async function opened(as: Principal) {
  const { Credentials } = await call(as)
  const session = harness.session(Credentials?.SessionToken ?? '')
  assert.ok(session !== undefined)
  return session
}

test('the answer tells of the token, the session of the provider', async () => {
  const as = await identify(
    await token({
      [TAGS]: { principal_tags: { a: 'b' }, transitive_tag_keys: ['A'] },
      'https://aws.amazon.com/source_identity': 'me',
    }),
  )
  const {
    Credentials,
    PackedPolicySize,
    SessionTokenSize: _size,
    SessionTokenUtilization: _share,
    ...rest
  } = await call(as, { DurationSeconds: 7_200 })
  assert.deepEqual(rest, {
    AssumedRoleUser: { AssumedRoleId: 'AROADEPLOY:session', Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Deploy/session` },
    SubjectFromWebIdentityToken: 'alice',
    Audience: 'app',
    Provider: PROVIDER,
    SourceIdentity: 'me',
  })
  assert.ok((PackedPolicySize ?? 0) > 0)
  assert.equal(Credentials?.Expiration.getTime(), harness.now() + 7_200_000)
  const session = await opened(as)
  assert.deepEqual(
    [session.principal, session.provider, session.tags, session.transitiveTagKeys, session.sourceIdentity],
    [{ type: 'assumed-role', id: 'AROADEPLOY', sessionName: 'session' }, PROVIDER, [tag('a', 'b')], ['A'], 'me'],
  )
  assert.deepEqual(session.context, { [`${NAME}:aud`]: 'app', [`${NAME}:oaud`]: 'app', [`${NAME}:sub`]: 'alice' })
})

test('then the request is refused in this order', async () => {
  const as = await identify(await token({ [TAGS]: { principal_tags: { a: 'b', A: 'c' } } }))
  const plain = await identify(await token())
  const missing = `arn:aws:iam::${ACCOUNT}:role/Deploy`
  // oxfmt-ignore
  const rows = [
    [as,    { RoleArn: missing, DurationSeconds: 7_201 },  'AccessDenied',          'Not authorized to perform sts:AssumeRoleWithWebIdentity'],
    [as,    { DurationSeconds: 7_201 },                    'InvalidParameterValue', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.'],
    [plain, { DurationSeconds: 7_201, Policy: '{' },       'ValidationError',       'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'],
  ] as const
  for (const [who, more, code, message] of rows) {
    const input = { RoleArn, RoleSessionName: 'session', ...more }
    await harness.refused(assumeRoleWithWebIdentity, input, { code, message }, { as: who })
  }
  await harness.refused(
    assumeRoleWithWebIdentity,
    { RoleArn, RoleSessionName: 'session', Policy: '{' },
    { code: 'MalformedPolicyDocument' },
    { as: plain },
  )
  const Policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'.padEnd(2_040)
  const PolicyArns = [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }]
  const large = { RoleArn, RoleSessionName: 'session', Policy, PolicyArns }
  await harness.refused(assumeRoleWithWebIdentity, large, { code: 'PackedPolicyTooLarge' }, { as: plain })
})
