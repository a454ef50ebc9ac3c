/** The way out: what is fetched, and everything that is not. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { X509Certificate } from 'node:crypto'
import { createServer, type Server } from 'node:https'
import { after, before, test } from 'node:test'
import { selfSigned, signed, type TestCertificate } from '../../tests/certificates.ts'
import { UntrustedError } from '../services/issuer-keys.ts'
import { isPrivate, outbound, thumbprinter } from './outbound.ts'

const { certificate, privateKey } = selfSigned('localhost')
let server: Server
let port = 0

before(async () => {
  server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    if (request.url === '/moved') response.writeHead(302, { location: '/' })
    else if (request.url === '/large') response.write(Buffer.alloc(1_048_577, 'x'))
    response.end('{"issuer":"us"}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
})
after(() => {
  server.closeAllConnections()
  server.close()
})

test('a document is fetched over TLS from an address that the operator allows', async () => {
  assert.equal(await outbound({ ca: certificate, allowPrivate: true })(`https://127.0.0.1:${port}/`), '{"issuer":"us"}')
})

// oxfmt-ignore
const REFUSED: readonly (readonly [string, (port: number) => string, Partial<Parameters<typeof outbound>[0]>, RegExp])[] = [
  ['plain HTTP',                    (at) => `http://127.0.0.1:${at}/`,       { allowPrivate: true }, /only https/],
  ['no address at all',             () => 'nonsense',                        { allowPrivate: true }, /only https/],
  ['a file',                        () => 'file:///etc/passwd',              { allowPrivate: true }, /only https/],
  ['a password in the address',     (at) => `https://a:b@127.0.0.1:${at}/`,  { allowPrivate: true }, /only https/],
  ['this machine, by number',       (at) => `https://127.0.0.1:${at}/`,      {},                     /private networks/],
  ['this machine, in decimal',      (at) => `https://2130706433:${at}/`,     {},                     /private networks/],
  ['this machine, IPv6',            (at) => `https://[::1]:${at}/`,          {},                     /private networks/],
  ['this machine, mapped',          (at) => `https://[::ffff:127.0.0.1]:${at}/`, {},                 /private networks/],
  ['this machine, by name',         (at) => `https://localhost:${at}/`,      {},                     /private networks/],
  ['the metadata service',          () => 'https://169.254.169.254/latest/', {},                     /private networks/],
  ['a certificate nobody vouches for', (at) => `https://127.0.0.1:${at}/`,   { allowPrivate: true, ca: undefined }, /nobody vouches/],
  ['a redirect',                    (at) => `https://127.0.0.1:${at}/moved`, { allowPrivate: true }, /status 302/],
  ['an answer without end',         (at) => `https://127.0.0.1:${at}/large`, { allowPrivate: true }, /larger than/],
]
for (const [name, url, settings, message] of REFUSED) {
  test(`not fetched: ${name}`, async () => {
    const fetchText = outbound({ ca: certificate, allowPrivate: false, ...settings })
    await assert.rejects(fetchText(url(port)), message)
  })
}

// oxfmt-ignore
const ADDRESSES: readonly (readonly [string, boolean])[] = [
  ['10.1.2.3', true], ['172.31.255.255', true], ['172.32.0.1', false], ['192.168.1.1', true], ['100.64.0.1', true], ['0.0.0.0', true],
  ['8.8.8.8', false], ['fe80::1', true], ['fd00::1', true], ['2001:4860:4860::8888', false], ['::ffff:10.0.0.1', true], ['64:ff9b::a00:1', true],
  ['fec0::1', true], ['::127.0.0.1', true], ['::ffff:0:127.0.0.1', true], ['2001::1', true], ['2001:db8::1', true], ['100::1', true],
  ['192.0.2.1', true], ['192.88.99.1', true], ['198.51.100.1', true], ['203.0.113.1', true], ['::ffff:8.8.8.8', false],
  ['2606:4700::1111', false], ['192.0.3.1', false], ['nonsense', true],
]
for (const [address, expected] of ADDRESSES)
  test(`${address} is ${expected ? '' : 'not '}private`, () => assert.equal(isPrivate(address), expected))

const DAY_MS = 86_400_000
const authority = selfSigned('authority')
const leaf = signed('localhost', {}, authority)
const between = signed('between', {}, authority)
const lower = signed('localhost', {}, between)
const expired = selfSigned('localhost', { from: Date.now() - 60 * DAY_MS })
const elsewhere = selfSigned('elsewhere')
const sha1 = ({ certificate: pem }: TestCertificate): string => new X509Certificate(pem).fingerprint.replaceAll(':', '')
// oxfmt-ignore
const TOPS: readonly (readonly [name: string, shown: TestCertificate, also: string, top: TestCertificate])[] = [
  ['one alone',                        leaf,      '',                                                leaf],
  ['one that signed itself',           expired,   '',                                                expired],
  ['one with its authority',           leaf,      authority.certificate,                             leaf],
  ['one with what stands between',     lower,     between.certificate,                               between],
]
const MISMATCH = { name: 'UntrustedError' }

// oxfmt-ignore
const VOUCHED: readonly (readonly [name: string, shown: TestCertificate, also: string, thumbprints: readonly string[], refused?: object])[] = [
  ['itself',                            leaf,      '',                    [sha1(leaf)]],
  ['what signed it, in small letters',  leaf,      authority.certificate, [sha1(elsewhere), sha1(authority).toLowerCase()]],
  ['one that it is signed by and that is not shown', leaf, '',            [sha1(authority)], MISMATCH],
  ['another',                           leaf,      '',                    [sha1(elsewhere)], MISMATCH],
  ['nothing',                           leaf,      '',                    [],                MISMATCH],
  ['one that is shown and did not sign', leaf,     elsewhere.certificate, [sha1(elsewhere)], MISMATCH],
  ['one that is expired',               expired,   '',                    [sha1(expired)],   { code: 'CERT_HAS_EXPIRED' }],
  ['one with another name',             elsewhere, '',                    [sha1(elsewhere)], { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }],
]
/** The address of a server that shows these certificates, while `use` runs. */
async function showing(shown: TestCertificate, also: string, use: (url: string) => Promise<void>): Promise<void> {
  const vouched = createServer({ cert: shown.certificate + also, key: shown.privateKey }, (_request, response) =>
    response.end('here'),
  )
  vouched.listen(0, '127.0.0.1')
  await once(vouched, 'listening')
  const address = vouched.address()
  try {
    await use(`https://localhost:${typeof address === 'object' && address !== null ? address.port : 0}/`)
  } finally {
    vouched.closeAllConnections()
    vouched.close()
  }
}

