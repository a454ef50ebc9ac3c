/** Cases of actions, resources, versions: what a statement speaks of. */
import {
  ALL,
  ANA,
  HOME,
  OBJECT,
  PAGE,
  SESSION,
  allow,
  ask,
  deny,
  document,
  documentOf,
  inferred,
  kase,
  type Theme,
} from './build.ts'
import type { Case, Values } from '../../tests/oracle/question.ts'

type Match = readonly [pattern: Values, asked: string, matches: boolean, source: string, why: string]

// oxfmt-ignore
const ACTIONS: readonly Match[] = [
  ['s3:GetObject',                   's3:GetObject',            true,  PAGE.action, 'the same name'],
  ['s3:getobject',                   's3:GetObject',            true,  PAGE.action, 'the action name is case insensitive'],
  ['S3:GetObject',                   's3:GetObject',            true,  PAGE.action, 'the prefix is case insensitive'],
  ['IAM:LISTACCESSKEYS',             'iam:ListAccessKeys',      true,  PAGE.action, 'all in capitals'],
  ['s3:GetObject',                   's3:getobject',            true,  PAGE.action, 'the asked name in another case'],
  ['*',                              's3:GetObject',            true,  PAGE.action, 'everything'],
  ['s3:*',                           's3:GetObject',            true,  PAGE.action, 'all of a service'],
  ['s3:*',                           'sqs:SendMessage',         false, PAGE.action, 'another service'],
  ['s3:*',                           's3express:CreateSession', false, PAGE.action, 'a service whose prefix only begins alike'],
  ['s3:Get*',                        's3:GetObject',            true,  PAGE.action, 'a beginning'],
  ['s3:Get*',                        's3:PutObject',            false, PAGE.action, 'another beginning'],
  ['s3:Get*',                        's3:Get',                  true,  PAGE.action, 'an asterisk is also nothing'],
  ['s3:*Object',                     's3:GetObject',            true,  PAGE.action, 'an end'],
  ['s3:*Object',                     's3:GetObjectAcl',         false, PAGE.action, 'more after the end'],
  ['s3:*Object*',                    's3:GetObjectAcl',         true,  PAGE.action, 'a middle'],
  ['iam:*AccessKey*',                'iam:CreateAccessKey',     true,  PAGE.action, 'an asterisk that is nothing at the end'],
  ['iam:*AccessKey*',                'iam:ListAccessKeys',      true,  PAGE.action, 'one letter more at the end'],
  ['iam:*AccessKey*',                'iam:CreateUser',          false, PAGE.action, 'no access key'],
  ['s3:?etObject',                   's3:GetObject',            true,  PAGE.action, 'a question mark is one character'],
  ['s3:?GetObject',                  's3:GetObject',            false, PAGE.action, 'a question mark is never nothing'],
  ['s3:Get??ject',                   's3:GetObject',            true,  PAGE.action, 'two question marks'],
  ['s3:Get?ject',                    's3:GetObject',            false, PAGE.action, 'one question mark for two characters'],
  ['s3:G*t*t',                       's3:GetObject',            true,  PAGE.action, 'two asterisks'],
  ['s3:G*z*t',                       's3:GetObject',            false, PAGE.action, 'two asterisks with something missing between'],
  ['s3:Get',                         's3:GetObject',            false, PAGE.action, 'a name is never a beginning by itself'],
  ['s3:GetObjectVersion',            's3:GetObject',            false, PAGE.action, 'a longer name'],
  [['sqs:SendMessage', 's3:Get*'],   's3:GetObject',            true,  PAGE.action, 'one of several'],
  [['sqs:SendMessage', 's3:Put*'],   's3:GetObject',            false, PAGE.action, 'none of several'],
]

// oxfmt-ignore
const OTHER_ACTIONS: readonly Match[] = [
  ['iam:*',                          's3:GetObject',            true,  PAGE.notAction, 'everything but a service'],
  ['iam:*',                          'iam:CreateUser',          false, PAGE.notAction, 'what is excepted'],
  ['IAM:createuser',                 'iam:CreateUser',          false, PAGE.notAction, 'what is excepted, in another case'],
  [['iam:*', 's3:Get*'],             's3:GetObject',            false, PAGE.notAction, 'one of several exceptions'],
  [['iam:*', 's3:Put*'],             's3:GetObject',            true,  PAGE.notAction, 'none of several exceptions'],
  ['*',                              's3:GetObject',            false, inferred('NotAction matches everything except what it lists; a list of everything leaves nothing.'), 'an exception of everything'],
]

