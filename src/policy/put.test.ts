/** What AWS says of documents that are put: a table per type of policy, in the order of refusal. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkDocument, checkSimulated, type DocumentKind } from './put.ts'

const SYNTAX = 'Syntax errors in policy.'
const LEGACY = 'The policy failed legacy parsing'
const NO_VENDOR = 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'
const WILDCARD = 'Action vendors (e.g., aws, ec2, etc.) must not contain wildcards.'
const VENDOR = 'Resource vendor must be fully qualified and cannot contain regexes.'
const IAM_PATH =
  'IAM resource path must either be "*", root, or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.'

type Row = readonly [members: object | string, message: string | undefined]

/** One statement that is right but for the members given; undefined removes one. */
function check(kind: DocumentKind, right: object, members: object | string): string | undefined {
  if (typeof members === 'string') return checkDocument(members, kind)
  return checkDocument(JSON.stringify({ Version: '2012-10-17', Statement: [{ ...right, ...members }] }), kind)
}

function table(kind: DocumentKind, right: object, rows: readonly Row[]): void {
  for (const [members, message] of rows) {
    test(`put ${kind}: ${typeof members === 'string' ? members : JSON.stringify(members)}`, () => {
      assert.equal(check(kind, right, members), message)
    })
  }
}

const RIGHT = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }
const resource = (Resource: string): object => ({ Resource })

