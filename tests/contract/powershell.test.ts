/**
 * What the cmdlets of AWS Tools for PowerShell send and expect, byte for byte as their source says (`tests/dotnet.ts`). PowerShell itself does not
 * run here: docs/guide/powershell.md is the way to try it by hand.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { codeAt, fromBase32, stepAt } from '../../src/services/totp.ts'
import { AGENTS, dotnet, type DotnetAnswer, dotnetBody, type DotnetCall } from '../dotnet.ts'
import { withoutId } from '../denial-text.ts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'

const ACCOUNT = '111122223333'
let server: TestServer
let root: Credentials

before(async () => {
  server = await startTestServer()
  ;({ root } = await server.account('powershell', ACCOUNT))
})
after(() => server.close())

type Called = Omit<DotnetCall, 'endpoint' | 'credentials'> & { readonly as?: Credentials }

const cmdlet = ({ as = root, ...call }: Called): Promise<DotnetAnswer> =>
  dotnet({ ...call, endpoint: server.endpoint, credentials: as })

/** The answer of a cmdlet that succeeds. */
async function done(called: Called): Promise<string> {
  const { status, headers, body } = await cmdlet(called)
  assert.equal(status, 200, body)
  assert.match(String(headers['content-type']), /^text\/xml/)
  assert.match(
    body,
    new RegExp(`^<${called.action}Response xmlns="https://(?:iam|sts)\\.amazonaws\\.com/doc/20\\d\\d-\\d\\d-\\d\\d/">`),
  )
  assert.match(body, /<ResponseMetadata><RequestId>[\da-f-]{36}<\/RequestId><\/ResponseMetadata><\/\w+Response>\s*$/)
  return body
}

/** The members of one element, in their order: what the unmarshaller of a structure walks over. */
function membersOf(body: string, element: string): Readonly<Record<string, string>> {
  const inside = new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(body)?.[1] ?? ''
  return Object.fromEntries(Array.from(inside.matchAll(/<(\w+)>([^<]*)<\/\1>/g), ([, name = '', value = '']) => [name, value]))
}

const keyIn = (body: string): Credentials => {
  const { AccessKeyId = '', SecretAccessKey = '' } = membersOf(body, 'AccessKey')
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey }
}

/** `ErrorResponseUnmarshaller` reads Type, Code, Message and RequestId; the class of the exception follows the code. */
function assertRefused({ status, headers, body }: DotnetAnswer, expected: { status: number; code: string; message: string }) {
  assert.equal(status, expected.status, body)
  const { Type, Code, Message } = membersOf(body, 'Error')
  assert.deepEqual([Type, Code, withoutId(Message ?? '')], ['Sender', expected.code, expected.message])
  assert.match(body, /^<ErrorResponse xmlns="https:\/\/iam\.amazonaws\.com\/doc\/2010-05-08\/">/)
  assert.match(body, /<\/Error><RequestId>[\da-f-]{36}<\/RequestId><\/ErrorResponse>\s*$/)
  assert.match(String(headers['x-amzn-requestid']), /^[\da-f-]{36}$/)
  assert.ok(headers['date'] !== undefined, 'the SDK learns the clock’s skew from it')
}

