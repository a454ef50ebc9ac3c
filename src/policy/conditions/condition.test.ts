/** Condition operators: every base operator in every form, against values that are there, missing, empty, several or of another kind. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contextOf, type ContextValue } from '../context.ts'
import type { PolicyVersion } from '../document.ts'
import { type BaseOperator, operatorNamed } from '../operator.ts'
import { compileCondition, refuseUnreadable } from './condition.ts'

const at = { start: 0, end: 0 }
const textOf = (text: string) => ({ ...at, text })

function holds(
  operator: string,
  expected: readonly string[],
  actual: ContextValue | undefined,
  { version = '2012-10-17' as PolicyVersion, keys = {} } = {},
): boolean {
  const form = operatorNamed(operator)
  assert.ok(form !== undefined)
  const test = { ...at, operator: textOf(operator), form, key: textOf('My:Key'), value: at, values: expected.map(textOf) }
  refuseUnreadable(test, version)
  return compileCondition(test, version).holds(contextOf({ ...keys, 'my:KEY': actual }))
}

type Values = { readonly policy: string; readonly met: string; readonly unmet: string; readonly odd?: string }
const NUMBER: Values = { policy: '10', met: '10.0', unmet: '11', odd: '10abc' }
const DATE: Values = { policy: '2020-01-01T00:00:00Z', met: '1577836800', unmet: '2020-01-02', odd: '1 January 2020' }
const LESS: Values = { ...NUMBER, met: '9' }
const GREATER: Values = { ...NUMBER, met: '11', unmet: '9' }
const BEFORE: Values = { ...DATE, met: '2019-12-31T23:59:59.999Z' }
const AFTER: Values = { ...DATE, met: '2020-01-01T00:00:00.001Z', unmet: '1577836799' }
const TEXT: Values = { policy: 'Blue', met: 'Blue', unmet: 'blue' }
const ANY_CASE: Values = { policy: 'Blue', met: 'bLUE', unmet: 'red' }
const LIKE: Values = { policy: 'b*e?', met: 'bluexe1', unmet: 'blue' }
const ADDRESS: Values = { policy: '203.0.113.0/24', met: '203.0.113.77', unmet: '203.0.114.1', odd: 'localhost' }
const ARN: Values = {
  policy: 'arn:aws:iam::*:role/*',
  met: 'arn:aws:iam::1:role/x',
  unmet: 'arn:aws:iam::1:user/x',
  odd: 'role/x',
}

/** `met` and `unmet` are said of the comparison, so a negated operator has those of its positive twin. */
const OPERATORS: Readonly<Record<Exclude<BaseOperator, 'Null'>, Values>> = {
  StringEquals: TEXT,
  StringNotEquals: TEXT,
  StringEqualsIgnoreCase: ANY_CASE,
  StringNotEqualsIgnoreCase: ANY_CASE,
  StringLike: LIKE,
  StringNotLike: LIKE,
  NumericEquals: NUMBER,
  NumericNotEquals: NUMBER,
  NumericLessThan: LESS,
  NumericLessThanEquals: NUMBER,
  NumericGreaterThan: GREATER,
  NumericGreaterThanEquals: { ...GREATER, met: '10' },
  DateEquals: DATE,
  DateNotEquals: DATE,
  DateLessThan: BEFORE,
  DateLessThanEquals: DATE,
  DateGreaterThan: AFTER,
  DateGreaterThanEquals: { ...AFTER, met: '1577836800' },
  Bool: { policy: 'true', met: 'TRUE', unmet: 'false', odd: 'yes' },
  BinaryEquals: { policy: 'QmluYXJ5', met: 'QmluYXJ5', unmet: 'QmluYXJ6', odd: '!' },
  IpAddress: ADDRESS,
  NotIpAddress: ADDRESS,
  ArnEquals: ARN,
  ArnLike: ARN,
  ArnNotEquals: ARN,
  ArnNotLike: ARN,
}