// oxfmt-ignore
const IDENTITY: readonly Row[] = [
  [{},                                                             undefined],
  ['{',                                                            SYNTAX],
  [{ Comment: 'x' },                                               SYNTAX],
  [{ Effect: undefined },                                          SYNTAX],
  [{ Effect: 'Permit' },                                           SYNTAX],
  [{ NotAction: '*' },                                             SYNTAX],
  [{ Condition: { StringIs: { 'aws:a': 'b' } } },                  SYNTAX],
  [{ Condition: { StringIs: {} } },                                undefined],
  [{ Effect: 'allow' },                                            LEGACY],
  [{ Condition: { DateLessThan: { 'aws:CurrentTime': 'soon' } } }, LEGACY],
  [{ Condition: { IpAddress: { 'aws:SourceIp': '1.2.3' } } },      LEGACY],
  [resource('arn:aws::us-east-1:1:b'),                             LEGACY],
  [resource('arn:aws:s3::b'),                                      LEGACY],
  [resource('arn:aws:iam::{$ACCOUNT}:role/eksctl-*'),              LEGACY],
  [resource('arn:aws:iam::${aws:PrincipalAccount}:role/r'),        LEGACY],
  [resource('arn:aws:iam::<account>:role/r'),                      LEGACY],
  [resource('arn:aws:iam::1234-5678-9012:role/r'),                 LEGACY],
  [resource('arn:aws:iam:123456789012:user/da@example.com'),       LEGACY],
  [resource('arn:aws:dynamodb:us-west--2:123456789012:table/t'),   LEGACY],
  [resource('arn:aws:ssm:${region}:*:parameter/p'),                LEGACY],
  [resource('arn:awss3::b/*'),                                     LEGACY],
  [resource('arn:aws:ec2:us-*:1234*:instance/i-*'),                undefined],
  [resource('arn:aws:sso::aws:applicationProvider/aiops'),         undefined],
  [resource('arn:aws:sqs:*:*:${aws:username}'),                    undefined],
  [{ Principal: '*', Resource: undefined },                        'Policy document should not specify a principal.'],
  [{ NotPrincipal: { AWS: '*' } },                                 'Policy document should not specify a principal.'],
  [{ Sid: 'a b' },                                                 'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*'],
  [{ Action: undefined },                                          'Policy statement must contain actions.'],
  [{ Action: [], Resource: 'x' },                                  'Policy statement must contain actions.'],
  [resource('x'),                                                  'Resource x must be in ARN format or "*".'],
  [resource(''),                                                   'Resource  must be in ARN format or "*".'],
  [resource('arn'),                                                'Resource arn must be in ARN format or "*".'],
  [resource('Arn:aws:s3:::b'),                                     'Resource Arn:aws:s3:::b must be in ARN format or "*".'],
  [resource('arn::s3:::b'),                                        'Partition "" is not valid for resource "arn::s3:::b".'],
  [resource('s3::b/*'),                                            'Partition "" is not valid for resource "arn::b/*:*:*:*".'],
  [resource('consider either:\n    1: o.apply(v => v.toJSON())'),  'Partition "1" is not valid for resource "arn:1: o.apply(v => v.toJSON()):*:*:*".'],
  [resource('arn:${ARN_PARTITION}:s3:::b'),                        'Partition "${ARN_PARTITION}" is not valid for resource "arn:${ARN_PARTITION}:s3:::b".'],
  [resource('arn:aws-cn:s3:::b'),                                  'Partition "aws-cn" is not valid for resource "arn:aws-cn:s3:::b".'],
  [resource('arn:x'),                                              'Partition "x" is not valid for resource "arn:x:*:*:*:*".'],
  [resource('arn:*:s3:::b'),                                       undefined],
  [resource('arn:aws'),                                            VENDOR],
  [resource('arn:aws:s*:::b'),                                     VENDOR],
  [resource('arn:aws:cloudfront:*'),                               undefined],
  [resource('arn:aws:iam:us-east-1:123456789012:role/GlueJobRole'), 'IAM resource arn:aws:iam:us-east-1:123456789012:role/GlueJobRole cannot contain region information.'],
  [resource('arn:aws:s3:us-east-1::b'),                            'Resource arn:aws:s3:us-east-1::b can not contain region information.'],
  [resource('arn:aws:s3:us-east-1:123456789012:accesspoint/a'),    undefined],
  [resource('arn:aws:route53:eu-west-1:123456789012:hostedzone/*'), 'Resource arn:aws:route53:eu-west-1:123456789012:hostedzone/* can not contain region information.'],
  [resource('arn:aws:route53::123456789012:hostedzone/*'),         'Resource arn:aws:route53::123456789012:hostedzone/* cannot contain an account id.'],
  [resource('arn:aws:route53:::hostedzone/Z1'),                    undefined],
  [resource('arn:aws:iam::123456789012:thing/u'),                  IAM_PATH],
  [resource('arn:aws:iam::123456789012:delegation-request/*'),     undefined],
  [resource('arn:aws:iam::aws:contextProvider/IdentityCenter'),    undefined],
  [resource('arn:aws:iam::aws:role-template/s.amazonaws.com/T:1'),  undefined],
  [resource('arn:aws:iam::123456789012:root'),                     undefined],
  [resource('arn:aws:iam::*:*'),                                   undefined],
  [{ NotResource: ['*', 'x'], Resource: undefined },               'Resource x must be in ARN format or "*".'],
  [{ Action: 'GetObject' },                                        NO_VENDOR],
  [{ Action: ':GetObject' },                                       NO_VENDOR],
  [{ NotAction: ['*', 'a:b:c'], Action: undefined },               'Actions/Condition can contain only one colon.'],
  [{ Action: 'a a:b' },                                            'Vendor a a is not valid'],
  [{ Action: '*:*' },                                              WILDCARD],
  [{ Action: ['s3:GetObject', '*:Untag*'] },                       WILDCARD],
  [{ NotAction: 'dynamo?b:TagResource', Action: undefined },       WILDCARD],
  [{ Condition: { StringEquals: { username: 'b' } } },             NO_VENDOR],
  [{ Condition: { StringEquals: { 'aws:ResourceTag/aws:a:b': '' } } }, undefined],
  [{ Resource: undefined },                                        'Policy statement must contain resources.'],
  [{ Resource: [] },                                               'Policy statement must contain resources.'],
]
table('identity', RIGHT, IDENTITY)

// Documents that users showed: of PutRolePolicy, PutUserPolicy, PutGroupPolicy, CreatePolicy.
const right = JSON.stringify({ Version: '2012-10-17', Statement: [RIGHT] })
const late = (Statement: object): string => JSON.stringify({ Statement, Version: '2012-10-17' })
for (const kind of ['identity', 'boundary'] as const)
  table(kind, RIGHT, [
    [` ${right}`, LEGACY],
    [`\n\t${right}`, LEGACY],
    [`${right}\n`, undefined],
    [late(RIGHT), LEGACY],
    [late([RIGHT]), undefined],
    ['null', SYNTAX],
    ['[]', SYNTAX],
  ])
