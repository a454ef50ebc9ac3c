/** Cases of conditions on one value: strings, numbers, dates, truth, bytes, addresses, ARNs. */
import { PAGE, conditionCase, inferred, type Theme } from './build.ts'
import type { Case, Values } from '../../tests/oracle/question.ts'

/** Whether an operator holds; `why` and the source where it is not the condition operators page. */
type Row = readonly [operator: string, policy: unknown, asked: Values | undefined, holds: boolean, why?: string, source?: string]

const rows = (key: string, list: readonly Row[]): readonly Case[] =>
  list.map(([operator, policy, asked, holds, why, source]) =>
    conditionCase(key, {
      operator,
      policy,
      asked,
      holds,
      source: source ?? PAGE.operators,
      ...(why === undefined ? {} : { why }),
    }),
  )

// oxfmt-ignore
const STRINGS: readonly Row[] = [
  ['StringEquals',              'blue',             'blue',          true],
  ['StringEquals',              'blue',             'Blue',          false, 'case counts'],
  ['StringEquals',              'blue',             'blu',           false],
  ['StringEquals',              'blue',             'blue ',         false, 'a trailing blank counts'],
  ['StringEquals',              'bl*',              'blue',          false, 'no wildcards'],
  ['StringEquals',              'bl*',              'bl*',           true,  'an asterisk is itself'],
  ['StringEquals',              'blu?',             'blue',          false, 'no wildcards'],
  ['StringEquals',              ['red', 'blue'],    'blue',          true,  'one of several'],
  ['StringEquals',              ['red', 'green'],   'blue',          false, 'none of several'],
  ['StringEquals',              '',                 '',              true,  'the empty text'],
  ['StringNotEquals',           'blue',             'blue',          false],
  ['StringNotEquals',           'blue',             'red',           true],
  ['StringNotEquals',           'blue',             'Blue',          true,  'case counts'],
  ['StringNotEquals',           ['red', 'blue'],    'blue',          false, 'one of several is enough', PAGE.logic],
  ['StringNotEquals',           ['red', 'green'],   'blue',          true,  'none of several',          PAGE.logic],
  ['StringNotEquals',           'bl*',              'blue',          true,  'no wildcards'],
  ['StringEqualsIgnoreCase',    'blue',             'BLUE',          true],
  ['StringEqualsIgnoreCase',    'BLUE',             'blue',          true],
  ['StringEqualsIgnoreCase',    'blue',             'red',           false],
  ['StringEqualsIgnoreCase',    'bl*',              'BLUE',          false, 'no wildcards'],
  ['StringNotEqualsIgnoreCase', 'blue',             'BLUE',          false],
  ['StringNotEqualsIgnoreCase', 'blue',             'red',           true],
  ['StringLike',                'blue',             'blue',          true,  'a pattern without wildcards'],
  ['StringLike',                'Blue',             'blue',          false, 'case counts'],
  ['StringLike',                'bl*',              'blue',          true],
  ['StringLike',                'bl*',              'bl',            true,  'an asterisk is also nothing'],
  ['StringLike',                '*ue',              'blue',          true],
  ['StringLike',                'b*e',              'blue',          true],
  ['StringLike',                'b*u',              'blue',          false, 'the whole text must match'],
  ['StringLike',                'l*',               'blue',          false, 'the whole text must match'],
  ['StringLike',                'b?ue',             'blue',          true],
  ['StringLike',                'b?e',              'blue',          false, 'one question mark is one character'],
  ['StringLike',                'blue?',            'blue',          false, 'a question mark is never nothing'],
  ['StringLike',                '*',                'blue',          true],
  ['StringLike',                '*',                '',              true,  'an asterisk is also the empty text'],
  ['StringLike',                '',                 '',              true,  'the empty pattern is the empty text, as in the page’s home folder example'],
  ['StringLike',                '',                 'blue',          false, 'the empty pattern is nothing else'],
  ['StringLike',                'home/*',           'home/a/b:c',    true,  'slashes and colons are characters'],
  ['StringLike',                'b.ue',             'blue',          false, 'a dot is a dot'],
  ['StringLike',                'b[l]ue',           'blue',          false, 'brackets are brackets'],
  ['StringLike',                'a*b',              'a\nb',          true,  'a line break is a character', inferred('An asterisk stands for any combination of characters.')],
  ['StringLike',                ['red*', 'bl*'],    'blue',          true,  'one of several'],
  ['StringNotLike',             'bl*',              'blue',          false],
  ['StringNotLike',             'bl*',              'red',           true],
  ['StringNotLike',             'bl*',              'Blue',          true,  'case counts'],
  ['StringNotLike',             ['re*', 'bl*'],     'blue',          false, 'one of several is enough', PAGE.logic],
  ['StringNotLike',             ['re*', 'gr*'],     'blue',          true,  'none of several',          PAGE.logic],
]