const QUEUE = `arn:aws:sqs:eu-west-1:${HOME}:orders`
const LOGS = `arn:aws:logs:eu-west-1:${HOME}:log-group:/aws-glue/jobs`
const BUCKET = 'arn:aws:s3:::amzn-s3-demo-bucket'
// oxfmt-ignore
const RESOURCES: readonly Match[] = [
  ['*',                                      OBJECT,                                     true,  PAGE.resource, 'everything'],
  ['*',                                      '*',                                        true,  PAGE.resource, 'an action that has no resource'],
  [OBJECT,                                   OBJECT,                                     true,  PAGE.resource, 'the same name'],
  [OBJECT,                                   '*',                                        false, PAGE.resource, 'a name for an action that has no resource'],
  ['arn:aws:s3:::*',                         '*',                                        false, inferred('Actions without resource-level permissions need the wildcard in Resource; an ARN pattern names resources of one service.'), 'a pattern for an action that has no resource'],
  ['arn:aws:s3:::Reports/2026/jan.csv',      OBJECT,                                     false, inferred('Names of resources are compared as they are; the page says so of IAM user names.'), 'another case'],
  [`arn:aws:iam::${HOME}:user/Bob`,          `arn:aws:iam::${HOME}:user/bob`,            false, PAGE.resource, 'the case of a user name'],
  ['arn:aws:s3:::reports/*',                 OBJECT,                                     true,  PAGE.resource, 'all below a prefix, across slashes'],
  ['arn:aws:s3:::reports',                   OBJECT,                                     false, PAGE.resource, 'a bucket is not its objects'],
  ['arn:aws:s3:::reports/',                  OBJECT,                                     false, PAGE.resource, 'a prefix is no pattern by itself'],
  ['arn:aws:s3:::reports/2026/???.csv',      OBJECT,                                     true,  PAGE.resource, 'three question marks'],
  ['arn:aws:s3:::reports/2026/??.csv',       OBJECT,                                     false, PAGE.resource, 'too few question marks'],
  ['arn:aws:s3:::reports?2026/*',            OBJECT,                                     true,  PAGE.resource, 'a question mark is also a slash'],
  ['arn:aws:s3:::*/jan.csv',                 OBJECT,                                     true,  PAGE.resource, 'any bucket, any folder'],
  ['arn:aws:s3:::*log*',                     'arn:aws:s3:::carlossalazar-logs/x',        true,  PAGE.basics,   'the example of the user Carlos'],
  ['arn:aws:s3:::*log*',                     'arn:aws:s3:::carlossalazar/x',             false, PAGE.basics,   'the example of the user Carlos, another bucket'],
  [`${BUCKET}/*/test/*`,                     `${BUCKET}/1/test/object.jpg`,              true,  PAGE.resource, 'the first object of the page'],
  [`${BUCKET}/*/test/*`,                     `${BUCKET}/1/2/3/test/4/object.jpg`,        true,  PAGE.resource, 'an asterisk crosses several slashes'],
  [`${BUCKET}/*/test/*`,                     `${BUCKET}/1///test///object.jpg`,          true,  PAGE.resource, 'an asterisk is also slashes'],
  [`${BUCKET}/*/test/*`,                     `${BUCKET}//test/object.jpg`,               true,  PAGE.resource, 'the first asterisk is nothing'],
  [`${BUCKET}/*/test/*`,                     `${BUCKET}/1/test/`,                        true,  PAGE.resource, 'the last asterisk is nothing'],
  [`${BUCKET}/*/test/*`,                     `${BUCKET}/1-test/object.jpg`,              false, PAGE.resource, 'no slash before test'],
  [`${BUCKET}/*/test/*`,                     `${BUCKET}/test/object.jpg`,                false, PAGE.resource, 'one slash too few'],
  [`${BUCKET}/*/test/*`,                     `${BUCKET}/1/2/test.jpg`,                   false, PAGE.resource, 'no folder of that name'],
  [QUEUE,                                    QUEUE,                                      true,  PAGE.resource, 'a queue'],
  [`arn:aws:sqs:*:${HOME}:orders`,           QUEUE,                                      true,  PAGE.resource, 'any Region'],
  [`arn:aws:sqs:eu-*-1:${HOME}:orders`,      QUEUE,                                      true,  PAGE.resource, 'a Region in part'],
  [`arn:aws:sqs:us-*:${HOME}:orders`,        QUEUE,                                      false, PAGE.resource, 'another Region'],
  ['arn:aws:sqs:eu-west-1:*:orders',         QUEUE,                                      true,  PAGE.resource, 'any account'],
  ['arn:aws:sqs:eu-west-1:1111????3333:*',   QUEUE,                                      true,  PAGE.resource, 'an account in part'],
  ['arn:aws:sqs:eu-west-1::orders',          QUEUE,                                      false, PAGE.arns,     'an empty segment is no wildcard'],
  ['arn:aws:sqs:eu-west-1:444455556666:*',   QUEUE,                                      false, PAGE.resource, 'another account'],
  ['arn:aws:sns:*:*:orders',                 QUEUE,                                      false, PAGE.resource, 'another service'],
  ['arn:aws-cn:sqs:*:*:orders',              QUEUE,                                      false, PAGE.arns,     'another partition'],
  ['arn:*:sqs:eu-west-1:*:orders',           QUEUE,                                      true,  PAGE.resource, 'any partition'],
  ['arn:aws:sqs:*',                          QUEUE,                                      true,  PAGE.resource, 'a trailing asterisk covers the rest'],
  ['arn:aws:s3:*',                           OBJECT,                                     true,  PAGE.resource, 'a trailing asterisk covers empty segments too'],
  ['arn:aws:sqs:*',                          OBJECT,                                     false, PAGE.resource, 'a trailing asterisk of another service'],
  ['arn:aws:logs:*:*:/aws-glue/*',           LOGS,                                       true,  PAGE.resource, 'an asterisk at the end of a segment takes colons, as several AWS managed policies need'],
  ['arn:aws:logs:*:1111*:/aws-glue/*',       LOGS,                                       true,  PAGE.resource, 'an asterisk at the end of a segment takes colons, also behind other characters'],
  ['arn:aws:logs:*:*2*3:/aws-glue/*',        LOGS,                                       false, PAGE.resource, 'an asterisk elsewhere in a segment takes none'],
  ['arn:aws:logs:*:????????????:/aws-glue/*', LOGS,                                      false, PAGE.resource, 'a question mark takes no colon'],
  ['arn:aws:sqs:*:orders',                   QUEUE,                                      true,  PAGE.resource, 'an ARN cut short whose asterisk takes colons'],
  ['arn:aws:s3:::',                          OBJECT,                                     false, inferred('Six segments are there, the last of them empty: nothing is left to complete.'), 'an empty last segment'],
  [`arn:aws:lambda:eu-west-1:${HOME}:function:*`, `arn:aws:lambda:eu-west-1:${HOME}:function:f:PROD`, true, inferred('The sixth segment is the rest of the ARN; a trailing asterisk can expand beyond colons.'), 'an asterisk crosses colons in the last segment'],
  [`arn:aws:lambda:eu-west-1:${HOME}:function:f`, `arn:aws:lambda:eu-west-1:${HOME}:function:f:PROD`, false, PAGE.resource, 'a qualifier is part of the name'],
  [['arn:aws:s3:::other/*', 'arn:aws:s3:::reports/*'], OBJECT,                           true,  PAGE.resource, 'one of several'],
  [['arn:aws:s3:::other/*', 'arn:aws:s3:::else/*'],    OBJECT,                           false, PAGE.resource, 'none of several'],
]

