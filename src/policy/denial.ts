/** The texts of AccessDenied (IAM User Guide, "Troubleshoot access denied error messages"). People match them word by word. */
import type { Caller } from './caller.ts'
import type { Check, Decision, PolicyType } from './evaluate.ts'

type Words = {
  readonly named: string
  readonly article: string
  /** Whether a deny is told with the ARN of its policy ("Enhanced access denied error messages with policy ARNs", AWS Security Blog, 2026). */
  readonly hasArn: boolean
}

// oxfmt-ignore
const WORDS: Readonly<Record<PolicyType, Words>> = {
  identity: { named: 'identity-based policy',   article: 'an',  hasArn: true  },
  resource: { named: 'resource-based policy',   article: 'a',   hasArn: false },
  trust:    { named: 'role trust policy',       article: 'the', hasArn: false },
  boundary: { named: 'permissions boundary',    article: 'a',   hasArn: true  },
  session:  { named: 'session policy',          article: 'a',   hasArn: true  },
  scp:      { named: 'service control policy',  article: 'a',   hasArn: true  },
  rcp:      { named: 'resource control policy', article: 'a',   hasArn: true  },
  endpoint: { named: 'VPC endpoint policy',     article: 'a',   hasArn: false },
}
/**
 * AWS's page knows no words for a resource control policy that does not allow: one that allows everything is always attached. Of service
 * control policies they are recorded (2026): `… because no service control policy allows the apprunner:ListServices action`.
 */
const ALWAYS_EXPLICIT: ReadonlySet<PolicyType> = new Set(['rcp'])

/**
 * `User: ARN is not authorized to perform: ACTION on resource: ARN because …`. `told` is how the resource is named where not by its ARN; empty:
 * it is not named. A caller of another account is told no reason, unless both accounts are in one organization.
 */
export function denialText(caller: Caller, check: Check, decision: Decision, told = check.resource): string {
  const { action } = check
  const refused = refusalText(caller, check, told)
  if (decision.decision === 'allowed' || caller.type === 'web-identity' || caller.type === 'saml') return refused
  const isNear = isOfOneHouse(caller, check)
  // Recorded: "User: anonymous is not authorized to perform: cognito-identity:GetId on resource: * with an explicit deny in a resource control policy".
  if (!isNear && caller.type !== 'anonymous') return refused
  return `${refused} ${reasonOf(action, decision)}${isNear ? arnOf(decision) : ''}`
}

/** The same without a reason. */
export function refusalText({ type, arn }: Caller, { action, resource }: Check, told = resource): string {
  if (type === 'web-identity' || type === 'saml') return `Not authorized to perform ${action}`
  return `User: ${arn} is not authorized to perform: ${action}${told === '' ? '' : ` on resource: ${told}`}`
}

/**
 * Whether caller and resource belong to one account or one organization: AWS tells reasons and policies to no others (S3 User Guide,
 * "Troubleshoot access denied errors"; "Enhanced access denied error messages with policy ARNs", AWS Security Blog, 2026; recorded from SQS
 * for a queue of another account). Of organizations the keys `aws:PrincipalOrgID` and `aws:ResourceOrgID` tell.
 */
export function isOfOneHouse({ accountId }: Caller, { resourceAccountId, context }: Check): boolean {
  if (accountId === resourceAccountId) return true
  const organization = context.value('aws:principalorgid')
  return organization !== undefined && organization === context.value('aws:resourceorgid')
}

type Denial = Exclude<Decision, { readonly decision: 'allowed' }>

function reasonOf(action: string, { decision, policyType }: Denial): string {
  const { named, article } = WORDS[policyType]
  if (decision === 'implicitDeny' && !ALWAYS_EXPLICIT.has(policyType)) return `because no ${named} allows the ${action} action`
  return `with an explicit deny in ${article} ${named}`
}

/** Only managed policies and policies of organizations have an ARN. */
function arnOf(denial: Denial): string {
  if (denial.decision === 'implicitDeny' || !WORDS[denial.policyType].hasArn) return ''
  const arn = denial.by?.policy.arn ?? denial.broken?.source.arn
  return arn === undefined ? '' : `: ${arn}`
}