for (const [name, shown, also, thumbprints, refused] of VOUCHED) {
  test(`a thumbprint vouches for ${name}`, () =>
    showing(shown, also, async (url) => {
      const text = outbound({ ca: undefined, allowPrivate: true })(url, thumbprints)
      if (refused === undefined) assert.equal(await text, 'here')
      else await assert.rejects(text, refused)
    }))
}

for (const [name, shown, also, top] of TOPS) {
  test(`the top of a chain: ${name}`, () =>
    showing(shown, also, async (url) =>
      assert.equal(await thumbprinter({ ca: undefined, allowPrivate: true })(url), sha1(top).toLowerCase()),
    ))
}

test('no thumbprint is looked for in a private network', async () => {
  const find = thumbprinter({ ca: undefined, allowPrivate: false })
  for (const host of ['127.0.0.1', 'localhost']) await assert.rejects(find(`https://${host}:${port}/`), /private networks/)
})

test('a thumbprint opens no private network', async () => {
  const fetchText = outbound({ ca: undefined, allowPrivate: false })
  for (const host of ['127.0.0.1', 'localhost']) {
    await assert.rejects(
      fetchText(`https://${host}:${port}/`, [new X509Certificate(certificate).fingerprint.replaceAll(':', '')]),
      (error) => {
        assert.ok(!(error instanceof UntrustedError))
        assert.match(String(error), /private networks/)
        return true
      },
    )
  }
})
