/** Resources and ARN operators, segment by segment. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arnTest, AskedResource, type ResourceForm, resourcePattern } from './arn-match.ts'
import { contextOf } from './context.ts'
import { type PolicyVersion } from './document.ts'

const context = contextOf({ 'aws:username': 'alice', 'aws:PrincipalTag/star': '*', 'aws:PrincipalTag/colons': 'a:b' })

// oxfmt-ignore
const RESOURCES: readonly (readonly [pattern: string, form: ResourceForm, asked: string, matches: boolean])[] = [
  ['*',                                  'any',         '*',                                  true],
  ['*',                                  'any',         'arn:aws:s3:::b/k',                   true],
  ['*:*',                                'any',         'arn:aws:s3:::b/k',                   true],
  ['arn:aws:s3:::b/k',                   'exact',       'arn:aws:s3:::b/k',                   true],
  ['arn:aws:s3:::b/k',                   'exact',       'arn:aws:s3:::B/k',                   false],
  ['arn:aws:s3:::b/*',                   'prefix',      'arn:aws:s3:::b/k/l:m',               true],
  ['arn:aws:s3:::b/*',                   'prefix',      'arn:aws:s3:::b',                     false],
  ['arn:aws:s3:::b/*',                   'prefix',      '*',                                  false],
  ['arn:aws:s3:::b/*/k?',                'prefix-glob', 'arn:aws:s3:::b/x/y/k1',              true],
  ['arn:aws:s3:::b/*/k?',                'prefix-glob', 'arn:aws:s3:::b/x/k',                 false],
  ['arn:aws:s3:::b/${*}*',               'prefix',      'arn:aws:s3:::b/*x',                  true],
  ['arn:aws:s3:::b/${*}*',               'prefix',      'arn:aws:s3:::b/x',                   false],
  ['arn:aws:s3:::b/${*}',                'exact',       'arn:aws:s3:::b/x',                   false],
  ['arn:aws:s3:::b/*${*}',               'prefix-glob', 'arn:aws:s3:::b/x',                   false],
  ['arn:aws:s3:::b/*${*}',               'prefix-glob', 'arn:aws:s3:::b/x*',                  true],
  ['arn:aws:s3:::b/${$}${?}',            'exact',       'arn:aws:s3:::b/$?',                  true],
  ['arn:aws:sqs:*:111122223333:q',       'segmented',   'arn:aws:sqs:eu-west-1:111122223333:q', true],
  // A wildcard stays in its segment, but for a star at its end; in the sixth it takes colons.
  ['arn:aws:sqs:*:q',                    'segmented',   'arn:aws:sqs:eu-west-1:111122223333:q', true],
  ['arn:aws:sqs:*:q',                    'segmented',   'arn:aws:sqs:eu-west-1:q:x',          true],
  ['arn:aws:sqs:*:q',                    'segmented',   'arn:aws:sqs:eu-west-1:111122223333:r', false],
  ['arn:aws:sqs:*:q',                    'segmented',   'arn:aws:sqs:eu-west-1:q',            false],
  ['arn:aws:sqs:e*:q',                   'segmented',   'arn:aws:sqs:eu-west-1:111122223333:q', true],
  ['arn:aws:sqs:*1:q',                   'segmented',   'arn:aws:sqs:eu-west-1:111122223331:q', false],
  ['arn:aws:sqs:eu-west-1:?:q',          'segmented',   'arn:aws:sqs:eu-west-1:::q',          false],
  ['arn:aws:iam::*:role/x',              'segmented',   'arn:aws:iam::1:2:role/x',            true],
  ['arn:aws:iam::*2:role/x',             'segmented',   'arn:aws:iam::1:2:role/x',            false],
  ['arn:aws:logs:*:*:/aws-glue/*',       'segmented',   'arn:aws:logs:eu-west-1:111122223333:log-group:/aws-glue/jobs', true],
  ['arn:aws:logs:*:*:/aws-glue/*',       'segmented',   'arn:aws:logs:eu-west-1:111122223333:log-group:/aws/glue/jobs', false],
  ['arn:aws:s*:*:*:b${*}:c',             'segmented',   'arn:aws:s3:::b*:c',                  true],
  ['arn:aws:logs:*:*:log-group:*',       'segmented',   'arn:aws:logs:r:1:log-group:a:log-stream:b', true],
  ['arn:aws:s?:::b',                     'segmented',   'arn:aws:s3:::b',                     true],
  // Short ARNs are completed, whole ones are not.
  ['arn:aws:cloudfront:*',               'segmented',   'arn:aws:cloudfront::111122223333:distribution/x', true],
  ['arn:aws:cloudfront',                 'segmented',   'arn:aws:cloudfront::111122223333:distribution/x', true],
  ['arn:aws:sqs:eu-west-1:111122223333:', 'exact',      'arn:aws:sqs:eu-west-1:111122223333:q', false],
  ['arn:aws:s3:::home/${aws:username}/*', 'variable',   'arn:aws:s3:::home/alice/x',          true],
  ['arn:aws:s3:::home/${aws:username}/*', 'variable',   'arn:aws:s3:::home/bob/x',            false],
  ['arn:aws:s3:::home/${AWS:UserName}',  'variable',    'arn:aws:s3:::home/alice',            true],
  ['arn:aws:s3:::*/${aws:username}/?',   'variable',    'arn:aws:s3:::home/x/alice/1',        true],
  ['arn:aws:s3:::home/${aws:none}/*',    'variable',    'arn:aws:s3:::home//x',               false],
  ['arn:aws:s3:::${aws:none, \'pub\'}/*', 'variable',   'arn:aws:s3:::pub/x',                 true],
  ['arn:aws:s3:::${aws:none, \'a}b:c\'}', 'variable',   'arn:aws:s3:::a}b:c',                 true],
  // What is filled in is literal.
  ['arn:aws:s3:::${aws:PrincipalTag/star}', 'variable', 'arn:aws:s3:::b',                     false],
  ['arn:aws:s3:::${aws:PrincipalTag/star}', 'variable', 'arn:aws:s3:::*',                     true],
  ['arn:aws:sqs:*:*:${aws:username}',    'segmented',   'arn:aws:sqs:r:1:alice',              true],
]
for (const [pattern, form, asked, expected] of RESOURCES) {
  test(`resource: ${pattern} and ${asked}`, () => {
    const compiled = resourcePattern(pattern, '2012-10-17')
    const resource = new AskedResource(asked)
    assert.equal(compiled.form, form)
    assert.equal(compiled.matches(resource, context), expected)
    if (expected)
      assert.ok(
        asked.startsWith(compiled.prefix) &&
          (compiled.tailPrefix === '' || resource.tails.some((tail) => tail.startsWith(compiled.tailPrefix))),
      )
  })
}