const T = true
const F = false
type Form = readonly [
  form: (name: string) => string,
  met: boolean,
  unmet: boolean,
  odd: boolean,
  missing: boolean,
  empty: boolean,
  oneMet: boolean,
  bothKinds: boolean,
  oneUnmet: boolean,
]
// One value that is met, unmet, of another kind; no key; an empty list; lists of one that is met, of both, of one that is unmet.
// oxfmt-ignore
const POSITIVE: readonly Form[] = [
  [(name) => name,                              T, F, F,   F, F,   F, F, F],
  [(name) => `${name}IfExists`,                 T, F, F,   T, T,   F, F, F],
  [(name) => `ForAllValues:${name}`,            T, F, F,   T, T,   T, F, F],
  [(name) => `ForAllValues:${name}IfExists`,    T, F, F,   T, T,   T, F, F],
  [(name) => `ForAnyValue:${name}`,             T, F, F,   F, F,   T, T, F],
  [(name) => `ForAnyValue:${name}IfExists`,     T, F, F,   T, T,   T, T, F],
]
// oxfmt-ignore
const NEGATED: readonly Form[] = [
  [(name) => name,                              F, T, T,   T, T,   F, F, F],
  [(name) => `${name}IfExists`,                 F, T, T,   T, T,   F, F, F],
  [(name) => `ForAllValues:${name}`,            F, T, T,   T, T,   F, F, T],
  [(name) => `ForAllValues:${name}IfExists`,    F, T, T,   T, T,   F, F, T],
  [(name) => `ForAnyValue:${name}`,             F, T, T,   F, F,   F, T, T],
  [(name) => `ForAnyValue:${name}IfExists`,     F, T, T,   T, T,   F, T, T],
]

for (const [name, { policy, met, unmet, odd = unmet }] of Object.entries(OPERATORS)) {
  for (const [form, ...expected] of name.includes('Not') ? NEGATED : POSITIVE) {
    test(`condition: ${form(name)}`, () => {
      const actuals = [met, unmet, odd, undefined, [], [met], [met, unmet], [unmet]]
      assert.deepEqual(
        actuals.map((actual) => holds(form(name), [policy], actual)),
        expected,
      )
    })
  }
}

// oxfmt-ignore
const NULLS: readonly (readonly [operator: string, policy: string, missing: boolean, empty: boolean, present: boolean, several: boolean])[] = [
  ['Null',              'true',  T, T, F, F],
  ['Null',              'false', F, F, T, T],
  ['Null',              'TRUE',  T, T, F, F],
  ['ForAllValues:Null', 'true',  T, T, T, T],
  ['ForAllValues:Null', 'false', T, T, T, T],
  ['ForAnyValue:Null',  'true',  F, F, F, F],
  ['ForAnyValue:Null',  'false', F, F, F, F],
]
for (const [operator, policy, ...expected] of NULLS) {
  test(`condition: ${operator} ${policy}`, () => {
    assert.deepEqual(
      [undefined, [], 'x', ['x', 'y']].map((actual) => holds(operator, [policy], actual)),
      expected,
    )
  })
}

