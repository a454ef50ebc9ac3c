/** The instance metadata service in front of a real server: sessions, paths, pages, and what its credentials may do until when. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import type { HttpRequest } from '../../src/server/http.ts'
import { instanceMetadata, type MetadataSettings } from '../../src/server/workload/instance-metadata.ts'
import { listenOnLoopback } from '../../src/server/workload/loopback.ts'
import { errorPage } from '../../src/server/workload/metadata-pages.ts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

const ACCOUNT = '111122223333'
const INSTANCE = 'i-0123456789abcdef0'
const START = Date.UTC(2026, 0, 2, 3, 4, 5)
const HOUR = 3_600_000
const ROLES = '/latest/meta-data/iam/security-credentials/'

let server: TestServer
let root: Credentials
let iam: Iam.IAMClient
let now = START

before(async () => {
  server = await startTestServer()
  ;({ root } = await server.account('instances', ACCOUNT))
  iam = server.iam(root)
})
after(() => server.close())

const trusting = (service: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' },
  })

/** A role that EC2 may assume, in a profile of the same name. The profile's unique id. */
async function profileWithRole(name: string, trust = trusting('ec2.amazonaws.com')): Promise<string> {
  await iam.send(new Iam.CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }))
  await iam.send(new Iam.CreateInstanceProfileCommand({ InstanceProfileName: name, Path: '/apps/' }))
  await iam.send(new Iam.AddRoleToInstanceProfileCommand({ InstanceProfileName: name, RoleName: name }))
  const { profileId } = await server.admin('instanceProfile', { name })
  return profileId
}

type Answer = { readonly status: number; readonly body: string; readonly headers: Readonly<Record<string, string>> }
type Metadata = {
  readonly ask: (method: string, target: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>
  /** With a session token. */
  readonly get: (target: string) => Promise<Answer>
}

/** The service for an instance with this profile. */
function metadataOf(name: string, profileId: string, httpTokens: MetadataSettings['httpTokens'] = 'required'): Metadata {
  const region = 'eu-central-1'
  const facts = { accountId: ACCOUNT, profileId, instanceId: INSTANCE, region }
  const respond = instanceMetadata({
    instance: {
      ...facts,
      availabilityZone: 'eu-central-1b',
      architecture: 'arm64',
      profileArn: `arn:aws:iam::${ACCOUNT}:instance-profile/apps/${name}`,
      startedAt: START,
    },
    httpTokens,
    role: () => server.admin('instanceRole', { accountId: ACCOUNT, profileId }),
    credentials: (roleDelivery) => server.admin('instanceCredentials', { ...facts, roleDelivery, durationSeconds: 21_600 }),
    random: (count) => randomBytes(count),
    clock: () => now,
  })
  const ask: Metadata['ask'] = async (method, target, headers = {}) => {
    const request: HttpRequest = {
      method,
      target,
      rawHeaders: Object.entries({ Host: '127.0.0.1:1338', ...headers }).flat(),
      body: new Uint8Array(),
      remoteAddress: '127.0.0.1',
      receivedAt: now,
    }
    const { status, headers: answered, body } = await respond(request)
    return { status, headers: answered, body: String(body) }
  }
  return {
    ask,
    async get(target) {
      const { body: token } = await ask('PUT', '/latest/api/token', { 'X-aws-ec2-metadata-token-ttl-seconds': '60' })
      return ask('GET', target, { 'X-aws-ec2-metadata-token': token })
    },
  }
}

const document = ({ body }: Answer): Record<string, string> => JSON.parse(body)

function credentialsIn(answer: Answer): Credentials {
  const { Code, Type, AccessKeyId = '', SecretAccessKey = '', Token = '' } = document(answer)
  assert.deepEqual([answer.status, Code, Type], [200, 'Success', 'AWS-HMAC'], answer.body)
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token }
}

const arnOf = async (credentials: Credentials) => (await server.sts(credentials).send(new GetCallerIdentityCommand({}))).Arn

const TTL = 'X-aws-ec2-metadata-token-ttl-seconds'
const NO_TOKEN = {}

