/** Cases of what limits a grant: boundaries, session policies, organizations, endpoints; and of trust policies. */
import {
  ALL,
  ANA,
  FEDERATED,
  HOME,
  NOBODY,
  OIDC,
  OTHER,
  PAGE,
  ROOT,
  SAML,
  SESSION,
  SNS,
  allow,
  ask,
  deny,
  document,
  documentOf,
  grant,
  inferred,
  kase,
  refuse,
  type Statement,
  type Theme,
} from './build.ts'
import type { Caller, Case, Context, Documents, Question } from '../../tests/oracle/question.ts'

const NOTHING = document(allow('sqs:*'))
const NO_READ = document(deny('s3:GetObject'))
const READ = document(allow('s3:GetObject'))
const asSession = { caller: SESSION }
const asFederated = { caller: FEDERATED }
const asRoot = { caller: ROOT }

// oxfmt-ignore
const BOUNDARIES: readonly Case[] = [
  kase('identity and boundary allow', ask({ identity: [READ], boundary: [ALL] }), 'allowed', PAGE.boundaries),
  kase('the boundary does not allow', ask({ identity: [ALL], boundary: [NOTHING] }), ['implicitDeny', 'boundary'], PAGE.boundaries),
  kase('a boundary grants nothing by itself', ask({ boundary: [ALL] }), ['implicitDeny', 'identity'], PAGE.boundaries),
  kase('the boundary denies', ask({ identity: [ALL], boundary: [document(allow('*'), deny('s3:GetObject'))] }), ['explicitDeny', 'boundary'], PAGE.boundaries),
  kase('identity denies within the boundary', ask({ identity: [ALL, NO_READ], boundary: [ALL] }), ['explicitDeny', 'identity'], PAGE.boundaries),
  kase('the page’s example: Shirley may not create a user', ask({ identity: [document(allow('iam:CreateUser'))], boundary: [document(allow(['s3:*', 'cloudwatch:*', 'ec2:*']))] }, { action: 'iam:CreateUser', resource: `arn:aws:iam::${HOME}:user/new` }), ['implicitDeny', 'boundary'], PAGE.boundaries),
  kase('a boundary limits resources', ask({ identity: [ALL], boundary: [document(allow('*', 'arn:aws:s3:::other/*'))] }), ['implicitDeny', 'boundary'], PAGE.boundaries),
  kase('a boundary limits conditions', ask({ identity: [ALL], boundary: [document(allow('*', '*', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }))] }, { context: { 'aws:SecureTransport': 'false' } }), ['implicitDeny', 'boundary'], PAGE.boundaries),
  kase('a boundary of a role limits its sessions', ask({ identity: [ALL], boundary: [NOTHING] }, asSession), ['implicitDeny', 'boundary'], PAGE.boundaries),
  kase('identity, boundary and SCP allow', ask({ identity: [ALL], boundary: [ALL], scps: [[ALL]] }), 'allowed', PAGE.boundaries),
  kase('identity and boundary allow, the SCP does not', ask({ identity: [ALL], boundary: [ALL], scps: [[NOTHING]] }), ['implicitDeny', 'scp'], PAGE.boundaries),
  kase('identity, boundary and session policy allow', ask({ identity: [ALL], boundary: [ALL], session: [READ] }, asSession), 'allowed', PAGE.boundaries),
  kase('identity and session policy allow, the boundary does not', ask({ identity: [ALL], boundary: [NOTHING], session: [ALL] }, asSession), ['implicitDeny', 'boundary'], PAGE.boundaries),
  kase('Zhang may create a user with the boundary', ask({ identity: [document(allow('iam:*'))], boundary: [document(allow('iam:CreateUser', '*', { Condition: { StringEquals: { 'iam:PermissionsBoundary': `arn:aws:iam::${HOME}:policy/XCompanyBoundaries` } } }))] }, { action: 'iam:CreateUser', resource: `arn:aws:iam::${HOME}:user/new`, context: { 'iam:PermissionsBoundary': `arn:aws:iam::${HOME}:policy/XCompanyBoundaries` } }), 'allowed', PAGE.boundaries),
  kase('Zhang may not create a user without the boundary', ask({ identity: [document(allow('iam:*'))], boundary: [document(allow('iam:CreateUser', '*', { Condition: { StringEquals: { 'iam:PermissionsBoundary': `arn:aws:iam::${HOME}:policy/XCompanyBoundaries` } } }))] }, { action: 'iam:CreateUser', resource: `arn:aws:iam::${HOME}:user/new` }), ['implicitDeny', 'boundary'], PAGE.boundaries),
]

