/** Outbound federation: tokens that others can verify by what the issuer shows, and who gets none. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { decodeProtectedHeader } from 'jose'
import type { Principal, SessionFacts } from '../../aws/principal.ts'
import type { GetWebIdentityTokenResponse } from '../../model/sts.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { assertRefusals, runSql } from '../../../tests/refusals.ts'
import { readClaims, verifyToken } from '../jwt.ts'
import {
  enableOutboundFederation,
  findOutboundFederation,
  findPublicIssuer,
  insertOutboundFederation,
} from '../outbound-federation.rows.ts'
import { discoveryDocument, issuerAddress, jwks, newIssuerKeys } from '../token-issuer.ts'
import { getWebIdentityToken } from './get-web-identity-token.ts'

const ID = '01234567-89ab-4cde-8f01-23456789abcd'
const ISSUER = `https://keyreeve.example/_keyreeve/oidc/${ID}`
const ROLE = `arn:aws:iam::${ACCOUNT}:role/ci/Deploy`

let harness: Harness
let alice: Principal
before(async () => {
  harness = await openHarness()
  alice = harness.user('alice', 'AIDAALICE')
  const issuer = {
    id: ID,
    issuer: issuerAddress('https://keyreeve.example/', ID),
    enabled: 1,
    ...(await newIssuerKeys(ID, harness.preparing().vault)),
  }
  await runSql(
    harness,
    [
      `INSERT INTO iam_user (account, id, name, name_key, path, tags, created_at) VALUES ($1, 'AIDAALICE', 'alice', 'alice', '/', $2, 0)`,
      ACCOUNT,
      '[{"Key":"team","Value":"a"}]',
    ],
    [
      `INSERT INTO iam_role (account, id, name, name_key, path, trust_policy, max_session_seconds, tags, created_at)
        VALUES ($1, 'AROADEPLOY', 'Deploy', 'deploy', '/ci/', '{}', 7200, $2, 0)`,
      ACCOUNT,
      '[{"Key":"Stage","Value":"role"},{"Key":"zone","Value":"role"}]',
    ],
    [
      'INSERT INTO iam_outbound_federation (account, id, issuer, enabled, public_keys, private_keys) VALUES ($1, $2, $3, 1, $4, $5)',
      ACCOUNT,
      issuer.id,
      issuer.issuer,
      issuer.public_keys,
      issuer.private_keys,
    ],
  )
})
after(() => harness.close())

const input = { Audience: ['https://api.example'], SigningAlgorithm: 'ES384' }
const tag = (Key: string, Value = '') => ({ Key, Value })
const roleSession = (facts: Partial<SessionFacts> = {}): Principal => ({
  type: 'assumed-role',
  accountId: ACCOUNT,
  id: 'AROADEPLOY:session',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Deploy/session`,
  roleArn: ROLE,
  roleId: 'AROADEPLOY',
  roleName: 'Deploy',
  sessionName: 'session',
  credential: { accessKeyId: 'ASIATEST', session: { issuedAt: 0, expiresAt: harness.now() + 600_500, ...facts } },
})

async function token(more: object = {}, as: Principal = alice) {
  const { WebIdentityToken = '', Expiration } = await harness.call<GetWebIdentityTokenResponse>(
    getWebIdentityToken,
    { ...input, ...more },
    { as },
  )
  const row = await harness.store.read((tx) => findPublicIssuer(tx, ID))
  assert.ok(row !== undefined)
  assert.equal(await verifyToken(WebIdentityToken, JSON.parse(JSON.stringify(jwks(row)))), 'verified')
  return { claims: readClaims(WebIdentityToken) ?? {}, header: decodeProtectedHeader(WebIdentityToken), Expiration }
}

test('it refuses in this order', async () => {
  const other = harness.rootOf(OTHER_ACCOUNT)
  const many = { Tags: Array.from({ length: 50 }, (_, index) => tag(`k${index}`, 'v'.repeat(256))) }
  const session = roleSession({ expiresAt: harness.now() + 299_000 })
  const ALGORITHM =
    "1 validation error detected: Value 'RS384' at 'signingAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [RS256, ES384]"
  // oxfmt-ignore
  await assertRefusals(harness, getWebIdentityToken, [
    [{ ...input, SigningAlgorithm: 'RS384', Scope: 'x' },      'ValidationError',                                ALGORITHM, other],
    [{ ...input, Scope: 'x', Tags: [tag('a'), tag('A')] },     'ValidationError',                                'Scope and SubjectMode are not supported.', other],
    [{ ...input, SubjectMode: 'x' },                           'ValidationError',                                'Scope and SubjectMode are not supported.', other],
    [{ ...input, Tags: [tag('a'), tag('A')] },                 'InvalidParameterValue',                          'Duplicate tag keys found. Please note that Tag keys are case insensitive.', other],
    [input,                                                    'OutboundWebIdentityFederationDisabledException', 'The outbound web identity federation feature is not enabled for this account.', other],
    [{ ...input, ...many },                                    'SessionDurationEscalationException',             'The requested token duration would extend the session beyond its original expiration time.', session],
    [{ ...input, ...many },                                    'JWTPayloadSizeExceededException',                'The requested token payload size exceeds the maximum allowed size.', alice],
  ])
})

test('a user’s token says who it is, and verifies by what the issuer shows', async () => {
  const now = Math.floor(harness.now() / 1000)
  for (const [SigningAlgorithm, kid] of [
    ['RS256', 'RSA_0'],
    ['ES384', 'EC384_0'],
  ] as const) {
    const { claims, header, Expiration } = await token({ SigningAlgorithm, Tags: [tag('job', '1')] })
    const { jti, ...rest } = claims
    assert.deepEqual(header, { alg: SigningAlgorithm, kid, typ: 'JWT' })
    assert.match(String(jti), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.deepEqual(rest, {
      iss: ISSUER,
      aud: 'https://api.example',
      sub: alice.arn,
      iat: now,
      exp: now + 300,
      'https://sts.amazonaws.com/': {
        aws_account: ACCOUNT,
        source_region: 'us-east-1',
        principal_id: alice.arn,
        principal_tags: { team: 'a' },
        request_tags: { job: '1' },
      },
    })
    assert.equal(Expiration?.getTime(), (now + 300) * 1000)
  }
})

test('a session’s token is its role’s; its tags stand over the role’s', async () => {
  const as = roleSession({
    tags: [tag('stage', 'session')],
    sourceIdentity: 'me',
    provider: 'arn:aws:iam::111122223333:oidc-provider/x',
  })
  const { claims } = await token({ Audience: ['a', 'b'], DurationSeconds: 600 }, as)
  assert.deepEqual([claims['aud'], claims['sub'], Number(claims['exp']) - Number(claims['iat'])], [['a', 'b'], ROLE, 600])
  assert.deepEqual(claims['https://sts.amazonaws.com/'], {
    aws_account: ACCOUNT,
    source_region: 'us-east-1',
    principal_id: ROLE,
    principal_tags: { zone: 'role', stage: 'session' },
    original_session_exp: '2026-01-02T03:14:05Z',
    federated_provider: 'arn:aws:iam::111122223333:oidc-provider/x',
    source_identity: 'me',
  })
})

test('the issuer shows what is needed to verify, and nothing else', async () => {
  const row = await harness.store.read((tx) => findPublicIssuer(tx, ID))
  assert.ok(row !== undefined)
  assert.equal(row.issuer, ISSUER)
  assert.deepEqual(discoveryDocument(row.issuer), {
    issuer: ISSUER,
    jwks_uri: `${ISSUER}/.well-known/jwks.json`,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'ES384'],
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'jti', 'https://sts.amazonaws.com/'],
  })
  const members = jwks(row).keys.map((key) => Object.keys(key).toSorted())
  assert.deepEqual(members, [
    ['alg', 'e', 'kid', 'kty', 'n', 'use'],
    ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
  ])
  assert.equal(await harness.store.read((tx) => findPublicIssuer(tx, 'unknown')), undefined)
})

test('a private key moved to another issuer does not open', async () => {
  const row = await harness.store.read((tx) => findOutboundFederation(tx, ACCOUNT))
  assert.ok(row !== undefined)
  const job = {
    run: async (tx: Parameters<typeof insertOutboundFederation>[0]) => {
      await insertOutboundFederation(tx, OTHER_ACCOUNT, { ...row, id: 'moved', enabled: 0 })
      await enableOutboundFederation(tx, OTHER_ACCOUNT, 'https://moved.example')
      return {}
    },
  }
  await harness.store.write(job)
  await assert.rejects(
    harness.call(getWebIdentityToken, input, { as: harness.rootOf(OTHER_ACCOUNT) }),
    (error) => !String(error).includes('BEGIN'),
  )
})

test('what must be allowed', () => {
  const context = { 'sts:IdentityTokenAudience': input.Audience, 'sts:SigningAlgorithm': 'ES384', 'sts:DurationSeconds': '300' }
  assert.deepEqual(harness.checks(getWebIdentityToken, input, { as: alice }), [
    { action: 'sts:GetWebIdentityToken', resource: '*', context },
  ])
  const tags = { 'aws:TagKeys': ['a'], 'aws:RequestTag/a': 'b' }
  const tagged = { ...context, 'sts:DurationSeconds': '60', ...tags }
  assert.deepEqual(harness.checks(getWebIdentityToken, { ...input, DurationSeconds: 60, Tags: [tag('a', 'b')] }, { as: alice }), [
    { action: 'sts:GetWebIdentityToken', resource: '*', context: tagged },
    { action: 'sts:TagGetWebIdentityToken', resource: '*', context: tags },
  ])
  const arn = `arn:aws:sts::${ACCOUNT}:federated-user/bob`
  const federated: Principal = {
    ...harness.root,
    type: 'federated-user',
    arn,
    name: 'bob',
    issuer: { arn: harness.root.arn, userId: undefined },
  }
  const message = `User: ${arn} is not authorized to perform: sts:GetWebIdentityToken on resource: *`
  assert.throws(() => harness.checks(getWebIdentityToken, input, { as: federated }), { code: 'AccessDenied', message })
})
