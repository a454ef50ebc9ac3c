/** Multi-factor authentication by the real AWS CLIs: a device is made and enabled, its code makes a session, and a policy asks for it. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { codeAt, fromBase32, stepAt } from '../../src/services/totp.ts'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'
import { type Answer, aws, installedClis } from './clients.ts'

const clis = await installedClis()
const folder = mkdtempSync(join(tmpdir(), 'keyreeve-mfa-'))
let server: TestServer

before(async () => {
  server = await startTestServer()
})
after(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

type Json = Record<string, Record<string, unknown>>

function ok(answer: Answer): Json {
  assert.equal(answer.code, 0, answer.stderr)
  return answer.stdout.trim() === '' ? {} : (JSON.parse(answer.stdout) as Json)
}

function refused(answer: Answer, text: string): void {
  assert.notEqual(answer.code, 0, answer.stdout)
  assert.ok(answer.stderr.includes(text), answer.stderr)
}

/** A user whose policy allows everything, but only with a code. */
const ONLY_WITH_MFA = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Action: '*',
    Resource: '*',
    Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
  },
})

function keyOf(members: Json['AccessKey'] = {}): Credentials {
  const { AccessKeyId, SecretAccessKey, SessionToken } = members
  return {
    accessKeyId: String(AccessKeyId),
    secretAccessKey: String(SecretAccessKey),
    ...(typeof SessionToken === 'string' && { sessionToken: SessionToken }),
  }
}

for (const [number, cli] of clis.entries()) {
  test(`${cli}: get-session-token with a code`, async () => {
    const { root } = await server.account(`mfa-${number}`, `30000000000${number}`)
    const as =
      (credentials: Credentials) =>
      (...words: readonly string[]) =>
        aws(cli, server, credentials, words)
    const asRoot = as(root)
    ok(await asRoot('iam', 'create-user', '--user-name', 'alice'))
    const policy = ['--policy-name', 'mfa', '--policy-document', ONLY_WITH_MFA]
    ok(await asRoot('iam', 'put-user-policy', '--user-name', 'alice', ...policy))
    const file = join(folder, `seed-${number}`)
    const form = ['--outfile', file, '--bootstrap-method', 'Base32StringSeed']
    const { VirtualMFADevice } = ok(
      await asRoot('iam', 'create-virtual-mfa-device', '--virtual-mfa-device-name', 'phone', ...form),
    )
    const serial = String(VirtualMFADevice?.['SerialNumber'])
    const seed = fromBase32(readFileSync(file, 'utf8'))
    const step = stepAt(Date.now())
    const codes = ['--authentication-code1', codeAt(seed, step - 2), '--authentication-code2', codeAt(seed, step - 1)]
    ok(await asRoot('iam', 'enable-mfa-device', '--user-name', 'alice', '--serial-number', serial, ...codes))

    const alice = keyOf(ok(await asRoot('iam', 'create-access-key', '--user-name', 'alice'))['AccessKey'])
    refused(await as(alice)('iam', 'list-users'), '(AccessDenied)')
    // The one call that `aws configure mfa-login` makes too (its source in AWS CLI 2.x), with its default of twelve hours.
    const session = (code: string) =>
      as(alice)('sts', 'get-session-token', '--serial-number', serial, '--token-code', code, '--duration-seconds', '43200')
    const now = codeAt(seed, stepAt(Date.now()))
    const wrong = now === '000000' ? '000001' : '000000'
    refused(await session(wrong), 'MultiFactorAuthentication failed with invalid MFA one time pass code.')
    const { Credentials: made } = ok(await session(now))
    ok(await as(keyOf(made))('iam', 'list-users'))
    refused(await session(now), 'MultiFactorAuthentication failed with invalid MFA one time pass code.')
    const { Credentials: without } = ok(await as(alice)('sts', 'get-session-token'))
    refused(await as(keyOf(without))('iam', 'list-users'), '(InvalidClientTokenId)')
  })
}