// oxfmt-ignore
const SESSIONS: readonly Case[] = [
  kase('a role session without a session policy', ask({ identity: [ALL] }, asSession), 'allowed', PAGE.evaluation),
  kase('role and session policy allow', ask({ identity: [ALL], session: [READ] }, asSession), 'allowed', PAGE.session),
  kase('the session policy does not allow', ask({ identity: [ALL], session: [NOTHING] }, asSession), ['implicitDeny', 'session'], PAGE.session),
  kase('a session policy grants nothing by itself', ask({ identity: [NOTHING], session: [ALL] }, asSession), ['implicitDeny', 'identity'], PAGE.session),
  kase('a session policy and no identity policy', ask({ session: [ALL] }, asSession), ['implicitDeny', 'identity'], PAGE.session),
  kase('the session policy denies', ask({ identity: [ALL], session: [ALL, NO_READ] }, asSession), ['explicitDeny', 'session'], PAGE.session),
  kase('one of several session policies allows', ask({ identity: [ALL], session: [NOTHING, READ] }, asSession), 'allowed', inferred('Inline and managed session policies together are the session’s policies: one allow among them is enough.')),
  kase('none of several session policies allows', ask({ identity: [ALL], session: [NOTHING, document(allow('s3:PutObject'))] }, asSession), ['implicitDeny', 'session'], PAGE.session),
  kase('a session policy limits resources', ask({ identity: [ALL], session: [document(allow('*', 'arn:aws:s3:::other/*'))] }, asSession), ['implicitDeny', 'session'], PAGE.session),
  kase('role, session policy and SCP allow', ask({ identity: [ALL], session: [ALL], scps: [[ALL]] }, asSession), 'allowed', PAGE.session),
  kase('a federated user without a session policy', ask({ identity: [ALL] }, asFederated), ['implicitDeny', 'session'], PAGE.evaluation),
  kase('a federated user: user and session policy allow', ask({ identity: [ALL], session: [READ] }, asFederated), 'allowed', PAGE.federation),
  kase('a federated user: the session policy does not allow', ask({ identity: [ALL], session: [NOTHING] }, asFederated), ['implicitDeny', 'session'], PAGE.federation),
  kase('a federated user: the user’s policies do not allow', ask({ identity: [NOTHING], session: [ALL] }, asFederated), ['implicitDeny', 'identity'], PAGE.federation),
  kase('a federated user: the user’s boundary does not allow', ask({ identity: [ALL], boundary: [NOTHING], session: [ALL] }, asFederated), ['implicitDeny', 'boundary'], PAGE.boundaries),
  kase('a federated user: the user’s policies deny', ask({ identity: [ALL, NO_READ], session: [ALL] }, asFederated), ['explicitDeny', 'identity'], PAGE.federation),
]