// oxfmt-ignore
const OTHER_RESOURCES: readonly Match[] = [
  ['arn:aws:s3:::secret/*',                                OBJECT, true,  PAGE.notResource, 'everything but a bucket'],
  ['arn:aws:s3:::reports/*',                               OBJECT, false, PAGE.notResource, 'what is excepted'],
  [['arn:aws:s3:::secret/*', 'arn:aws:s3:::reports/*'],    OBJECT, false, PAGE.notResource, 'one of several exceptions'],
  ['arn:aws:s3:::secret/*',                                '*',    true,  PAGE.notResource, 'an action that has no resource is not excepted'],
  ['arn:aws:s3:::Reports/*',                               OBJECT, true,  inferred('Names of resources are compared as they are.'), 'an exception in another case'],
  ['*',                                                    OBJECT, false, PAGE.notResource, 'an exception of everything'],
]

type Element = 'Action' | 'NotAction' | 'Resource' | 'NotResource'

function matchCase(element: Element, [pattern, asked, matches, source, why]: Match): Case {
  const forAction = element.endsWith('Action')
  const statement = { Effect: 'Allow', ...(forAction ? { Resource: '*' } : { Action: '*' }), [element]: pattern }
  const question = ask({ identity: [document(statement)] }, forAction ? { action: asked, resource: '*' } : { resource: asked })
  const shown = `${element} ${JSON.stringify(pattern)} ${matches ? 'applies' : 'does not apply'} to ${asked}: ${why}`
  return kase(shown, question, matches ? 'allowed' : 'implicitDeny', source)
}

const identity = (...identity: readonly string[]): ReturnType<typeof ask> => ask({ identity })

