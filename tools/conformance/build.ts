/** Small words to write conformance cases with: callers, documents, questions, pages. */
import type { Caller, Case, Context, Documents, Outcome, PolicyKind, Question, Values } from '../../tests/oracle/question.ts'

export type Theme = { readonly file: string; readonly about: string; readonly cases: readonly Case[] }

export const HOME = '111122223333'
export const OTHER = '444455556666'

const GUIDE = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/'
const ORGANIZATIONS = 'https://docs.aws.amazon.com/organizations/latest/userguide/'

/** The documents that cases are written from. */
export const PAGE = {
  action: `${GUIDE}reference_policies_elements_action.html`,
  notAction: `${GUIDE}reference_policies_elements_notaction.html`,
  resource: `${GUIDE}reference_policies_elements_resource.html`,
  notResource: `${GUIDE}reference_policies_elements_notresource.html`,
  arns: `${GUIDE}reference-arns.html`,
  condition: `${GUIDE}reference_policies_elements_condition.html`,
  operators: `${GUIDE}reference_policies_elements_condition_operators.html`,
  logic: `${GUIDE}reference_policies_condition-logic-multiple-context-keys-or-values.html`,
  sets: `${GUIDE}reference_policies_condition-single-vs-multi-valued-context-keys.html`,
  keys: `${GUIDE}reference_policies_condition-keys.html`,
  checks: `${GUIDE}access-analyzer-reference-policy-checks.html`,
  variables: `${GUIDE}reference_policies_variables.html`,
  version: `${GUIDE}reference_policies_elements_version.html`,
  principal: `${GUIDE}reference_policies_elements_principal.html`,
  notPrincipal: `${GUIDE}reference_policies_elements_notprincipal.html`,
  evaluation: `${GUIDE}reference_policies_evaluation-logic_policy-eval-denyallow.html`,
  basics: `${GUIDE}reference_policies_evaluation-logic_policy-eval-basics.html`,
  interplay: `${GUIDE}reference_policies_evaluation-logic_AccessPolicyLanguage_Interplay.html`,
  crossAccount: `${GUIDE}reference_policies_evaluation-logic-cross-account.html`,
  boundaries: `${GUIDE}access_policies_boundaries.html`,
  session: `${GUIDE}access_policies.html#policies_session`,
  federation: `${GUIDE}id_credentials_temp_control-access_getfederationtoken.html`,
  assume: `${GUIDE}id_roles_create_for-user.html`,
  externalId: `${GUIDE}id_roles_common-scenarios_third-party.html`,
  oidc: `${GUIDE}id_roles_create_for-idp_oidc.html`,
  saml: `${GUIDE}id_roles_create_for-idp_saml.html`,
  sessionTags: `${GUIDE}id_session-tags.html`,
  scp: `${ORGANIZATIONS}orgs_manage_policies_scps.html`,
  scpEvaluation: `${ORGANIZATIONS}orgs_manage_policies_scps_evaluation.html`,
  rcp: `${ORGANIZATIONS}orgs_manage_policies_rcps.html`,
  rcpEvaluation: `${ORGANIZATIONS}orgs_manage_policies_rcps_evaluation.html`,
  endpoint: 'https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html',
  w3cDates: 'https://www.w3.org/TR/NOTE-datetime',
} as const

export const inferred = (reasoning: string): string => `inferred: ${reasoning}`