test('requests are refused in this order, with the pages of AWS', async () => {
  const { ask } = metadataOf('refusing', await profileWithRole('refusing'))
  const token = (await ask('PUT', '/latest/api/token', { [TTL]: '1' })).body
  const otherInstance = metadataOf('refusing', 'AIPAOTHER')
  const foreign = (await otherInstance.ask('PUT', '/latest/api/token', { [TTL]: '60' })).body
  const as = (text: string) => ({ 'X-aws-ec2-metadata-token': text })
  // oxfmt-ignore
  const rows: readonly (readonly [method: string, target: string, headers: Readonly<Record<string, string>>, status: number])[] = [
    ['GET',     '/latest/meta-data/',        { Host: 'rebound.example:1338', ...as(token) },   403],
    ['PUT',     '/latest/api/token',         { Host: 'rebound.example:1338', [TTL]: '60' },    403],
    ['GET',     '/latest/api/token',         NO_TOKEN,                                         405],
    ['OPTIONS', '/latest/api/token',         NO_TOKEN,                                         405],
    ['PUT',     '/latest/api/token',         { 'X-Forwarded-For': '203.0.113.7', [TTL]: '60' }, 403],
    ['PUT',     '/latest/api/token',         NO_TOKEN,                                         400],
    ['PUT',     '/latest/api/token',         { [TTL]: '0' },                                   400],
    ['PUT',     '/latest/api/token',         { [TTL]: '21601' },                               400],
    ['PUT',     '/latest/api/token',         { [TTL]: '-1' },                                  400],
    ['PUT',     '/latest/api/token',         { [TTL]: '60.5' },                                400],
    ['PUT',     '/2021-03-23/api/token',     { [TTL]: '60' },                                  403],
    ['PUT',     '/latest/meta-data/',        as(token),                                        405],
    ['POST',    '/latest/meta-data/',        as(token),                                        405],
    ['GET',     '/latest/meta-data/',        NO_TOKEN,                                         401],
    ['GET',     '/latest/nothing',           NO_TOKEN,                                         401],
    ['GET',     '/latest/meta-data/',        as(''),                                           401],
    ['GET',     '/latest/meta-data/',        as(`${token.slice(0, -2)}AA`),                    401],
    ['GET',     '/latest/meta-data/',        as(`${token}A`),                                  401],
    ['GET',     '/latest/meta-data/',        as(foreign),                                      401],
    ['GET',     '/latest/nothing',           as(token),                                        404],
    ['GET',     '/2021-03-23/meta-data/',    as(token),                                        404],
    ['GET',     `${ROLES}another`,           as(token),                                        404],
    ['GET',     '/latest/meta-data/iam/security-credentials-extended/', as(token),             404],
  ]
  for (const [method, target, headers, status] of rows) {
    const answer = await ask(method, target, headers)
    assert.equal(answer.status, status, `${method} ${target} ${JSON.stringify(headers)}`)
    if (status === 405) assert.deepEqual([answer.body, answer.headers['content-type']], ['', 'text/plain'])
    else assert.deepEqual([answer.headers['content-type'], answer.headers['server']], ['text/html', 'EC2ws'])
  }
  assert.equal((await ask('GET', '/latest/api/token')).headers['allow'], 'OPTIONS, PUT')
  const { body } = await ask('GET', '/latest/meta-data/')
  assert.match(
    body,
    /^<\?xml version="1\.0" encoding="iso-8859-1"\?>\n<!DOCTYPE html PUBLIC [^]*<title>401 - Unauthorized<\/title>[^]*<h1>401 - Unauthorized<\/h1>/,
  )
  now += 1_000
  assert.equal((await ask('GET', '/latest/meta-data/', as(token))).status, 401, 'a token that is over')
})

