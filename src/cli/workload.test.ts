/** The commands for workloads, run against a server in a temporary folder: what they print, serve and refuse, and what they leave behind. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { cliWorld } from '../../tests/cli-context.ts'

const ACCOUNT = '111122223333'
const world = cliWorld()
const clients: { destroy(): void }[] = []
let endpoint = ''
let stopped: Promise<unknown>

before(async () => {
  endpoint = await new Promise<string>((resolve) => {
    stopped = world.run(['start', '--port', '0'], (text) => {
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0]
      if (found !== undefined) resolve(found)
    })
  })
  const create = ['account', 'create', '--name', 'A', '--email', 'a@example.com', '--account-id', ACCOUNT]
  const created = await world.run([...create, '--root-access-key', '--json'])
  const { rootAccessKey }: { rootAccessKey: { accessKeyId: string; secretAccessKey: string } } = JSON.parse(created.out)
  await populate(rootAccessKey)
})
after(async () => {
  world.signals.emit('SIGTERM', 'SIGTERM')
  await stopped
  for (const client of clients) client.destroy()
  world.remove()
})

const keep = <C extends { destroy(): void }>(client: C): C => {
  clients.push(client)
  return client
}

type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }

async function populate(credentials: Credentials): Promise<void> {
  const iam = keep(new Iam.IAMClient({ endpoint, region: 'us-east-1', credentials }))
  const trust = (Principal: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Principal, Action: 'sts:AssumeRole' } })
  const services = trust({ Service: ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com'] })
  for (const RoleName of ['web', 'other'])
    await iam.send(new Iam.CreateRoleCommand({ RoleName, Path: '/apps/', AssumeRolePolicyDocument: services }))
  await iam.send(new Iam.CreateRoleCommand({ RoleName: 'deploy', AssumeRolePolicyDocument: trust({ AWS: ACCOUNT }) }))
  await iam.send(new Iam.CreateInstanceProfileCommand({ InstanceProfileName: 'web' }))
  await iam.send(new Iam.AddRoleToInstanceProfileCommand({ InstanceProfileName: 'web', RoleName: 'web' }))
  for (const UserName of ['alice', 'bob']) await iam.send(new Iam.CreateUserCommand({ UserName }))
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' },
  })
  await iam.send(new Iam.PutUserPolicyCommand({ UserName: 'alice', PolicyName: 'p', PolicyDocument }))
}

async function identity(credentials: Credentials): Promise<string | undefined> {
  const sts = keep(new STSClient({ endpoint, region: 'us-east-1', credentials }))
  return (await sts.send(new GetCallerIdentityCommand({}))).Arn
}

/** Runs a serving command; its first output, and how to stop it. */
async function serving(words: readonly string[]) {
  let done: ReturnType<typeof world.run> | undefined
  const out = await new Promise<string>((resolve, reject) => {
    done = world.run(words, resolve)
    void done.then(({ err }) => reject(new Error(err)))
  })
  return {
    out,
    async stop() {
      // The server listens to the same signals of this test's process: only the newest listener is told.
      const listener = world.signals.listeners('SIGTERM').at(-1)
      assert.ok(listener !== undefined)
      listener.call(world.signals, 'SIGTERM')
      return done
    },
  }
}

const variablesIn = (json: string): Readonly<Record<string, string>> => JSON.parse(json)

test('metadata serves what its ready lines say, until it is stopped', async () => {
  const service = await serving([
    'metadata',
    '--instance-profile',
    'web',
    '--instance-id',
    'i-0123456789abcdef0',
    '--shell',
    'bash',
  ])
  const base = /AWS_EC2_METADATA_SERVICE_ENDPOINT='([^']+)\/'/.exec(service.out)?.[1] ?? ''
  assert.match(base, /^http:\/\/127\.0\.0\.1:\d+$/)
  assert.ok(
    service.out.startsWith(
      `Instance metadata service
  Endpoint          ${base}
  Instance          i-0123456789abcdef0
  Instance profile  arn:aws:iam::${ACCOUNT}:instance-profile/web

In the shell of the workload:
export AWS_ENDPOINT_URL='${endpoint}';
export AWS_REGION='us-east-1';
export AWS_DEFAULT_REGION='us-east-1';
export AWS_EC2_METADATA_SERVICE_ENDPOINT='${base}/';
unset AWS_ACCESS_KEY_ID;
`,
    ),
    service.out,
  )
  assert.match(service.out, /unset AWS_EC2_METADATA_DISABLED;\n[^]*Ready\.\n$/)
  const path = `${base}/latest/meta-data/iam/security-credentials/web`
  assert.equal((await fetch(path)).status, 401)
  const token = await fetch(`${base}/latest/api/token`, {
    method: 'PUT',
    headers: { 'X-aws-ec2-metadata-token-ttl-seconds': '60' },
  })
  const answer = await fetch(path, { headers: { 'X-aws-ec2-metadata-token': await token.text() } })
  const { AccessKeyId = '', SecretAccessKey = '', Token = '' } = variablesIn(await answer.text())
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token }
  assert.equal(await identity(credentials), `arn:aws:sts::${ACCOUNT}:assumed-role/web/i-0123456789abcdef0`)
  const ended = await service.stop()
  assert.equal(ended?.code, 0)
  assert.equal(ended.err, 'SIGTERM: stopped. Credentials that were handed out hold until they expire.\n')
  await assert.rejects(fetch(base))
})

