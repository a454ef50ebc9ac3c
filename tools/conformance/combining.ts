/** Cases of missing keys, IfExists, Null, sets of values, and several conditions together. */
import { ALL, PAGE, allow, ask, conditionCase, deny, document, inferred, kase, type Theme } from './build.ts'
import type { Case, Context, Outcome, Values } from '../../tests/oracle/question.ts'

/** Every operator, a value it could hold for, and what it is without the key. */
// oxfmt-ignore
const MISSING: readonly (readonly [operator: string, policy: string, holds: boolean])[] = [
  ['StringEquals',              'blue',                 false],
  ['StringNotEquals',           'blue',                 true],
  ['StringEqualsIgnoreCase',    'blue',                 false],
  ['StringNotEqualsIgnoreCase', 'blue',                 true],
  ['StringLike',                '*',                    false],
  ['StringNotLike',             '*',                    true],
  ['NumericEquals',             '10',                   false],
  ['NumericNotEquals',          '10',                   true],
  ['NumericLessThan',           '10',                   false],
  ['NumericLessThanEquals',     '10',                   false],
  ['NumericGreaterThan',        '10',                   false],
  ['NumericGreaterThanEquals',  '10',                   false],
  ['DateEquals',                '2026-03-01T10:00:00Z', false],
  ['DateNotEquals',             '2026-03-01T10:00:00Z', true],
  ['DateLessThan',              '2026-03-01T10:00:00Z', false],
  ['DateLessThanEquals',        '2026-03-01T10:00:00Z', false],
  ['DateGreaterThan',           '2026-03-01T10:00:00Z', false],
  ['DateGreaterThanEquals',     '2026-03-01T10:00:00Z', false],
  ['Bool',                      'false',                false],
  ['BinaryEquals',              'QUJD',                 false],
  ['IpAddress',                 '0.0.0.0/0',            false],
  ['NotIpAddress',              '203.0.113.0/24',       true],
  ['ArnEquals',                 'arn:aws:sns:*:*:*',    false],
  ['ArnLike',                   'arn:aws:sns:*:*:*',    false],
  ['ArnNotEquals',              'arn:aws:sns:*:*:*',    true],
  ['ArnNotLike',                'arn:aws:sns:*:*:*',    true],
]

const missing: readonly Case[] = MISSING.flatMap(([operator, policy, holds]) => {
  const row = { policy, asked: undefined, source: PAGE.operators }
  return [
    conditionCase('example:key', { ...row, operator, holds }),
    conditionCase('example:key', { ...row, operator: `${operator}IfExists`, holds: true, why: 'IfExists' }),
  ]
})

/** A condition in an Allow of everything's Deny: it holds, or the request is allowed. */
function denyCase(name: string, condition: object, context: Context, holds: boolean): Case {
  const identity = [ALL, document(deny('s3:*', '*', { Condition: condition }))]
  return kase(name, ask({ identity }, { context }), holds ? ['explicitDeny', 'identity'] : 'allowed', PAGE.operators)
}

// oxfmt-ignore
const DENIES: readonly Case[] = [
  denyCase('a Deny with NotIpAddress bites where the address is missing, as through a VPC endpoint', { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }, {}, true),
  denyCase('a Deny with NotIpAddress guarded by Null does not bite there', { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' }, Null: { 'aws:SourceIp': 'false' } }, {}, false),
  denyCase('a Deny with StringNotEqualsIfExists bites where the key is missing', { StringNotEqualsIfExists: { 'aws:PrincipalTag/team': 'blue' } }, {}, true),
  denyCase('a Deny with StringNotEqualsIfExists bites on another value', { StringNotEqualsIfExists: { 'aws:PrincipalTag/team': 'blue' } }, { 'aws:PrincipalTag/team': 'red' }, true),
  denyCase('a Deny with StringNotEqualsIfExists spares the value', { StringNotEqualsIfExists: { 'aws:PrincipalTag/team': 'blue' } }, { 'aws:PrincipalTag/team': 'blue' }, false),
  denyCase('a Deny with Bool false does not reach requests without the key', { Bool: { 'aws:MultiFactorAuthPresent': 'false' } }, {}, false),
  denyCase('a Deny with BoolIfExists false reaches requests without the key', { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } }, {}, true),
  denyCase('a Deny with BoolIfExists false spares requests with the key', { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } }, { 'aws:MultiFactorAuthPresent': 'true' }, false),
  denyCase('a Deny of requests without encryption', { Bool: { 'aws:SecureTransport': 'false' } }, { 'aws:SecureTransport': 'false' }, true),
  denyCase('a Deny of requests without encryption spares the others', { Bool: { 'aws:SecureTransport': 'false' } }, { 'aws:SecureTransport': 'true' }, false),
  denyCase('a Deny whose key is missing does not apply', { StringEquals: { 'aws:PrincipalTag/team': 'blue' } }, {}, false),
]