test('a session is its token: random, as long as asked, told with every answer', async () => {
  const { ask } = metadataOf('sessions', await profileWithRole('sessions'))
  const one = await ask('PUT', '/latest/api/token', { [TTL]: '21600' })
  const other = await ask('PUT', '/latest/api/token', { [TTL]: '21600' })
  assert.equal(one.status, 200)
  assert.equal(one.headers['x-aws-ec2-metadata-token-ttl-seconds'], '21600')
  assert.match(one.body, /^[\w-]{75}$/)
  assert.notEqual(one.body, other.body)
  now += 600_000
  const answer = await ask('GET', '/latest/meta-data/instance-id', { 'X-aws-ec2-metadata-token': one.body })
  assert.deepEqual([answer.status, answer.body, answer.headers['x-aws-ec2-metadata-token-ttl-seconds']], [200, INSTANCE, '21000'])
  assert.equal((await ask('HEAD', '/latest/meta-data/instance-id', { 'X-aws-ec2-metadata-token': one.body })).status, 200)
})

test('the tree: folders list what is in them', async () => {
  const profileId = await profileWithRole('tree')
  const { get } = metadataOf('tree', profileId)
  // oxfmt-ignore
  const texts: readonly (readonly [path: string, body: string])[] = [
    ['/',                                               'latest'],
    ['/latest/',                                        'dynamic\nmeta-data'],
    ['/latest',                                         'dynamic\nmeta-data'],
    ['//latest//meta-data/',                            'iam/\ninstance-id\nplacement/'],
    ['/latest/meta-data/iam/',                          'info\nsecurity-credentials/'],
    ['/latest/meta-data/placement/?x=y',                'availability-zone\nregion'],
    ['/latest/meta-data/placement/region',              'eu-central-1'],
    ['/latest/meta-data/placement/availability-zone',   'eu-central-1b'],
    ['/latest/dynamic/instance-identity/',              'document'],
    [ROLES,                                             'tree'],
    [ROLES.slice(0, -1),                                'tree'],
  ]
  for (const [path, body] of texts) {
    const answer = await get(path)
    assert.deepEqual([answer.status, answer.body, answer.headers['content-type']], [200, body, 'text/plain'], path)
  }
  assert.deepEqual(document(await get('/latest/meta-data/iam/info')), {
    Code: 'Success',
    LastUpdated: new Date(now).toISOString().replace('.000Z', 'Z'),
    InstanceProfileArn: `arn:aws:iam::${ACCOUNT}:instance-profile/apps/tree`,
    InstanceProfileId: profileId,
  })
  const identity = document(await get('/latest/dynamic/instance-identity/document'))
  assert.deepEqual(
    [identity['accountId'], identity['instanceId'], identity['region'], identity['pendingTime'], identity['version']],
    [ACCOUNT, INSTANCE, 'eu-central-1', '2026-01-02T03:04:05Z', '2017-09-30'],
  )
})