// oxfmt-ignore
const EFFECTS: readonly Case[] = [
  kase('nothing allows', ask({}), ['implicitDeny', 'identity'], PAGE.interplay),
  kase('no policy says anything of the action', identity(document(allow('sqs:*'))), ['implicitDeny', 'identity'], PAGE.interplay),
  kase('an allow', identity(ALL), 'allowed', PAGE.interplay),
  kase('a deny', identity(document(deny('s3:*'))), ['explicitDeny', 'identity'], PAGE.interplay),
  kase('a deny wins over an allow of the same document', identity(document(allow('*'), deny('s3:GetObject'))), ['explicitDeny', 'identity'], PAGE.interplay),
  kase('the order of statements does not matter', identity(document(deny('s3:GetObject'), allow('*'))), ['explicitDeny', 'identity'], PAGE.interplay),
  kase('a deny wins over an allow of another document', identity(ALL, document(deny('s3:GetObject'))), ['explicitDeny', 'identity'], PAGE.interplay),
  kase('a deny of another action does nothing', identity(document(allow('*'), deny('s3:PutObject'))), 'allowed', PAGE.interplay),
  kase('a deny of another resource does nothing', identity(document(allow('*'), deny('*', 'arn:aws:s3:::secret/*'))), 'allowed', PAGE.interplay),
  kase('a wide deny wins over a narrow allow', identity(document(allow('s3:GetObject', OBJECT), deny('*'))), ['explicitDeny', 'identity'], PAGE.interplay),
  kase('one of several documents allows', identity(document(allow('sqs:*')), document(allow('s3:Get*'))), 'allowed', PAGE.basics),
  kase('action and resource must match in one statement', identity(document(allow('s3:GetObject', 'arn:aws:s3:::secret/*'), allow('s3:PutObject', 'arn:aws:s3:::reports/*'))), ['implicitDeny', 'identity'], PAGE.basics),
  kase('a deny of all but some actions spares them', identity(document(allow('*'), { Effect: 'Deny', NotAction: ['s3:*'], Resource: '*' })), 'allowed', PAGE.notAction),
  kase('a deny of all but some actions denies the others', identity(document(allow('*'), { Effect: 'Deny', NotAction: ['iam:*'], Resource: '*' })), ['explicitDeny', 'identity'], PAGE.notAction),
  kase('a deny of all but some resources denies the others', identity(document(allow('*'), { Effect: 'Deny', Action: '*', NotResource: 'arn:aws:s3:::public/*' })), ['explicitDeny', 'identity'], PAGE.notResource),
  kase('a deny of all but some resources spares them', identity(document(allow('*'), { Effect: 'Deny', Action: '*', NotResource: 'arn:aws:s3:::reports/*' })), 'allowed', PAGE.notResource),
  kase('the page’s example: a list or read is allowed', ask({ identity: [document(allow(['iam:Get*', 'iam:List*']), deny('iam:*Report'))] }, { action: 'iam:GetUser', resource: ANA.arn }), 'allowed', PAGE.interplay),
  kase('the page’s example: what is not named is denied implicitly', ask({ identity: [document(allow(['iam:Get*', 'iam:List*']), deny('iam:*Report'))] }, { action: 'iam:CreatePolicy', resource: '*' }), ['implicitDeny', 'identity'], PAGE.interplay),
  kase('the page’s example: reports are denied explicitly', ask({ identity: [document(allow(['iam:Get*', 'iam:List*']), deny('iam:*Report'))] }, { action: 'iam:GetOrganizationsAccessReport', resource: '*' }), ['explicitDeny', 'identity'], PAGE.interplay),
  kase('a Statement may be one object instead of a list', identity(JSON.stringify({ Version: '2012-10-17', Statement: allow('*') })), 'allowed', 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html'),
  kase('version 2008-10-17 allows as well', identity(documentOf('2008-10-17', allow('s3:*'))), 'allowed', PAGE.version),
  kase('a document without a version allows as well', identity(documentOf(undefined, allow('s3:*'))), 'allowed', PAGE.version),
  kase('a role session is decided by its role’s policies', ask({ identity: [document(allow('s3:Get*'))] }, { caller: SESSION }), 'allowed', PAGE.evaluation),
  kase('a role session that nothing allows', ask({ identity: [document(allow('s3:Put*'))] }, { caller: SESSION }), ['implicitDeny', 'identity'], PAGE.evaluation),
]

export const MATCHING: readonly Theme[] = [
  { file: 'effects', about: 'Allow, Deny, and neither; several statements and documents.', cases: EFFECTS },
  {
    file: 'actions',
    about: 'Which actions Action and NotAction name.',
    cases: [...ACTIONS.map((row) => matchCase('Action', row)), ...OTHER_ACTIONS.map((row) => matchCase('NotAction', row))],
  },
  {
    file: 'resources',
    about: 'Which resources Resource and NotResource name.',
    cases: [
      ...RESOURCES.map((row) => matchCase('Resource', row)),
      ...OTHER_RESOURCES.map((row) => matchCase('NotResource', row)),
    ],
  },
]
