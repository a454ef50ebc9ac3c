/** Cases of principals, and of what a resource's policy grants within an account and across accounts. */
import {
  ALL,
  ANA,
  FEDERATED,
  HOME,
  NOBODY,
  OBJECT,
  OIDC,
  OTHER,
  PAGE,
  ROOT,
  SESSION,
  SNS,
  allow,
  ask,
  deny,
  document,
  grant,
  inferred,
  kase,
  refuse,
  type Theme,
} from './build.ts'
import type { Caller, Case, Documents } from '../../tests/oracle/question.ts'

const attached = (...statements: readonly object[]): NonNullable<Documents['resource']> => ({
  kind: 'resource',
  documents: [JSON.stringify({ Version: '2012-10-17', Statement: statements })],
})
const accountArn = (id: string): string => `arn:aws:iam::${id}:root`
const role = SESSION.roleArn ?? ''

/** Asked across accounts with everything allowed at the caller's side, so that only the principal decides. */
type Row = readonly [principal: unknown, caller: Caller, names: boolean, why: string, source?: string]
// oxfmt-ignore
const NAMES: readonly Row[] = [
  ['*',                                          ANA,       true,  'everybody'],
  [{ AWS: '*' },                                 ANA,       true,  'every AWS principal'],
  [{ AWS: ['*'] },                               ANA,       true,  'every AWS principal, in a list'],
  [{ AWS: ANA.arn },                             ANA,       true,  'the user'],
  [{ AWS: [`arn:aws:iam::${HOME}:user/bob`, ANA.arn] }, ANA, true, 'the user, in a list'],
  [{ AWS: `arn:aws:iam::${HOME}:user/bob` },     ANA,       false, 'another user'],
  [{ AWS: `arn:aws:iam::${HOME}:user/team/Ana` }, ANA,      false, 'the user in another case'],
  [{ AWS: `arn:aws:iam::${HOME}:user/ana` },     ANA,       false, 'the user without its path', inferred('An ARN names a user with its path.')],
  [{ AWS: `arn:aws:iam::${OTHER}:user/team/ana` }, ANA,     false, 'a user of that name in another account'],
  [{ AWS: `arn:aws:iam::${HOME}:user/*` },       ANA,       false, 'a wildcard matches no part of a principal'],
  [{ AWS: ANA.uniqueId },                        ANA,       true,  'the unique id that a stored principal became'],
  [{ AWS: 'AIDAEXAMPLEOFANOTHER1' },             ANA,       false, 'the unique id of a deleted namesake'],
  [{ AWS: HOME },                                ANA,       true,  'the account’s id'],
  [{ AWS: accountArn(HOME) },                    ANA,       true,  'the account’s ARN'],
  [{ AWS: OTHER },                               ANA,       false, 'another account’s id'],
  [{ AWS: accountArn(OTHER) },                   ANA,       false, 'another account’s ARN'],
  [{ AWS: [OTHER, HOME] },                       ANA,       true,  'two accounts'],
  [{ AWS: HOME },                                SESSION,   true,  'the account of a role session'],
  [{ AWS: accountArn(HOME) },                    FEDERATED, true,  'the account of a federated user'],
  [{ AWS: accountArn(HOME) },                    ROOT,      true,  'the root user by its account'],
  [{ AWS: HOME },                                ROOT,      true,  'the root user by its account’s id'],
  [{ AWS: role },                                SESSION,   true,  'the role of a session'],
  [{ AWS: `arn:aws:iam::${HOME}:role/app` },     SESSION,   false, 'the role without its path', inferred('An ARN names a role with its path.')],
  [{ AWS: `arn:aws:iam::${HOME}:role/team/other` }, SESSION, false, 'another role'],
  [{ AWS: SESSION.uniqueId },                    SESSION,   true,  'the unique id of the role'],
  [{ AWS: SESSION.arn },                         SESSION,   true,  'the session'],
  [{ AWS: `arn:aws:sts::${HOME}:assumed-role/app/two` }, SESSION, false, 'another session of the role'],
  [{ AWS: `arn:aws:sts::${HOME}:assumed-role/app/*` }, SESSION, false, 'a wildcard does not mean all sessions'],
  [{ AWS: FEDERATED.arn },                       FEDERATED, true,  'the federated user'],
  [{ AWS: `arn:aws:sts::${HOME}:federated-user/*` }, FEDERATED, false, 'a wildcard matches no part of a principal'],
  [{ AWS: ANA.arn },                             FEDERATED, true,  'the user that the federated session is of', PAGE.evaluation],
  [{ Service: 'sns.amazonaws.com' },             ANA,       false, 'a service is not a user'],
  [{ Federated: OIDC.arn },                      ANA,       false, 'a provider is not a user'],
  [{ Service: 'sns.amazonaws.com', AWS: ANA.arn }, ANA,     true,  'a user beside a service'],
  ['*',                                          SNS,       true,  'everybody, also a service'],
  [{ Service: 'sns.amazonaws.com' },             SNS,       true,  'the service'],
  [{ Service: ['states.amazonaws.com', 'sns.amazonaws.com'] }, SNS, true, 'the service, in a list'],
  [{ Service: 'states.amazonaws.com' },          SNS,       false, 'another service'],
  [{ AWS: HOME },                                SNS,       false, 'a service belongs to no account'],
  ['*',                                          NOBODY,    true,  'everybody, also anonymous'],
  [{ AWS: '*' },                                 NOBODY,    true,  'for anonymous users both asterisks are equivalent'],
  [{ AWS: HOME },                                NOBODY,    false, 'an account is not anonymous'],
  [{ Service: 'sns.amazonaws.com' },             NOBODY,    false, 'a service is not anonymous'],
]