type Row = readonly [operator: string, policy: unknown, asked: Values | undefined, holds: boolean, why: string, source?: string]
const rows = (key: string, page: string, list: readonly Row[]): readonly Case[] =>
  list.map(([operator, policy, asked, holds, why, source]) =>
    conditionCase(key, { operator, policy, asked, holds, why, source: source ?? page }),
  )

// oxfmt-ignore
const EXISTING: readonly Row[] = [
  ['StringLikeIfExists',       ['t1.*', 't2.*', 'm3.*'], 't2.micro',    true,  'there and matching, as in the page’s example'],
  ['StringLikeIfExists',       ['t1.*', 't2.*', 'm3.*'], 'x1.32xlarge', false, 'there and not matching'],
  ['StringEqualsIfExists',     'blue',                   'red',         false, 'there and not equal'],
  ['StringNotEqualsIfExists',  'blue',                   'blue',        false, 'there and equal'],
  ['NumericLessThanIfExists',  '10',                     '11',          false, 'there and not below'],
  ['BoolIfExists',             'true',                   'false',       false, 'there and otherwise'],
]

// oxfmt-ignore
const NULLS: readonly Row[] = [
  ['Null',              'true',            undefined,              true,  'absent as wanted'],
  ['Null',              'true',            '2026-03-01T10:00:00Z', false, 'there against the wish'],
  ['Null',              'false',           '2026-03-01T10:00:00Z', true,  'there as wanted'],
  ['Null',              'false',           undefined,              false, 'absent against the wish'],
  ['Null',              true,              undefined,              true,  'a JSON boolean'],
  ['Null',              ['true', 'false'], undefined,              true,  'either', PAGE.logic],
  ['ForAllValues:Null', 'true',            '2026-03-01T10:00:00Z', true,  'always true', PAGE.checks],
  ['ForAllValues:Null', 'false',           undefined,              true,  'always true', PAGE.checks],
  ['ForAnyValue:Null',  'true',            undefined,              false, 'always false', PAGE.checks],
  ['ForAnyValue:Null',  'false',           '2026-03-01T10:00:00Z', false, 'always false', PAGE.checks],
]