// oxfmt-ignore
const CASES: readonly (readonly [name: string, operator: string, expected: readonly string[], actual: ContextValue | undefined, holds: boolean])[] = [
  ['several values are alternatives',        'StringEquals',              ['a', 'b'],        'b',        T],
  ['of a negated operator none may be met',  'StringNotEquals',           ['a', 'b'],        'b',        F],
  ['many values',                            'StringEquals',              ['a', 'b', 'c', 'd', 'e', 'f'], 'f', T],
  ['no values',                              'StringEquals',              [],                'a',        F],
  ['a star is literal in StringEquals',      'StringEquals',              ['a*'],            'ab',       F],
  ['an empty text is like an empty pattern', 'StringLike',                [''],              '',         T],
  ['a star takes a newline',                 'StringLike',                ['a*b'],           'a\nb',     T],
  ['patterns are anchored',                  'StringLike',                ['b'],             'abc',      F],
  ['an empty text is a value',               'StringEquals',              ['a'],             '',         F],
  ['a set that comes to an empty text',      'ForAllValues:StringEquals', ['a'],             [''],       T],
  ['the same, single',                       'ForAllValues:StringEquals', ['a'],             '',         T],
  ['an empty text among others',             'ForAllValues:StringEquals', ['a'],             ['', 'a'],  F],
  ['numbers are no texts',                   'NumericLessThan',           ['9'],             '10',       F],
  ['numbers are exact',                      'NumericEquals',             ['9007199254740993'], '9007199254740992', F],
  ['JSON numbers',                           'NumericEquals',             ['1e2'],           '100',      T],
  ['one bit of the mask',                    'IpAddress',                 ['128.0.0.0/1'],   '200.1.1.1', T],
  ['everything',                             'IpAddress',                 ['0.0.0.0/0'],     '255.255.255.255', T],
  ['everything, but not of six',             'IpAddress',                 ['0.0.0.0/0'],     '::1',      F],
  ['bits behind the mask do not count',      'IpAddress',                 ['10.1.2.3/8'],    '10.9.9.9', T],
  ['no prefix is one address',               'IpAddress',                 ['10.1.2.3'],      '10.1.2.4', F],
  ['spellings of six',                       'IpAddress',                 ['2001:DB8::/33'], '2001:db8:7fff:0:0:0:0:1', T],
  ['a bit across words of six',              'IpAddress',                 ['2001:db8::/33'], '2001:db8:8000::1', F],
]
for (const [name, operator, expected, actual, result] of CASES) {
  test(`condition: ${name}`, () => assert.equal(holds(operator, expected, actual), result))
}

// oxfmt-ignore
const VARIABLES: readonly (readonly [operator: string, policy: string, actual: string, holds: boolean, version?: PolicyVersion])[] = [
  ['StringEquals',              '${aws:username}',            'Alice',             T],
  ['StringEquals',              '${aws:username}',            '${aws:username}',   T, '2008-10-17'],
  ['StringEquals',              '${aws:none}',                '',                  F],
  ['StringNotEquals',           '${aws:none}',                '',                  T],
  ['StringEquals',              '${aws:none, \'x\'}',         'x',                 T],
  ['StringEquals',              '${aws:TagKeys}',             'a',                 F],
  ['StringEquals',              '${aws:TagKeys, \'x\'}',      'x',                 F],
  ['StringEqualsIgnoreCase',    'U-${aws:username}',          'u-aLICE',           T],
  ['StringEqualsIgnoreCase',    "${aws:userid, 'Guest'}",     'gUEST',             T],
  ['StringNotEqualsIgnoreCase', "${aws:userid, 'Guest'}",     'gUEST',             F],
  ['StringLike',                '${aws:PrincipalTag/Star}',   'x',                 F],
  ['StringLike',                '${*}*',                      '*x',                T],
  ['ArnLike',                   'arn:aws:iam::1:user/${aws:username}', 'arn:aws:iam::1:user/Alice', T],
  // Other operators fill nothing in (IAM User Guide): what is written there is no number, and compares with nothing.
  ['NumericEquals',             '${aws:number}',              '1',                 F],
  ['NumericNotEquals',          '${aws:number}',              '1',                 T],
  ['Bool',                      '${aws:truth}',               'true',              F],
]
for (const [operator, policy, actual, expected, version = '2012-10-17'] of VARIABLES) {
  test(`condition: ${operator} ${policy} and ${actual}`, () => {
    const keys = {
      'aws:username': 'Alice',
      'aws:PrincipalTag/Star': '*',
      'aws:number': '1',
      'aws:truth': 'true',
      'aws:TagKeys': ['a'],
    }
    assert.equal(holds(operator, [policy], actual, { version, keys }), expected)
  })
}

for (const [operator, policy] of [
  ['stringequals', 'x'],
  ['StringMatches', 'x'],
  ['NullIfExists', 'true'],
  ['NumericEquals', 'ten'],
  ['DateLessThan', '2020-02-30'],
  ['Bool', 'yes'],
  ['BinaryEquals', 'a'],
  ['IpAddress', '10.0.0.0/33'],
  ['IpAddress', '10.0.0'],
  ['Null', 'maybe'],
] as const) {
  test(`condition: ${operator} ${policy} cannot be compiled`, () => {
    assert.throws(() => holds(operator, [policy], 'x'))
  })
}