const nameCase = ([principal, caller, names, why, source]: Row): Case => {
  const own = ['service', 'anonymous', 'root'].includes(caller.type)
    ? {}
    : { identity: [ALL], ...(caller === FEDERATED && { session: [ALL] }) }
  return kase(
    `${JSON.stringify(principal)} ${names ? 'names' : 'does not name'} the ${caller.type} ${caller.arn}: ${why}`,
    ask({ ...own, resource: attached(grant(principal)) }, { caller, resourceAccountId: OTHER }),
    names ? 'allowed' : ['implicitDeny', 'resource'],
    source ?? PAGE.principal,
  )
}

// oxfmt-ignore
const DENIES: readonly Case[] = [
  kase('a Deny of the user', ask({ identity: [ALL], resource: attached(refuse({ AWS: ANA.arn })) }), ['explicitDeny', 'resource'], PAGE.evaluation),
  kase('a Deny of another user', ask({ identity: [ALL], resource: attached(refuse({ AWS: `arn:aws:iam::${HOME}:user/bob` })) }), 'allowed', PAGE.evaluation),
  kase('a Deny of the account reaches its users', ask({ identity: [ALL], resource: attached(refuse({ AWS: HOME })) }), ['explicitDeny', 'resource'], PAGE.principal),
  kase('a Deny of everybody', ask({ identity: [ALL], resource: attached(refuse('*')) }), ['explicitDeny', 'resource'], PAGE.evaluation),
  kase('a Deny of the role reaches its sessions', ask({ identity: [ALL], resource: attached(refuse({ AWS: role })) }, { caller: SESSION }), ['explicitDeny', 'resource'], PAGE.principal),
  kase('a Deny of another session', ask({ identity: [ALL], resource: attached(refuse({ AWS: `arn:aws:sts::${HOME}:assumed-role/app/two` })) }, { caller: SESSION }), 'allowed', PAGE.principal),
  kase('a Deny of everybody but one principal spares it', ask({ identity: [ALL], resource: attached({ ...refuse('*'), Condition: { ArnNotEquals: { 'aws:PrincipalArn': ANA.arn } } }) }, { context: { 'aws:PrincipalArn': ANA.arn } }), 'allowed', PAGE.principal),
  kase('a Deny of everybody but one principal denies the others', ask({ identity: [ALL], resource: attached({ ...refuse('*'), Condition: { ArnNotEquals: { 'aws:PrincipalArn': ANA.arn } } }) }, { caller: SESSION, context: { 'aws:PrincipalArn': role } }), ['explicitDeny', 'resource'], PAGE.principal),
  kase('a Deny of everybody but one principal denies the anonymous, who have no principal ARN', ask({ resource: attached(grant('*'), { ...refuse('*'), Condition: { ArnNotEquals: { 'aws:PrincipalArn': ANA.arn } } }) }, { caller: NOBODY }), ['explicitDeny', 'resource'], PAGE.operators),
  kase('NotPrincipal with Deny: user and account named', ask({ identity: [ALL], resource: attached({ Effect: 'Deny', NotPrincipal: { AWS: [ANA.arn, accountArn(HOME)] }, Action: 's3:*', Resource: '*' }) }), 'allowed', PAGE.notPrincipal),
  kase('NotPrincipal with Deny: somebody else named', ask({ identity: [ALL], resource: attached({ Effect: 'Deny', NotPrincipal: { AWS: [`arn:aws:iam::${OTHER}:user/bob`, accountArn(OTHER)] }, Action: 's3:*', Resource: '*' }) }), ['explicitDeny', 'resource'], PAGE.notPrincipal),
  kase('NotPrincipal with Deny: session, role and account named', ask({ identity: [ALL], resource: attached({ Effect: 'Deny', NotPrincipal: { AWS: [SESSION.arn, role, accountArn(HOME)] }, Action: 's3:*', Resource: '*' }) }, { caller: SESSION }), 'allowed', PAGE.notPrincipal),
  kase('NotPrincipal with Deny: role and account named, but not the session', ask({ identity: [ALL], resource: attached({ Effect: 'Deny', NotPrincipal: { AWS: [role, accountArn(HOME)] }, Action: 's3:*', Resource: '*' }) }, { caller: SESSION }), ['explicitDeny', 'resource'], 'https://aws.amazon.com/blogs/security/how-to-restrict-amazon-s3-bucket-access-to-a-specific-iam-role/'),
  kase('NotPrincipal with Deny always denies a principal with a permissions boundary', ask({ identity: [ALL], boundary: [ALL], resource: attached({ Effect: 'Deny', NotPrincipal: { AWS: [ANA.arn, accountArn(HOME)] }, Action: 's3:*', Resource: '*' }) }), ['explicitDeny', 'resource'], PAGE.notPrincipal),
  kase('NotPrincipal with Deny: the service named', ask({ resource: attached(grant({ Service: 'sns.amazonaws.com' }), { Effect: 'Deny', NotPrincipal: { Service: 'sns.amazonaws.com' }, Action: 's3:*', Resource: '*' }) }, { caller: SNS }), 'allowed', PAGE.notPrincipal),
]