export const ANA: Caller = {
  type: 'user',
  accountId: HOME,
  arn: `arn:aws:iam::${HOME}:user/team/ana`,
  id: 'AIDACKCEVSQ6C2EXAMPLE',
  uniqueId: 'AIDACKCEVSQ6C2EXAMPLE',
}
export const SESSION: Caller = {
  type: 'assumed-role',
  accountId: HOME,
  arn: `arn:aws:sts::${HOME}:assumed-role/app/one`,
  id: 'AROADBQP57FF2AEXAMPLE:one',
  roleArn: `arn:aws:iam::${HOME}:role/team/app`,
  uniqueId: 'AROADBQP57FF2AEXAMPLE',
}
export const FEDERATED: Caller = {
  type: 'federated-user',
  accountId: HOME,
  arn: `arn:aws:sts::${HOME}:federated-user/visitor`,
  id: `${HOME}:visitor`,
  userArn: ANA.arn,
  uniqueId: ANA.id,
}
export const ROOT: Caller = { type: 'root', accountId: HOME, arn: `arn:aws:iam::${HOME}:root`, id: HOME }
export const SNS: Caller = { type: 'service', accountId: HOME, arn: 'sns.amazonaws.com', id: 'sns.amazonaws.com' }
export const NOBODY: Caller = { type: 'anonymous', accountId: '', arn: 'anonymous', id: 'anonymous' }
export const OIDC: Caller = {
  type: 'web-identity',
  accountId: HOME,
  arn: `arn:aws:iam::${HOME}:oidc-provider/id.example.com`,
  id: 'id.example.com:app:ana',
  providerArn: `arn:aws:iam::${HOME}:oidc-provider/id.example.com`,
}
export const SAML: Caller = {
  type: 'saml',
  accountId: HOME,
  arn: `arn:aws:iam::${HOME}:saml-provider/corp`,
  id: `${HOME}:ana`,
  providerArn: `arn:aws:iam::${HOME}:saml-provider/corp`,
}

export type Statement = Readonly<Record<string, unknown>>

/** A document of version 2012-10-17. */
export const document = (...statements: readonly Statement[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements })
/** A document of another version, or of none. */
export const documentOf = (version: string | undefined, ...statements: readonly Statement[]): string =>
  JSON.stringify(version === undefined ? { Statement: statements } : { Version: version, Statement: statements })

export const allow = (Action: Values, Resource: Values = '*', more: Statement = {}): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
})
export const deny = (Action: Values, Resource: Values = '*', more: Statement = {}): Statement => ({
  Effect: 'Deny',
  Action,
  Resource,
  ...more,
})
/** A statement of a resource's policy. */
export const grant = (Principal: unknown, Action: Values = 's3:GetObject', Resource: Values = '*'): Statement => ({
  Effect: 'Allow',
  Principal,
  Action,
  Resource,
})
export const refuse = (Principal: unknown, Action: Values = 's3:GetObject', Resource: Values = '*'): Statement => ({
  Effect: 'Deny',
  Principal,
  Action,
  Resource,
})

export const ALL = document(allow('*'))
export const OBJECT = 'arn:aws:s3:::reports/2026/jan.csv'

/** A question; what is not said is that ana reads an object of her own account, with nothing in the context and no policies. */
export function ask(policies: Documents, more: Partial<Omit<Question, 'policies'>> = {}): Question {
  return { action: 's3:GetObject', resource: OBJECT, resourceAccountId: HOME, context: {}, caller: ANA, ...more, policies }
}

type Expected = Outcome | readonly [Outcome, PolicyKind]

export function kase(name: string, question: Question, expected: Expected, source: string): Case {
  const outcome = typeof expected === 'string' ? { decision: expected } : { decision: expected[0], policyType: expected[1] }
  return { name, question, expected: outcome, source }
}

/** One condition in an Allow: it holds, or nothing allows. `asked` undefined: the key is not in the request. */
export type ConditionRow = {
  readonly operator: string
  readonly policy: unknown
  readonly asked: Values | undefined
  readonly holds: boolean
  readonly source: string
  readonly why?: string
}

export function conditionCase(key: string, row: ConditionRow): Case {
  const context: Context = row.asked === undefined ? {} : { [key]: row.asked }
  const statement = allow('s3:GetObject', '*', { Condition: { [row.operator]: { [key]: row.policy } } })
  const shown = row.asked === undefined ? 'no value' : JSON.stringify(row.asked)
  const name = `${row.operator} ${JSON.stringify(row.policy)} ${row.holds ? 'holds' : 'does not hold'} for ${shown}${row.why === undefined ? '' : `: ${row.why}`}`
  return kase(name, ask({ identity: [document(statement)] }, { context }), row.holds ? 'allowed' : 'implicitDeny', row.source)
}