// oxfmt-ignore
const SCPS: readonly Case[] = [
  kase('SCP and identity allow', ask({ identity: [READ], scps: [[ALL]] }), 'allowed', PAGE.scp),
  kase('an SCP grants nothing', ask({ scps: [[ALL]] }), ['implicitDeny', 'identity'], PAGE.scp),
  kase('the SCP does not allow', ask({ identity: [ALL], scps: [[NOTHING]] }), ['implicitDeny', 'scp'], PAGE.scpEvaluation),
  kase('the SCP denies', ask({ identity: [ALL], scps: [[ALL, NO_READ]] }), ['explicitDeny', 'scp'], PAGE.scpEvaluation),
  kase('every level allows', ask({ identity: [ALL], scps: [[ALL], [ALL], [ALL]] }), 'allowed', PAGE.scpEvaluation),
  kase('the root of the organization does not allow', ask({ identity: [ALL], scps: [[NOTHING], [ALL], [ALL]] }), ['implicitDeny', 'scp'], PAGE.scpEvaluation),
  kase('the unit between does not allow', ask({ identity: [ALL], scps: [[ALL], [NOTHING], [ALL]] }), ['implicitDeny', 'scp'], PAGE.scpEvaluation),
  kase('the account itself does not allow', ask({ identity: [ALL], scps: [[ALL], [ALL], [NOTHING]] }), ['implicitDeny', 'scp'], PAGE.scpEvaluation),
  kase('a level with no policy at all', ask({ identity: [ALL], scps: [[ALL], []] }), ['implicitDeny', 'scp'], PAGE.scpEvaluation),
  kase('several policies of one level are a union', ask({ identity: [ALL], scps: [[NOTHING, READ]] }), 'allowed', PAGE.scpEvaluation),
  kase('levels are an intersection', ask({ identity: [ALL], scps: [[READ, NOTHING], [NOTHING]] }), ['implicitDeny', 'scp'], PAGE.scpEvaluation),
  kase('a Deny at any level', ask({ identity: [ALL], scps: [[ALL, NO_READ], [ALL], [ALL]] }), ['explicitDeny', 'scp'], PAGE.scpEvaluation),
  kase('the root user is bound too: no allow', ask({ scps: [[NOTHING]] }, asRoot), ['implicitDeny', 'scp'], PAGE.scp),
  kase('the root user is bound too: a Deny', ask({ scps: [[ALL, NO_READ]] }, asRoot), ['explicitDeny', 'scp'], PAGE.scp),
  kase('the root user and an SCP that allows', ask({ scps: [[ALL]] }, asRoot), 'allowed', PAGE.scp),
  kase('a role session is bound', ask({ identity: [ALL], scps: [[NOTHING]] }, asSession), ['implicitDeny', 'scp'], PAGE.scp),
  kase('a grant of the resource’s policy is bound', ask({ scps: [[NOTHING]], resource: { kind: 'resource', documents: [document(grant({ AWS: ANA.arn }))] } }), ['implicitDeny', 'scp'], PAGE.basics),
  kase('a grant of another account’s resource is bound', ask({ identity: [ALL], scps: [[NOTHING]], resource: { kind: 'resource', documents: [document(grant({ AWS: ANA.arn }))] } }, { resourceAccountId: OTHER }), ['implicitDeny', 'scp'], PAGE.scp),
  kase('an SCP that spares one action of a Deny', ask({ identity: [ALL], scps: [[ALL, document({ Effect: 'Deny', NotAction: ['s3:GetObject'], Resource: '*' })]] }), 'allowed', PAGE.scp),
  kase('an SCP that denies outside two Regions, in one of them', ask({ identity: [ALL], scps: [[ALL, document(deny('*', '*', { Condition: { StringNotEquals: { 'aws:RequestedRegion': ['eu-central-1', 'eu-west-1'] } } }))]] }, { context: { 'aws:RequestedRegion': 'eu-west-1' } }), 'allowed', PAGE.scp),
  kase('an SCP that denies outside two Regions, elsewhere', ask({ identity: [ALL], scps: [[ALL, document(deny('*', '*', { Condition: { StringNotEquals: { 'aws:RequestedRegion': ['eu-central-1', 'eu-west-1'] } } }))]] }, { context: { 'aws:RequestedRegion': 'us-east-1' } }), ['explicitDeny', 'scp'], PAGE.scp),
]

const everybody = (...statements: readonly Statement[]): string =>
  document(...statements.map((statement) => ({ ...statement, Principal: '*' })))
const FULL = everybody(allow('*'))
const bucket = (...statements: readonly Statement[]): NonNullable<Documents['resource']> => ({
  kind: 'resource',
  documents: [document(...statements)],
})
const outsiders = everybody(
  deny('s3:*', '*', {
    Condition: {
      StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-1' },
      BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
    },
  }),
)

