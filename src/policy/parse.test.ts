/** Policy documents: what no type of policy may hold, and that a text never brings more than a PolicyError. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PolicyError, type PolicyFlaw } from './document.ts'
import { parsePolicy, readPolicy } from './parse.ts'

const statement = (members: string): string => `{"Version":"2012-10-17","Statement":[{${members}}]}`
const allow = (members: string): string => statement(`"Effect":"Allow","Action":"s3:*","Resource":"*"${members}`)

// oxfmt-ignore
const REFUSED: readonly (readonly [source: string, flaw: PolicyFlaw, path: string, message: string])[] = [
  ['{',                                                      'json-syntax',         '',                                    "expected a member's name in quotation marks but found the end of the text"],
  ['{"Version":"2012-10-17","Version":"2012-10-17"}',        'json-duplicate',      'Version',                             '`Version` stands twice in one object'],
  ['[]',                                                     'type',                '',                                    'expected an object but found an array'],
  ['{"Version":"2012-10-17"}',                               'missing-statement',   '',                                    'the document has no `Statement`'],
  ['{"Statement":[]}',                                       'missing-statement',   'Statement',                           '`Statement` is empty'],
  ['{"Statement":"s"}',                                      'type',                'Statement',                           'expected an object or an array of objects but found a string'],
  ['{"Statement":[null]}',                                   'type',                'Statement[0]',                        'expected an object but found null'],
  ['{"statement":[]}',                                       'unknown-element',     'statement',                           '`statement` is no element of a policy'],
  ['{"Version":"2013-01-01","Statement":{"Effect":"Deny","Action":"*"}}', 'version', 'Version',                             '`2013-01-01` is no version of the policy language'],
  ['{"Version":20121017,"Statement":{"Effect":"Deny","Action":"*"}}',     'type',    'Version',                             'expected a string but found a number'],
  ['{"Id":[],"Statement":{"Effect":"Deny","Action":"*"}}',                'type',    'Id',                                  'expected a string but found an array'],
  [allow(',"Comment":"x"'),                                  'unknown-element',     'Statement[0].Comment',                '`Comment` is no element of a policy'],
  [allow(',"Sid":1'),                                        'type',                'Statement[0].Sid',                    'expected a string but found a number'],
  [statement('"Action":"*"'),                                'missing-effect',      'Statement[0]',                        'the statement has no `Effect`'],
  [statement('"Effect":"allow","Action":"*"'),               'effect-case',         'Statement[0].Effect',                 '`allow` is neither `Allow` nor `Deny`'],
  [statement('"Effect":"Maybe","Action":"*"'),               'effect',              'Statement[0].Effect',                 '`Maybe` is neither `Allow` nor `Deny`'],
  [statement('"Effect":"Allow"'),                            'missing-action',      'Statement[0]',                        'the statement has neither `Action` nor `NotAction`'],
  [allow(',"NotAction":"*"'),                                'element-combination', 'Statement[0].NotAction',              'the statement has both `Action` and `NotAction`'],
  [allow(',"NotResource":"*"'),                              'element-combination', 'Statement[0].NotResource',            'the statement has both `Resource` and `NotResource`'],
  [allow(',"Principal":"*","NotPrincipal":"*"'),             'element-combination', 'Statement[0].NotPrincipal',           'the statement has both `Principal` and `NotPrincipal`'],
  [statement('"Effect":"Allow","Action":{}'),                'type',                'Statement[0].Action',                 'expected a string or an array of strings but found an object'],
  [statement('"Effect":"Allow","Action":["*",[]]'),          'type',                'Statement[0].Action[1]',              'expected a string but found an array'],
  [allow(',"Principal":"me"'),                               'principal',           'Statement[0].Principal',              '`me` is no principal: expected `*` or an object'],
  [allow(',"Principal":["*"]'),                              'type',                'Statement[0].Principal',              'expected `*` or an object but found an array'],
  [allow(',"Principal":{"aws":"*"}'),                        'principal-key',       'Statement[0].Principal.aws',          '`aws` is no type of principal'],
  [allow(',"Principal":{"AWS":[1]}'),                        'type',                'Statement[0].Principal.AWS[0]',       'expected a string but found a number'],
  [allow(',"Condition":[]'),                                 'type',                'Statement[0].Condition',              'expected an object but found an array'],
  [allow(',"Condition":{"StringEquals":"x"}'),               'type',                'Statement[0].Condition.StringEquals', 'expected an object but found a string'],
  [allow(',"Condition":{"stringEquals":{"aws:a":"x"}}'),     'operator',            'Statement[0].Condition.stringEquals', '`stringEquals` is no condition operator'],
  [allow(',"Condition":{"ForSomeValues:Bool":{"aws:a":"x"}}'), 'operator',          'Statement[0].Condition.ForSomeValues:Bool', '`ForSomeValues:Bool` is no condition operator'],
  [allow(',"Condition":{"NullIfExists":{"aws:a":"true"}}'),  'null-if-exists',      'Statement[0].Condition.NullIfExists', '`NullIfExists`: `Null` has no form with `IfExists`'],
  [allow(',"Condition":{"Bool":{"aws:a":null}}'),            'type',                'Statement[0].Condition.Bool.aws:a',   'expected a string, a boolean or a number but found null'],
  [allow(',"Condition":{"Bool":{"aws:a":["x",{}]}}'),        'type',                'Statement[0].Condition.Bool.aws:a[1]', 'expected a string, a boolean or a number but found an object'],
]
for (const [source, flaw, path, message] of REFUSED) {
  test(`parse: refuses ${source}`, () => {
    assert.throws(
      () => parsePolicy(source),
      (error) => {
        assert.ok(error instanceof PolicyError)
        assert.deepEqual({ flaw: error.flaw, path: error.path, message: error.message }, { flaw, path, message })
        return true
      },
    )
  })
}

// oxfmt-ignore
const TAKEN: readonly (readonly [why: string, source: string])[] = [
  ['a statement without brackets',       '{"Statement":{"Effect":"Deny","NotAction":[],"NotResource":[]}}'],
  ['any order of elements',              '{"Statement":{"Action":"*","Effect":"Deny"},"Id":"x","Version":"2008-10-17"}'],
  ['booleans and numbers as values',     allow(',"Condition":{"Bool":{"aws:a":true},"NumericLessThan":{"aws:b":[1,2.5e3]}}')],
  ['operators without keys',             allow(',"Condition":{"Anything":{},"Bool":{}}')],
  ['all types of principals',            allow(',"Principal":{"AWS":["*"],"Service":"s","Federated":[],"CanonicalUser":"c"}')],
  ['sets and IfExists together',         allow(',"Condition":{"ForAllValues:StringNotLikeIfExists":{"aws:a":[]},"ForAnyValue:Null":{"aws:b":"true"}}')],
]
for (const [why, source] of TAKEN) test(`parse: takes ${why}`, () => void parsePolicy(source))

test('parse: line and column count from one', () => {
  const { errors } = readPolicy('{\n  "Statement": {\n    "Effect": "Alow",\n    "Action": "*"\n  }\n}')
  assert.deepEqual(
    errors.map(({ place }) => place),
    [{ line: 3, column: 15 }],
  )
})

test('parse: reading goes on after an error', () => {
  const { errors, document } = readPolicy('{"Statement":[{"Effect":"no"},{"Effect":"Deny","Action":1}],"x":1}')
  assert.deepEqual(
    errors.map(({ flaw }) => flaw),
    ['unknown-element', 'effect', 'missing-action', 'type'],
  )
  assert.deepEqual(
    document.statements.map(({ effect }) => effect),
    ['Deny', 'Deny'],
  )
})

const text = fc.constantFrom('*', 's3:*', 'arn:aws:s3:::b/*', '123456789012', 'é', '"\\')
const texts = fc.oneof(text, fc.array(text, { maxLength: 3 }))
const operator = fc.constantFrom('StringLike', 'Bool', 'ForAnyValue:ArnLike', 'NullIfExists', 'x')
const value = fc.oneof(texts, fc.boolean(), fc.integer(), fc.constant(null))
const condition = fc.dictionary(operator, fc.dictionary(text, value, { maxKeys: 2 }), { maxKeys: 2 })
const statements = fc.record(
  {
    Sid: text,
    Effect: fc.constantFrom('Allow', 'Deny', 'allow'),
    Action: texts,
    NotAction: texts,
    Resource: texts,
    NotResource: texts,
    Principal: fc.oneof(fc.constant('*'), fc.dictionary(fc.constantFrom('AWS', 'Service', 'x'), texts)),
    Condition: condition,
  },
  { requiredKeys: ['Effect'] },
)
const documents = fc
  .tuple(
    fc.record(
      { Version: fc.constantFrom('2012-10-17', '2008-10-17', '1'), Id: text, Statement: fc.array(statements, { maxLength: 3 }) },
      { requiredKeys: [] },
    ),
    fc.nat(2),
  )
  .map(([document, indent]) => JSON.stringify(document, undefined, indent))

/** A text with one stretch of it replaced. */
const mutated = fc
  .tuple(
    documents,
    fc.nat(),
    fc.nat(12),
    fc.constantFrom('', '{', '}', '[', ']', '"', ',', ':', 'null', '1', '\\', '\u0000', '"Effect":"Deny",'),
  )
  .map(([source, at, length, piece]) => {
    const start = at % (source.length + 1)
    return source.slice(0, start) + piece + source.slice(start + length)
  })