test('what is not stored passes no old parser, and the forms of ARNs that are simulated are nobody’s matter', () => {
  const odd = JSON.stringify({ Statement: { ...RIGHT, Resource: 'arn:aws:iam::${aws:PrincipalAccount}:role/r' } })
  for (const text of [` ${right}`, late(RIGHT), odd]) assert.equal(checkSimulated(text), undefined, text)
  for (const text of [` ${right}`, late(RIGHT)]) assert.equal(checkDocument(text, 'session'), undefined, text)
  assert.equal(
    checkSimulated(JSON.stringify({ Statement: { ...RIGHT, Principal: '*' } })),
    'Policy document should not specify a principal.',
  )
})

const unversioned = JSON.stringify({ Statement: RIGHT })
const VERSION = 'Policy document must be version 2012-10-17 or greater.'

table('identity', RIGHT, [[unversioned, undefined]])
table('boundary', RIGHT, [
  [{}, undefined],
  [unversioned, VERSION],
  [JSON.stringify({ Version: '2008-10-17', Statement: { ...RIGHT, Effect: 'allow' } }), VERSION],
  [JSON.stringify({ Version: '2011-01-01', Statement: RIGHT }), SYNTAX],
])
table('session', RIGHT, [
  [unversioned, undefined],
  ['', 'The policy is not in the valid JSON format.'],
  [{ Principal: '*' }, 'Policy document should not specify a principal.'],
])

test('put identity: statement ids are unique, empty ones aside', () => {
  const two = (Sid: string): string =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { ...RIGHT, Sid },
        { ...RIGHT, Sid },
      ],
    })
  assert.equal(checkDocument(two(''), 'identity'), undefined)
  assert.equal(checkDocument(two('a'), 'identity'), 'Statement IDs (SID) in a single policy must be unique.')
  assert.equal(checkDocument(two('a'), 'resource'), 'Missing required field Principal')
})

