/** XML as SAML needs it: what is refused before it is parsed, and what is not taken for it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseXml } from './saml-xml.ts'

const nested = (depth: number, open = '<a>'): string => open.repeat(depth) + '</a>'.repeat(depth)
const LARGE = /the document is too large or too deep/

test('a hundred elements inside one another, twenty thousand in all, and no more', () => {
  assert.equal(parseXml(nested(100)).localName, 'a')
  assert.throws(() => parseXml(nested(101)), LARGE)
  assert.equal(parseXml(`<a>${'<b/>'.repeat(19_999)}</a>`).childNodes.length, 19_999)
  assert.throws(() => parseXml(`<a>${'<b/>'.repeat(20_000)}</a>`), LARGE)
})

test('only tags count', () => {
  const comments = `<!-- ${'<a>'.repeat(200)} -->`
  const values = `<b c="${'&lt;>/>'.repeat(200)}" d='">'/>`
  assert.equal(parseXml(`<a>${comments}${values.repeat(200)}</a>`).localName, 'a')
  assert.throws(() => parseXml(`<a>${'<b c="/">'.repeat(100)}`), LARGE)
})

test('a megabyte of whatever shape is refused at once', () => {
  const startedAt = performance.now()
  for (const piece of ['<a xmlns:b="c">', '<a>', '<', '<!--', '<a b="', "<a b='>'>", '</a>', '<a ', '<a b="c"/>'])
    assert.throws(() => parseXml(piece.repeat(1_000_000 / piece.length)), piece)
  // Milliseconds. A parser that looks through all that is open for each name space took fifteen seconds.
  assert.ok(performance.now() - startedAt < 3_000)
})
