/** The administrator's door: who may open it, what it refuses in which words, and what lies in the data directory. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { Fault } from '../aws/fault.ts'
import { askServer, runningServer } from '../cli/admin-client.ts'
import { type AdminCard, MAX_LINE_BYTES, openAdmin, readAdminCard } from './admin.ts'
import { type AdminCommands, adminRun } from './admin-contract.ts'
import { openLogger } from './logger.ts'
import { Refusal } from './refusal.ts'

const ENDPOINT = 'http://127.0.0.1:4566'
const folders: string[] = []
const doors: { close(): Promise<void> }[] = []
after(async () => {
  // A door that a failed test left open would keep the process.
  for (const door of doors) await door.close()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function dataDirectory(...below: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-admin-'))
  folders.push(folder)
  return join(folder, ...below)
}

const notAsked = () => Promise.reject(new Error('no test asks for this command'))

/** Small implementations of the commands: an echo, and one of each way to fail. */
const commands: AdminCommands<undefined> = {
  createAccount: async (_context, { name, email }) => ({ accountId: '111122223333', name, email }),
  listAccounts: async () => ({ accounts: [] }),
  session: () => Promise.reject(new Fault('NoSuchEntity', 'There is no account yet.')),
  roleCredentials: () => Promise.reject(new Error('nobody asks')),
  instanceProfile: () => Promise.reject(new Error('nobody asks')),
  instanceRole: () => Promise.reject(new Error('nobody asks')),
  instanceCredentials: () => Promise.reject(new Error('nobody asks')),
  taskRole: () => Promise.reject(new Error('nobody asks')),
  taskCredentials: () => Promise.reject(new Error('nobody asks')),
  rotateKeys: () => Promise.reject(new Refusal('failed', 'The operator holds the key.')),
  verifyAudit: () => Promise.reject(new Error('the disk said: hunter22')),
  tailAudit: async (_context, { accountId = '', limit, after: last = 0 }) => ({ accountId, records: ['x'.repeat(limit)], last }),
  explainDenial: (_context, { id }) => Promise.reject(new Fault('NoSuchEntity', id)),
  listDenials: async () => ({ denials: [] }),
  whoCan: async (_context, { action }) => ({ accountId: action, asked: 0, abilities: [] }),
  registerProvider: notAsked,
  removeProvider: notAsked,
  listProviders: notAsked,
  registerPolicy: notAsked,
  providerNotices: notAsked,
  revokeDelegation: notAsked,
}

type Open = { readonly data: string; readonly card: AdminCard; readonly log: readonly string[]; close(): Promise<void> }

async function openDoor(data = dataDirectory()): Promise<Open> {
  const log: string[] = []
  const logger = openLogger({ level: 'info', format: 'json', write: (line) => log.push(line), clock: () => 0 })
  const door = await openAdmin({ data, endpoint: ENDPOINT, run: adminRun(commands, undefined), logger })
  doors.push(door)
  const card = await readAdminCard(data)
  assert.ok(card !== undefined)
  return { data, card, log, close: () => door.close() }
}

/** All that the door answers to these bytes. */
function answerTo(socketPath: string, ...pieces: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect(socketPath, () => pieces.forEach((piece) => socket.write(piece)))
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('utf8')))
    socket.on('error', reject)
    socket.on('close', () => resolve(received))
  })
}

const MALFORMED = 'The request is not one line of JSON with a token, a command and its arguments.'
const UNKNOWN = 'The server does not know this command. Is it of another version than the program that asks?'
const NO_ARGUMENTS = 'listAccounts: arguments must be an object.'
const STRANGER = 'listAccounts: there is an argument that the command does not take.'
const ACCOUNT = { name: 'A', email: 'a@example.com', rootAccessKey: false }

