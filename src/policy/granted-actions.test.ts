/** What policies could allow of a service, and that the shortcuts say the same as asking every action. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileText, type CompiledPolicy, type DocumentKind } from './compile.ts'
import { grantsAny, grantsOf, grantsOfAll, refusesEverywhere } from './granted-actions.ts'

const ACTIONS = ['getobject', 'putobject', 'listbucket'] as const

function policy(Statement: object | readonly object[], kind: DocumentKind = 'identity'): CompiledPolicy {
  const compiled = compileText(JSON.stringify({ Version: '2012-10-17', Statement }), kind, {
    id: 'p',
    name: 'p',
    type: 'managed',
  })
  assert.equal(compiled.problem, undefined)
  return compiled
}
const allow = (Action: string | readonly string[]): object => ({ Effect: 'Allow', Action, Resource: '*' })
const deny = (Action: string | readonly string[], more: object = {}): object => ({
  Effect: 'Deny',
  Action,
  Resource: '*',
  ...more,
})
const condition = { Condition: { Bool: { 'aws:SecureTransport': 'false' } } }

/** The actions of s3 that the policies could allow. */
const granted = (...policies: readonly CompiledPolicy[]): readonly string[] => {
  const grant = grantsOf(policies)('s3')
  const all = ACTIONS.filter((action) => (typeof grant === 'function' ? grant(`s3:${action}`) : grant === 'all'))
  assert.equal(
    grantsAny(grant, 's3', () => ACTIONS),
    all.length > 0,
  )
  return all
}

test('what statements could allow', () => {
  // oxfmt-ignore
  const rows: readonly (readonly [string, object | readonly object[], readonly string[]])[] = [
    ['everything',                 allow('*'),                                                        ACTIONS],
    ['a whole service',            allow('s3:*'),                                                     ACTIONS],
    ['its prefix in any case',     allow('S3:GETobject'),                                             ['getobject']],
    ['another service',            allow('sqs:*'),                                                    []],
    ['a service that begins so',   allow('s3-outposts:*'),                                            []],
    ['some of its actions',        allow('s3:*Object'),                                               ['getobject', 'putobject']],
    ['prefixes with wildcards',    allow('s?:List*'),                                                 ['listbucket']],
    ['all but another service',    { Effect: 'Allow', NotAction: 'sqs:*', Resource: '*' },            ACTIONS],
    ['all but some of it',         { Effect: 'Allow', NotAction: 's3:Get*', Resource: '*' },          ['putobject', 'listbucket']],
    ['all but all of it',          { Effect: 'Allow', NotAction: ['s3:*', 'a:b'], Resource: '*' },    []],
    ['all but everything',         { Effect: 'Allow', NotAction: '*', Resource: '*' },                []],
    ['an action that AWS has not', allow('s3:Nothing'),                                               []],
    ['taken away',                 [allow('*'), deny('s3:*')],                                        []],
    ['some taken away',            [allow('s3:*'), deny('s3:Get*')],                                  ['putobject', 'listbucket']],
    ['taken away in part',         [allow('*'), deny('s3:*', { Resource: 'arn:aws:s3:::a' })],        ACTIONS],
    ['taken away at times',        [allow('*'), deny('s3:*', condition)],                             ACTIONS],
    ['all but one taken away',     [allow('*'), { Effect: 'Deny', NotAction: 's3:Get*', Resource: '*' }], ['getobject']],
    ['only taken away',            deny('s3:Get*'),                                                   []],
    ['on one resource at times',   { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*', ...condition }, ['getobject']],
  ]
  for (const [name, statements, expected] of rows) assert.deepEqual(granted(policy(statements)), expected, name)
})

test('policies allow together, and one takes away from all', () => {
  assert.deepEqual(granted(policy(allow('s3:Get*')), policy(allow('s3:Put*'))), ['getobject', 'putobject'])
  assert.deepEqual(granted(policy(allow('s3:*')), policy(deny('s3:Get*'))), ['putobject', 'listbucket'])
  assert.deepEqual(granted(), [])
})

test('actions are not asked for where patterns say all', () => {
  const fail = (): never => assert.fail('the actions were asked for')
  assert.equal(grantsAny(grantsOf([policy(allow('*'))])('s3'), 's3', fail), true)
  assert.equal(grantsAny(grantsOf([policy(allow('sqs:*'))])('s3'), 's3', fail), false)
})

test('every level has to allow', () => {
  const scp = (...statements: readonly object[]): CompiledPolicy => policy(statements, 'scp')
  const actions = (...levels: readonly (readonly CompiledPolicy[])[]): readonly string[] => {
    const grant = grantsOfAll(levels)('s3')
    return ACTIONS.filter((action) => (typeof grant === 'function' ? grant(`s3:${action}`) : grant === 'all'))
  }
  assert.deepEqual(actions(), ACTIONS)
  assert.deepEqual(actions([scp(allow('*'))], [scp(allow('*'))]), ACTIONS)
  assert.deepEqual(actions([scp(allow('*'))], []), [])
  assert.deepEqual(actions([scp(allow('s3:*Object'))], [scp(allow('s3:Get*')), scp(allow('s3:List*'))]), ['getobject'])
  assert.deepEqual(actions([scp(allow('*')), scp(deny('s3:Get*'))], [scp(allow('*'))]), ['putobject', 'listbucket'])
})

test('the shortcuts say what asking every statement about every action says', () => {
  const pattern = fc.constantFrom(
    '*',
    's3:*',
    's3:**',
    's3:Get*',
    's3:*t',
    's3:GetObject',
    's?:Put*',
    '*:List*',
    'sqs:*',
    'sqs:Send*',
    '?3:*',
  )
  const patterns = fc.uniqueArray(pattern, { minLength: 1, maxLength: 3 })
  const statement = fc.record({ deny: fc.boolean(), negated: fc.boolean(), patterns })
  fc.assert(
    fc.property(fc.array(statement, { minLength: 1, maxLength: 4 }), (drawn) => {
      const made = policy(
        drawn.map((one) => ({
          Effect: one.deny ? 'Deny' : 'Allow',
          [one.negated ? 'NotAction' : 'Action']: one.patterns,
          Resource: '*',
        })),
      )
      const expected = ACTIONS.filter((name) => {
        const about = made.statements.filter(({ matchesAction }) => matchesAction(`s3:${name}`))
        return about.some(({ effect }) => effect === 'Allow') && !about.some(refusesEverywhere)
      })
      assert.deepEqual(granted(made), expected)
    }),
    { numRuns: 2_000 },
  )
})
