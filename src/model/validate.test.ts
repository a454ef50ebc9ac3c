/** Validation messages, in the order of what is refused first. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeModel, type CompactModel } from './decode-model.ts'
import { Fault } from '../aws/fault.ts'
import type { OperationModel, ServiceModel } from './model.ts'
import { validate } from './validate.ts'
import {
  FIELDS_STYLE,
  IAM_STYLE,
  JSON_STYLE,
  QUERY_STYLE,
  REASONS_STYLE,
  validationStyle,
  type ValidationStyle,
} from './validation-style.ts'
import { MAX_SHOWN_VALUE, MAX_VIOLATIONS } from './violations.ts'

const MODEL: CompactModel = {
  service: 'test',
  version: '1',
  protocol: 'query',
  signingName: 'test',
  operations: { Do: ['DoRequest', null, []] },
  shapes: {
    DoRequest: {
      t: 'structure',
      m: {
        UserName: 'name',
        Path: 'path',
        Status: 'status',
        Type: 'PolicyType',
        TargetId: 'PolicyTargetId',
        MaxItems: 'maxItems',
        Secret: 'secret',
        Data: 'data',
        Tags: 'tags',
        TagKeys: 'keys',
        Labels: 'labels',
        Node: 'Node',
      },
    },
    name: { t: 'string', l: [2, 4], p: '[\\w+=,.@-]+' },
    path: { t: 'string', l: [1, 512], p: '(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F)' },
    status: { t: 'string', e: ['None', 'Tail'] },
    PolicyType: { t: 'string', e: ['TAG_POLICY'] },
    PolicyTargetId: { t: 'string', p: '^(r-[0-9a-z]{4,32})|(\\d{12})|(ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$' },
    maxItems: { t: 'integer', l: [1, 1000] },
    secret: { t: 'string', l: [8, null], s: 1 },
    data: { t: 'blob', l: [null, 2] },
    tags: { t: 'list', l: [null, 2], m: 'Tag' },
    Tag: { t: 'structure', m: { Key: 'tagKey!', Value: 'string' } },
    tagKey: { t: 'string', l: [1, 3], p: '[\\w+=,.@-]+' },
    keys: { t: 'list', l: [1, 3], m: 'tagKey' },
    labels: { t: 'map', l: [null, 2], k: 'tagKey', v: 'tagKey' },
    Node: { t: 'structure', m: { Id: 'tagKey!', Next: 'Node' } },
  },
}
const operation = decodeModel(MODEL).operations.get('Do') as OperationModel

function messageOf(input: object, style: ValidationStyle): string | undefined {
  try {
    validate(input, operation, style)
    return undefined
  } catch (error) {
    assert.ok(error instanceof Fault)
    assert.equal(error.code, style.code)
    return error.message
  }
}

const one = (rest: string): string => `1 validation error detected: Value${rest}`
const KEY_SET =
  '[Member must have length less than or equal to 3, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\\w+=,.@-]+, Member must not be null]'

// oxfmt-ignore
const STS: readonly (readonly [string, object, string | undefined])[] = [
  ['nothing at all',       {}, undefined],
  ['all that holds',       { UserName: 'ab', Path: '/a/', Status: 'None', MaxItems: 1, Secret: '12345678', Tags: [{ Key: 'a' }], Labels: { a: 'b' } }, undefined],
  ['too short',            { UserName: 'a' }, one(" 'a' at 'userName' failed to satisfy constraint: Member must have length greater than or equal to 2")],
  ['too long',             { UserName: 'abcde' }, one(" 'abcde' at 'userName' failed to satisfy constraint: Member must have length less than or equal to 4")],
  ['characters, not units', { Labels: { a: '\u{1F600}\u{1F600}\u{1F600}' } }, one(` '{a=\u{1F600}\u{1F600}\u{1F600}}' at 'labels' failed to satisfy constraint: Map value must satisfy constraint: ${KEY_SET}`)],
  ['pattern',              { UserName: 'a b' }, one(" 'a b' at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+")],
  ['enum',                 { Status: 'x' }, one(" 'x' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Tail, None]")],
  ['too small',            { MaxItems: 0 }, one(" '0' at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1")],
  ['too large',            { MaxItems: 1001 }, one(" '1001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000")],
  ['sensitive',            { Secret: 'hunter2' }, one(" at 'secret' failed to satisfy constraint: Member must have length greater than or equal to 8")],
  ['blob',                 { Data: new Uint8Array(3) }, one(" at 'data' failed to satisfy constraint: Member must have length less than or equal to 2")],
  ['null in a list',       { Tags: [{ Key: 'a' }, {}] }, one(" null at 'tags.2.member.key' failed to satisfy constraint: Member must not be null")],
  ['member of a list',     { Tags: [{ Key: '' }] }, "2 validation errors detected: Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+; Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1"],
  ['list too long',        { Tags: [{}, {}, {}] }, one(" at 'tags' failed to satisfy constraint: Member must have length less than or equal to 2")],
  ['list of strings',      { TagKeys: ['a', 'abcd'] }, one(` '[a, abcd]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: ${KEY_SET}`)],
  ['key of a map',         { Labels: { abcd: 'a' } }, one(` '{abcd=a}' at 'labels' failed to satisfy constraint: Map keys must satisfy constraint: ${KEY_SET}`)],
  ['recursive structure',  { Node: { Id: 'a', Next: { Id: 'b', Next: {} } } }, one(" null at 'node.next.next.id' failed to satisfy constraint: Member must not be null")],
]
for (const [name, input, message] of STS)
  test(`validate, values shown: ${name}`, () => assert.equal(messageOf(input, QUERY_STYLE), message))

// oxfmt-ignore
const IAM: readonly (readonly [string, object, string | undefined])[] = [
  ['a name alone',          { UserName: 'a b' }, 'The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-'],
  ['a path alone',          { Path: 'a/' }, 'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.'],
  ['constraints go first',  { UserName: 'a b', Status: 'x' }, one(" at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Tail, None]")],
  ['length of a bad name',  { UserName: 'a b c' }, one(" at 'userName' failed to satisfy constraint: Member must have length less than or equal to 4")],
  ['null',                  { Tags: [{}] }, one(" at 'tags.1.member.key' failed to satisfy constraint: Member must not be null")],
  ['tag keys stay plain',   { Tags: [{ Key: 'a b' }] }, one(" at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+")],
  ['two errors',            { MaxItems: 0, Status: 'x' }, "2 validation errors detected: Value at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1; Value at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Tail, None]"],
]
for (const [name, input, message] of IAM) test(`validate, IAM: ${name}`, () => assert.equal(messageOf(input, IAM_STYLE), message))

// oxfmt-ignore
const ORGANIZATIONS: readonly (readonly [string, object, string, string])[] = [
  ['null',                    { Tags: [{}] }, 'INPUT_REQUIRED', 'You must include a value for all required parameters.'],
  ['pattern',                 { UserName: 'a b' }, 'INVALID_PATTERN', 'You provided a value that does not match the required pattern.'],
  ['pattern in a list',       { Tags: [{ Key: 'a b' }] }, 'INVALID_PATTERN', 'You provided a value that does not match the required pattern.'],
  ['enum',                    { Status: 'x' }, 'INVALID_ENUM', 'You specified an invalid value.'],
  ['a type of policy',        { Type: 'x' }, 'INVALID_ENUM_POLICY_TYPE', 'You specified an invalid policy type string.'],
  ['a target of policies',    { TargetId: 'x' }, 'INVALID_PATTERN_TARGET_ID', 'You specified a policy target ID that does not match the required pattern.'],
  ['too long',                { UserName: 'abcde' }, 'MAX_LENGTH_EXCEEDED', 'You provided a string parameter that is longer than allowed.'],
  ['too short',               { UserName: 'a' }, 'MIN_LENGTH_EXCEEDED', 'You provided a string parameter that is shorter than allowed.'],
  ['too large',               { MaxItems: 1001 }, 'MAX_VALUE_EXCEEDED', 'You provided a numeric parameter that has a larger value than allowed.'],
  ['too small',               { MaxItems: 0 }, 'MIN_VALUE_EXCEEDED', 'You provided a numeric parameter that has a smaller value than allowed.'],
  ['a list of strings',       { TagKeys: ['abcd'] }, 'INVALID_LIST_MEMBER', 'You provided a list to a parameter that contains at least one invalid value.'],
  ['only the first is told',  { UserName: 'a b c' }, 'INVALID_PATTERN', 'You provided a value that does not match the required pattern.'],
]
for (const [name, input, Reason, message] of ORGANIZATIONS)
  test(`validate, Organizations: ${name}`, () =>
    assert.throws(() => validate(input, operation, REASONS_STYLE), {
      code: 'InvalidInputException',
      message,
      members: { Reason },
    }))

test('validate: the style is that of the service, not of the protocol of a request', () => {
  const errors: ServiceModel['errors'] = new Map()
  assert.equal(validationStyle({ service: 'iam', protocol: 'query', errors }), IAM_STYLE)
  assert.equal(validationStyle({ service: 'sts', protocol: 'query', errors }), QUERY_STYLE)
  assert.equal(validationStyle({ service: 'states', protocol: 'json', errors }), JSON_STYLE)
  assert.equal(validationStyle({ service: 'organizations', protocol: 'json', errors }), REASONS_STYLE)
  const listing = new Map([['ValidationException', { members: [{ name: 'fieldList' }] }]]) as unknown as ServiceModel['errors']
  assert.equal(validationStyle({ service: 'access-analyzer', protocol: 'rest-json', errors: listing }), FIELDS_STYLE)
})

test('validate: a message is bounded in values and in number', () => {
  const long = messageOf({ UserName: 'x'.repeat(100_000) }, QUERY_STYLE) ?? ''
  assert.ok(long.length < MAX_SHOWN_VALUE + 200)
  let node: object = {}
  for (let depth = 0; depth < 300; depth += 1) node = { Id: '', Next: node }
  assert.ok(messageOf({ Node: node }, IAM_STYLE)?.startsWith(`${MAX_VIOLATIONS} validation errors detected: `))
})

test('validate: an input of another type is a bug, not a pass', () => {
  assert.throws(() => validate({ UserName: 5 }, operation, IAM_STYLE), TypeError)
  assert.throws(() => validate({ Tags: 'x' }, operation, IAM_STYLE), TypeError)
})
