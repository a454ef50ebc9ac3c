/** Which global condition keys a request has, caller by caller (IAM User Guide, "AWS global condition context keys": each key's availability). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Principal } from '../../src/aws/principal.ts'
import { KEY_FACTS } from '../../src/policy/keys.ts'
import { type AuthenticatedCaller, authenticate } from '../../src/server/authenticate.ts'
import { callOf } from '../../src/server/call.ts'
import { fixedEntity } from '../../src/server/entities.ts'
import type { HttpRequest } from '../../src/server/http.ts'
import type { Opened } from '../../src/server/open.ts'
import type { KnownOrganization } from '../../src/server/organization.ts'
import { federatedPrincipal, servicePrincipal } from '../../src/server/principals.ts'
import { requestContext } from '../../src/server/request-keys.ts'
import { routeOf } from '../../src/server/route.ts'
import { sealSession, type Session } from '../../src/services/session-token.ts'
import { answerTo, type Called, queryRequest } from '../calls.ts'
import { createAccount, openTestContext } from '../context.ts'
import type { Credentials } from '../server.ts'

const ACCOUNT = '111122223333'
const ALL = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
const ROLE = `arn:aws:iam::${ACCOUNT}:role/team/app`
const TRUST = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"${ACCOUNT}"},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}}`
const ORGANIZATION: KnownOrganization = {
  id: 'o-exampleorgid',
  managementAccountId: '444455556666',
  targets: [],
  path: 'o-exampleorgid/r-ab12/ou-ab12-11111111/',
}

let opened: Opened
let callers: Readonly<Record<string, Credentials>>
before(async () => {
  opened = await openTestContext()
  const root = await createAccount(opened, 'keys', ACCOUNT)
  await made(root, 'iam', 'CreateUser', {
    UserName: 'ana',
    Tags: [
      { Key: 'team', Value: 'blue' },
      { Key: 'Cost', Value: '1' },
    ],
  })
  await made(root, 'iam', 'PutUserPolicy', { UserName: 'ana', PolicyName: 'all', PolicyDocument: ALL })
  await made(root, 'iam', 'CreateRole', {
    RoleName: 'app',
    Path: '/team/',
    AssumeRolePolicyDocument: TRUST,
    Tags: [{ Key: 'team', Value: 'red' }],
  })
  const user = await made(root, 'iam', 'CreateAccessKey', { UserName: 'ana' })
  const Tags = [{ Key: 'cost', Value: '2' }]
  callers = {
    root,
    user,
    'user session': await made(user, 'sts', 'GetSessionToken', {}),
    role: await made(user, 'sts', 'AssumeRole', { RoleArn: ROLE, RoleSessionName: 'one', SourceIdentity: 'ana', Tags }),
    'federated user': await made(user, 'sts', 'GetFederationToken', { Name: 'visitor', Policy: ALL, Tags }),
  }
})
after(() => opened.close())

/** The credentials of the answer. */
async function made(as: Credentials, service: Called, action: string, input: object): Promise<Credentials> {
  const { status, body } = await answerTo(queryRequest(service, action, input, { credentials: as }), opened.context)
  assert.equal(status, 200, body)
  const of = (name: string): string => new RegExp(`<${name}>([^<]+)`).exec(body)?.[1] ?? ''
  const sessionToken = of('SessionToken')
  return {
    accessKeyId: of('AccessKeyId'),
    secretAccessKey: of('SecretAccessKey'),
    ...(sessionToken !== '' && { sessionToken }),
  }
}

function required(name: string): Credentials {
  const credentials = callers[name]
  assert.ok(credentials)
  return credentials
}
const signer = (name: string): Promise<readonly [HttpRequest, AuthenticatedCaller]> => signedBy(required(name))

async function signedBy(credentials: Credentials): Promise<readonly [HttpRequest, AuthenticatedCaller]> {
  const request = queryRequest('sts', 'GetCallerIdentity', {}, { credentials })
  const { context } = opened
  const route = routeOf(request)
  return [request, await authenticate(request, { route, record: context.audit.open(request, route, 'id'), context })]
}