test('bodies are what the SDK for .NET writes', () => {
  const call = { endpoint: server.endpoint, credentials: root }
  assert.equal(
    dotnetBody({ ...call, action: 'DeleteAccessKey', parameters: { UserName: 'alice', AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' } }),
    'AccessKeyId=AKIAIOSFODNN7EXAMPLE&Action=DeleteAccessKey&UserName=alice&Version=2010-05-08',
  )
  assert.equal(
    dotnetBody({
      ...call,
      action: 'CreateLoginProfile',
      parameters: { Password: "a+b c!'()*~ü", PasswordResetRequired: 'true' },
    }),
    'Action=CreateLoginProfile&Password=a%2Bb%20c%21%27%28%29%2A~%C3%BC&PasswordResetRequired=true&Version=2010-05-08',
  )
})

test('New-IAMAccessKey prints five members, and its third call is an error', async () => {
  await done({ action: 'CreateUser', parameters: { UserName: 'alice' } })
  const made = membersOf(await done({ action: 'CreateAccessKey', parameters: { UserName: 'alice' } }), 'AccessKey')
  assert.deepEqual(Object.keys(made).toSorted(), ['AccessKeyId', 'CreateDate', 'SecretAccessKey', 'Status', 'UserName'])
  assert.deepEqual([made['UserName'], made['Status']], ['alice', 'Active'])
  assert.match(made['AccessKeyId'] ?? '', /^AKIA[A-Z2-7]{16}$/)
  assert.match(made['CreateDate'] ?? '', /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  await done({ action: 'CreateAccessKey', parameters: { UserName: 'alice' } })
  const message = 'Cannot exceed quota for AccessKeysPerUser: 2'
  assertRefused(await cmdlet({ action: 'CreateAccessKey', parameters: { UserName: 'alice' } }), {
    status: 409,
    code: 'LimitExceeded',
    message,
  })
  const parameters = { UserName: 'alice', AccessKeyId: made['AccessKeyId'] ?? '' }
  await done({ action: 'DeleteAccessKey', parameters })
  assertRefused(await cmdlet({ action: 'DeleteAccessKey', parameters }), {
    status: 404,
    code: 'NoSuchEntity',
    message: `The Access Key with id ${made['AccessKeyId']} cannot be found.`,
  })
  await done({ action: 'CreateAccessKey', parameters: { UserName: 'alice' } })
})

test('without -UserName the user is the one whose key signs', async () => {
  await done({ action: 'CreateUser', parameters: { UserName: 'self' } })
  const parameters = {
    UserName: 'self',
    PolicyName: 'keys',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: ['iam:*AccessKey*', 'iam:GetUser'], Resource: `arn:aws:iam::${ACCOUNT}:user/self` },
    }),
  }
  await done({ action: 'PutUserPolicy', parameters })
  const self = keyIn(await done({ action: 'CreateAccessKey', parameters: { UserName: 'self' } }))
  const own = membersOf(await done({ action: 'CreateAccessKey', as: self }), 'AccessKey')
  assert.equal(own['UserName'], 'self')
  const listed = await done({ action: 'ListAccessKeys', as: self })
  assert.equal(listed.match(/<AccessKeyId>/g)?.length, 2)
  assert.equal(membersOf(await done({ action: 'GetUser', as: self }), 'User')['UserName'], 'self')
  await done({ action: 'DeleteAccessKey', as: self, parameters: { AccessKeyId: own['AccessKeyId'] ?? '' } })
  assertRefused(await cmdlet({ action: 'ListUsers', as: self }), {
    status: 403,
    code: 'AccessDenied',
    message:
      `User: arn:aws:iam::${ACCOUNT}:user/self is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::${ACCOUNT}:user/ ` +
      'because no identity-based policy allows the iam:ListUsers action',
  })
})

test('the cmdlets of the set-up pages, in their order', async () => {
  const administrator = 'arn:aws:iam::aws:policy/AdministratorAccess'
  await done({ action: 'CreateGroup', parameters: { GroupName: 'Administrators' } })
  await done({ action: 'AttachGroupPolicy', parameters: { GroupName: 'Administrators', PolicyArn: administrator } })
  await done({ action: 'CreateUser', parameters: { UserName: 'Administrator' } })
  await done({ action: 'AddUserToGroup', parameters: { GroupName: 'Administrators', UserName: 'Administrator' } })
  const parameters = { UserName: 'Administrator', Password: "Correct+Horse 7!'()*", PasswordResetRequired: 'true' }
  const profile = membersOf(await done({ action: 'CreateLoginProfile', parameters }), 'LoginProfile')
  assert.deepEqual([profile['UserName'], profile['PasswordResetRequired']], ['Administrator', 'true'])
  const key = keyIn(await done({ action: 'CreateAccessKey', parameters: { UserName: 'Administrator' } }))
  const identity = membersOf(await done({ service: 'sts', action: 'GetCallerIdentity', as: key }), 'GetCallerIdentityResult')
  assert.equal(identity['Arn'], `arn:aws:iam::${ACCOUNT}:user/Administrator`)
})

test('lists beyond nine stand in ordinal order in the body, and are read by their numbers', async () => {
  const tags = Array.from({ length: 12 }, (_, index) => [`k${index + 1}`, `v ${index + 1} ü`] as const)
  const parameters = Object.fromEntries(
    tags.flatMap(([key, value], index) => [
      [`Tags.member.${index + 1}.Key`, key],
      [`Tags.member.${index + 1}.Value`, value],
    ]),
  )
  const body = dotnetBody({
    endpoint: server.endpoint,
    credentials: root,
    action: 'CreateUser',
    parameters: { UserName: 'tagged', ...parameters },
  })
  assert.match(body, /Tags\.member\.1\.Value=[^&]*&Tags\.member\.10\.Key=k10&.*Tags\.member\.2\.Key=k2&/)
  const made = await done({ action: 'CreateUser', parameters: { UserName: 'tagged', ...parameters } })
  const read = Array.from(made.matchAll(/<Key>(\w+)<\/Key><Value>([^<]*)<\/Value>/g), ([, key = '', value = '']) => [key, value])
  assert.deepEqual(
    read,
    tags.map(([key, value]) => [key, value]),
  )
})

test('lists of cmdlets go on by themselves: -MaxItem, then the marker', async () => {
  const first = await done({ action: 'ListUsers', parameters: { MaxItems: '2' } })
  const { IsTruncated, Marker = '' } = Object.fromEntries(
    Array.from(first.matchAll(/<(IsTruncated|Marker)>([^<]*)</g), ([, name = '', value = '']) => [name, value]),
  )
  assert.equal(IsTruncated, 'true')
  const second = await done({ action: 'ListUsers', parameters: { MaxItems: '100', Marker } })
  assert.match(second, /<IsTruncated>false<\/IsTruncated>/)
})

test('sessions: Get-STSSessionToken with a code, Use-STSRole, and what a session signs', async () => {
  await done({ action: 'CreateUser', parameters: { UserName: 'mfa' } })
  const device = membersOf(
    await done({ action: 'CreateVirtualMFADevice', parameters: { VirtualMFADeviceName: 'phone' } }),
    'VirtualMFADevice',
  )
  const { SerialNumber = '', Base32StringSeed = '' } = device
  // Blobs are base64 on the wire; what is in this one is base32.
  const seed = fromBase32(Buffer.from(Base32StringSeed, 'base64').toString())
  const step = stepAt(Date.now())
  const codes = { AuthenticationCode1: codeAt(seed, step - 2), AuthenticationCode2: codeAt(seed, step - 1) }
  await done({ action: 'EnableMFADevice', parameters: { UserName: 'mfa', SerialNumber, ...codes } })
  const key = keyIn(await done({ action: 'CreateAccessKey', parameters: { UserName: 'mfa' } }))
  const TokenCode = codeAt(seed, stepAt(Date.now()))
  const session = await done({
    service: 'sts',
    action: 'GetSessionToken',
    as: key,
    parameters: { DurationSeconds: '900', SerialNumber, TokenCode },
  })
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration = '' } = membersOf(session, 'Credentials')
  assert.match(Expiration, /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
  const as = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
  const identity = await done({ service: 'sts', action: 'GetCallerIdentity', as })
  assert.equal(membersOf(identity, 'GetCallerIdentityResult')['Arn'], `arn:aws:iam::${ACCOUNT}:user/mfa`)

  const trust = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/mfa` }, Action: 'sts:AssumeRole' },
  }
  const AssumeRolePolicyDocument = JSON.stringify(trust)
  await done({ action: 'CreateRole', parameters: { RoleName: 'work', AssumeRolePolicyDocument } })
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/work`
  const parameters = { RoleArn, RoleSessionName: 'from-powershell', DurationSeconds: '900' }
  const assumed = await done({ service: 'sts', action: 'AssumeRole', as: key, parameters })
  assert.equal(membersOf(assumed, 'AssumedRoleUser')['Arn'], `arn:aws:sts::${ACCOUNT}:assumed-role/work/from-powershell`)
})

test('every form of its user agent is signed; headers that it leaves unsigned do no harm', async () => {
  for (const agent of [...AGENTS, `${AGENTS[0]}  two   spaces `]) {
    const { status, body } = await cmdlet({ action: 'ListUsers', agent })
    assert.equal(status, 200, body)
  }
  const unsigned = { 'X-Amzn-Trace-Id': 'Root=1-5759e988-bd862e3fe1be46a994272793' }
  assert.equal((await cmdlet({ action: 'ListUsers', unsigned })).status, 200)
  const wrong = await cmdlet({ action: 'ListUsers', as: { ...root, secretAccessKey: 'wrong' } })
  assert.deepEqual([wrong.status, membersOf(wrong.body, 'Error')['Code']], [403, 'SignatureDoesNotMatch'])
  const late = await cmdlet({ action: 'ListUsers', now: Date.now() - 3_600_000 })
  assert.deepEqual([late.status, membersOf(late.body, 'Error')['Code']], [403, 'SignatureDoesNotMatch'])
  assert.match(membersOf(late.body, 'Error')['Message'] ?? '', /^Signature expired: /)
})
