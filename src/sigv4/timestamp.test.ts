/** Timestamps in basic format, and what is none. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { basicFormat, formatTimestamp, parseTimestamp } from './timestamp.ts'

test('what is written reads back', () => {
  const seconds = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31, 23, 59, 59) / 1_000 })
  fc.assert(fc.property(seconds, (second) => assert.equal(parseTimestamp(formatTimestamp(second * 1_000)), second * 1_000)))
  assert.equal(formatTimestamp(Date.UTC(2015, 7, 30, 12, 36, 0, 999)), '20150830T123600Z')
})

test('days of the calendar', () => {
  for (const day of ['20150131', '20160229', '20000229', '20151231', '20150430'])
    assert.equal(typeof parseTimestamp(`${day}T000000Z`), 'number', day)
  for (const day of [
    '20150132',
    '20150229',
    '19000229',
    '21000229',
    '20150431',
    '20150001',
    '20151301',
    '20150100',
    '19691231',
  ]) {
    assert.equal(parseTimestamp(`${day}T000000Z`), undefined, day)
  }
})

// oxfmt-ignore
const NONE = ['', '20150830', '20150830T123600', '20150830T123600z', '20150830 123600Z', '20150830T240000Z', '20150830T126000Z', '20150830T123660Z', '2015083aT123600Z', '+2015830T123600Z', '20150830T1236 0Z', '2015-08-30T12:36:00Z', '20150830T123600ZZ', '２0150830T123600Z']

test('what is no timestamp', () => {
  for (const text of NONE) assert.equal(parseTimestamp(text), undefined, text)
})

test('extended format becomes basic, all else stays', () => {
  assert.equal(basicFormat('2015-08-30T12:36:00Z'), '20150830T123600Z')
  for (const text of ['20150830T123600Z', '2015-08-30T12:36:00+01:00', '2015-08-30T12:36:00.000Z', ''])
    assert.equal(basicFormat(text), text)
})
