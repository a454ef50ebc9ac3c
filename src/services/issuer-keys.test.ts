/** Keys of issuers: which documents are believed, how often an issuer is asked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fetchDiscovery, IssuerError, issuerKeys, type IssuerProblem } from './issuer-keys.ts'

const ISSUER = 'https://issuer.example/realm'
const KEY = { kty: 'RSA', n: 'AQAB', e: 'AQAB' }
type Documents = Readonly<Record<string, unknown>>

/** An internet of some documents; it counts how often it is asked. An undefined document cannot be reached. */
function internet(documents: Documents) {
  const asked: string[] = []
  let current = documents
  return {
    asked,
    becomes: (next: Documents) => {
      current = next
    },
    fetchText: async (url: string): Promise<string> => {
      asked.push(url)
      const document = current[url]
      if (document === undefined) throw new Error('unreachable')
      return typeof document === 'string' ? document : JSON.stringify(document)
    },
  }
}

const DISCOVERY = `${ISSUER}/.well-known/openid-configuration`
const KEYS = 'https://keys.example/jwks'
const good = (issuer = ISSUER, keys: unknown = { keys: [KEY] }): Documents => ({
  [DISCOVERY]: { issuer, jwks_uri: KEYS },
  [KEYS]: keys,
})
const keysOf = (count: number, kty: string) => Array.from({ length: count }, () => ({ ...KEY, kty }))

// oxfmt-ignore
const PROBLEMS: readonly (readonly [string, Documents, IssuerProblem])[] = [
  ['nothing answers',                     {},                                                          'unreachable'],
  ['the key set cannot be reached',       { [DISCOVERY]: { issuer: ISSUER, jwks_uri: KEYS } },         'unreachable'],
  ['the document is no JSON',             { [DISCOVERY]: '<html>' },                                   'unusable'],
  ['the document is a list',              { [DISCOVERY]: [] },                                         'unusable'],
  ['it is another issuer’s',              good('https://other.example'),                               'unusable'],
  ['it is the issuer, but for a slash',   good(`${ISSUER}/`),                                          'unusable'],
  ['it names no key set',                 { [DISCOVERY]: { issuer: ISSUER } },                         'unusable'],
  ['the key set is not behind TLS',       { [DISCOVERY]: { issuer: ISSUER, jwks_uri: 'http://keys.example' } }, 'unusable'],
  ['the key set is no key set',           good(ISSUER, { keys: 'none' }),                              'unusable'],
  ['the key set is empty',                good(ISSUER, { keys: [] }),                                  'unusable'],
  ['a key is no key',                     good(ISSUER, { keys: [KEY, null] }),                         'unusable'],
  ['there are too many RSA keys',         good(ISSUER, { keys: keysOf(101, 'RSA') }),                  'unusable'],
  ['there are too many EC keys',          good(ISSUER, { keys: keysOf(101, 'EC') }),                   'unusable'],
]
for (const [name, documents, problem] of PROBLEMS) {
  test(`not believed: ${name}`, async () => {
    const { fetchText } = internet(documents)
    await assert.rejects(
      issuerKeys(ISSUER, { fetchText, now: 0 }),
      (error) => error instanceof IssuerError && error.problem === problem,
    )
  })
}

test('a hundred keys of each type are taken', async () => {
  const keys = [...keysOf(100, 'RSA'), ...keysOf(100, 'EC')]
  const { fetchText } = internet(good(ISSUER, { keys }))
  assert.deepEqual(await issuerKeys(ISSUER, { fetchText, now: 0 }), { keys })
})

test('an issuer that ends with a slash has its document where others have it', async () => {
  const { fetchText, asked } = internet({ [DISCOVERY]: { issuer: `${ISSUER}/`, jwks_uri: KEYS } })
  assert.deepEqual(await fetchDiscovery(`${ISSUER}/`, { fetchText, now: 0 }), { keysUrl: KEYS })
  assert.deepEqual(asked, [DISCOVERY])
})

test('keys are remembered for ten minutes, and fetched once for all who ask at a time', async () => {
  const { fetchText, asked } = internet(good())
  await Promise.all([issuerKeys(ISSUER, { fetchText, now: 0 }), issuerKeys(ISSUER, { fetchText, now: 0 })])
  await issuerKeys(ISSUER, { fetchText, now: 599_999 })
  assert.deepEqual(asked, [DISCOVERY, KEYS])
  await issuerKeys(ISSUER, { fetchText, now: 600_000 })
  assert.equal(asked.length, 4)
})

test('an unknown key makes us look again, twice a minute at most', async () => {
  const { fetchText, asked, becomes } = internet(good())
  await issuerKeys(ISSUER, { fetchText, now: 0 })
  const lookAgain = (now: number) => issuerKeys(ISSUER, { fetchText, now }, { lookAgain: true })
  await lookAgain(29_999)
  assert.equal(asked.length, 2)
  const rotated = { keys: [{ ...KEY, kid: 'new' }] }
  becomes(good(ISSUER, rotated))
  assert.deepEqual(await lookAgain(30_000), rotated)
  assert.equal(asked.length, 4)
})

test('an issuer that stops answering keeps its keys as long as they are believed', async () => {
  const { fetchText, asked, becomes } = internet(good())
  await issuerKeys(ISSUER, { fetchText, now: 0 })
  becomes({})
  await assert.rejects(issuerKeys(ISSUER, { fetchText, now: 40_000 }, { lookAgain: true }))
  assert.deepEqual(await issuerKeys(ISSUER, { fetchText, now: 40_001 }), { keys: [KEY] })
  assert.deepEqual(await issuerKeys(ISSUER, { fetchText, now: 50_000 }, { lookAgain: true }), { keys: [KEY] })
  assert.equal(asked.length, 3)
  await assert.rejects(issuerKeys(ISSUER, { fetchText, now: 600_000 }))
})

test('an issuer that failed is left alone for five seconds', async () => {
  const { fetchText, asked, becomes } = internet({})
  await assert.rejects(issuerKeys(ISSUER, { fetchText, now: 0 }))
  becomes(good())
  await assert.rejects(issuerKeys(ISSUER, { fetchText, now: 4_999 }))
  assert.equal(asked.length, 1)
  assert.deepEqual(await issuerKeys(ISSUER, { fetchText, now: 5_000 }), { keys: [KEY] })
})

test('at most a thousand issuers are remembered', async () => {
  const asked: string[] = []
  const fetchText = async (url: string): Promise<string> => {
    asked.push(url)
    const [issuer = '', rest] = url.split('/.well-known/')
    return JSON.stringify(rest === undefined ? { keys: [KEY] } : { issuer, jwks_uri: KEYS })
  }
  for (let index = 0; index <= 1_000; index += 1) await issuerKeys(`https://i${index}.example`, { fetchText, now: 0 })
  const before = asked.length
  await issuerKeys('https://i1.example', { fetchText, now: 0 })
  assert.equal(asked.length, before)
  await issuerKeys('https://i0.example', { fetchText, now: 0 })
  assert.equal(asked.length, before + 2)
})