// oxfmt-ignore
const NUMBERS: readonly Row[] = [
  ['NumericEquals',            '10',         '10',     true],
  ['NumericEquals',            '10',         '11',     false],
  ['NumericEquals',            '10',         '10.0',   true,  'numbers, not texts'],
  ['NumericEquals',            10,           '10',     true,  'a JSON number in the policy', 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html'],
  ['NumericEquals',            '2.5',        '2.5',    true,  'a decimal'],
  ['NumericEquals',            '-3',         '-3',     true,  'below zero', inferred('Integers include those below zero.')],
  ['NumericEquals',            ['5', '10'],  '10',     true,  'one of several'],
  ['NumericEquals',            '10',         'ten',    false, 'what is no number equals none', inferred('The operator compares integers and decimals; a text is neither.')],
  ['NumericNotEquals',         '10',         '10',     false],
  ['NumericNotEquals',         '10',         '11',     true],
  ['NumericNotEquals',         '10',         '10.0',   false, 'numbers, not texts'],
  ['NumericNotEquals',         ['5', '10'],  '10',     false, 'one of several is enough', PAGE.logic],
  ['NumericLessThan',          '10',         '9',      true,  'numbers, not texts'],
  ['NumericLessThan',          '10',         '10',     false],
  ['NumericLessThan',          '10',         '9.99',   true],
  ['NumericLessThan',          '10',         '100',    false, 'numbers, not texts'],
  ['NumericLessThan',          '0',          '-1',     true],
  ['NumericLessThanEquals',    '10',         '10',     true],
  ['NumericLessThanEquals',    '10',         '10.01',  false],
  ['NumericLessThanEquals',    '10',         '9',      true],
  ['NumericGreaterThan',       '10',         '10',     false],
  ['NumericGreaterThan',       '10',         '11',     true],
  ['NumericGreaterThan',       '9',          '10',     true,  'numbers, not texts'],
  ['NumericGreaterThanEquals', '10',         '10',     true],
  ['NumericGreaterThanEquals', '10',         '9.5',    false],
  ['NumericGreaterThanEquals', ['100', '5'], '10',     true,  'one of several'],
  ['NumericLessThan',          '10',         'ten',    false, 'what is no number is below none', inferred('The operator compares integers and decimals; a text is neither.')],
]

const W3C = PAGE.w3cDates
// oxfmt-ignore
const DATES: readonly Row[] = [
  ['DateEquals',            '2026-03-01T10:00:00Z',      '2026-03-01T10:00:00Z',      true],
  ['DateEquals',            '2026-03-01T10:00:00Z',      '2026-03-01T10:00:01Z',      false],
  ['DateEquals',            '2026-03-01T10:00:00Z',      '2026-03-01T12:00:00+02:00', true,  'another time zone',   W3C],
  ['DateEquals',            '2026-03-01T10:00:00Z',      '2026-03-01T04:30:00-05:30', true,  'west of Greenwich',   W3C],
  ['DateEquals',            '2026-03-01T10:00Z',         '2026-03-01T10:00:00Z',      true,  'without seconds',     W3C],
  ['DateEquals',            '2026-03-01T10:00:00.00Z',   '2026-03-01T10:00:00Z',      true,  'with a fraction',     W3C],
  ['DateEquals',            '2026-03-01',                '2026-03-01T00:00:00Z',      true,  'a day is its start',  inferred('A W3C day names a time only through its start.')],
  ['DateEquals',            '2026-03',                   '2026-03-01T00:00:00Z',      true,  'a month is its start', inferred('A W3C month names a time only through its start.')],
  ['DateEquals',            '1772359200',                '2026-03-01T10:00:00Z',      true,  'epoch seconds'],
  ['DateEquals',            '2026-03-01T10:00:00Z',      '1772359200',                true,  'epoch seconds in the request, as aws:EpochTime gives them'],
  ['DateEquals',            '1772359200',                '1772359200',                true,  'epoch seconds on both sides'],
  ['DateEquals',            '1772359200000',             '2026-03-01T10:00:00Z',      false, 'epoch time is in seconds'],
  ['DateNotEquals',         '2026-03-01T10:00:00Z',      '2026-03-01T10:00:00Z',      false],
  ['DateNotEquals',         '2026-03-01T10:00:00Z',      '2026-03-01T11:00:00+01:00', false, 'another time zone',   W3C],
  ['DateNotEquals',         '2026-03-01T10:00:00Z',      '2026-03-02T10:00:00Z',      true],
  ['DateLessThan',          '2026-03-01T10:00:00Z',      '2026-03-01T09:59:59Z',      true],
  ['DateLessThan',          '2026-03-01T10:00:00Z',      '2026-03-01T10:00:00Z',      false],
  ['DateLessThan',          '2026-03-01T10:00:00Z',      '2026-03-01T11:00:00+02:00', true,  'times, not texts',    W3C],
  ['DateLessThan',          '2026-03-01T10:00:00Z',      '1772359199',                true,  'epoch seconds'],
  ['DateLessThanEquals',    '2026-03-01T10:00:00Z',      '2026-03-01T10:00:00Z',      true],
  ['DateLessThanEquals',    '2026-03-01T10:00:00Z',      '2026-03-01T10:00:01Z',      false],
  ['DateGreaterThan',       '2020-01-01T00:00:01Z',      '2026-03-01T10:00:00Z',      true,  'the page’s example'],
  ['DateGreaterThan',       '2026-03-01T10:00:00Z',      '2026-03-01T10:00:00Z',      false],
  ['DateGreaterThan',       '2026-03-01T10:00:00Z',      '1772359201',                true,  'epoch seconds'],
  ['DateGreaterThanEquals', '2026-03-01T10:00:00Z',      '2026-03-01T10:00:00Z',      true],
  ['DateGreaterThanEquals', '2026-03-01T10:00:00Z',      '2026-03-01T09:59:59Z',      false],
  ['DateGreaterThanEquals', ['2030-01-01T00:00:00Z', '2026-01-01T00:00:00Z'], '2026-03-01T10:00:00Z', true, 'one of several'],
  ['DateGreaterThan',       '2020-01-01T00:00:00Z',      'March',                     false, 'what is no date is after none', inferred('The operator compares dates; a word is none.')],
]

// oxfmt-ignore
const TRUTHS: readonly Row[] = [
  ['Bool', 'true',            'true',  true],
  ['Bool', 'true',            'false', false],
  ['Bool', 'false',           'false', true],
  ['Bool', 'false',           'true',  false],
  ['Bool', true,              'true',  true,  'a JSON boolean in the policy', 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html'],
  ['Bool', false,             'true',  false, 'a JSON boolean in the policy', 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html'],
  ['Bool', ['true', 'false'], 'false', true,  'one of several'],
]

// oxfmt-ignore
const BYTES: readonly Row[] = [
  ['BinaryEquals', 'QmluYXJ5VmFsdWVJbkJhc2U2NA==', 'QmluYXJ5VmFsdWVJbkJhc2U2NA==', true,  'the page’s example'],
  ['BinaryEquals', 'QmluYXJ5VmFsdWVJbkJhc2U2NA==', 'QmluYXJ5',                     false],
  ['BinaryEquals', 'QUJD',                         'qujd',                         false, 'base64 is compared as bytes, not as words'],
  ['BinaryEquals', ['QUI=', 'QUJD'],               'QUJD',                         true,  'one of several'],
]

// oxfmt-ignore
const ADDRESSES: readonly Row[] = [
  ['IpAddress',    '203.0.113.0/24',                     '203.0.113.7',             true],
  ['IpAddress',    '203.0.113.0/24',                     '203.0.113.0',             true,  'the first of the range'],
  ['IpAddress',    '203.0.113.0/24',                     '203.0.113.255',           true,  'the last of the range'],
  ['IpAddress',    '203.0.113.0/24',                     '203.0.114.0',             false, 'just after the range'],
  ['IpAddress',    '203.0.113.0/24',                     '203.0.112.255',           false, 'just before the range'],
  ['IpAddress',    '203.0.113.7',                        '203.0.113.7',             true,  'no prefix is one address'],
  ['IpAddress',    '203.0.113.7',                        '203.0.113.8',             false, 'no prefix is one address'],
  ['IpAddress',    '203.0.113.7/32',                     '203.0.113.7',             true],
  ['IpAddress',    '203.0.113.4/30',                     '203.0.113.7',             true,  'a range within a byte'],
  ['IpAddress',    '203.0.113.4/30',                     '203.0.113.8',             false, 'a range within a byte'],
  ['IpAddress',    '0.0.0.0/0',                          '203.0.113.7',             true,  'every address'],
  ['IpAddress',    '0.0.0.0/0',                          '255.255.255.255',         true,  'every address'],
  ['IpAddress',    '128.0.0.0/1',                        '203.0.113.7',             true,  'the upper half'],
  ['IpAddress',    '128.0.0.0/1',                        '127.0.0.1',               false, 'the lower half'],
  ['IpAddress',    '203.0.113.99/24',                    '203.0.113.7',             true,  'bits after the prefix do not count', inferred('A CIDR range is its first bits.')],
  ['IpAddress',    ['198.51.100.0/24', '203.0.113.0/24'], '203.0.113.7',            true,  'one of several'],
  ['IpAddress',    '2001:DB8:1234:5678::/64',            '2001:db8:1234:5678::1',   true,  'IPv6, whatever the case'],
  ['IpAddress',    '2001:DB8:1234:5678::/64',            '2001:db8:1234:5679::1',   false, 'IPv6, just after the range'],
  ['IpAddress',    '2001:db8::1',                        '2001:0db8:0:0:0:0:0:1',   true,  'two spellings of one address', inferred('The operator compares addresses; IPv6 has several spellings for one.')],
  ['IpAddress',    '2001:db8::1',                        '2001:db8::2',             false, 'an IPv6 address without a prefix is one address', inferred('Without a prefix one address is meant; the page gives the prefix of IPv4.')],
  ['IpAddress',    '::/0',                               '2001:db8::1',             true,  'every IPv6 address'],
  ['IpAddress',    '0.0.0.0/0',                          '2001:db8::1',             false, 'an IPv4 range has no IPv6 address', inferred('The page asks to list the ranges of both versions.')],
  ['IpAddress',    '::/0',                               '203.0.113.7',             false, 'an IPv6 range has no IPv4 address', inferred('The page asks to list the ranges of both versions.')],
  ['NotIpAddress', '203.0.113.0/24',                     '203.0.113.7',             false],
  ['NotIpAddress', '203.0.113.0/24',                     '203.0.114.7',             true],
  ['NotIpAddress', ['198.51.100.0/24', '203.0.113.0/24'], '203.0.113.7',            false, 'one of several is enough', PAGE.logic],
  ['NotIpAddress', ['198.51.100.0/24', '192.0.2.0/24'],  '203.0.113.7',             true,  'none of several', PAGE.logic],
]

const TOPIC = 'arn:aws:sns:us-east-2:111122223333:orders'
// oxfmt-ignore
const ARNS: readonly Row[] = [
  ['ArnEquals',    TOPIC,                                                TOPIC, true],
  ['ArnLike',      TOPIC,                                                TOPIC, true],
  ['ArnEquals',    'arn:aws:sns:us-east-2:111122223333:Orders',          TOPIC, false, 'case counts'],
  ['ArnEquals',    'arn:aws:sns:us-east-2:111122223333:ord*',            TOPIC, true,  'wildcards, as ArnLike'],
  ['ArnLike',      'arn:aws:sns:us-east-2:111122223333:ord*',            TOPIC, true],
  ['ArnLike',      'arn:aws:sns:*:111122223333:*',                       TOPIC, true],
  ['ArnLike',      'arn:aws:sns:*:*:*',                                  TOPIC, true],
  ['ArnLike',      'arn:aws:sns:us-east-?:111122223333:order?',          TOPIC, true],
  ['ArnLike',      'arn:aws:sqs:*:*:*',                                  TOPIC, false, 'another service'],
  ['ArnLike',      'arn:aws:sns:eu-*:*:*',                               TOPIC, false, 'another Region'],
  ['ArnLike',      'arn:aws:sns:us-east-2:111122223333:order',           TOPIC, false, 'the whole component must match'],
  ['ArnLike',      ['arn:aws:sns:*:*:other', 'arn:aws:sns:*:*:orders'],  TOPIC, true,  'one of several'],
  ['ArnNotEquals', TOPIC,                                                TOPIC, false],
  ['ArnNotEquals', 'arn:aws:sns:*:*:ord*',                               TOPIC, false, 'wildcards, as ArnNotLike'],
  ['ArnNotEquals', 'arn:aws:sns:*:*:other',                              TOPIC, true],
  ['ArnNotLike',   'arn:aws:sns:*:*:ord*',                               TOPIC, false],
  ['ArnNotLike',   'arn:aws:sns:*:*:other',                              TOPIC, true],
  ['ArnNotLike',   ['arn:aws:sns:*:*:other', 'arn:aws:sns:*:*:orders'],  TOPIC, false, 'one of several is enough', PAGE.logic],
  ['StringLike',   'arn:aws:someservice:*:111122223333:finance/*', 'arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt', true,  'the page’s example: a string pattern crosses colons'],
  ['ArnLike',      'arn:aws:someservice:*:111122223333:finance/*', 'arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt', false, 'the page’s example: an ARN pattern does not'],
  ['ArnLike',      'arn:aws:lambda:*:*:function:*',                'arn:aws:lambda:us-east-2:111122223333:function:f:PROD', true, 'the sixth component has all further colons', inferred('An ARN has six components; the sixth is the rest.')],
  ['ArnLike',      'arn:aws:sns:*:*:*',                                  'orders', false, 'what is no ARN is like none', inferred('Six components are compared; the value has one.')],
]

export const CONDITIONS: readonly Theme[] = [
  { file: 'conditions-string', about: 'String operators.', cases: rows('aws:PrincipalTag/team', STRINGS) },
  { file: 'conditions-numeric', about: 'Numeric operators.', cases: rows('s3:max-keys', NUMBERS) },
  { file: 'conditions-date', about: 'Date operators.', cases: rows('aws:CurrentTime', DATES) },
  { file: 'conditions-bool', about: 'Bool.', cases: rows('aws:SecureTransport', TRUTHS) },
  {
    file: 'conditions-binary',
    about: 'BinaryEquals. The context holds the bytes in base64.',
    cases: rows('example:binary', BYTES),
  },
  { file: 'conditions-ip', about: 'IpAddress and NotIpAddress.', cases: rows('aws:SourceIp', ADDRESSES) },
  { file: 'conditions-arn', about: 'ARN operators.', cases: rows('aws:SourceArn', ARNS) },
]
