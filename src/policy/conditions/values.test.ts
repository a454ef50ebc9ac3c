/** Readers of values: exact in what they take and in how they compare. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalBase64 } from './binary.ts'
import { compareDecimals, decimalOf } from './decimal.ts'
import { compareInstants, instantOf } from './instant.ts'
import { networkOf } from './ip-address.ts'

const sign = (number: number): number => (number < 0 ? -1 : number > 0 ? 1 : 0)

// oxfmt-ignore
const DECIMALS: readonly (readonly [string, string, -1 | 0 | 1])[] = [
  ['1',                   '1.000',                0],
  ['-0',                  '0',                    0],
  ['+.5',                 '0.50',                 0],
  ['5.',                  '5',                    0],
  ['1e2',                 '100',                  0],
  ['1E-2',                '0.01',                 0],
  ['9007199254740993',    '9007199254740992',     1],
  ['0.1000000000000000055511151231257827', '0.1', 1],
  ['-9007199254740993',   '-9007199254740992',   -1],
  ['2',                   '10',                  -1],
]
for (const [one, other, order] of DECIMALS) {
  test(`decimal: ${one} and ${other}`, () => {
    const [left, right] = [decimalOf(one), decimalOf(other)]
    assert.ok(left !== undefined && right !== undefined)
    assert.equal(sign(compareDecimals(left, right)), order)
    assert.equal(sign(compareDecimals(right, left)), order === 0 ? 0 : -order)
  })
}
for (const text of ['', '.', '1 ', '10abc', '0x10', 'Infinity', 'NaN', '1e100', '--1', '1,000', '9'.repeat(61)]) {
  test(`decimal: ${JSON.stringify(text)} is none`, () => assert.equal(decimalOf(text), undefined))
}

test('property: decimals compare as scaled integers do', () => {
  const scaled = fc.tuple(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.integer({ min: 0, max: 6 }))
  const written = ([units, scale]: readonly [bigint, number]): string => {
    const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
    return `${units < 0n ? '-' : ''}${digits.slice(0, digits.length - scale)}.${digits.slice(digits.length - scale)}`
  }
  const millionths = ([units, scale]: readonly [bigint, number]): bigint => units * 10n ** BigInt(6 - scale)
  fc.assert(
    fc.property(scaled, scaled, (one, other) => {
      const [left, right] = [decimalOf(written(one)), decimalOf(written(other))]
      assert.ok(left !== undefined && right !== undefined)
      const order = millionths(one) - millionths(other)
      assert.equal(sign(compareDecimals(left, right)), order === 0n ? 0 : order < 0n ? -1 : 1)
    }),
  )
})

// oxfmt-ignore
const INSTANTS: readonly (readonly [string, seconds: number, nanos: number])[] = [
  ['1970',                          0,             0],
  ['1970-02',                       2_678_400,     0],
  ['1970-01-02',                    86_400,        0],
  ['1970-01-01T00:01Z',             60,            0],
  ['1970-01-01T00:00:01Z',          1,             0],
  ['1970-01-01T01:00:00.5+01:00',   0,             500_000_000],
  ['1969-12-31T23:00:00-01:00',     0,             0],
  ['2000-02-29T00:00:00Z',          951_782_400,   0],
  ['0099-01-01',                    -59_042_995_200, 0],
  ['1700000000',                    1_700_000_000, 0],
  ['1700000000.123456789',          1_700_000_000, 123_456_789],
  ['-1.5',                          -2,            500_000_000],
  ['-12345',                        -12_345,       0],
]
for (const [text, seconds, nanos] of INSTANTS) {
  test(`instant: ${text}`, () => assert.deepEqual(instantOf(text), { seconds, nanos }))
}
for (const text of [
  '',
  '2020-1-1',
  '2020-02-30',
  '2020-13-01',
  '2020-01-01T25:00Z',
  '2020-01-01T00:00:00',
  '2020-01-01 00:00:00Z',
  '2020-01-01T00:00:00z',
  '2020-01-01T00:00:60Z',
  '2020-01-01T00:00Z+25:00',
  '2020-01-01T00:00+24:00',
  'Wed, 01 Jan 2020',
  '1e9',
  '+1',
]) {
  test(`instant: ${JSON.stringify(text)} is none`, () => assert.equal(instantOf(text), undefined))
}

test('instant: the two forms compare to the nanosecond', () => {
  const [one, other] = [instantOf('2020-01-01T00:00:00.1Z'), instantOf('1577836800.1')]
  assert.ok(one !== undefined && other !== undefined)
  assert.equal(compareInstants(one, other), 0)
})

// oxfmt-ignore
const NETWORKS: readonly (readonly [string, words: readonly number[] | undefined, bits?: number])[] = [
  ['255.255.255.255',       [4_294_967_295],                 32],
  ['10.0.0.0/8',            [167_772_160],                   8],
  ['1.2.3.4/0',             [16_909_060],                    0],
  ['::',                    [0, 0, 0, 0],                    128],
  ['::ffff:1.2.3.4',        [0, 0, 65_535, 16_909_060],      128],
  ['2001:db8::1/64',        [536_939_960, 0, 0, 1],          64],
  ['1:2:3:4:5:6:7:8',       [65_538, 196_612, 327_686, 458_760], 128],
  ['1:2:3:4:5:6:7::',       [65_538, 196_612, 327_686, 458_752], 128],
  ['1:2:3:4:5:6:7:8::',     undefined],
  ['1::2::3',               undefined],
  [':1:2:3:4:5:6:7',        undefined],
  ['12345::',               undefined],
  ['::1.2.3',               undefined],
  ['1.2.3.4.5',             undefined],
  ['256.1.1.1',             undefined],
  ['1.2.3.4/33',            undefined],
  ['::/129',                undefined],
  ['1.2.3.4/',              undefined],
  ['1.2.3.4/8/8',           undefined],
  ['fe80::1%eth0',          undefined],
  [' 1.2.3.4',              undefined],
  ['',                      undefined],
]
for (const [text, words, bits] of NETWORKS) {
  test(`network: ${JSON.stringify(text)}`, () =>
    assert.deepEqual(networkOf(text), words === undefined ? undefined : { words, bits }))
}

// oxfmt-ignore
const BASE64: readonly (readonly [string, string | undefined])[] = [
  ['',      ''],
  ['QQ==',  'QQ'],
  ['QQ',    'QQ'],
  ['QR==',  'QQ'],
  ['QUI=',  'QUI'],
  ['QUJD',  'QUJD'],
  ['Q',     undefined],
  ['QQ=',   undefined],
  ['Q Q=',  undefined],
  ['QQ-_',  undefined],
]
for (const [text, canonical] of BASE64) {
  test(`base64: ${JSON.stringify(text)}`, () => assert.equal(canonicalBase64(text), canonical))
}
