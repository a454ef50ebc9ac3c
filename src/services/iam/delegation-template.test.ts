/** Policy templates: the examples of the IAM User Guide ("Policy templates"), and what is refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PolicyParameter } from '../../model/iam.gen.ts'
import { parametersAskedBy, renderTemplate, TemplateError } from './delegation-template.ts'

const text = (Name: string, value: string): PolicyParameter => ({ Name, Values: [value], Type: 'string' })
const list = (Name: string, ...Values: readonly string[]): PolicyParameter => ({ Name, Values, Type: 'stringList' })
const read = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: '*' }
const policy = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
const on = (Resource: unknown, more: object = {}) => policy({ ...more, Effect: 'Allow', Action: ['s3:PutObject'], Resource })
const enabled = (directive: string) =>
  policy(read, { '@Enabled': directive, Effect: 'Allow', Action: ['s3:PutObject'], Resource: 'arn:aws:s3:::@{bucketName}/*' })
const both = policy(read, { Effect: 'Allow', Action: ['s3:PutObject'], Resource: 'arn:aws:s3:::my-bucket/*' })
const bucket = text('bucketName', 'my-bucket')

type Row = readonly [what: string, template: string, parameters: readonly PolicyParameter[], rendered: string]

// oxfmt-ignore
const RENDERED: readonly Row[] = [
  ['one value',                    on('arn:aws:s3:::@{bucketName}/*'),            [bucket],                                              on('arn:aws:s3:::my-bucket/*')],
  ['several values',               on('arn:aws:s3:::@{bucketNames}/*'),           [list('bucketNames', 'bucket-1', 'bucket-2')],         on(['arn:aws:s3:::bucket-1/*', 'arn:aws:s3:::bucket-2/*'])],
  ['all combinations',             on('arn:aws:s3:::@{bucketNames}/@{prefix}/*'), [list('bucketNames', 'one', 'two'), list('prefix', 'x', 'y')], on(['arn:aws:s3:::one/x/*', 'arn:aws:s3:::one/y/*', 'arn:aws:s3:::two/x/*', 'arn:aws:s3:::two/y/*'])],
  ['values within a list',         on(['*', 'a@{names}', 'b']),                   [list('names', '1', '2')],                             on(['*', 'a1', 'a2', 'b'])],
  ['in conditions',                on('*', { Condition: { StringEquals: { 'aws:PrincipalTag/t': '@{team}' } } }), [text('team', 'x')],    on('*', { Condition: { StringEquals: { 'aws:PrincipalTag/t': 'x' } } })],
  ['quotes are no way out',        on('@{bucketName}'),                           [text('bucketName', '","Effect":"Deny')],              on('","Effect":"Deny')],
  ['policy variables stay',        on('arn:aws:s3:::@{bucketName}/${aws:username}'), [bucket],                                           on('arn:aws:s3:::my-bucket/${aws:username}')],
  ['enabled',                      enabled('ENABLE'),                             [bucket, text('ENABLE', 'True')],                      both],
  ['not enabled',                  enabled('ENABLE'),                             [bucket, text('ENABLE', 'False')],                     policy(read)],
  ['true is not True',             enabled('ENABLE'),                             [bucket, text('ENABLE', 'true')],                      policy(read)],
  ['negated, enabled',             enabled('!ENABLE'),                            [bucket, text('ENABLE', 'False')],                     both],
  ['negated, not enabled',         enabled('!ENABLE'),                            [bucket, text('ENABLE', 'True')],                      policy(read)],
  ['a statement that is no list',  '{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}', [],                                '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'],
]
for (const [what, template, parameters, rendered] of RENDERED)
  test(`a template renders: ${what}`, () => assert.equal(renderTemplate(template, parameters), rendered))

const one = on('@{bucketName}')
const long = 'x'.repeat(1_000)
const many: readonly string[] = Array(1_000).fill('x')

// oxfmt-ignore
const REFUSED: readonly Row[] = [
  ['no JSON',                       '{',                                [],                                             'The policy template is not valid JSON.'],
  ['no object',                     '[]',                               [],                                             'The policy template is not a JSON object.'],
  ['no statement',                  '{"Statement":[]}',                 [],                                             'The policy template has no statement.'],
  ['a statement that is a text',    '{"Statement":["x"]}',              [],                                             'The policy template has a statement that is not an object.'],
  ['a placeholder without a name',  on('@{}'),                          [],                                             'The policy template has a placeholder without a name.'],
  ['a directive without a name',    policy({ ...read, '@Enabled': '!' }), [],                                           '@Enabled must hold the name of a parameter.'],
  ['a parameter that nobody asks',  one,                                [bucket, text('other', 'x')],                   'The policy template has no parameter other.'],
  ['a parameter twice',             one,                                [bucket, bucket],                               'The parameter bucketName is given twice.'],
  ['no type',                       one,                                [{ Name: 'bucketName', Values: ['x'] }],        'The parameter bucketName has no type.'],
  ['no value',                      one,                                [list('bucketName')],                           'The parameter bucketName must have values.'],
  ['two values of a text',          one,                                [{ ...bucket, Values: ['a', 'b'] }],            'The parameter bucketName must have one value.'],
  ['a missing parameter',           one,                                [],                                             'The parameter bucketName is missing.'],
  ['a list as the effect',          policy({ ...read, Effect: '@{effects}' }), [list('effects', 'Allow', 'Deny')],      'The parameter effects is a list where one value must stand.'],
  ['too long',                      on('@{one11}@{two22}'),             [text('one11', long), text('two22', long + long)], 'The rendered policy has more than 2048 characters.'],
  ['too long as a whole',           on('@{one11}'),                     [text('one11', long + long)],                   'The rendered policy has 2097 characters, more than 2048.'],
  ['too many',                      on('@{one11}@{two22}'),             [list('one11', ...many), list('two22', ...many)], 'The rendered policy has more than 2048 characters.'],
]
for (const [what, template, parameters, message] of REFUSED)
  test(`a template is refused: ${what}`, () =>
    assert.throws(
      () => renderTemplate(template, parameters),
      (error) => error instanceof TemplateError && error.message === message,
    ))

test('a template tells its parameters', () => {
  assert.deepEqual(parametersAskedBy(enabled('!ENABLE')), new Set(['ENABLE', 'bucketName']))
})