test('the credentials are a session of the role, rotate, and keep until then', async () => {
  const { get } = metadataOf('rotating', await profileWithRole('rotating'))
  const first = await get(`${ROLES}rotating`)
  assert.match(first.body, /^\{\n {2}"Code" : "Success",\n {2}"LastUpdated" : "20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ",\n/)
  const { LastUpdated = '', Expiration = '' } = document(first)
  assert.equal(Date.parse(Expiration) - Date.parse(LastUpdated), 6 * HOUR, 'longer than the role’s own hour: services may')
  const credentials = credentialsIn(first)
  assert.equal(await arnOf(credentials), `arn:aws:sts::${ACCOUNT}:assumed-role/rotating/${INSTANCE}`)
  const [again, together] = await Promise.all([get(`${ROLES}rotating`), get(`${ROLES}rotating`)])
  assert.deepEqual([again.body, together.body], [first.body, first.body])
  // The server's clock is the machine's, the service's is this test's: it is an hour after the credentials were made.
  const clockBefore = now
  now += HOUR + 1_000
  const renewed = credentialsIn(await get(`${ROLES}rotating`))
  assert.notEqual(renewed.accessKeyId, credentials.accessKeyId)
  assert.equal(await arnOf(credentials), await arnOf(renewed), 'the old ones hold until they expire')
  now = clockBefore
})

test('who takes the role out of the profile ends its credentials at once; so does who deletes role or profile', async () => {
  const profileId = await profileWithRole('revoked')
  const { get } = metadataOf('revoked', profileId)
  const credentials = credentialsIn(await get(`${ROLES}revoked`))
  await arnOf(credentials)
  await iam.send(new Iam.RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: 'revoked', RoleName: 'revoked' }))
  await assert.rejects(arnOf(credentials), { name: 'InvalidClientTokenId' })
  assert.equal((await get(ROLES)).status, 404)
  assert.equal((await get(`${ROLES}revoked`)).status, 404)
  assert.match(document(await get('/latest/meta-data/iam/info'))['Message'] ?? '', /^Instance Profile does not contain a role\. /)

  await iam.send(new Iam.CreateRoleCommand({ RoleName: 'successor', AssumeRolePolicyDocument: trusting('ec2.amazonaws.com') }))
  await iam.send(new Iam.AddRoleToInstanceProfileCommand({ InstanceProfileName: 'revoked', RoleName: 'successor' }))
  const successor = credentialsIn(await get(`${ROLES}successor`))
  assert.equal(await arnOf(successor), `arn:aws:sts::${ACCOUNT}:assumed-role/successor/${INSTANCE}`)
  await assert.rejects(arnOf(credentials), { name: 'InvalidClientTokenId' })

  await iam.send(new Iam.RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: 'revoked', RoleName: 'successor' }))
  await iam.send(new Iam.DeleteRoleCommand({ RoleName: 'successor' }))
  await iam.send(new Iam.DeleteInstanceProfileCommand({ InstanceProfileName: 'revoked' }))
  await assert.rejects(arnOf(successor), { name: 'InvalidClientTokenId' })
  await iam.send(new Iam.CreateInstanceProfileCommand({ InstanceProfileName: 'revoked' }))
  await iam.send(new Iam.AddRoleToInstanceProfileCommand({ InstanceProfileName: 'revoked', RoleName: 'revoked' }))
  const info = document(await get('/latest/meta-data/iam/info'))
  assert.equal(info['Code'], 'InstanceProfileNotFound', 'a later profile of the same name is another one')
  assert.match(info['Message'] ?? '', new RegExp(`^Instance Profile with Id ${profileId} cannot be found\\. `))
  assert.equal((await get(ROLES)).status, 404)
})

test('a trust policy that does not let EC2 in', async () => {
  const { get } = metadataOf('distrusting', await profileWithRole('distrusting', trusting('lambda.amazonaws.com')))
  assert.equal((await get(ROLES)).body, 'distrusting')
  const refused = document(await get(`${ROLES}distrusting`))
  assert.deepEqual(Object.keys(refused), ['Code', 'Message', 'LastUpdated'])
  assert.equal(refused['Code'], 'AssumeRoleUnauthorizedAccess')
  assert.match(refused['Message'] ?? '', /^EC2 cannot assume the role distrusting\. /)
  await iam.send(
    new Iam.UpdateAssumeRolePolicyCommand({ RoleName: 'distrusting', PolicyDocument: trusting('ec2.amazonaws.com') }),
  )
  assert.equal(document(await get(`${ROLES}distrusting`))['Code'], 'AssumeRoleUnauthorizedAccess', 'kept for a moment')
  now += 5_000
  credentialsIn(await get(`${ROLES}distrusting`))
})

test('version 1 where it is allowed, told apart by ec2:RoleDelivery', async () => {
  const { ask, get } = metadataOf('optional', await profileWithRole('optional'), 'optional')
  const sessionOnly = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'iam:GetRole', Resource: '*' },
      { Effect: 'Deny', Action: '*', Resource: '*', Condition: { NumericLessThan: { 'ec2:RoleDelivery': '2.0' } } },
    ],
  }
  await iam.send(
    new Iam.PutRolePolicyCommand({ RoleName: 'optional', PolicyName: 'p', PolicyDocument: JSON.stringify(sessionOnly) }),
  )
  const read = (credentials: Credentials) => server.iam(credentials).send(new Iam.GetRoleCommand({ RoleName: 'optional' }))
  const withoutToken = await ask('GET', `${ROLES}optional`)
  assert.equal(withoutToken.headers['x-aws-ec2-metadata-token-ttl-seconds'], undefined)
  await assert.rejects(read(credentialsIn(withoutToken)), /with an explicit deny in an identity-based policy/)
  await read(credentialsIn(await get(`${ROLES}optional`)))
  const broken = await ask('GET', '/latest/meta-data/', { 'X-aws-ec2-metadata-token': 'broken' })
  assert.equal(broken.status, 401, 'a token that is given has to be right')
})