test('parse: a text is a document or a PolicyError with a place inside the text', () => {
  fc.assert(
    fc.property(fc.oneof(documents, mutated, fc.string(), fc.json()), (source) => {
      const error = errorOf(source)
      if (error === undefined) return
      assert.ok(error.span.start >= 0 && error.span.start <= error.span.end && error.span.end <= source.length)
      const lines = source.split('\n')
      assert.ok(error.place.line <= lines.length)
      assert.ok(error.place.column <= (lines[error.place.line - 1] ?? '').length + 1)
    }),
    { numRuns: 3000 },
  )
})

test('parse: every text of a document stands where it says', () => {
  fc.assert(
    fc.property(documents, (source) => {
      const { document } = readPolicy(source)
      for (const each of document.statements) {
        const found = [...each.action.values, ...(each.resource?.values ?? []), ...(each.principal?.entries ?? [])]
        for (const { text: read, start, end } of found) assert.equal(JSON.parse(source.slice(start, end)), read)
        for (const { key, values } of each.conditions) {
          assert.equal(JSON.parse(source.slice(key.start, key.end)), key.text)
          for (const { text: read, start, end } of values) assert.equal(String(JSON.parse(source.slice(start, end))), read)
        }
      }
    }),
  )
})

function errorOf(source: string): PolicyError | undefined {
  try {
    parsePolicy(source)
    return undefined
  } catch (error) {
    assert.ok(error instanceof PolicyError, String(error))
    return error
  }
}

test('parse: what is no text is refused before it is read', () => {
  for (const source of [undefined, null, {}, 5])
    assert.throws(() => parsePolicy(source as unknown as string), { name: 'InputError', member: 'source' })
})