test('container-credentials: the token lies in a file of the owner’s, and goes with the endpoint', async () => {
  const file = join(world.folder, 'token')
  const service = await serving(['container-credentials', '--role', 'WEB', '--token-file', 'token', '--shell', 'json'])
  const variables = variablesIn(service.out)
  assert.equal(variables['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'], file)
  assert.equal(variables['AWS_ENDPOINT_URL'], endpoint)
  if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600)
  const uri = variables['AWS_CONTAINER_CREDENTIALS_FULL_URI'] ?? ''
  assert.equal((await fetch(uri)).status, 401)
  const answer = await fetch(uri, { headers: { Authorization: readFileSync(file, 'utf8') } })
  const { AccessKeyId = '', SecretAccessKey = '', Token = '' } = variablesIn(await answer.text())
  const arn = await identity({ accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token })
  assert.match(arn ?? '', /:assumed-role\/web\/[0-9a-f]{32}$/)
  await service.stop()
  assert.equal(existsSync(file), false)

  const inData = await serving(['container-credentials', '--role', 'web', '--shell', 'json'])
  const place = variablesIn(inData.out)['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'] ?? ''
  assert.ok(place.startsWith(join(world.data, 'container-token-')), place)
  await inData.stop()

  writeFileSync(file, 'mine')
  const refused = await world.run(['container-credentials', '--role', 'web', '--token-file', 'token'])
  assert.deepEqual([refused.code, refused.out], [1, ''])
  assert.match(refused.err, /could not be made\. It must not exist/)
  assert.equal(readFileSync(file, 'utf8'), 'mine', 'what was there is not touched')
})

test('credentials prints what credential_process wants, and nothing else', async () => {
  const { code, out, err } = await world.run(['credentials', '--role', 'deploy', '--user', 'alice'])
  assert.deepEqual([code, err], [0, ''])
  const { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration } = JSON.parse(out)
  assert.equal(Version, 1)
  const left = Date.parse(Expiration) - Date.now()
  assert.ok(left > 3_500_000 && left <= 3_600_000, `${left} ms`)
  const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
  assert.equal(await identity(credentials), `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/keyreeve-alice`)
  const arn = `arn:aws:iam::${ACCOUNT}:role/deploy`
  const named = await world.run(['credentials', '--role', arn, '--user', 'alice', '--session-name', 'ci', '--duration', '15m'])
  assert.equal(JSON.parse(named.out).Version, 1, named.err)
  const tail = await world.run(['audit', 'tail', '--lines', '1'])
  const { userIdentity, requestParameters, userAgent } = JSON.parse(tail.out)
  assert.deepEqual([userIdentity.type, userIdentity.userName, userIdentity.accessKeyId], ['IAMUser', 'alice', undefined])
  assert.deepEqual(requestParameters, { roleArn: arn, roleSessionName: 'ci', durationSeconds: 900 })
  assert.equal(userAgent, 'keyreeve credentials')
})

const denied = (user: string, role: string, why: string) =>
  `User: arn:aws:iam::${ACCOUNT}:user/${user} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::${ACCOUNT}:role/${role}${why}\n`
const NO_TRUST = ' because no role trust policy allows the sts:AssumeRole action'
const NO_IDENTITY = ' because no identity-based policy allows the sts:AssumeRole action'

test('every command refuses in words, on standard error, with nothing on standard output', async () => {
  // oxfmt-ignore
  const rows: readonly (readonly [words: string, code: number, err: string | RegExp])[] = [
    ['credentials --role deploy',                                           2, /^--user is missing/],
    ['credentials --user alice',                                            2, /^--role is missing/],
    ['credentials --role deploy --user alice --duration 1m',                2, /^--duration must be a time from 15m to 12h/],
    ['credentials --role deploy --user carol',                              1, `Account ${ACCOUNT} has no user carol.\n`],
    ['credentials --role deploy --user alice --account 444455556666',       1, 'There is no account 444455556666.\n'],
    ['credentials --role deploy --user alice --session-name !',             1, /^2 validation errors detected: .*roleSessionName/],
    ['credentials --role deploy --user alice --duration 12h',               1, 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.\n'],
    ['credentials --role web --user alice',                                 1, denied('alice', 'apps/web', NO_TRUST)],
    ['credentials --role none --user alice',                                1, denied('alice', 'none', NO_TRUST)],
    ['credentials --role deploy --user bob',                                1, denied('bob', 'deploy', NO_IDENTITY)],
    ['metadata',                                                            2, /^--instance-profile is missing/],
    ['metadata --instance-profile web --instance-id i-1',                   2, /^--instance-id must be i- and 17/],
    ['metadata --instance-profile web --availability-zone A/B',             2, /^--availability-zone must be/],
    ['metadata --instance-profile web --http-tokens never',                 2, /^--http-tokens must be required or optional/],
    ['metadata --instance-profile web --duration 7h',                       2, /^--duration must be a time from 15m to 6h/],
    ['metadata --instance-profile none',                                    1, `Account ${ACCOUNT} has no instance profile none.\n`],
    ['metadata --instance-profile web --shell tcsh',                        2, /^--shell must be/],
    ['container-credentials',                                               2, /^--role is missing/],
    ['container-credentials --role none',                                   1, `Account ${ACCOUNT} has no role none.\n`],
    ['container-credentials --role web --token-file no/such/folder/token',  1, /could not be made/],
  ]
  for (const [words, code, err] of rows) {
    const ran = await world.run(words.split(' '))
    assert.deepEqual([ran.code, ran.out], [code, ''], words)
    if (typeof err === 'string') assert.equal(ran.err, err, words)
    else assert.match(ran.err, err, words)
  }
})

test('without a running server nothing is served', async () => {
  const elsewhere = join(world.folder, 'elsewhere')
  for (const words of [
    ['metadata', '--instance-profile', 'web'],
    ['container-credentials', '--role', 'web'],
  ]) {
    const ran = await world.run([...words, '--data', elsewhere])
    assert.deepEqual(ran, { code: 1, out: '', err: `No server runs on ${elsewhere}. Start one with: keyreeve start\n` })
  }
})