// oxfmt-ignore
const RCPS: readonly Case[] = [
  kase('RCPFullAWSAccess changes nothing', ask({ identity: [ALL], rcps: [[FULL], [FULL]] }), 'allowed', PAGE.rcpEvaluation),
  kase('an RCP grants nothing', ask({ rcps: [[FULL]] }), ['implicitDeny', 'identity'], PAGE.rcp),
  kase('an RCP denies', ask({ identity: [ALL], rcps: [[FULL, everybody(deny('s3:GetObject'))]] }), ['explicitDeny', 'rcp'], PAGE.rcpEvaluation),
  kase('a Deny at the account', ask({ identity: [ALL], rcps: [[FULL], [FULL, everybody(deny('s3:*'))]] }), ['explicitDeny', 'rcp'], PAGE.rcpEvaluation),
  kase('a Deny of another action', ask({ identity: [ALL], rcps: [[FULL, everybody(deny('s3:PutObject'))]] }), 'allowed', PAGE.rcpEvaluation),
  kase('a level without an allow', ask({ identity: [ALL], rcps: [[FULL], [everybody(allow('sqs:*'))]] }), ['implicitDeny', 'rcp'], PAGE.evaluation),
  kase('the root user is bound', ask({ rcps: [[FULL, everybody(deny('s3:*'))]] }, asRoot), ['explicitDeny', 'rcp'], PAGE.rcp),
  kase('an anonymous request is bound', ask({ rcps: [[FULL, outsiders]], resource: bucket(grant('*')) }, { caller: NOBODY }), ['explicitDeny', 'rcp'], PAGE.rcp),
  kase('a principal of another organization is bound', ask({ identity: [ALL], rcps: [[FULL, outsiders]], resource: bucket(grant('*')) }, { resourceAccountId: OTHER, context: { 'aws:PrincipalOrgID': 'o-2', 'aws:PrincipalIsAWSService': 'false' } }), ['explicitDeny', 'rcp'], PAGE.rcp),
  kase('a principal of the organization passes', ask({ identity: [ALL], rcps: [[FULL, outsiders]], resource: bucket(grant('*')) }, { resourceAccountId: OTHER, context: { 'aws:PrincipalOrgID': 'o-1', 'aws:PrincipalIsAWSService': 'false' } }), 'allowed', PAGE.rcp),
  kase('a service that is excepted passes', ask({ rcps: [[FULL, outsiders]], resource: bucket(grant({ Service: 'sns.amazonaws.com' })) }, { caller: SNS, context: { 'aws:PrincipalIsAWSService': 'true' } }), 'allowed', PAGE.rcp),
]

// oxfmt-ignore
const ENDPOINTS: readonly Case[] = [
  kase('the default endpoint policy changes nothing', ask({ identity: [ALL], endpoint: [FULL] }), 'allowed', PAGE.endpoint),
  kase('an endpoint policy grants nothing', ask({ endpoint: [FULL] }), ['implicitDeny', 'identity'], PAGE.endpoint),
  kase('the endpoint policy does not allow', ask({ identity: [ALL], endpoint: [everybody(allow('sqs:*'))] }), ['implicitDeny', 'endpoint'], PAGE.endpoint),
  kase('the endpoint policy allows another bucket', ask({ identity: [ALL], endpoint: [everybody(allow('s3:*', 'arn:aws:s3:::other/*'))] }), ['implicitDeny', 'endpoint'], PAGE.endpoint),
  kase('the endpoint policy denies', ask({ identity: [ALL], endpoint: [everybody(allow('*'), deny('s3:*'))] }), ['explicitDeny', 'endpoint'], PAGE.endpoint),
  kase('the endpoint policy limits a grant of the resource', ask({ endpoint: [everybody(allow('sqs:*'))], resource: bucket(grant({ AWS: ANA.arn })) }), ['implicitDeny', 'endpoint'], PAGE.endpoint),
  kase('the endpoint policy allows one account’s principals', ask({ identity: [ALL], endpoint: [everybody(allow('*', '*', { Condition: { StringEquals: { 'aws:PrincipalAccount': HOME } } }))] }, { context: { 'aws:PrincipalAccount': HOME } }), 'allowed', PAGE.endpoint),
  kase('the endpoint policy limits the root user', ask({ endpoint: [everybody(allow('sqs:*'))] }, asRoot), ['implicitDeny', 'endpoint'], PAGE.endpoint),
]

