/** Principals in a text: found, replaced in place, and nothing else touched. The size of a text. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { documentSize } from './size.ts'
import { principalsOf, replacePrincipals } from './trust-principals.ts'

const SOURCE = `{ "Statement" : [
  {"Effect":"Allow", "Principal":{"AWS":["arn:aws:iam::123456789012:user\\/a" ,"*"],"Service":"x.amazonaws.com"},"Action":"sts:AssumeRole"},
  {"Effect":"Deny","NotPrincipal":{"AWS":"123456789012"},"Action":"sts:*"}
]}`

test('principals: every entry, unescaped, where it stands', () => {
  assert.deepEqual(
    principalsOf(SOURCE).map(({ kind, text, start, end }) => [kind, text, SOURCE.slice(start, end)]),
    [
      ['AWS', 'arn:aws:iam::123456789012:user/a', '"arn:aws:iam::123456789012:user\\/a"'],
      ['AWS', '*', '"*"'],
      ['Service', 'x.amazonaws.com', '"x.amazonaws.com"'],
      ['AWS', '123456789012', '"123456789012"'],
    ],
  )
})

test('principals: what is replaced is replaced, every other byte stays', () => {
  const stored = replacePrincipals(SOURCE, ({ text }) => (text.endsWith('user/a') ? 'AIDA' : undefined))
  assert.equal(stored, SOURCE.replace('arn:aws:iam::123456789012:user\\/a', 'AIDA'))
  assert.equal(
    replacePrincipals(SOURCE, ({ text }) => text),
    SOURCE,
  )
  assert.equal(
    replacePrincipals(SOURCE, ({ kind }) => (kind === 'AWS' ? undefined : 'never')),
    SOURCE,
  )
})

test('principals: a replacement reads back, whatever it holds', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), fc.string(), fc.nat(2), (names, replacement, indent) => {
      const source = JSON.stringify({ Statement: { Effect: 'Allow', Principal: { AWS: names }, Action: '*' } }, undefined, indent)
      const replaced = replacePrincipals(source, ({ text }) => text + replacement)
      assert.deepEqual(
        principalsOf(replaced).map(({ text }) => text),
        names.map((name) => name + replacement),
      )
    }),
  )
})

// oxfmt-ignore
const SIZES: readonly (readonly [source: string, size: number])[] = [
  ['',                     0],
  ['{ "a" :\r\n\t"b c" }', 10],
  ['é\u00a0',              2],
]
for (const [source, size] of SIZES) test(`size of ${JSON.stringify(source)}`, () => assert.equal(documentSize(source), size))