// oxfmt-ignore
const SETS: readonly Row[] = [
  ['ForAllValues:StringEquals',    ['a', 'b'],            ['a', 'b'],       true,  'all are listed'],
  ['ForAllValues:StringEquals',    ['a', 'b', 'c'],       ['a'],            true,  'fewer than listed'],
  ['ForAllValues:StringEquals',    ['a', 'b'],            ['a', 'c'],       false, 'one is not listed'],
  ['ForAllValues:StringEquals',    ['a', 'b'],            undefined,        true,  'no key at all'],
  ['ForAllValues:StringEquals',    ['a', 'b'],            [''],             true,  'an empty text is an empty set'],
  ['ForAllValues:StringEquals',    ['a', 'b'],            [],               true,  'an empty set'],
  ['ForAllValues:StringEquals',    'a',                   ['A'],            false, 'case counts'],
  ['ForAllValues:StringLike',      ['Post*', 'Tags'],     ['PostDateTime', 'Tags'],    true,  'patterns'],
  ['ForAllValues:StringLike',      ['PostDateTime', 'Message', 'Tags'], ['PostDateTime', 'UserName'], false, 'the page’s table of the table Thread'],
  ['ForAllValues:StringEqualsIgnoreCase', ['a', 'b'],     ['A', 'B'],       true,  'without case'],
  ['ForAllValues:StringNotEquals', ['a', 'b'],            ['c', 'd'],       true,  'none is listed', inferred('Every value must fulfil the negated comparison.')],
  ['ForAllValues:StringNotEquals', ['a', 'b'],            ['c', 'a'],       false, 'one is listed', inferred('Every value must fulfil the negated comparison.')],
  ['ForAllValues:StringNotEquals', ['a', 'b'],            undefined,        true,  'no key at all'],
  ['ForAllValues:StringEqualsIfExists', ['a', 'b'],       ['a', 'c'],       false, 'the key is there'],
  ['ForAllValues:NumericLessThan', '10',                  ['1', '9'],       true,  'numbers'],
  ['ForAllValues:NumericLessThan', '10',                  ['1', '10'],      false, 'one number is not below'],
  ['ForAllValues:ArnLike',         'arn:aws:sns:*:*:*',   ['arn:aws:sns:us-east-2:111122223333:a', 'arn:aws:sns:us-east-2:111122223333:b'], true, 'ARNs'],
  ['ForAnyValue:StringEquals',     ['a', 'b'],            ['c', 'b'],       true,  'one is listed'],
  ['ForAnyValue:StringEquals',     ['a', 'b'],            ['c', 'd'],       false, 'none is listed'],
  ['ForAnyValue:StringEquals',     ['a', 'b'],            undefined,        false, 'no key at all'],
  ['ForAnyValue:StringEquals',     ['a', 'b'],            [],               false, 'an empty set'],
  ['ForAnyValue:StringEquals',     ['a', ''],             [''],             false, 'an empty text is an empty set'],
  ['ForAnyValue:StringLike',       '*',                   [''],             false, 'an empty text is an empty set, whatever the pattern'],
  ['ForAnyValue:StringLike',       ['ID', 'PostDateTime'], ['UserName', 'Message', 'PostDateTime'], true, 'the page’s table of the table Thread'],
  ['ForAnyValue:StringLike',       'o-1/r-ab12/*',        ['o-1/r-ab12/ou-1/', 'o-2/r-cd34/'], true, 'patterns'],
  ['ForAnyValue:StringNotEquals',  ['a', 'b'],            ['a', 'c'],       true,  'one is not listed', inferred('One value that fulfils the negated comparison is enough.')],
  ['ForAnyValue:StringNotEquals',  ['a', 'b'],            ['a', 'b'],       false, 'all are listed', inferred('One value that fulfils the negated comparison is needed.')],
  ['ForAnyValue:StringNotEquals',  ['a', 'b'],            undefined,        false, 'no key at all'],
  ['ForAnyValue:StringEqualsIfExists', ['a', 'b'],        undefined,        true,  'no key at all, with IfExists', inferred('IfExists makes the element true where the key is missing.')],
  ['ForAnyValue:StringEqualsIfExists', ['a', 'b'],        ['c'],            false, 'the key is there, with IfExists'],
  ['StringEquals',                 ['a', 'b'],            ['a', 'b'],       false, 'a multivalued key needs a set operator', inferred('"Multivalued context keys require a condition set operator"; without one nothing matches.')],
]

const TEAM = 'aws:PrincipalTag/team'
const SITE = 'aws:PrincipalTag/site'
/** A condition in an Allow; the outcome with its source where that is not the page of several keys and values. */
function together(name: string, condition: object, context: Context, answer: Outcome | readonly [Outcome, string]): Case {
  const [outcome, source] = typeof answer === 'string' ? [answer, PAGE.logic] : answer
  return kase(name, ask({ identity: [document(allow('s3:*', '*', { Condition: condition }))] }, { context }), outcome, source)
}