// T stands for the true token. In the order in which the door refuses.
// oxfmt-ignore
const REFUSED: readonly (readonly [title: string, line: string, code: string, message: string])[] = [
  ['an empty line',           '',                                                                       'MalformedRequest', MALFORMED],
  ['no JSON',                 'hello',                                                                  'MalformedRequest', MALFORMED],
  ['half of it',              '{"token":"T"',                                                           'MalformedRequest', MALFORMED],
  ['null',                    'null',                                                                   'MalformedRequest', MALFORMED],
  ['a list',                  '["T"]',                                                                  'MalformedRequest', MALFORMED],
  ['no token',                '{"command":"listAccounts","arguments":{}}',                              'MalformedRequest', MALFORMED],
  ['a token that is no text', '{"token":1,"command":"listAccounts","arguments":{}}',                    'MalformedRequest', MALFORMED],
  ['an empty token',          '{"token":"","command":"listAccounts","arguments":{}}',                   'AccessDenied',     'The token is wrong.'],
  ['a wrong token',           '{"token":"TT","command":"listAccounts","arguments":{}}',                 'AccessDenied',     'The token is wrong.'],
  ['a wrong token, and an unknown command', '{"token":"TT","command":"nothing","arguments":{}}',        'AccessDenied',     'The token is wrong.'],
  ['no command',              '{"token":"T","arguments":{}}',                                           'UnknownCommand',   UNKNOWN],
  ['an unknown command',      '{"token":"T","command":"dropAccounts","arguments":{}}',                  'UnknownCommand',   UNKNOWN],
  ['a name of every object',  '{"token":"T","command":"constructor","arguments":{}}',                   'UnknownCommand',   UNKNOWN],
  ['no arguments',            '{"token":"T","command":"listAccounts"}',                                 'ValidationError',  NO_ARGUMENTS],
  ['null for arguments',      '{"token":"T","command":"listAccounts","arguments":null}',                'ValidationError',  NO_ARGUMENTS],
  ['a list of arguments',     '{"token":"T","command":"listAccounts","arguments":[]}',                  'ValidationError',  NO_ARGUMENTS],
  ['an argument too many',    '{"token":"T","command":"listAccounts","arguments":{"all":true}}',        'ValidationError',  STRANGER],
  ['an argument __proto__',   '{"token":"T","command":"listAccounts","arguments":{"__proto__":{}}}',    'ValidationError',  STRANGER],
  ['a missing text',          '{"token":"T","command":"createAccount","arguments":{"email":"a@b","rootAccessKey":true}}', 'ValidationError', 'createAccount: name must be a text.'],
  ['a number for a text',     JSON.stringify({ token: 'T', command: 'createAccount', arguments: { ...ACCOUNT, name: 1 } }),              'ValidationError', 'createAccount: name must be a text.'],
  ['a text too long',         JSON.stringify({ token: 'T', command: 'createAccount', arguments: { ...ACCOUNT, name: 'a'.repeat(4097) } }), 'ValidationError', 'createAccount: name must be a text.'],
  ['null for a text?',        JSON.stringify({ token: 'T', command: 'createAccount', arguments: { ...ACCOUNT, accountId: null } }),      'ValidationError', 'createAccount: accountId must be a text, or left out.'],
  ['a text for a flag',       JSON.stringify({ token: 'T', command: 'createAccount', arguments: { ...ACCOUNT, rootAccessKey: 'true' } }), 'ValidationError', 'createAccount: rootAccessKey must be true or false.'],
  ['a missing number',        '{"token":"T","command":"tailAudit","arguments":{}}',                     'ValidationError',  'tailAudit: limit must be a whole number.'],
  ['a broken number',         '{"token":"T","command":"tailAudit","arguments":{"limit":1.5}}',          'ValidationError',  'tailAudit: limit must be a whole number.'],
  ['a text for a number?',    '{"token":"T","command":"tailAudit","arguments":{"limit":1,"after":"1"}}', 'ValidationError', 'tailAudit: after must be a whole number, or left out.'],
  ['a fault',                 '{"token":"T","command":"session","arguments":{"durationSeconds":900}}',  'NoSuchEntity',     'There is no account yet.'],
  ['a refusal',               '{"token":"T","command":"rotateKeys","arguments":{}}',                    'Refused',          'The operator holds the key.'],
  ['a failure inside',        '{"token":"T","command":"verifyAudit","arguments":{}}',                   'InternalFailure',  "The command failed inside the server. The server's log says why."],
]
for (const [title, line, code, message] of REFUSED) {
  test(`the door refuses ${title}`, async () => {
    const door = await openDoor()
    const answer = await answerTo(
      door.card.socket,
      `${line.replace('"TT"', `"${door.card.token.slice(1)}x"`).replace('"T"', `"${door.card.token}"`)}\n`,
    )
    await door.close()
    assert.deepEqual(JSON.parse(answer), { ok: false, code, message })
    assert.equal(door.log.length, code === 'AccessDenied' || code === 'InternalFailure' ? 1 : 0)
    assert.ok(!door.log.join('').includes(door.card.token))
  })
}

