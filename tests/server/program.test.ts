/** The whole program, as people run it: child processes, signals, exit codes, data in temporary folders. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import packageFile from '../../package.json' with { type: 'json' }
import { cleanUp, keyreeve, startProgram, temporaryFolder } from '../program.ts'

after(cleanUp)

const ACCOUNT = '111122223333'
const ROOT_ARN = `arn:aws:iam::${ACCOUNT}:root`
const CREATE = ['account', 'create', '--name', 'Example', '--email', 'root@example.com', '--account-id', ACCOUNT]
const posix = { skip: process.platform === 'win32' }

/** Who the server says that these variables are. */
async function identity(variables: Readonly<Record<string, string>>): Promise<string | undefined> {
  const credentials = {
    accessKeyId: variables['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: variables['AWS_SECRET_ACCESS_KEY'] ?? '',
    sessionToken: variables['AWS_SESSION_TOKEN'] ?? '',
  }
  const client = new STSClient({
    endpoint: variables['AWS_ENDPOINT_URL'] ?? '',
    region: variables['AWS_REGION'] ?? '',
    credentials,
    maxAttempts: 1,
  })
  try {
    return (await client.send(new GetCallerIdentityCommand({}))).Arn
  } finally {
    client.destroy()
  }
}

const variablesOf = (json: string): Readonly<Record<string, string>> => JSON.parse(json)

test('a server from its start to its end, and every command against it', posix, async () => {
  const folder = temporaryFolder()
  const data = join(folder, '.keyreeve')
  const server = await startProgram(['--log-format', 'pretty'], { folder })
  // Whichever `aws` the tester has, nothing is said of it: the path has none.
  const run = (...words: readonly string[]) => keyreeve(words, { folder, environment: { PATH: folder } })
  assert.equal(
    server.ready,
    `Keyreeve ${packageFile.version}
  Endpoint  ${server.endpoint}
  Console   ${server.endpoint}/console/ (not in this version yet)
  Data      ${data}
  Next      keyreeve account create --name "My account" --email me@example.com
Ready.
`,
  )
  assert.equal(statSync(data).mode & 0o777, 0o700)
  for (const file of readdirSync(data)) assert.equal(statSync(join(data, file)).mode & 0o077, 0, file)

  const second = await run('start', '--port', '0')
  assert.deepEqual(second, {
    code: 3,
    signal: null,
    out: '',
    err: `Another Keyreeve works on ${data}. Stop that one first, or give this one a directory of its own with --data.\n`,
  })
  const samePort = await run('start', '--data', join(folder, 'other'), '--port', new URL(server.endpoint).port)
  assert.equal(samePort.code, 3)
  assert.match(samePort.err, /^Port \d+ on 127\.0\.0\.1 is in use\. /)

  const early = await run('env')
  assert.equal(early.code, 1)
  assert.match(early.err, /^There is no account yet\. Make one with: keyreeve account create /)

  const created = await run(...CREATE, '--root-access-key', '--json')
  assert.equal(created.code, 0, created.err)
  const { accountId, rootAccessKey }: { accountId: string; rootAccessKey: { accessKeyId: string } } = JSON.parse(created.out)
  assert.equal(accountId, ACCOUNT)
  assert.match(rootAccessKey.accessKeyId, /^AKIA/)
  const again = await run(...CREATE)
  assert.equal(again.code, 1)
  assert.equal(again.out, '')
  assert.match((await run('account', 'list')).out, /^111122223333 {2}ACTIVE /m)

  const { out, err } = await run('env', '--shell', 'json')
  assert.equal(err, '')
  const variables = variablesOf(out)
  assert.equal(variables['AWS_ENDPOINT_URL'], server.endpoint)
  assert.equal(await identity(variables), ROOT_ARN)

  const script = 'process.stdout.write(process.env.AWS_ENDPOINT_URL); process.exit(7)'
  const executed = await run('exec', '--', process.execPath, '-e', script)
  assert.deepEqual([executed.code, executed.out], [7, server.endpoint])

  const tail = await run('audit', 'tail', '--lines', '2')
  const records = tail.out.trim().split('\n')
  const told = records.map((line) => {
    const { eventName, userIdentity }: { eventName: string; userIdentity: { type: string; arn?: string } } = JSON.parse(line)
    return [eventName, userIdentity.type, userIdentity.arn]
  })
  assert.deepEqual(told, [
    ['GetCallerIdentity', 'Root', ROOT_ARN],
    ['CreateSession', 'Operator', undefined],
  ])
  const verified = await run('audit', 'verify')
  assert.equal(verified.code, 0)
  assert.match(verified.out, /^111122223333 +[1-9]\d* +whole$/m)

  const rotated = await run('keys', 'rotate')
  assert.equal(rotated.code, 0, rotated.err)
  assert.match(rotated.out, /^The new key is .+\. Secrets sealed anew: [1-9]\d*\.\n/)
  assert.equal(await identity(variables), ROOT_ARN, 'sessions live on under the older key')

  const environment = { ...variables, PATH: folder }
  const doctor = await keyreeve(['doctor'], { folder, environment })
  assert.equal(doctor.code, 0, doctor.out)
  for (const line of [
    `A server runs on ${data}.`,
    `The server at ${server.endpoint} is ready.`,
    `AWS_ENDPOINT_URL is ${server.endpoint}.`,
  ])
    assert.ok(doctor.out.includes(`ok     ${line}\n`), doctor.out)

  const ended = await server.stop()
  assert.deepEqual([ended.code, ended.signal], [0, null])
  assert.match(ended.err, /SIGTERM: finishing the calls under way\. Send it again to stop at once\.\nStopped\.\n$/)
  assert.deepEqual(
    ['admin.json', 'admin.sock'].filter((file) => existsSync(join(data, file))),
    [],
  )
})

test('the same commands without a server work on the data that it left, and it starts again', posix, async () => {
  const folder = temporaryFolder()
  const run = (...words: readonly string[]) => keyreeve(words, { folder, environment: { PATH: folder } })
  const created = await run(...CREATE)
  assert.equal(created.code, 0, created.err)
  assert.match(created.out, /^Account 111122223333 is made: Example, root user root@example\.com\.\n/)
  const doctor = await keyreeve(['doctor', '--port', '1'], { folder, environment: { PATH: folder } })
  assert.equal(doctor.code, 1)
  assert.ok(doctor.out.includes('WRONG  Nothing answers at http://127.0.0.1:1.\n'), doctor.out)

  const { out, err } = await run('env', '--shell', 'json')
  assert.equal(err, `No server runs on ${join(folder, '.keyreeve')} now. Start one with: keyreeve start\n`)
  const rotated = await run('keys', 'rotate')
  assert.equal(rotated.code, 0, rotated.err)
  assert.equal((await run('audit', 'verify', '--json')).code, 0)
  assert.equal((await run('audit', 'tail', '--follow')).code, 1)

  const server = await startProgram(['--log-format', 'json'], { folder })
  assert.equal(JSON.parse(server.ready).data, join(folder, '.keyreeve'))
  assert.equal(await identity({ ...variablesOf(out), AWS_ENDPOINT_URL: server.endpoint }), ROOT_ARN)
  assert.equal((await server.stop('SIGINT')).code, 0)
})

test('a chain that was changed or emptied by hand is found', posix, async () => {
  const folder = temporaryFolder()
  await keyreeve(CREATE, { folder })
  const server = await startProgram([], { folder })
  await identity(variablesOf((await keyreeve(['env', '--shell', 'json'], { folder })).out))
  await server.stop()
  assert.equal((await keyreeve(['audit', 'verify'], { folder })).code, 0)
  for (const change of ["UPDATE audit SET records = replace(records, 'GetCallerIdentity', 'ListUsers')", 'DELETE FROM audit']) {
    const database = new DatabaseSync(join(folder, '.keyreeve', 'keyreeve.db'))
    const { changes } = database.prepare(change).run()
    database.close()
    assert.ok(changes > 0, 'there was a record to change')
    const verified = await keyreeve(['audit', 'verify'], { folder })
    assert.equal(verified.code, 1, change)
    assert.match(
      verified.out,
      /^111122223333 .*BROKEN: .*\n[\s\S]*Keep the data directory as it is, and compare it with a backup\.\n$/m,
    )
  }
})

test('a server in memory leaves nothing, and commands reach it all the same', posix, async () => {
  const folder = temporaryFolder()
  const data = join(folder, '.keyreeve')
  const server = await startProgram(['--memory', '--log-format', 'pretty'], { folder })
  assert.match(server.ready, /^ {2}Data {6}in memory only, gone when the server stops$/m)
  assert.equal((await keyreeve(CREATE, { folder })).code, 0)
  const { out } = await keyreeve(['env', '--shell', 'json'], { folder })
  assert.equal(await identity(variablesOf(out)), ROOT_ARN)
  const rotated = await keyreeve(['keys', 'rotate'], { folder })
  assert.equal(rotated.code, 0, rotated.err)
  assert.equal(await identity(variablesOf(out)), ROOT_ARN)
  assert.equal((await server.stop()).code, 0)
  assert.deepEqual(
    readdirSync(data).filter((file) => statSync(join(data, file)).size > 0),
    [],
  )
  const without = await keyreeve(['account', 'list'], { folder, environment: { KEYREEVE_MEMORY: 'true' } })
  assert.equal(without.code, 1)
  assert.match(without.err, /^No server runs on .*, and a store in memory exists only inside a running server\. /)
})

test('a database whose keyring is lost, or older than it, is refused before anything is written', posix, async () => {
  const folder = temporaryFolder()
  const file = join(folder, '.keyreeve', 'keyring.json')
  const run = (...words: readonly string[]) => keyreeve(words, { folder })
  assert.equal((await run(...CREATE)).code, 0)
  const first = readFileSync(file, 'utf8')
  assert.equal((await run('keys', 'rotate')).code, 0)
  const rotated = readFileSync(file, 'utf8')
  const said = /^The data here was written under the master key [0-9a-f]{12}, which is not in the keyring\. Put the keyring back/
  for (const wrong of [first, undefined]) {
    if (wrong === undefined) rmSync(file)
    else writeFileSync(file, wrong, { mode: 0o600 })
    for (const words of [
      ['start', '--port', '0'],
      ['account', 'list'],
    ]) {
      const refused = await run(...words)
      assert.deepEqual([refused.code, refused.out], [1, ''])
      assert.match(refused.err, said)
      assert.equal(existsSync(file) ? readFileSync(file, 'utf8') : undefined, wrong)
    }
  }
  const environment = { KEYREEVE_KEY: Buffer.alloc(32, 1).toString('base64') }
  assert.match((await keyreeve(['account', 'list'], { folder, environment })).err, said)
  writeFileSync(file, rotated, { mode: 0o600 })
  assert.match((await run('account', 'list')).out, /^111122223333 /m)
})

test('what a killed server left behind stops nobody', posix, async () => {
  const folder = temporaryFolder()
  const killed = await startProgram([], { folder })
  assert.equal((await keyreeve(CREATE, { folder })).code, 0)
  assert.equal((await killed.stop('SIGKILL')).signal, 'SIGKILL')
  assert.ok(existsSync(join(folder, '.keyreeve', 'admin.json')))
  const aside = join(folder, '.keyreeve', 'keyring.json.0b0f4a3e-95a5-4a8c-9d6e-3f1a2b4c5d6e.new')
  writeFileSync(aside, 'master keys', { mode: 0o600 })
  const listed = await keyreeve(['account', 'list'], { folder })
  assert.match(listed.out, /^111122223333 /m)
  assert.equal(existsSync(aside), false)
  const next = await startProgram([], { folder })
  assert.equal((await next.stop()).code, 0)
})

type Wrong = {
  readonly words?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly file?: string
}

// oxfmt-ignore
const WRONG: readonly (readonly [title: string, given: Wrong, err: (file: string) => string])[] = [
  ['an unknown flag',          { words: ['--prot', '1'] },                       () => 'Unknown flag "--prot". Did you mean --port?\nSee its flags with: keyreeve help start\n'],
  ['an unknown variable',      { environment: { KEYREEVE_LOGLEVEL: 'info' } },   () => 'Unknown environment variable "KEYREEVE_LOGLEVEL". Did you mean KEYREEVE_LOG_LEVEL?\n'],
  ['an unknown key',           { file: '{"prot":1}' },                           (file) => `Unknown key in ${file} "prot". Did you mean port?\n`],
  ['a file that is no JSON',   { file: '{' },                                    (file) => `${file} is not valid JSON (line 1 column 2).\n`],
  ['all of it at once',        { words: ['--port', 'x'], environment: { KEYREEVE_HOTS: 'a' }, file: '{"regoin":"a"}' }, (file) => `Unknown environment variable "KEYREEVE_HOTS". Did you mean KEYREEVE_HOST?\nUnknown key in ${file} "regoin". Did you mean region?\n--port must be a number from 0 to 65535 (0 takes any free port), not "x".\n`],
]
for (const [title, { words = [], environment = {}, file }, err] of WRONG) {
  test(`${title} stops the start with exit code 2, and nothing is made`, async () => {
    const folder = temporaryFolder()
    const data = join(folder, 'data')
    mkdirSync(data)
    if (file !== undefined) writeFileSync(join(data, 'keyreeve.json'), file)
    const ended = await keyreeve(['start', '--data', data, ...words], { folder, environment })
    assert.deepEqual(ended, { code: 2, signal: null, out: '', err: err(join(data, 'keyreeve.json')) })
    assert.deepEqual(readdirSync(data), file === undefined ? [] : ['keyreeve.json'])
  })
}

test('help, version and manual need nothing', async () => {
  const folder = temporaryFolder()
  const run = (...words: readonly string[]) => keyreeve(words, { folder })
  const [help, version] = await Promise.all([run(), run('--version')])
  assert.deepEqual([help.code, version.code], [0, 0])
  assert.match(help.out, /^Usage: keyreeve COMMAND \[FLAGS\]$/m)
  assert.equal(version.out, `${packageFile.version}\n`)
  assert.deepEqual(readdirSync(folder), [])
})

test('the manual in docs is the one that the program prints', async () => {
  const { code, out } = await keyreeve(['manual'], { folder: temporaryFolder() })
  assert.equal(code, 0)
  assert.equal(readFileSync(new URL('../../docs/guide/manual.md', import.meta.url), 'utf8'), out)
})