const TRUST = { Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole' }
const FEDERATED = 'Federated principals must be valid domain names or SAML metadata ARNs'
const ASSUME = 'AssumeRole policy may only specify STS AssumeRole actions.'
const by = (kind: string, text: string): object => ({ Principal: { [kind]: text } })
const invalid = (kind: string, text: string): string => `Invalid principal in policy: "${kind}":"${text}"`

// oxfmt-ignore
const TRUST_ROWS: readonly Row[] = [
  [{},                                                          undefined],
  ['{"Version":',                                               'This policy contains invalid Json'],
  ['[]',                                                        'This policy contains invalid Json'],
  [` ${JSON.stringify({ Statement: TRUST })}`,                  'JSON strings must not have leading spaces'],
  ['\n{"statement":[]}',                                        'JSON strings must not have leading spaces'],
  ['\n{"Statement":[{"Effect":"Allow",}]}',                     'This policy contains invalid Json'],
  ['{"statement":[]}',                                          'Unknown field statement'],
  ['{"probe":"malformed-not-a-trust-policy"}',                  'Unknown field probe'],
  ['{"Statement":[]}',                                          'Could not parse the policy: Statement is empty!'],
  ['{}',                                                        'Syntax error at position (1,3)'],
  ['{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"aws":"arn:aws:iam::123456789012:root"},"Action":"sts:AssumeRole"}]}', 'Syntax error at position (1,76)'],
  ['{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"service":"ec2.amazonaws.com"}}],"Version":"2012-10-17"}', 'Syntax error at position (1,83)'],
  ['{\n "Statement": "x"}',                                     'Syntax error at position (2,16)'],
  ['{"Statement":{"Effect":null}}',                             'Syntax error at position (1,28)'],
  [JSON.stringify({ Version: '2012', Statement: TRUST }),       'The policy must contain a valid version string'],
  [JSON.stringify({ Statement: TRUST }),                        undefined],
  [{ Effect: undefined },                                       'Missing required field Effect'],
  [{ Effect: 'allow' },                                         'Invalid effect: allow'],
  [{ Action: undefined },                                       'Missing required field Action'],
  [{ Condition: { stringEquals: { 'aws:a': 'b' } } },           'Invalid Condition type : stringEquals'],
  [{ Principal: undefined, NotPrincipal: { AWS: '*' } },        'Allow with NotPrincipal is not allowed.'],
  [{ Effect: 'Deny', Principal: undefined, NotPrincipal: '*' }, 'AssumeRole policy must not contain NotPrincipal field.'],
  [{ Principal: undefined },                                    'Missing required field Principal'],
  [{ Principal: {} },                                           'Missing required field Principal cannot be empty!'],
  [{ Principal: { AWS: [] } },                                  'The passed in policy has a statement with no principals!'],
  [by('AWS', '*'),                                              undefined],
  [{ Principal: '*' },                                          'AssumeRolepolicy contained an invalid principal: "STAR":"*".'],
  [by('AWS', 'arn:aws:iam::123456789012:root'),                 undefined],
  [by('AWS', 'arn:aws:iam::123456789012:role/a/b'),             undefined],
  [by('AWS', 'arn:aws:sts::123456789012:assumed-role/r/s'),     undefined],
  [by('AWS', 'AROAQWERTYUIOPASDFGHJ'),                          undefined],
  [by('AWS', 'arn:aws:iam::123456789012:role/*'),               invalid('AWS', 'arn:aws:iam::123456789012:role/*')],
  [by('AWS', 'arn:aws:iam::123456789012:group/g'),              invalid('AWS', 'arn:aws:iam::123456789012:group/g')],
  [by('AWS', 'arn:aws:iam::12345678901:user/u'),                invalid('AWS', 'arn:aws:iam::12345678901:user/u')],
  [by('AWS', 'alice'),                                          invalid('AWS', 'alice')],
  [by('Service', 'ec2.amazonaws.com'),                          undefined],
  [by('Service', 'ec2'),                                        invalid('SERVICE', 'ec2')],
  [by('Service', '*'),                                          invalid('SERVICE', '*')],
  [by('Federated', 'accounts.google.com'),                      undefined],
  [by('Federated', 'arn:aws:iam::123456789012:saml-provider/p'), undefined],
  [by('Federated', 'example.com'),                              invalid('FEDERATED', 'example.com')],
  [by('Federated', 'arn:aws:iam//123456789012:oidc-provider/x'), FEDERATED],
  [by('Federated', ''),                                         FEDERATED],
  [by('Federated', 'https://example.com'),                      FEDERATED],
  [by('CanonicalUser', 'x'),                                    invalid('CANONICALUSER', 'x')],
  [{ Action: [] },                                              'Missing required field Action'],
  [{ Action: '*' },                                             ASSUME],
  [{ Action: 's3:GetObject' },                                  ASSUME],
  [{ Action: ['sts:AssumeRole', 'sts:GetCallerIdentity'] },     ASSUME],
  [{ Action: 'sts:Get*' },                                      ASSUME],
  [{ Action: 'sts:*' },                                         undefined],
  [{ Action: ['STS:assumerole', 'sts:TagSession', 'sts:SetSourceIdentity', 'sts:SetContext', 'sts:AssumeRoleWith*'] }, undefined],
  [{ Resource: '*' },                                           'Has prohibited field Resource'],
  [{ NotResource: '*' },                                        'Has prohibited field NotResource'],
  // Identity policies given to CreateRole, as users did.
  [{ Principal: undefined, Action: ['route53:ListHostedZones'], Resource: ['*'] }, 'Has prohibited field Resource'],
  [{ Principal: undefined, Resource: '*' },                     'Has prohibited field Resource'],
]
table('trust', TRUST, TRUST_ROWS)

const GITHUB = 'token.actions.githubusercontent.com'
const GITHUB_ARN = `arn:aws:iam::123456789012:oidc-provider/${GITHUB}`
const control = (principal: string, keys: string): string =>
  `Trust policy with trusted principal ${principal} must evaluate, using StringEquals, StringLike or StringEqualsIgnoreCase, ${keys} which is not scoped to all.`
const web = (Federated: string, Condition?: object): object => ({
  Principal: { Federated },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition,
})
const NO_CLAIM = control(GITHUB_ARN, `${GITHUB}:sub or ${GITHUB}:job_workflow_ref`)
const claim = (operator: string, key: string, value: string | string[]): object =>
  web(GITHUB_ARN, { [operator]: { [`${GITHUB}:${key}`]: value } })
const COGNITO = 'cognito-identity.amazonaws.com'
// oxfmt-ignore
table('trust', TRUST, [
  [web(GITHUB_ARN),                                                     NO_CLAIM],
  [claim('StringEquals', 'aud', 'sts.amazonaws.com'),                   NO_CLAIM],
  [claim('StringEquals', 'repository', 'acme/x'),                       NO_CLAIM],
  [claim('StringLike', 'sub', '*'),                                     NO_CLAIM],
  [claim('StringNotEquals', 'sub', 'repo:acme/x'),                      NO_CLAIM],
  [claim('StringLike', 'sub', 'repo:*'),                                undefined],
  [claim('StringLike', 'sub', ['repo:acme/x', '*']),                    undefined],
  [claim('StringEqualsIgnoreCase', 'SUB', 'repo:acme/x'),               undefined],
  [claim('StringLike', 'job_workflow_ref', 'acme/x/*'),                 undefined],
  [{ ...web(GITHUB_ARN), Effect: 'Deny' },                              undefined],
  [web('arn:aws:iam::123456789012:oidc-provider/example.com'),          undefined],
  [web('arn:aws:iam::123456789012:oidc-provider/gitlab.com'),           control('arn:aws:iam::123456789012:oidc-provider/gitlab.com', 'gitlab.com:sub')],
  [web(COGNITO, { StringEquals: { [`${COGNITO}:amr`]: 'x' } }),         control(COGNITO, `${COGNITO}:aud`)],
  [web(COGNITO, { StringEquals: { [`${COGNITO}:aud`]: 'x' } }),         undefined],
  [web('accounts.google.com'),                                          undefined],
])

test('put trust: statement ids are letters and digits, and unique', () => {
  const put = (...sids: readonly string[]) =>
    checkDocument(JSON.stringify({ Statement: sids.map((Sid) => ({ ...TRUST, Sid })) }), 'trust')
  assert.equal(put('a', 'b', '', ''), undefined)
  assert.equal(put('Assume Role to Access S3 Bucket'), 'The following Statement Ids are invalid: Assume Role to Access S3 Bucket')
  assert.equal(put('a', 'a'), 'The Statement Ids in the policy are not unique')
})

// oxfmt-ignore
table('resource', { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:us-east-1:123456789012:q' }, [
  [{},                                                                          undefined],
  [{ Resource: undefined },                                                     undefined],
  [{ Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: '123456789012' } }, undefined],
  [{ Principal: undefined, NotPrincipal: { AWS: '123456789012' } },             'Allow with NotPrincipal is not allowed.'],
  [{ Principal: undefined },                                                    'Missing required field Principal'],
  [by('CanonicalUser', '0'.repeat(64)),                                         undefined],
  [{ Action: 'SendMessage' },                                                   NO_VENDOR],
])