test('the door answers one line of one connection, however it arrives', async () => {
  const door = await openDoor()
  const line = `${JSON.stringify({ token: door.card.token, command: 'createAccount', arguments: { ...ACCOUNT, name: 'é€😀' } })}\n`
  const expected = `${JSON.stringify({ ok: true, result: { accountId: '111122223333', name: 'é€😀', email: 'a@example.com' } })}\n`
  assert.equal(await answerTo(door.card.socket, line), expected)
  assert.equal(await answerTo(door.card.socket, line + line), expected, 'what comes behind the line is not read')
  const bytes = Buffer.from(line)
  const pieces = Array.from(bytes, (_byte, index) => bytes.subarray(index, index + 1))
  assert.equal(await answerTo(door.card.socket, ...pieces), expected, 'byte by byte')
  await door.close()
  assert.equal(door.log.length, 3)
  assert.match(door.log[0] ?? '', /"message":"administrative command","command":"createAccount"/)
})

test('a line may be as long as the limit, and not longer', async () => {
  const door = await openDoor()
  const start = `{"token":"${door.card.token}","command":"listAccounts","arguments":{}`
  const padded = (length: number): string => `${start}${' '.repeat(length - start.length - 1)}}\n`
  const code = async (...pieces: readonly string[]): Promise<unknown> => {
    const answer: { ok: boolean; code?: string } = JSON.parse(await answerTo(door.card.socket, ...pieces))
    return answer.ok || answer.code
  }
  assert.equal(await code(padded(MAX_LINE_BYTES)), true)
  assert.equal(await code(padded(MAX_LINE_BYTES + 1)), 'MalformedRequest')
  assert.equal(await code('x'.repeat(MAX_LINE_BYTES + 1)), 'MalformedRequest', 'it does not wait for the end of the line')
  await door.close()
})

test(
  'card, socket and directory are for their owner only, and go when the door closes',
  { skip: process.platform === 'win32' },
  async () => {
    const door = await openDoor(dataDirectory('a', 'b'))
    const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8)
    assert.equal(mode(door.data), '700')
    assert.equal(mode(join(door.data, 'admin.json')), '600')
    assert.equal(mode(door.card.socket), '600')
    assert.equal(door.card.socket, join(door.data, 'admin.sock'))
    assert.equal(door.card.endpoint, ENDPOINT)
    assert.equal(Buffer.from(door.card.token, 'base64url').length, 32)
    await door.close()
    assert.deepEqual(readdirSync(door.data), [])
  },
)

test('every start has a token of its own', async () => {
  const data = dataDirectory()
  const first = await openDoor(data)
  await first.close()
  const second = await openDoor(data)
  await second.close()
  assert.notEqual(first.card.token, second.card.token)
})