test('resource: variables are filled in wherever they stand, and move no segment', () => {
  const early = resourcePattern('arn:aws:iam::${aws:username}:role/x', '2012-10-17')
  assert.equal(early.matches(new AskedResource('arn:aws:iam::alice:role/x'), context), true)
  assert.equal(early.matches(new AskedResource('arn:aws:iam::bob:role/x'), context), false)
  assert.equal(early.matches(new AskedResource('arn:aws:iam::alice:role/x'), contextOf({})), false)
  const filled = contextOf({ 'aws:username': 'iam::alice' })
  assert.equal(
    resourcePattern('arn:aws:${aws:username}:role/x', '2012-10-17').matches(
      new AskedResource('arn:aws:iam::alice:role/x'),
      filled,
    ),
    false,
  )
})

test('resource: in 2008 variables are literal', () => {
  const old = resourcePattern('arn:aws:s3:::home/${aws:username}', '2008-10-17')
  assert.equal(old.matches(new AskedResource('arn:aws:s3:::home/alice'), context), false)
  assert.equal(old.matches(new AskedResource('arn:aws:s3:::home/${aws:username}'), context), true)
})

const ROLE = 'arn:aws:iam::111122223333:role/x/deploy'
// oxfmt-ignore
const ARNS: readonly (readonly [pattern: string, value: string, matches: boolean, version?: PolicyVersion])[] = [
  [ROLE,                                    ROLE,                              true],
  ['arn:aws:iam::111122223333:role/*',      ROLE,                              true],
  ['arn:aws:iam::*:role/x/*',               ROLE,                              true],
  ['arn:aws:iam::*:ROLE/x/*',               ROLE,                              false],
  ['arn:aws:*:role/x/deploy',               ROLE,                              false],
  ['*',                                     ROLE,                              true],
  ['*',                                     'no ARN',                          false],
  ['*',                                     'urn:a:b:c:d:e',                   false],
  ['arn:aws:iam:*',                         ROLE,                              true],
  ['arn:aws:iam::111122223333:user/${aws:username}', 'arn:aws:iam::111122223333:user/alice', true],
  ['arn:aws:iam::111122223333:user/${aws:username}', 'arn:aws:iam::111122223333:user/alice', false, '2008-10-17'],
  ['arn:aws:iam::111122223333:user/${aws:none}',     'arn:aws:iam::111122223333:user/',      false],
  // No colon of a value moves a segment.
  ['arn:aws:${aws:PrincipalTag/colons}:r:1:q',       'arn:aws:a:b:r:1:q',                    false],
]
for (const [pattern, value, expected, version = '2012-10-17'] of ARNS) {
  test(`ArnLike: ${pattern} and ${value}${version === '2008-10-17' ? ' in 2008' : ''}`, () => {
    assert.equal(arnTest(pattern, version)(value, context), expected)
  })
}

test('ArnLike: a variable may stand for a whole ARN', () => {
  const own = contextOf({ 'aws:PrincipalArn': ROLE })
  assert.equal(arnTest('${aws:PrincipalArn}', '2012-10-17')(ROLE, own), true)
  assert.equal(arnTest('${aws:PrincipalArn}', '2012-10-17')(`${ROLE}x`, own), false)
})