const UNFIT = 'The provided policy document does not meet the requirements of the specified policy type.'
// oxfmt-ignore
table('scp', { Effect: 'Deny', Action: '*', Resource: '*' }, [
  [{},                                              undefined],
  [{ Effect: 'Allow', Condition: { Bool: { 'aws:a': 'true' } } }, undefined],
  ['{',                                             UNFIT],
  [{ Principal: '*' },                              UNFIT],
  [{ Resource: undefined },                         UNFIT],
  [unversioned,                                     UNFIT],
])
// oxfmt-ignore
table('rcp', { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' }, [
  [{},                                              undefined],
  [{ Principal: { AWS: '*' } },                     undefined],
  [{ Resource: undefined, NotResource: 'arn:aws:s3:::b' }, undefined],
  ['{',                                             UNFIT],
  [{ Effect: 'Allow' },                             UNFIT],
  [{ Principal: undefined },                        UNFIT],
  [{ Principal: { AWS: '123456789012' } },          UNFIT],
  [{ Principal: undefined, NotPrincipal: '*' },     UNFIT],
  [{ Action: '*' },                                 UNFIT],
  [{ Action: undefined, NotAction: 's3:*' },        UNFIT],
  [{ Resource: 'x' },                               UNFIT],
])

test('put: any text gets a message or none, of every kind', () => {
  const kinds: readonly DocumentKind[] = ['identity', 'boundary', 'session', 'trust', 'resource', 'scp', 'rcp']
  const source = fc.oneof(
    fc.string(),
    fc.json(),
    fc.jsonValue().map((Statement) => JSON.stringify({ Version: '2012-10-17', Statement })),
  )
  fc.assert(
    fc.property(source, fc.constantFrom(...kinds), (text, kind) => {
      assert.notEqual(checkDocument(text, kind), '')
    }),
    { numRuns: 1000 },
  )
})