const NOTHING = document(allow('sqs:*'))
const direct = attached(grant({ AWS: ANA.arn }))
const toSession = attached(grant({ AWS: SESSION.arn }))
const toRole = attached(grant({ AWS: role }))
const toAccount = attached(grant({ AWS: accountArn(HOME) }))
const toAll = attached(grant('*'))
const asSession = { caller: SESSION }
const asFederated = { caller: FEDERATED }

// oxfmt-ignore
const SAME_ACCOUNT: readonly Case[] = [
  kase('identity allows, no resource policy', ask({ identity: [ALL] }), 'allowed', PAGE.basics),
  kase('identity allows, the resource policy says nothing', ask({ identity: [ALL], resource: attached(grant({ AWS: ANA.arn }, 's3:PutObject')) }), 'allowed', PAGE.basics),
  kase('the resource policy allows the user, identity says nothing', ask({ identity: [NOTHING], resource: direct }), 'allowed', PAGE.evaluation),
  kase('the resource policy allows the user, who has no policies', ask({ resource: direct }), 'allowed', PAGE.evaluation),
  kase('the resource policy allows the user, identity denies', ask({ identity: [document(deny('s3:*'))], resource: direct }), ['explicitDeny', 'identity'], PAGE.evaluation),
  kase('the resource policy allows the user, a boundary says nothing', ask({ boundary: [NOTHING], resource: direct }), 'allowed', PAGE.evaluation),
  kase('the resource policy allows the user, a boundary denies', ask({ boundary: [document(deny('s3:*'))], resource: direct }), ['explicitDeny', 'boundary'], PAGE.evaluation),
  kase('the resource policy allows the account: identity must allow', ask({ identity: [NOTHING], resource: toAccount }), ['implicitDeny', 'identity'], PAGE.principal),
  kase('the resource policy allows the account, identity allows', ask({ identity: [ALL], resource: toAccount }), 'allowed', PAGE.principal),
  kase('the resource policy allows the account by its id: identity must allow', ask({ resource: attached(grant({ AWS: HOME })) }), ['implicitDeny', 'identity'], PAGE.principal),
  kase('the resource policy allows everybody', ask({ identity: [NOTHING], resource: toAll }), 'allowed', PAGE.principal),
  kase('the resource policy allows everybody, a boundary says nothing', ask({ boundary: [NOTHING], resource: toAll }), 'allowed', PAGE.principal),
  kase('the resource policy allows everybody, to a role session', ask({ session: [NOTHING], boundary: [NOTHING], resource: toAll }, asSession), 'allowed', PAGE.principal),
  kase('the resource policy allows the role, identity says nothing', ask({ identity: [NOTHING], resource: toRole }, asSession), 'allowed', PAGE.evaluation),
  kase('the resource policy allows the role, the boundary allows', ask({ boundary: [ALL], resource: toRole }, asSession), 'allowed', PAGE.evaluation),
  kase('the resource policy allows the role, the boundary says nothing', ask({ identity: [ALL], boundary: [NOTHING], resource: toRole }, asSession), ['implicitDeny', 'boundary'], PAGE.evaluation),
  kase('the resource policy allows the role, the session policy allows', ask({ session: [ALL], resource: toRole }, asSession), 'allowed', PAGE.evaluation),
  kase('the resource policy allows the role, the session policy says nothing', ask({ identity: [ALL], session: [NOTHING], resource: toRole }, asSession), ['implicitDeny', 'session'], PAGE.evaluation),
  kase('the resource policy allows the session, boundary and session policy say nothing', ask({ identity: [NOTHING], boundary: [NOTHING], session: [NOTHING], resource: toSession }, asSession), 'allowed', PAGE.evaluation),
  kase('the resource policy allows the session, the session policy denies', ask({ session: [document(deny('s3:*'))], resource: toSession }, asSession), ['explicitDeny', 'session'], PAGE.evaluation),
  kase('the resource policy allows another session', ask({ identity: [NOTHING], resource: attached(grant({ AWS: `arn:aws:sts::${HOME}:assumed-role/app/two` })) }, asSession), ['implicitDeny', 'identity'], PAGE.evaluation),
  kase('the resource policy allows the federated user, its session policy says nothing', ask({ boundary: [NOTHING], session: [NOTHING], resource: attached(grant({ AWS: FEDERATED.arn })) }, asFederated), 'allowed', PAGE.evaluation),
  kase('the resource policy allows the federated user, who has no session policy', ask({ resource: attached(grant({ AWS: FEDERATED.arn })) }, asFederated), 'allowed', PAGE.federation),
  kase('the resource policy allows the user of a federated session, the session policy allows', ask({ session: [ALL], resource: direct }, asFederated), 'allowed', PAGE.evaluation),
  kase('the resource policy allows the user of a federated session, the session policy says nothing', ask({ identity: [ALL], session: [NOTHING], resource: direct }, asFederated), ['implicitDeny', 'session'], PAGE.evaluation),
  kase('the resource policy allows the user of a federated session, the boundary says nothing', ask({ identity: [ALL], boundary: [NOTHING], session: [ALL], resource: direct }, asFederated), ['implicitDeny', 'boundary'], PAGE.evaluation),
  kase('the root user needs no policy', ask({}, { caller: ROOT }), 'allowed', PAGE.evaluation),
  kase('the root user and a resource policy that says nothing', ask({ resource: attached(grant({ AWS: ANA.arn })) }, { caller: ROOT }), 'allowed', PAGE.evaluation),
  kase('the root user and a Deny of the resource policy', ask({ resource: attached(refuse('*')) }, { caller: ROOT }), ['explicitDeny', 'resource'], PAGE.evaluation),
  kase('a service that the resource policy allows', ask({ resource: attached(grant({ Service: 'sns.amazonaws.com' })) }, { caller: SNS }), 'allowed', PAGE.principal),
  kase('a service that nothing allows', ask({}, { caller: SNS }), ['implicitDeny', 'resource'], PAGE.principal),
  kase('a service on behalf of the right topic', ask({ resource: attached({ ...grant({ Service: 'sns.amazonaws.com' }), Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:sns:us-east-2:111122223333:orders' } } }) }, { caller: SNS, context: { 'aws:SourceArn': 'arn:aws:sns:us-east-2:111122223333:orders' } }), 'allowed', 'https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html'),
  kase('a service on behalf of another topic', ask({ resource: attached({ ...grant({ Service: 'sns.amazonaws.com' }), Condition: { ArnEquals: { 'aws:SourceArn': 'arn:aws:sns:us-east-2:111122223333:orders' } } }) }, { caller: SNS, context: { 'aws:SourceArn': 'arn:aws:sns:us-east-2:444455556666:orders' } }), ['implicitDeny', 'resource'], 'https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html'),
  kase('an anonymous request that nothing allows', ask({}, { caller: NOBODY }), ['implicitDeny', 'resource'], PAGE.principal),
]

const ABROAD = { resourceAccountId: OTHER }
// oxfmt-ignore
const CROSS_ACCOUNT: readonly Case[] = [
  kase('only identity allows', ask({ identity: [ALL] }, ABROAD), ['implicitDeny', 'resource'], PAGE.crossAccount),
  kase('only the resource policy allows', ask({ resource: direct }, ABROAD), ['implicitDeny', 'identity'], PAGE.crossAccount),
  kase('both allow', ask({ identity: [ALL], resource: direct }, ABROAD), 'allowed', PAGE.crossAccount),
  kase('both allow, the resource policy through the account', ask({ identity: [ALL], resource: toAccount }, ABROAD), 'allowed', PAGE.crossAccount),
  kase('both allow, the resource policy through everybody', ask({ identity: [ALL], resource: toAll }, ABROAD), 'allowed', PAGE.crossAccount),
  kase('the resource policy allows everybody: identity must allow all the same', ask({ identity: [NOTHING], resource: toAll }, ABROAD), ['implicitDeny', 'identity'], PAGE.principal),
  kase('the resource policy allows the account: identity must allow', ask({ identity: [NOTHING], resource: toAccount }, ABROAD), ['implicitDeny', 'identity'], PAGE.crossAccount),
  kase('neither allows the resource', ask({ identity: [document(allow('*', 'arn:aws:s3:::other/*'))], resource: direct }, ABROAD), ['implicitDeny', 'identity'], PAGE.crossAccount),
  kase('identity names the resource', ask({ identity: [document(allow('s3:GetObject', OBJECT))], resource: direct }, ABROAD), 'allowed', PAGE.crossAccount),
  kase('identity denies', ask({ identity: [ALL, document(deny('s3:*'))], resource: direct }, ABROAD), ['explicitDeny', 'identity'], PAGE.crossAccount),
  kase('the resource policy denies', ask({ identity: [ALL], resource: attached(grant('*'), refuse({ AWS: HOME })) }, ABROAD), ['explicitDeny', 'resource'], PAGE.crossAccount),
  kase('the boundary says nothing', ask({ identity: [ALL], boundary: [NOTHING], resource: direct }, ABROAD), ['implicitDeny', 'boundary'], PAGE.crossAccount),
  kase('a role session, both allow', ask({ identity: [ALL], resource: toRole }, { ...ABROAD, ...asSession }), 'allowed', PAGE.crossAccount),
  kase('a role session, only the resource policy allows the role', ask({ resource: toRole }, { ...ABROAD, ...asSession }), ['implicitDeny', 'identity'], PAGE.crossAccount),
  kase('a role session that the resource policy names: identity must allow', ask({ identity: [NOTHING], resource: toSession }, { ...ABROAD, ...asSession }), ['implicitDeny', 'identity'], inferred('Both accounts are evaluated; the direct grant to a session is said of one account.')),
  kase('a role session that the resource policy names: its session policy limits', ask({ identity: [ALL], session: [NOTHING], resource: toSession }, { ...ABROAD, ...asSession }), ['implicitDeny', 'session'], inferred('Both accounts are evaluated; the direct grant to a session is said of one account.')),
  kase('a federated user, all allow', ask({ identity: [ALL], session: [ALL], resource: toAccount }, { ...ABROAD, ...asFederated }), 'allowed', PAGE.crossAccount),
  kase('a federated user without a session policy', ask({ identity: [ALL], resource: toAccount }, { ...ABROAD, ...asFederated }), ['implicitDeny', 'session'], PAGE.evaluation),
  kase('the root user of another account, not allowed by the resource', ask({}, { ...ABROAD, caller: ROOT }), ['implicitDeny', 'resource'], PAGE.crossAccount),
  kase('the root user of another account, allowed by the resource', ask({ resource: toAccount }, { ...ABROAD, caller: ROOT }), 'allowed', PAGE.crossAccount),
  kase('an anonymous request that everybody’s grant allows', ask({ resource: toAll }, { ...ABROAD, caller: NOBODY }), 'allowed', PAGE.principal),
  kase('a resource policy that grants within an organization', ask({ identity: [ALL], resource: attached({ ...grant('*'), Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }) }, { ...ABROAD, context: { 'aws:PrincipalOrgID': 'o-1' } }), 'allowed', PAGE.keys),
  kase('a resource policy that grants within another organization', ask({ identity: [ALL], resource: attached({ ...grant('*'), Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }) }, { ...ABROAD, context: { 'aws:PrincipalOrgID': 'o-2' } }), ['implicitDeny', 'resource'], PAGE.keys),
]

export const PRINCIPALS: readonly Theme[] = [
  { file: 'principals', about: 'Whom Principal and NotPrincipal name.', cases: [...NAMES.map(nameCase), ...DENIES] },
  { file: 'same-account', about: 'What a resource’s policy grants within its account.', cases: SAME_ACCOUNT },
  { file: 'cross-account', about: 'Requests to a resource of another account.', cases: CROSS_ACCOUNT },
]
