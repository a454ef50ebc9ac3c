/** What `keyreeve doctor` says of what it finds. */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { type CliWorld, cliWorld } from '../../tests/cli-context.ts'
import { checkEnvironment, findingText } from './doctor.ts'
import { clockFinding } from './doctor-network.ts'

const HERE = 'http://127.0.0.1:4566'
const SET = { AWS_ENDPOINT_URL: HERE, AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-1' }

// oxfmt-ignore
const ENVIRONMENTS: readonly (readonly [title: string, environment: Record<string, string>, findings: readonly string[], endpoint?: string])[] = [
  ['as env sets it',                SET,                                        ['fine AWS_ENDPOINT_URL is http://127.0.0.1:4566.']],
  ['a slash at the end',            { ...SET, AWS_ENDPOINT_URL: `${HERE}/` },   ['fine AWS_ENDPOINT_URL is http://127.0.0.1:4566.']],
  ['nothing is set',                {},                                         ['note AWS_ENDPOINT_URL is not set in this shell: clients would call the real AWS.']],
  ['another address',               { ...SET, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, ['wrong AWS_ENDPOINT_URL names another address.']],
  ['one region only',               { AWS_ENDPOINT_URL: HERE, AWS_REGION: 'us-east-1' }, ['fine AWS_ENDPOINT_URL is http://127.0.0.1:4566.', 'note Only one of AWS_REGION and AWS_DEFAULT_REGION is set.']],
  ['the other region only',         { AWS_ENDPOINT_URL: HERE, AWS_DEFAULT_REGION: 'us-east-1' }, ['fine AWS_ENDPOINT_URL is http://127.0.0.1:4566.', 'note Only one of AWS_REGION and AWS_DEFAULT_REGION is set.']],
  ['a profile',                     { ...SET, AWS_PROFILE: 'work' },            ['fine AWS_ENDPOINT_URL is http://127.0.0.1:4566.', 'note AWS_PROFILE is set.']],
  ['an empty profile',              { ...SET, AWS_PROFILE: '' },                ['fine AWS_ENDPOINT_URL is http://127.0.0.1:4566.']],
  ['endpoints are ignored',         { ...SET, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, ['fine AWS_ENDPOINT_URL is http://127.0.0.1:4566.', 'note AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is set.']],
  ['an endpoint of one service',    { ...SET, AWS_ENDPOINT_URL_STS: 'http://x' }, ['fine AWS_ENDPOINT_URL is http://127.0.0.1:4566.', 'note AWS_ENDPOINT_URL_STS wins over AWS_ENDPOINT_URL for its service.']],
  ['a proxy',                       { ...SET, HTTP_PROXY: 'http://proxy' },     ['fine AWS_ENDPOINT_URL is http://127.0.0.1:4566.', 'note A proxy is set, and it is not told to leave this server alone.']],
  ['a proxy in lower case',         { ...SET, http_proxy: 'http://proxy' },     ['fine AWS_ENDPOINT_URL is http://127.0.0.1:4566.', 'note A proxy is set, and it is not told to leave this server alone.']],
  ['a proxy for the other scheme',  { ...SET, HTTPS_PROXY: 'http://proxy' },    ['fine AWS_ENDPOINT_URL is http://127.0.0.1:4566.']],
  ['a proxy that leaves us alone',  { ...SET, HTTP_PROXY: 'http://proxy', NO_PROXY: 'other, 127.0.0.1' }, ['fine AWS_ENDPOINT_URL is http://127.0.0.1:4566.']],
  ['a proxy that leaves all alone', { ...SET, HTTP_PROXY: 'http://proxy', no_proxy: '*' }, ['fine AWS_ENDPOINT_URL is http://127.0.0.1:4566.']],
  ['https through a proxy',         { ...SET, AWS_ENDPOINT_URL: 'https://kr.test', HTTPS_PROXY: 'http://proxy' }, ['fine AWS_ENDPOINT_URL is https://kr.test.', 'note A proxy is set, and it is not told to leave this server alone.'], 'https://kr.test'],
]
for (const [title, environment, findings, endpoint = HERE] of ENVIRONMENTS) {
  test(`environment: ${title}`, () => {
    assert.deepEqual(
      checkEnvironment(endpoint, environment).map(({ level, text }) => `${level} ${text}`),
      findings,
    )
  })
}

// oxfmt-ignore
const CLOCKS: readonly (readonly [ahead: number, level: string, text: string])[] = [
  [0,         'fine',  "The clock here agrees with the server's."],
  [59_999,    'fine',  "The clock here agrees with the server's."],
  [60_000,    'note',  "The clock here is 60 seconds ahead of the server's."],
  [-60_000,   'note',  "The clock here is 60 seconds behind the server's."],
  [899_999,   'note',  "The clock here is 900 seconds ahead of the server's."],
  [900_000,   'wrong', "The clock here is 900 seconds ahead of the server's."],
  [-900_000,  'wrong', "The clock here is 900 seconds behind the server's."],
]
for (const [ahead, level, text] of CLOCKS) {
  test(`clock: ${ahead} milliseconds ahead is ${level}`, () => {
    const finding = clockFinding(ahead)
    assert.deepEqual([finding.level, finding.text], [level, text])
    assert.equal(finding.advice === undefined, level === 'fine')
  })
}

test('a finding is one line, with the advice below it', () => {
  assert.equal(findingText({ level: 'fine', text: 'Good.' }), 'ok     Good.\n')
  assert.equal(
    findingText({ level: 'wrong', text: 'Bad.', advice: 'Do this.\nThen that.' }),
    'WRONG  Bad.\n       Do this.\n       Then that.\n',
  )
})

let world: CliWorld
before(() => void (world = cliWorld()))
after(() => world.remove())

/** Port 1 (tcpmux) is closed on every machine these tests run on. */
const doctor = async (...words: readonly string[]) => world.run(['doctor', '--port', '1', ...words])

test('doctor where nothing is yet', async () => {
  const { code, out } = await doctor()
  assert.equal(code, 1)
  assert.ok(out.includes(`note   There is no data directory ${world.data} yet.\n`), out)
  assert.ok(out.includes(`note   No server runs on ${world.data}.\n`), out)
  assert.ok(out.includes('WRONG  Nothing answers at http://127.0.0.1:1.\n'), out)
  assert.ok(out.includes('note   There is no AWS CLI on the path.\n'), out)
})

test(
  'doctor sees a data directory that is none, and one that others can read',
  { skip: process.platform === 'win32' },
  async () => {
    writeFileSync(world.data, '')
    assert.ok((await doctor()).out.includes(`WRONG  ${world.data} is not a directory.\n`))
    world.environment['KEYREEVE_DATA'] = `${world.data}2`
    mkdirSync(`${world.data}2`, { mode: 0o755 })
    chmodSync(`${world.data}2`, 0o755)
    assert.ok((await doctor()).out.includes(`WRONG  Other users of this machine can look into ${world.data}2.\n`))
    chmodSync(`${world.data}2`, 0o700)
    assert.ok((await doctor()).out.includes(`ok     The data directory is ${world.data}2, for its owner only.\n`))
  },
)

// oxfmt-ignore
const ANSWERS: readonly (readonly [status: number, body: string, finding: (endpoint: string) => string])[] = [
  [200, '{"status":"ready"}',             (endpoint) => `ok     The server at ${endpoint} is ready.\n`],
  [503, '{"status":"not ready"}',          (endpoint) => `WRONG  The server at ${endpoint} is not ready (HTTP 503).\n`],
  [200, '<html>',                          (endpoint) => `WRONG  What answers at ${endpoint} is not Keyreeve.\n`],
  [404, 'Not found',                       (endpoint) => `WRONG  What answers at ${endpoint} is not Keyreeve.\n`],
]
for (const [status, body, finding] of ANSWERS) {
  test(`doctor asks who answers: ${status} ${body}`, async () => {
    const asked: (string | undefined)[] = []
    const server = createServer((request, response) => {
      asked.push(request.url)
      response.writeHead(status, { connection: 'close' }).end(body)
    })
    await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening))
    const address = server.address()
    assert.ok(typeof address === 'object' && address !== null)
    const endpoint = `http://127.0.0.1:${address.port}`
    const { out } = await world.run(['doctor', '--port', String(address.port)])
    await new Promise<void>((closed) => void server.close(() => closed()))
    assert.ok(out.includes(finding(endpoint)), out)
    assert.ok(out.includes("ok     The clock here agrees with the server's.\n"), out)
    assert.deepEqual(new Set(asked), new Set(['/_keyreeve/health/ready']))
  })
}

test('doctor tells a name that does not resolve', async () => {
  const { code, out } = await world.run(['doctor', '--public-url', 'http://keyreeve.invalid'])
  assert.equal(code, 1)
  assert.ok(out.includes('WRONG  The name keyreeve.invalid does not resolve here.\n'), out)
  assert.ok(out.includes('127.0.0.1 keyreeve.invalid\n'), out)
})
