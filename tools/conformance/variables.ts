/** Cases of policy variables: where they stand, what they become, and what they are without a value. */
import { HOME, OTHER, PAGE, allow, ask, deny, document, documentOf, inferred, kase, type Theme } from './build.ts'
import type { Case, Context } from '../../tests/oracle/question.ts'

const V2012 = '2012-10-17'
const ANA: Context = { 'aws:username': 'ana' }

type InResource = readonly [pattern: string, asked: string, context: Context, applies: boolean, why: string, source?: string]
const BUCKET = 'arn:aws:s3:::b'
const EARLY = 'arn:*:kms:*:${aws:PrincipalAccount}:key/*'
const EARLY_SOURCE =
  'recorded: SimulateCustomPolicy allows a resource with ${aws:PrincipalAccount} for an account in the own account and in no other (2026); the AWS managed policy AmazonTimestreamInfluxDBServiceRolePolicy has this resource'

// oxfmt-ignore
const RESOURCES: readonly InResource[] = [
  [`${BUCKET}/home/\${aws:username}/*`,          `${BUCKET}/home/ana/x`,      ANA,                          true,  'the user’s own folder'],
  [`${BUCKET}/home/\${aws:username}/*`,          `${BUCKET}/home/bob/x`,      ANA,                          false, 'another user’s folder'],
  [`arn:aws:iam::${HOME}:user/\${aws:username}`, `arn:aws:iam::${HOME}:user/ana`, ANA,                      true,  'the whole name'],
  ['arn:aws:sqs:us-east-2:*:${aws:username}-queue', `arn:aws:sqs:us-east-2:${HOME}:ana-queue`, ANA,         true,  'part of a name, beside wildcards'],
  [`${BUCKET}/\${aws:PrincipalTag/department}`,  `${BUCKET}/hr`,              { 'aws:PrincipalTag/department': 'hr' }, true, 'a tag'],
  [`${BUCKET}/\${aws:PrincipalTag/department}/\${aws:username}`, `${BUCKET}/hr/ana`, { ...ANA, 'aws:PrincipalTag/department': 'hr' }, true, 'two variables'],
  [`${BUCKET}/\${aws:PrincipalTag/department}/\${aws:username}`, `${BUCKET}/hr/ana`, ANA,                   false, 'two variables, one without a value'],
  [`${BUCKET}/\${AWS:UserName}`,                 `${BUCKET}/ana`,             ANA,                          true,  'names of keys are compared without case'],
  [`${BUCKET}/\${aws:username}`,                 `${BUCKET}/Ana`,             ANA,                          false, 'values are compared with case'],
  [`${BUCKET}/\${aws:username}`,                 `${BUCKET}/ana`,             {},                           false, 'no value matches no resource'],
  [`${BUCKET}/\${aws:username}*`,                `${BUCKET}/`,                {},                           false, 'no value is not the empty text'],
  [`${BUCKET}/\${aws:username}`,                 `${BUCKET}/\${aws:username}`, {},                          false, 'no value is not the variable’s own text'],
  [`${BUCKET}-\${aws:PrincipalTag/team, 'company-wide'}`, `${BUCKET}-company-wide`, {},                     true,  'a default for want of a value, as in the page’s example'],
  [`${BUCKET}-\${aws:PrincipalTag/team, 'company-wide'}`, `${BUCKET}-yellow`, { 'aws:PrincipalTag/team': 'yellow' }, true, 'a value beside a default'],
  [`${BUCKET}-\${aws:PrincipalTag/team, 'company-wide'}`, `${BUCKET}-company-wide`, { 'aws:PrincipalTag/team': 'yellow' }, false, 'a default does nothing beside a value'],
  [`${BUCKET}/\${*}`,                            `${BUCKET}/*`,               {},                           true,  'an asterisk that is itself'],
  [`${BUCKET}/\${*}`,                            `${BUCKET}/x`,               {},                           false, 'an asterisk that is no wildcard'],
  [`${BUCKET}/a\${?}`,                           `${BUCKET}/a?`,              {},                           true,  'a question mark that is itself'],
  [`${BUCKET}/a\${?}`,                           `${BUCKET}/ab`,              {},                           false, 'a question mark that is no wildcard'],
  [`${BUCKET}/\${$}{x}`,                         `${BUCKET}/\${x}`,           {},                           true,  'a dollar sign that is itself'],
  [`${BUCKET}/\${aws:username}`,                 `${BUCKET}/anything`,        { 'aws:username': '*' },      false, 'an asterisk in a value is no wildcard', inferred('Values come from the request; the page gives the wildcard’s meaning to what stands in the policy.')],
  [`${BUCKET}/\${aws:username}`,                 `${BUCKET}/*`,               { 'aws:username': '*' },      true,  'an asterisk in a value is itself', inferred('Values come from the request; the page gives the wildcard’s meaning to what stands in the policy.')],
  [EARLY, `arn:aws:kms:us-east-2:${HOME}:key/k`,  { 'aws:PrincipalAccount': HOME },                        true,  'before the fifth colon: IAM stores no such document, and fills in what others hold', EARLY_SOURCE],
  [EARLY, `arn:aws:kms:us-east-2:${OTHER}:key/k`, { 'aws:PrincipalAccount': HOME },                        false, 'before the fifth colon: another account', EARLY_SOURCE],
  [EARLY, `arn:aws:kms:us-east-2:${HOME}:key/k`,  {},                                                      false, 'before the fifth colon: no value matches no resource', EARLY_SOURCE],
  [`${BUCKET}/\${aws:TagKeys}`,                  `${BUCKET}/a`,               { 'aws:TagKeys': ['a', 'b'] }, false, 'a multivalued key is no variable', PAGE.sets],
]