const ROLE = `arn:aws:iam::${HOME}:role/target`
const ASSUME = document(allow('sts:AssumeRole', ROLE))
type Asked = { readonly caller?: Caller; readonly action?: string; readonly context?: Context; readonly abroad?: boolean }
function assume(
  own: Documents,
  statements: readonly Statement[],
  { caller = ANA, action = 'sts:AssumeRole', context = {}, abroad = false }: Asked = {},
): Question {
  const account = abroad ? OTHER : HOME
  const question = { caller, action, context, resource: `arn:aws:iam::${account}:role/target`, resourceAccountId: account }
  return ask({ ...own, resource: { kind: 'trust', documents: [documentOf('2012-10-17', ...statements)] } }, question)
}
const trust = (principal: unknown, condition?: object, action: string | string[] = 'sts:AssumeRole'): Statement => ({
  Effect: 'Allow',
  Principal: principal,
  Action: action,
  ...(condition && { Condition: condition }),
})
const noTrust = (principal: unknown, condition?: object): Statement => ({ ...trust(principal, condition), Effect: 'Deny' })
const own = { identity: [ASSUME] }
const ownAbroad = { identity: [document(allow('sts:AssumeRole', `arn:aws:iam::${OTHER}:role/target`))] }
const account = { AWS: `arn:aws:iam::${HOME}:root` }
const externalId = { StringEquals: { 'sts:ExternalId': '12345' } }
const audience = { StringEquals: { 'id.example.com:aud': 'app', 'id.example.com:sub': 'ana' } }
const web = { caller: OIDC, action: 'sts:AssumeRoleWithWebIdentity' }
const webTrust = (condition?: object): Statement => trust({ Federated: OIDC.arn }, condition, 'sts:AssumeRoleWithWebIdentity')
const saml = { caller: SAML, action: 'sts:AssumeRoleWithSAML' }
const samlTrust = (condition?: object): Statement => trust({ Federated: SAML.arn }, condition, 'sts:AssumeRoleWithSAML')