test(
  'card and socket that a crash left behind are nobody, and are replaced',
  { skip: process.platform === 'win32' },
  async () => {
    const data = dataDirectory('left')
    mkdirSync(data, { mode: 0o700 })
    const socket = join(data, 'admin.sock')
    // A socket without a listener: bound under another name, renamed by us, left when its listener closed.
    const crashed = createServer()
    await new Promise<void>((listening) => void crashed.listen(join(data, 'bound'), listening))
    renameSync(join(data, 'bound'), socket)
    await new Promise<void>((closed) => void crashed.close(() => closed()))
    writeFileSync(join(data, 'admin.json'), JSON.stringify({ socket, token: 'old', endpoint: ENDPOINT }), { mode: 0o644 })
    writeFileSync(join(data, 'admin.json.new'), 'half a ca', { mode: 0o644 })
    assert.ok(statSync(socket).isSocket())
    assert.equal(await runningServer(data), undefined)
    const door = await openDoor(data)
    assert.deepEqual(await runningServer(data), door.card)
    assert.equal(statSync(join(data, 'admin.json')).mode & 0o777, 0o600)
    assert.deepEqual(await askServer(door.card, 'listAccounts', {}), { accounts: [] })
    await door.close()
    assert.deepEqual(readdirSync(data), [])
  },
)

test(
  'a path too long for a socket: a folder elsewhere, for the owner only, gone at the end',
  { skip: process.platform === 'win32' },
  async () => {
    const door = await openDoor(dataDirectory('d'.repeat(120)))
    const folder = dirname(door.card.socket)
    assert.notEqual(folder, door.data)
    assert.equal(statSync(folder).mode & 0o777, 0o700)
    assert.deepEqual(await askServer(door.card, 'listAccounts', {}), { accounts: [] })
    await door.close()
    assert.equal(existsSync(folder), false)
  },
)

// oxfmt-ignore
const NO_CARDS: readonly (readonly [title: string, text: string])[] = [
  ['half a card',        '{"socket":'],
  ['null',               'null'],
  ['a member missing',   '{"socket":"s","token":"t"}'],
  ['a member of a kind', '{"socket":"s","token":"t","endpoint":1}'],
]
for (const [title, text] of NO_CARDS) {
  test(`no card: ${title}`, async () => {
    const data = dataDirectory()
    writeFileSync(join(data, 'admin.json'), text)
    assert.equal(await readAdminCard(data), undefined)
    assert.equal(await runningServer(data), undefined)
  })
}

test('closing does not wait for those who stand in the door', async () => {
  const door = await openDoor()
  const waiting = answerTo(door.card.socket, '{"token":').catch(() => '')
  await answerTo(door.card.socket, '\n')
  await door.close()
  assert.equal(await waiting, '')
})

test('property: no bytes without the token get anything, and the door stays open', async () => {
  const door = await openDoor()
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
    fc.json().map((text) => Buffer.from(text)),
  )
  await fc.assert(
    fc.asyncProperty(bytes, async (sent) => {
      assert.match(await answerTo(door.card.socket, sent, '\n'), /^\{"ok":false,"code":"(?:MalformedRequest|AccessDenied)"/)
    }),
  )
  assert.deepEqual(await askServer(door.card, 'listAccounts', {}), { accounts: [] })
  await door.close()
})

test('the asking side repeats the words of a refusal, and takes long answers', async () => {
  const door = await openDoor()
  await assert.rejects(
    askServer(door.card, 'session', { durationSeconds: 900 }),
    new Refusal('failed', 'There is no account yet.'),
  )
  await assert.rejects(askServer({ ...door.card, token: 'x' }, 'listAccounts', {}), new Refusal('failed', 'The token is wrong.'))
  const { records } = await askServer(door.card, 'tailAudit', { limit: 3_000_000 })
  assert.equal(records[0]?.length, 3_000_000)
  await door.close()
  await assert.rejects(
    askServer(door.card, 'listAccounts', {}),
    /^Refusal: The running server did not answer: the connection broke\.$/,
  )
})

test('the log of a failure inside names its command', async () => {
  const door = await openDoor()
  await answerTo(door.card.socket, `${JSON.stringify({ token: door.card.token, command: 'verifyAudit', arguments: {} })}\n`)
  await door.close()
  assert.match(door.log[0] ?? '', /"level":"error".*"command":"verifyAudit".*the disk said/)
})