const inResource = ([pattern, asked, context, applies, why, source]: InResource): Case =>
  kase(
    `Resource ${pattern} ${applies ? 'applies' : 'does not apply'} to ${asked}: ${why}`,
    ask({ identity: [documentOf(V2012, allow('*', pattern))] }, { resource: asked, context }),
    applies ? 'allowed' : 'implicitDeny',
    source ?? PAGE.variables,
  )

type InCondition = readonly [
  operator: string,
  key: string,
  policy: string,
  context: Context,
  holds: boolean,
  why: string,
  source?: string,
]
// oxfmt-ignore
const VALUES: readonly InCondition[] = [
  ['StringEquals',           's3:prefix', '${aws:username}',            { ...ANA, 's3:prefix': 'ana' },     true,  'a whole value'],
  ['StringEquals',           's3:prefix', '${aws:username}',            { ...ANA, 's3:prefix': 'bob' },     false, 'another value'],
  ['StringEquals',           's3:prefix', 'home/${aws:username}/',      { ...ANA, 's3:prefix': 'home/ana/' }, true, 'part of a value'],
  ['StringLike',             's3:prefix', '${aws:username}/*',          { ...ANA, 's3:prefix': 'ana/x' },   true,  'beside a wildcard'],
  ['StringLike',             's3:prefix', '${aws:username}',            { 'aws:username': 'a*', 's3:prefix': 'ana' }, false, 'an asterisk in a value is no wildcard', inferred('Values come from the request; the page gives the wildcard’s meaning to what stands in the policy.')],
  ['StringLike',             's3:prefix', 'a${*}',                      { 's3:prefix': 'ana' },             false, 'an asterisk that is itself'],
  ['StringLike',             's3:prefix', 'a${*}',                      { 's3:prefix': 'a*' },              true,  'an asterisk that is itself'],
  ['StringEquals',           's3:prefix', 'a${*}',                      { 's3:prefix': 'a*' },              true,  'an asterisk that is itself, in an operator without wildcards'],
  ['StringEqualsIgnoreCase', 's3:prefix', '${aws:username}',            { ...ANA, 's3:prefix': 'ANA' },     true,  'without case'],
  ['StringEquals',           's3:prefix', '${aws:username}',            { 's3:prefix': 'ana' },             false, 'no value equals nothing'],
  ['StringEquals',           's3:prefix', '${aws:username}',            { 's3:prefix': '' },                false, 'no value does not equal the empty text'],
  ['StringLike',             's3:prefix', '${aws:username}*',           { 's3:prefix': 'ana' },             false, 'no value is like nothing'],
  ['StringNotEquals',        's3:prefix', '${aws:username}',            { 's3:prefix': 'ana' },             true,  'no value: the negated operator holds'],
  ['StringNotLike',          's3:prefix', '${aws:username}*',           { 's3:prefix': 'ana' },             true,  'no value: the negated operator holds'],
  ['StringNotEquals',        's3:prefix', '${aws:username}',            { ...ANA, 's3:prefix': 'ana' },     false, 'the value equals'],
  ['StringEquals',           's3:prefix', "${aws:username, 'guest'}",   { 's3:prefix': 'guest' },           true,  'a default'],
  ['StringEquals',           's3:prefix', "${aws:username, 'guest'}",   { ...ANA, 's3:prefix': 'guest' },   false, 'a default does nothing beside a value'],
  ['StringEqualsIgnoreCase', 's3:prefix', "${aws:username, 'Guest'}",   { 's3:prefix': 'gUEST' },           true,  'a default, without case'],
  ['StringNotEqualsIgnoreCase', 's3:prefix', "${aws:username, 'Guest'}", { 's3:prefix': 'gUEST' },          false, 'a default, without case'],
  ['ArnEquals',              'aws:SourceArn', 'arn:aws:sns:us-east-2:111122223333:${aws:username}', { ...ANA, 'aws:SourceArn': 'arn:aws:sns:us-east-2:111122223333:ana' }, true, 'in an ARN'],
  ['ArnLike',                'aws:SourceArn', 'arn:aws:sns:*:111122223333:${aws:username}-*', { ...ANA, 'aws:SourceArn': 'arn:aws:sns:us-east-2:111122223333:ana-1' }, true, 'in an ARN, beside wildcards'],
  ['ArnLike',                'aws:SourceArn', 'arn:aws:sns:*:${aws:PrincipalAccount}:*', { 'aws:PrincipalAccount': HOME, 'aws:SourceArn': `arn:aws:sns:us-east-2:${HOME}:t` }, true, 'for the account of an ARN', inferred('ARN operators take variables in their values; the limit to the last part is that of the Resource element.')],
  ['ArnNotLike',             'aws:SourceArn', 'arn:aws:sns:*:*:${aws:username}', { 'aws:SourceArn': 'arn:aws:sns:us-east-2:111122223333:t' }, true, 'no value: the negated operator holds'],
  ['ForAnyValue:StringEquals', 'aws:TagKeys', '${aws:username}',        { ...ANA, 'aws:TagKeys': ['x', 'ana'] }, true, 'with a set operator'],
]