let sessions = 0
/** A session as its token says it; the root user's where nothing else is said. */
async function sealed(facts: Partial<Session>): Promise<readonly [HttpRequest, AuthenticatedCaller]> {
  const keys = { accessKeyId: `ASIASESSION${(sessions += 1)}`, secretAccessKey: 'sealed' }
  const issuedAt = Date.now() - 1_000
  const principal = { type: 'root', id: ACCOUNT } as const
  const session: Session = { ...keys, accountId: ACCOUNT, principal, issuedAt, expiresAt: issuedAt + 900_000, ...facts }
  return signedBy({ ...keys, sessionToken: sealSession(session, opened.context.edge.vault) })
}

/** A session of the role that came from a provider. */
async function from(provider: string): Promise<readonly [HttpRequest, AuthenticatedCaller]> {
  const request = queryRequest('iam', 'GetRole', { RoleName: 'app' }, { credentials: required('root') })
  const [, id = ''] = /<RoleId>([^<]+)/.exec((await answerTo(request, opened.context)).body) ?? []
  return sealed({ principal: { type: 'assumed-role', id, sessionName: 'jane' }, provider })
}

async function inOrganization(name: string): Promise<readonly [HttpRequest, AuthenticatedCaller]> {
  const [request, caller] = await signer(name)
  return [request, { ...caller, known: { ...caller.known, organization: ORGANIZATION } }]
}

const TAGS = ['team', 'cost']

/** Every key of the table that the request has, with its value. */
function keysOf(request: HttpRequest, caller: AuthenticatedCaller): Readonly<Record<string, unknown>> {
  const call = callOf(caller, request, 'id')
  const check = { action: 'sts:AssumeRole', resource: '*' }
  const entity = fixedEntity('*', ACCOUNT, caller.known.organization)
  const context = requestContext({ request, route: routeOf(request), caller, call }, check, entity)
  const names = KEY_FACTS.flatMap(({ name }) => (name.endsWith('/') ? TAGS.map((tag) => name + tag) : [name]))
  return Object.fromEntries(
    names.map((name) => [name, context.value(name.toLowerCase())]).filter(([, value]) => value !== undefined),
  )
}

const nobody = (principal: Principal): readonly [HttpRequest, AuthenticatedCaller] => [
  queryRequest('sts', 'AssumeRoleWithWebIdentity', {}),
  { principal, known: federatedPrincipal(principal), region: 'us-east-1' },
]
const federated = (type: 'web-identity' | 'saml', arn: string): Principal => ({
  type,
  accountId: ACCOUNT,
  arn,
  id: 'subject',
  provider: arn,
  claims: {},
  credential: { accessKeyId: '' },
})

const ALWAYS = [
  'aws:CurrentTime',
  'aws:EpochTime',
  'aws:RequestedRegion',
  'aws:ResourceAccount',
  'aws:SecureTransport',
  'aws:UserAgent',
  'aws:ViaAWSService',
]
const FROM_OUTSIDE = [...ALWAYS, 'aws:SourceIp']
const SIGNED = [
  ...FROM_OUTSIDE,
  'aws:PrincipalAccount',
  'aws:PrincipalArn',
  'aws:PrincipalIsAWSService',
  'aws:PrincipalType',
  'aws:userid',
]
const OIDC = `arn:aws:iam::${ACCOUNT}:oidc-provider/id.example.com`