test('the sessions are on record as EC2’s, without their secrets', async () => {
  const { get } = metadataOf('recorded', await profileWithRole('recorded'))
  const { sessionToken = '', secretAccessKey, accessKeyId } = credentialsIn(await get(`${ROLES}recorded`))
  const { records } = await server.admin('tailAudit', { accountId: ACCOUNT, limit: 1 })
  const [text = ''] = records
  assert.ok(!text.includes(sessionToken) && !text.includes(secretAccessKey))
  const record = JSON.parse(text)
  assert.deepEqual(record.userIdentity, { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' })
  assert.deepEqual(
    [record.eventName, record.sourceIPAddress, record.userAgent, record.awsRegion, record.recipientAccountId],
    ['AssumeRole', 'ec2.amazonaws.com', 'ec2.amazonaws.com', 'eu-central-1', ACCOUNT],
  )
  assert.deepEqual(record.requestParameters, {
    roleArn: `arn:aws:iam::${ACCOUNT}:role/recorded`,
    roleSessionName: INSTANCE,
    durationSeconds: 21_600,
  })
  assert.equal(record.responseElements.credentials.accessKeyId, accessKeyId)
  await arnOf({ accessKeyId, secretAccessKey, sessionToken })
  const used = JSON.parse((await server.admin('tailAudit', { accountId: ACCOUNT, limit: 1 })).records[0] ?? '')
  assert.equal(used.userIdentity.sessionContext.ec2RoleDelivery, '2.0')
  assert.equal(used.userIdentity.sessionContext.sessionIssuer.userName, 'recorded')
})

test('the administrative commands refuse what is not there or has no form', async () => {
  const profileId = await profileWithRole('forms')
  const facts = {
    accountId: ACCOUNT,
    profileId,
    instanceId: INSTANCE,
    region: 'us-east-1',
    roleDelivery: '2.0',
    durationSeconds: 900,
  }
  // oxfmt-ignore
  const rows = [
    [{ instanceId: 'i-1' },            'An instance id is i- and 17 hexadecimal digits.'],
    [{ roleDelivery: '3.0' },          'roleDelivery is 1.0 or 2.0.'],
    [{ profileId: 'AIPANONE' },        'The instance profile AIPANONE holds no role.'],
    [{ durationSeconds: 899 },         'Credentials of a workload last 900 to 21600 seconds.'],
    [{ durationSeconds: 21_601 },      'Credentials of a workload last 900 to 21600 seconds.'],
  ] as const
  for (const [changed, message] of rows)
    await assert.rejects(server.admin('instanceCredentials', { ...facts, ...changed }), { message })
  await assert.rejects(server.admin('instanceProfile', { name: 'none' }), {
    message: `Account ${ACCOUNT} has no instance profile none.`,
  })
})

test('the listener is on loopback, and answers 503 while the server behind it does not', async () => {
  const troubles: unknown[] = []
  const listener = await listenOnLoopback({
    port: 0,
    respond: () => Promise.reject(new Error('gone')),
    trouble: errorPage(503),
    onTrouble: (error) => troubles.push(error),
    clock: Date.now,
  })
  try {
    assert.match(listener.endpoint, /^http:\/\/127\.0\.0\.1:\d+$/)
    const answer = await fetch(listener.endpoint)
    assert.equal(answer.status, 503)
    assert.match(await answer.text(), /503 - Service Unavailable/)
    assert.equal(troubles.length, 1)
    const { port } = new URL(listener.endpoint)
    await assert.rejects(
      listenOnLoopback({
        port: Number(port),
        respond: () => Promise.reject(new Error()),
        trouble: errorPage(503),
        onTrouble: () => {},
        clock: Date.now,
      }),
      { message: `Port ${port} on 127.0.0.1 is in use. Choose another one with --port.` },
    )
  } finally {
    await listener.close()
  }
})
