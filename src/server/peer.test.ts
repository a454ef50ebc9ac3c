/** Whom a request comes from: the connection, and what trusted proxies say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isTrustable, peerReader } from './peer.ts'

const PROXIES = ['10.0.0.0/8', '2001:db8:1::/48', '192.0.2.7']
const CLIENT = '203.0.113.9'
const FOR = 'X-Forwarded-For'
const PROTO = 'x-forwarded-proto'

type Row = readonly [name: string, connected: string, headers: readonly string[], address: string, secure: boolean]
// oxfmt-ignore
const ROWS: readonly Row[] = [
  ['no header',                             '10.1.2.3',        [],                                              '10.1.2.3', false],
  ['a proxy',                               '10.1.2.3',        [FOR, CLIENT, PROTO, 'https'],                    CLIENT,    true],
  ['a proxy without TLS',                   '10.1.2.3',        [FOR, CLIENT, PROTO, 'http'],                     CLIENT,    false],
  ['a single address',                      '192.0.2.7',       [FOR, CLIENT, PROTO, 'HTTPS'],                    CLIENT,    true],
  ['beside a single address',               '192.0.2.8',       [FOR, CLIENT, PROTO, 'https'],                   '192.0.2.8', false],
  ['a proxy by IPv6',                       '2001:db8:1::5',   [FOR, '2001:db8:2::9', PROTO, 'https'],          '2001:db8:2::9', true],
  ['a dual-stack socket',                   '::ffff:10.1.2.3', [FOR, CLIENT, PROTO, 'https'],                    CLIENT,    true],
  ['a stranger on a dual-stack socket',     `::ffff:${CLIENT}`, [FOR, '198.51.100.1', PROTO, 'https'],           CLIENT,    false],
  ['a stranger who says that it is none',   CLIENT,            [FOR, '10.1.2.3', PROTO, 'https'],                CLIENT,    false],
  ['a caller who makes up another',         '10.1.2.3',        [FOR, `198.51.100.1, ${CLIENT}`, PROTO, 'https'], CLIENT,    true],
  ['in a line of its own',                  '10.1.2.3',        [FOR, '198.51.100.1', FOR, CLIENT],               CLIENT,    false],
  ['two proxies',                           '10.1.2.3',        [FOR, `198.51.100.1, ${CLIENT}, 10.9.9.9`],       CLIENT,    false],
  ['a caller who makes up a proxy',         '10.1.2.3',        [FOR, `198.51.100.1, 10.9.9.9, ${CLIENT}`],       CLIENT,    false],
  ['nobody but proxies',                    '10.1.2.3',        [FOR, '10.4.4.4,10.5.5.5'],                      '10.4.4.4', false],
  ['a caller that is hidden',               '10.1.2.3',        [FOR, `${CLIENT}, unknown`],                     '10.1.2.3', false],
  ['a caller with a port',                  '10.1.2.3',        [FOR, `${CLIENT}:4711`],                          CLIENT,    false],
  ['a caller by IPv6 with a port',          '10.1.2.3',        [FOR, '[2001:db8:2::9]:4711'],                   '2001:db8:2::9', false],
  ['a made-up protocol before the proxy’s', '10.1.2.3',        [FOR, CLIENT, PROTO, 'https, http'],              CLIENT,    false],
]
for (const [name, connected, headers, address, secure] of ROWS)
  test(`peer: ${name}`, () => assert.deepEqual(peerReader(PROXIES)(connected, headers), { address, secure }))

test('peer: without trusted proxies the headers say nothing', () => {
  assert.deepEqual(peerReader([])('::ffff:10.1.2.3', [FOR, CLIENT, PROTO, 'https']), { address: '10.1.2.3', secure: false })
})

test('property: whatever a caller writes in front, it is told by the proxy', () => {
  const made = fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('10.1.1.1'), fc.string()), { maxLength: 5 })
  fc.assert(
    fc.property(made, (before) => {
      const { address } = peerReader(PROXIES)('10.1.2.3', [FOR, [...before, CLIENT].join(',')])
      assert.equal(address, CLIENT)
    }),
  )
})

// oxfmt-ignore
const TRUSTABLE: readonly (readonly [text: string, isTrustable: boolean])[] = [
  ['10.0.0.5', true], ['10.0.0.0/8', true], ['::1', true], ['fd00::/8', true], ['10.0.0.0/32', true],
  ['10.0.0.0/33', false], ['0.0.0.0/0', false], ['::/0', false], ['10.0.0', false], ['proxy.example.com', false], ['10.0.0.0/8/8', false],
  ['10.0.0.0/', false], ['10.0.0.0/08', false], ['', false], ['fd00::/129', false],
]
for (const [text, expected] of TRUSTABLE) test(`proxies: ${text}`, () => assert.equal(isTrustable(text), expected))
