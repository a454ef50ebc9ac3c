/** Cases that two evaluators once answered differently, smallest form. What the documents say is kept here, whoever was wrong. */
import { ALL, ANA, HOME, OTHER, PAGE, SESSION, allow, ask, document, inferred, kase, type Theme } from './build.ts'
import type { Case } from '../../tests/oracle/question.ts'

const when = (Condition: object): string => document(allow('s3:GetObject', '*', { Condition }))
const except = (...AWS: readonly unknown[]): { kind: 'resource'; documents: string[] } => ({
  kind: 'resource',
  documents: [document({ Effect: 'Deny', NotPrincipal: { AWS }, Action: 's3:GetObject', Resource: '*' })],
})
const ACCOUNT = `arn:aws:iam::${HOME}:root`
const TEAM = 'aws:PrincipalTag/team'

// oxfmt-ignore
const CASES: readonly Case[] = [
  kase('ForAnyValue and an empty text that the policy lists', ask({ identity: [when({ 'ForAnyValue:StringEquals': { [TEAM]: ['', 'ana'] } })] }, { context: { [TEAM]: '' } }), 'implicitDeny', PAGE.sets),
  kase('ForAnyValue, a negated operator and an empty text', ask({ identity: [when({ 'ForAnyValue:StringNotEquals': { [TEAM]: 'ana' } })] }, { context: { [TEAM]: '' } }), 'implicitDeny', PAGE.sets),
  kase('Null "false" and a set that is only an empty text', ask({ identity: [when({ Null: { 'aws:TagKeys': 'false' } })] }, { context: { 'aws:TagKeys': [''] } }), 'implicitDeny', PAGE.sets),
  kase('Null "true" and an empty set', ask({ identity: [when({ Null: { 'aws:TagKeys': 'true' } })] }, { context: { 'aws:TagKeys': [] } }), 'allowed', inferred('"The key exists and its value is not null": an empty set is a null dataset.')),
  kase('IfExists and an empty set', ask({ identity: [when({ 'ForAnyValue:StringEqualsIfExists': { 'aws:TagKeys': 'a' } })] }, { context: { 'aws:TagKeys': [] } }), 'allowed', inferred('An empty set is a null dataset, so that the key is not present.')),
  kase('NotPrincipal names the user, who has a permissions boundary', ask({ identity: [ALL], boundary: [ALL], resource: except(ANA.arn, ACCOUNT) }), ['explicitDeny', 'resource'], PAGE.notPrincipal),
  kase('NotPrincipal names another account, to a user with a permissions boundary', ask({ identity: [ALL], boundary: [ALL], resource: except(OTHER) }), ['explicitDeny', 'resource'], PAGE.notPrincipal),
  kase('NotPrincipal names role and account of a session', ask({ identity: [ALL], resource: except(SESSION.roleArn, ACCOUNT) }, { caller: SESSION }), ['explicitDeny', 'resource'], 'https://aws.amazon.com/blogs/security/how-to-restrict-amazon-s3-bucket-access-to-a-specific-iam-role/'),
  kase('two whole numbers that are one in floating point', ask({ identity: [when({ NumericEquals: { 's3:max-keys': '9007199254740993' } })] }, { context: { 's3:max-keys': '9007199254740992' } }), 'implicitDeny', inferred('The operator compares integers; these are two.')),
]

export const DIFFERENCES: readonly Theme[] = [
  { file: 'differences', about: 'Found by asking two evaluators questions made by chance.', cases: CASES },
]