// oxfmt-ignore
const TOGETHER: readonly Case[] = [
  together('several operators: all hold', { StringEquals: { [TEAM]: 'blue' }, Bool: { 'aws:SecureTransport': 'true' } }, { [TEAM]: 'blue', 'aws:SecureTransport': 'true' }, 'allowed'),
  together('several operators: one does not', { StringEquals: { [TEAM]: 'blue' }, Bool: { 'aws:SecureTransport': 'true' } }, { [TEAM]: 'blue', 'aws:SecureTransport': 'false' }, 'implicitDeny'),
  together('several operators: the key of one is missing', { StringEquals: { [TEAM]: 'blue' }, Bool: { 'aws:SecureTransport': 'true' } }, { [TEAM]: 'blue' }, 'implicitDeny'),
  together('several keys: all hold', { StringEquals: { [TEAM]: 'blue', [SITE]: 'north' } }, { [TEAM]: 'blue', [SITE]: 'north' }, 'allowed'),
  together('several keys: one does not', { StringEquals: { [TEAM]: 'blue', [SITE]: 'north' } }, { [TEAM]: 'blue', [SITE]: 'south' }, 'implicitDeny'),
  together('several keys of several values', { StringEquals: { [TEAM]: ['blue', 'red'], [SITE]: ['north', 'south'] } }, { [TEAM]: 'red', [SITE]: 'south' }, 'allowed'),
  together('several negated keys: both differ', { StringNotEquals: { [TEAM]: 'blue', [SITE]: 'north' } }, { [TEAM]: 'red', [SITE]: 'south' }, 'allowed'),
  together('several negated keys: one equals', { StringNotEquals: { [TEAM]: 'blue', [SITE]: 'north' } }, { [TEAM]: 'red', [SITE]: 'north' }, 'implicitDeny'),
  together('a positive and a negated operator on one key', { StringLike: { [TEAM]: 'b*' }, StringNotEquals: { [TEAM]: 'black' } }, { [TEAM]: 'blue' }, 'allowed'),
  together('a positive and a negated operator on one key, the exception', { StringLike: { [TEAM]: 'b*' }, StringNotEquals: { [TEAM]: 'black' } }, { [TEAM]: 'black' }, 'implicitDeny'),
  together('a range of numbers', { NumericGreaterThan: { 's3:max-keys': '5' }, NumericLessThan: { 's3:max-keys': '10' } }, { 's3:max-keys': '7' }, 'allowed'),
  together('out of a range of numbers', { NumericGreaterThan: { 's3:max-keys': '5' }, NumericLessThan: { 's3:max-keys': '10' } }, { 's3:max-keys': '12' }, 'implicitDeny'),
  together('IfExists does not excuse the other keys', { StringEqualsIfExists: { [SITE]: 'north' }, StringEquals: { [TEAM]: 'blue' } }, {}, ['implicitDeny', PAGE.operators]),
  together('ForAllValues guarded by Null: no key', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] }, Null: { 'aws:TagKeys': 'false' } }, {}, ['implicitDeny', PAGE.sets]),
  together('ForAllValues guarded by Null: a key', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] }, Null: { 'aws:TagKeys': 'false' } }, { 'aws:TagKeys': ['a'] }, ['allowed', PAGE.sets]),
  together('ForAllValues guarded by Null: an empty set', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] }, Null: { 'aws:TagKeys': 'false' } }, { 'aws:TagKeys': [] }, ['implicitDeny', PAGE.sets]),
  together('ForAllValues guarded by Null: a set that is only an empty text', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] }, Null: { 'aws:TagKeys': 'false' } }, { 'aws:TagKeys': [''] }, ['implicitDeny', PAGE.sets]),
  together('names of keys are compared without case', { StringEquals: { 'AWS:principaltag/TEAM': 'blue' } }, { [TEAM]: 'blue' }, ['allowed', PAGE.condition]),
  together('names of keys are compared without case, in the request too', { StringEquals: { 'aws:SourceIp': 'x' } }, { 'AWS:SOURCEIP': 'x' }, ['allowed', PAGE.condition]),
  together('a statement with an empty Condition', {}, {}, ['allowed', inferred('All conditions hold where there are none.')]),
]

export const COMBINING: readonly Theme[] = [
  {
    file: 'conditions-missing',
    about: 'Keys that the request does not have, and IfExists.',
    cases: [...missing, ...rows('ec2:InstanceType', PAGE.operators, EXISTING), ...DENIES],
  },
  { file: 'conditions-null', about: 'Null.', cases: rows('aws:TokenIssueTime', PAGE.operators, NULLS) },
  {
    file: 'conditions-sets',
    about: 'Multivalued keys: ForAllValues and ForAnyValue.',
    cases: rows('aws:TagKeys', PAGE.sets, SETS),
  },
  { file: 'conditions-together', about: 'Several operators, keys and values in one Condition.', cases: TOGETHER },
]