// oxfmt-ignore
const TRUST: readonly Case[] = [
  kase('identity allows, the role does not trust', assume(own, [trust({ Service: 'ec2.amazonaws.com' })]), ['implicitDeny', 'trust'], PAGE.evaluation),
  kase('the role trusts the user, who has no policies', assume({}, [trust({ AWS: ANA.arn })]), 'allowed', PAGE.evaluation),
  kase('the role trusts the account, identity allows', assume(own, [trust(account)]), 'allowed', PAGE.assume),
  kase('the role trusts the account, identity says nothing', assume({}, [trust(account)]), ['implicitDeny', 'identity'], PAGE.principal),
  kase('the role trusts another account', assume(own, [trust({ AWS: OTHER })]), ['implicitDeny', 'trust'], PAGE.principal),
  kase('the role trusts the user, identity denies', assume({ identity: [document(deny('sts:*'))] }, [trust({ AWS: ANA.arn })]), ['explicitDeny', 'identity'], PAGE.evaluation),
  kase('the role denies the user that it trusts by account', assume(own, [trust(account), noTrust({ AWS: ANA.arn })]), ['explicitDeny', 'trust'], PAGE.evaluation),
  kase('the role trusts a namesake that was deleted', assume(own, [trust({ AWS: 'AIDAEXAMPLEOFANOTHER1' })]), ['implicitDeny', 'trust'], PAGE.principal),
  kase('the role trusts the user by its unique id', assume({}, [trust({ AWS: ANA.uniqueId })]), 'allowed', PAGE.principal),
  kase('the trust policy allows another action only', assume(own, [trust(account, undefined, 'sts:TagSession')]), ['implicitDeny', 'trust'], PAGE.sessionTags),
  kase('tags need their own action: allowed', assume({}, [trust({ AWS: ANA.arn }, undefined, ['sts:AssumeRole', 'sts:TagSession'])], { action: 'sts:TagSession' }), 'allowed', PAGE.sessionTags),
  kase('tags need their own action: not allowed', assume({ identity: [ALL] }, [trust({ AWS: ANA.arn })], { action: 'sts:TagSession' }), ['implicitDeny', 'trust'], PAGE.sessionTags),
  kase('a source identity needs its own action', assume({ identity: [ALL] }, [trust(account)], { action: 'sts:SetSourceIdentity' }), ['implicitDeny', 'trust'], 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html'),
  kase('another account, both allow', assume(ownAbroad, [trust({ AWS: ANA.arn })], { abroad: true }), 'allowed', PAGE.crossAccount),
  kase('another account, both allow through the account', assume(ownAbroad, [trust(account)], { abroad: true }), 'allowed', PAGE.crossAccount),
  kase('another account, only the trust policy allows', assume({}, [trust({ AWS: ANA.arn })], { abroad: true }), ['implicitDeny', 'identity'], PAGE.crossAccount),
  kase('another account, identity allows another role', assume({ identity: [ASSUME] }, [trust(account)], { abroad: true }), ['implicitDeny', 'identity'], PAGE.crossAccount),
  kase('another account, the role trusts nobody of it', assume(ownAbroad, [trust({ AWS: OTHER })], { abroad: true }), ['implicitDeny', 'trust'], PAGE.crossAccount),
  kase('the right external id', assume(ownAbroad, [trust(account, externalId)], { abroad: true, context: { 'sts:ExternalId': '12345' } }), 'allowed', PAGE.externalId),
  kase('another external id', assume(ownAbroad, [trust(account, externalId)], { abroad: true, context: { 'sts:ExternalId': '54321' } }), ['implicitDeny', 'trust'], PAGE.externalId),
  kase('no external id', assume(ownAbroad, [trust(account, externalId)], { abroad: true }), ['implicitDeny', 'trust'], PAGE.externalId),
  kase('with a multi-factor code', assume(own, [trust(account, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } })], { context: { 'aws:MultiFactorAuthPresent': 'true' } }), 'allowed', 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html'),
  kase('with long-term keys, which have no multi-factor key', assume(own, [trust(account, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } })]), ['implicitDeny', 'trust'], 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html'),
  kase('a chained role: the role trusts the session’s role', assume({}, [trust({ AWS: SESSION.roleArn })], asSession), 'allowed', PAGE.evaluation),
  kase('a chained role: the boundary of the first role limits', assume({ boundary: [NOTHING] }, [trust({ AWS: SESSION.roleArn })], asSession), 'implicitDeny', PAGE.evaluation),
  kase('a chained role: the role trusts one session', assume({ session: [NOTHING] }, [trust({ AWS: SESSION.arn })], asSession), 'allowed', PAGE.evaluation),
  kase('an SCP limits who may assume', assume({ ...own, scps: [[NOTHING]] }, [trust({ AWS: ANA.arn })]), ['implicitDeny', 'scp'], PAGE.scp),
  kase('an RCP limits who may be trusted', assume({ ...own, rcps: [[FULL, everybody(deny('sts:AssumeRole'))]] }, [trust({ AWS: ANA.arn })]), ['explicitDeny', 'rcp'], PAGE.rcp),
  kase('a service that the role trusts', assume({}, [trust({ Service: 'sns.amazonaws.com' })], { caller: SNS }), 'allowed', PAGE.principal),
  kase('a service that the role does not trust', assume({}, [trust({ Service: 'ec2.amazonaws.com' })], { caller: SNS }), ['implicitDeny', 'trust'], PAGE.principal),
  kase('two services in one trust policy', assume({}, [trust({ Service: ['ec2.amazonaws.com', 'sns.amazonaws.com'] })], { caller: SNS }), 'allowed', PAGE.principal),
  kase('a web identity with audience and subject', assume({}, [webTrust(audience)], { ...web, context: { 'id.example.com:aud': 'app', 'id.example.com:sub': 'ana' } }), 'allowed', PAGE.oidc),
  kase('a web identity of another audience', assume({}, [webTrust(audience)], { ...web, context: { 'id.example.com:aud': 'other', 'id.example.com:sub': 'ana' } }), ['implicitDeny', 'trust'], PAGE.oidc),
  kase('a web identity of another subject', assume({}, [webTrust(audience)], { ...web, context: { 'id.example.com:aud': 'app', 'id.example.com:sub': 'bob' } }), ['implicitDeny', 'trust'], PAGE.oidc),
  kase('a web identity of a provider that is not trusted', assume({}, [trust({ Federated: 'accounts.google.com' }, undefined, 'sts:AssumeRoleWithWebIdentity')], web), ['implicitDeny', 'trust'], PAGE.oidc),
  kase('a web identity where only AssumeRole is allowed', assume({}, [trust({ Federated: OIDC.arn })], web), ['implicitDeny', 'trust'], PAGE.oidc),
  kase('a web identity that the role denies', assume({}, [webTrust(), { ...webTrust({ StringEquals: { 'id.example.com:sub': 'ana' } }), Effect: 'Deny' }], { ...web, context: { 'id.example.com:sub': 'ana' } }), ['explicitDeny', 'trust'], PAGE.evaluation),
  kase('a SAML assertion for the sign-in page', assume({}, [samlTrust({ StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } })], { ...saml, context: { 'saml:aud': 'https://signin.aws.amazon.com/saml' } }), 'allowed', PAGE.saml),
  kase('a SAML assertion for somebody else', assume({}, [samlTrust({ StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } })], { ...saml, context: { 'saml:aud': 'https://example.com' } }), ['implicitDeny', 'trust'], PAGE.saml),
  kase('a SAML assertion of a provider that is not trusted', assume({}, [samlTrust()], { ...saml, caller: { ...SAML, arn: `arn:aws:iam::${HOME}:saml-provider/else`, providerArn: `arn:aws:iam::${HOME}:saml-provider/else` } }), ['implicitDeny', 'trust'], PAGE.saml),
]

