/** The walkthrough by the real AWS CLIs, 1.x and 2.x: what a newcomer types, and what is printed. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'
import { type Answer, aws, installedClis } from './clients.ts'

const clis = await installedClis()
let server: TestServer

before(async () => {
  server = await startTestServer()
})
after(() => server.close())

test('an AWS CLI 1.x or newer 2.x and the 2.x of Debian are here', () => {
  assert.ok(clis.includes('/usr/bin/aws'), 'install Debian’s awscli')
})

function ok(answer: Answer): Record<string, Record<string, unknown>> {
  assert.equal(answer.code, 0, answer.stderr)
  return answer.stdout.trim() === '' ? {} : (JSON.parse(answer.stdout) as Record<string, Record<string, unknown>>)
}

function refused(answer: Answer, text: string): void {
  assert.notEqual(answer.code, 0, answer.stdout)
  assert.ok(answer.stderr.includes(text), answer.stderr)
}

function keyOf(answer: Answer): Credentials {
  const key = ok(answer)['AccessKey'] ?? {}
  return { accessKeyId: String(key['AccessKeyId']), secretAccessKey: String(key['SecretAccessKey']) }
}

for (const [number, cli] of clis.entries()) {
  test(`${cli}: root makes an administrator, who makes a restricted user`, async () => {
    const account = `10000000000${number}`
    const { root } = await server.account(`cli-${number}`, account)
    const as =
      (credentials: Credentials) =>
      (...words: readonly string[]) =>
        aws(cli, server, credentials, words)
    const asRoot = as(root)

    ok(await asRoot('iam', 'create-group', '--group-name', 'Administrators'))
    ok(
      await asRoot(
        'iam',
        'attach-group-policy',
        '--group-name',
        'Administrators',
        '--policy-arn',
        'arn:aws:iam::aws:policy/AdministratorAccess',
      ),
    )
    ok(await asRoot('iam', 'create-user', '--user-name', 'Administrator'))
    ok(await asRoot('iam', 'add-user-to-group', '--group-name', 'Administrators', '--user-name', 'Administrator'))
    ok(
      await asRoot(
        'iam',
        'create-login-profile',
        '--user-name',
        'Administrator',
        '--password',
        'Correct-Horse-7',
        '--password-reset-required',
      ),
    )
    const administrator = keyOf(await asRoot('iam', 'create-access-key', '--user-name', 'Administrator'))
    ok(await asRoot('iam', 'create-access-key', '--user-name', 'Administrator'))
    refused(await asRoot('iam', 'create-access-key', '--user-name', 'Administrator'), '(LimitExceeded)')

    const asAdministrator = as(administrator)
    const identity = ok(await asAdministrator('sts', 'get-caller-identity'))
    assert.equal(identity['Arn'], `arn:aws:iam::${account}:user/Administrator`)
    ok(await asAdministrator('iam', 'create-user', '--user-name', 'alice', '--tags', 'Key=team,Value=blue'))
    const document = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'iam:GetUser', Resource: `arn:aws:iam::${account}:user/alice` }],
    }
    ok(
      await asAdministrator(
        'iam',
        'put-user-policy',
        '--user-name',
        'alice',
        '--policy-name',
        'self',
        '--policy-document',
        JSON.stringify(document),
      ),
    )
    const stored = ok(await asAdministrator('iam', 'get-user-policy', '--user-name', 'alice', '--policy-name', 'self'))
    assert.deepEqual(stored['PolicyDocument'], document)
    const alice = keyOf(await asAdministrator('iam', 'create-access-key', '--user-name', 'alice'))
    const asAlice = as(alice)
    ok(await asAlice('iam', 'get-user'))
    refused(
      await asAlice('iam', 'get-user', '--user-name', 'Administrator'),
      `User: arn:aws:iam::${account}:user/alice is not authorized to perform: iam:GetUser on resource: user Administrator ` +
        'because no identity-based policy allows the iam:GetUser action',
    )
    ok(
      await asAdministrator(
        'iam',
        'update-access-key',
        '--user-name',
        'alice',
        '--access-key-id',
        alice.accessKeyId,
        '--status',
        'Inactive',
      ),
    )
    refused(await asAlice('iam', 'get-user'), '(InvalidClientTokenId)')

    refused(await asAdministrator('iam', 'delete-user', '--user-name', 'alice'), '(DeleteConflict)')
    ok(await asAdministrator('iam', 'delete-access-key', '--user-name', 'alice', '--access-key-id', alice.accessKeyId))
    refused(await asAdministrator('iam', 'delete-user', '--user-name', 'alice'), 'must delete policies first')
    ok(await asAdministrator('iam', 'delete-user-policy', '--user-name', 'alice', '--policy-name', 'self'))
    ok(await asAdministrator('iam', 'delete-user', '--user-name', 'alice'))
    refused(await asAdministrator('iam', 'delete-group', '--group-name', 'Administrators'), '(DeleteConflict)')
  })
}