const inCondition = ([operator, key, policy, context, holds, why, source]: InCondition): Case =>
  kase(
    `${operator} ${policy} ${holds ? 'holds' : 'does not hold'} for ${JSON.stringify(context)}: ${why}`,
    ask({ identity: [documentOf(V2012, allow('*', '*', { Condition: { [operator]: { [key]: policy } } }))] }, { context }),
    holds ? 'allowed' : 'implicitDeny',
    source ?? PAGE.variables,
  )

const NOT_ANA = { Effect: 'Allow', Action: '*', NotResource: `${BUCKET}/\${aws:username}` }
const DENY_TEAM = deny('s3:GetObject', 'arn:aws:s3:::b/*', {
  Condition: { StringNotEquals: { 's3:ExistingObjectTag/Team': '${aws:PrincipalTag/Team}' } },
})
const team = (context: Context): ReturnType<typeof ask> =>
  ask({ identity: [document(allow('*'), DENY_TEAM)] }, { resource: 'arn:aws:s3:::b/x', context })

// oxfmt-ignore
const MORE: readonly Case[] = [
  kase('version 2008-10-17: a variable is its own text', ask({ identity: [documentOf('2008-10-17', allow('*', `${BUCKET}/\${aws:username}`))] }, { resource: `${BUCKET}/ana`, context: ANA }), 'implicitDeny', PAGE.variables),
  kase('version 2008-10-17: a variable’s own text matches itself', ask({ identity: [documentOf('2008-10-17', allow('*', `${BUCKET}/\${aws:username}`))] }, { resource: `${BUCKET}/\${aws:username}`, context: ANA }), 'allowed', PAGE.variables),
  kase('no version: a variable is its own text', ask({ identity: [documentOf(undefined, allow('*', `${BUCKET}/\${aws:username}`))] }, { resource: `${BUCKET}/ana`, context: ANA }), 'implicitDeny', PAGE.version),
  kase('no version: a variable in a condition is its own text', ask({ identity: [documentOf(undefined, allow('*', '*', { Condition: { StringEquals: { 's3:prefix': '${aws:username}' } } }))] }, { context: { ...ANA, 's3:prefix': 'ana' } }), 'implicitDeny', PAGE.version),
  kase('no version: a variable’s own text in a condition equals itself', ask({ identity: [documentOf(undefined, allow('*', '*', { Condition: { StringEquals: { 's3:prefix': '${aws:username}' } } }))] }, { context: { ...ANA, 's3:prefix': '${aws:username}' } }), 'allowed', PAGE.version),
  kase('NotResource with a value excepts it', ask({ identity: [document(NOT_ANA)] }, { resource: `${BUCKET}/ana`, context: ANA }), 'implicitDeny', PAGE.variables),
  kase('NotResource with a value excepts nothing else', ask({ identity: [document(NOT_ANA)] }, { resource: `${BUCKET}/bob`, context: ANA }), 'allowed', PAGE.variables),
  kase('NotResource without a value excepts nothing', ask({ identity: [document(NOT_ANA)] }, { resource: `${BUCKET}/ana` }), 'allowed', PAGE.variables),
  kase('the page’s example: teams agree', team({ 'aws:PrincipalTag/Team': 'a', 's3:ExistingObjectTag/Team': 'a' }), 'allowed', PAGE.variables),
  kase('the page’s example: teams differ', team({ 'aws:PrincipalTag/Team': 'a', 's3:ExistingObjectTag/Team': 'b' }), ['explicitDeny', 'identity'], PAGE.variables),
  kase('the page’s example: the principal has no team', team({ 's3:ExistingObjectTag/Team': 'a' }), ['explicitDeny', 'identity'], PAGE.variables),
  kase('a pattern without a value does not spoil the others of its list', ask({ identity: [document(allow('*', [`${BUCKET}/\${aws:username}`, `${BUCKET}/public`]))] }, { resource: `${BUCKET}/public` }), 'allowed', PAGE.variables),
  kase('variables work in a permissions boundary', ask({ identity: [document(allow('*'))], boundary: [document(allow('*', `${BUCKET}/\${aws:username}`))] }, { resource: `${BUCKET}/ana`, context: ANA }), 'allowed', PAGE.variables),
  kase('variables work in a service control policy', ask({ identity: [document(allow('*'))], scps: [[document(allow('*', `${BUCKET}/\${aws:username}`))]] }, { resource: `${BUCKET}/bob`, context: ANA }), ['implicitDeny', 'scp'], PAGE.variables),
  kase('variables work in a resource’s policy', ask({ resource: { kind: 'resource', documents: [document({ ...allow('*', `${BUCKET}/\${aws:username}`), Principal: '*' })] } }, { resource: `${BUCKET}/ana`, context: ANA }), 'allowed', PAGE.variables),
]

export const VARIABLES: readonly Theme[] = [
  {
    file: 'variables',
    about: 'Policy variables in Resource, NotResource and Condition.',
    cases: [...RESOURCES.map(inResource), ...VALUES.map(inCondition), ...MORE],
  },
]