type Row = readonly [
  name: string,
  caller: () => readonly [HttpRequest, AuthenticatedCaller] | Promise<readonly [HttpRequest, AuthenticatedCaller]>,
  keys: readonly string[],
]
// oxfmt-ignore
const ROWS: readonly Row[] = [
  ['root',           () => signer('root'),           SIGNED],
  ['user',           () => signer('user'),           [...SIGNED, 'aws:username', 'aws:PrincipalTag/team', 'aws:PrincipalTag/cost']],
  ['user session',   () => signer('user session'),   [...SIGNED, 'aws:username', 'aws:PrincipalTag/team', 'aws:PrincipalTag/cost', 'aws:TokenIssueTime', 'aws:MultiFactorAuthPresent']],
  ['role',           () => signer('role'),           [...SIGNED, 'aws:PrincipalTag/team', 'aws:PrincipalTag/cost', 'aws:TokenIssueTime', 'aws:MultiFactorAuthPresent', 'aws:SourceIdentity']],
  ['federated user', () => signer('federated user'), [...SIGNED, 'aws:PrincipalTag/team', 'aws:PrincipalTag/cost', 'aws:TokenIssueTime']],
  ['with a code',    () => sealed({ mfaAt: Date.now() }), [...SIGNED, 'aws:TokenIssueTime', 'aws:MultiFactorAuthPresent', 'aws:MultiFactorAuthAge']],
  ['of AssumeRoot',  () => sealed({ assumedRoot: true }), [...SIGNED, 'aws:TokenIssueTime', 'aws:MultiFactorAuthPresent', 'aws:AssumedRoot']],
  ['from a web identity', () => from(OIDC),          [...SIGNED, 'aws:PrincipalTag/team', 'aws:TokenIssueTime', 'aws:FederatedProvider']],
  ['from one whose address has colons', () => from(`${OIDC}/x:saml-provider/y`), [...SIGNED, 'aws:PrincipalTag/team', 'aws:TokenIssueTime', 'aws:FederatedProvider']],
  ['from SAML',      () => from(`arn:aws:iam::${ACCOUNT}:saml-provider/idp`), [...SIGNED, 'aws:PrincipalTag/team', 'aws:TokenIssueTime']],
  ['of an organization', () => inOrganization('root'), [...SIGNED, 'aws:PrincipalOrgID', 'aws:PrincipalOrgPaths', 'aws:ResourceOrgID', 'aws:ResourceOrgPaths']],
  ['web identity',   () => nobody(federated('web-identity', OIDC)), [...FROM_OUTSIDE, 'aws:FederatedProvider']],
  ['SAML',           () => nobody(federated('saml', `arn:aws:iam::${ACCOUNT}:saml-provider/idp`)), FROM_OUTSIDE],
  ['service',        () => service(undefined, ORGANIZATION), [...ALWAYS, 'aws:PrincipalIsAWSService', 'aws:PrincipalServiceName', 'aws:PrincipalServiceNamesList']],
  ['service for a resource', () => service(ROLE, undefined), [...ALWAYS, 'aws:PrincipalIsAWSService', 'aws:PrincipalServiceName', 'aws:PrincipalServiceNamesList', 'aws:SourceArn', 'aws:SourceAccount']],
  ['service for a resource of an organization', () => service(ROLE, ORGANIZATION), [...ALWAYS, 'aws:PrincipalIsAWSService', 'aws:PrincipalServiceName', 'aws:PrincipalServiceNamesList', 'aws:SourceArn', 'aws:SourceAccount', 'aws:SourceOrgID', 'aws:SourceOrgPaths']],
]

function service(sourceArn: string | undefined, organization: KnownOrganization | undefined) {
  const facts = { accountId: ACCOUNT, ...(sourceArn !== undefined && { sourceArn }) }
  const { known, principal } = servicePrincipal('ecs-tasks.amazonaws.com', facts, organization)
  return [queryRequest('sts', 'AssumeRole', {}), { principal, known, region: 'us-east-1' }] as const
}

for (const [name, caller, keys] of ROWS) {
  test(`keys: ${name}`, async () => {
    assert.deepEqual(Object.keys(keysOf(...(await caller()))).toSorted(), keys.toSorted())
  })
}

test('session tags stand over those of the user or the role, whatever their case', async () => {
  const tags = async (name: string) => {
    const keys = keysOf(...(await signer(name)))
    return [keys['aws:PrincipalTag/team'], keys['aws:PrincipalTag/cost']]
  }
  assert.deepEqual(await tags('user'), ['blue', '1'])
  assert.deepEqual(await tags('role'), ['red', '2'])
  assert.deepEqual(await tags('federated user'), ['blue', '2'])
})

test('the organization of a source is told by id and path', () => {
  const keys = keysOf(...service(ROLE, ORGANIZATION))
  assert.deepEqual([keys['aws:SourceOrgID'], keys['aws:SourceOrgPaths']], [ORGANIZATION.id, [ORGANIZATION.path]])
})

test('headers set no key but those that are the caller’s own', async () => {
  const [request, caller] = await signer('user')
  const before = keysOf(request, caller)
  const spoofed = KEY_FACTS.flatMap(({ name }) => [name, 'spoofed', `x-amz-${name.replace(':', '-')}`, 'spoofed'])
  const headers = [
    ...request.rawHeaders,
    ...spoofed,
    'x-forwarded-for',
    '203.0.113.9',
    'forwarded',
    'for=203.0.113.9',
    'referer',
    'page',
  ]
  assert.deepEqual(keysOf({ ...request, rawHeaders: headers }, caller), { ...before, 'aws:referer': 'page' })
})