const several = (
  name: string,
  policies: Documents,
  expected: 'explicitDeny' | 'implicitDeny' | 'allowed',
  more: Partial<Question> = {},
): Case => kase(name, ask(policies, more), expected, PAGE.evaluation)
// oxfmt-ignore
const EVERYTHING: readonly Case[] = [
  several('everything allows', { identity: [ALL], boundary: [ALL], session: [ALL], scps: [[ALL]], rcps: [[FULL]], endpoint: [FULL], resource: bucket(grant('*')) }, 'allowed', asSession),
  several('a Deny wins over missing allows', { boundary: [NO_READ], scps: [[NOTHING]] }, 'explicitDeny'),
  several('several Denies', { identity: [NO_READ], boundary: [NO_READ], scps: [[NO_READ]], resource: bucket(refuse('*')) }, 'explicitDeny'),
  several('several missing allows', { identity: [NOTHING], boundary: [NOTHING], scps: [[NOTHING]] }, 'implicitDeny'),
]

export const LIMITS: readonly Theme[] = [
  { file: 'boundaries', about: 'Permissions boundaries.', cases: BOUNDARIES },
  { file: 'session-policies', about: 'Session policies of roles and federated users.', cases: SESSIONS },
  { file: 'scp', about: 'Service control policies.', cases: SCPS },
  { file: 'rcp', about: 'Resource control policies.', cases: RCPS },
  { file: 'endpoints', about: 'Policies of VPC endpoints.', cases: ENDPOINTS },
  { file: 'trust', about: 'Trust policies: who may assume a role.', cases: TRUST },
  { file: 'several', about: 'Several types of policies at once.', cases: EVERYTHING },
]
