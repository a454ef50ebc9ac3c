/** The texts of AccessDenied (IAM User Guide, "Troubleshoot access denied error messages"). People match them word by word. */
import type { Caller } from './caller.ts'
import type { Check, Decision, PolicyType } from './evaluate.ts'

type Words = { readonly named: string; readonly article: string }

// oxfmt-ignore
const WORDS: Readonly<Record<PolicyType, Words>> = {
  identity: { named: 'identity-based policy',   article: 'an' },
  resource: { named: 'resource-based policy',   article: 'a' },
  trust:    { named: 'role trust policy',       article: 'the' },
  boundary: { named: 'permissions boundary',    article: 'a' },
  session:  { named: 'session policy',          article: 'a' },
  scp:      { named: 'service control policy',  article: 'a' },
  rcp:      { named: 'resource control policy', article: 'a' },
  endpoint: { named: 'VPC endpoint policy',     article: 'a' },
}
/** For these AWS speaks of an explicit deny even where nothing allows. */
const ALWAYS_EXPLICIT: ReadonlySet<PolicyType> = new Set(['scp', 'rcp'])

/** `User: ARN is not authorized to perform: ACTION on resource: ARN because …`. A caller of another account is told no reason. */
export function denialText(caller: Caller, { action, resource, resourceAccountId }: Check, decision: Decision): string {
  if (caller.type === 'web-identity' || caller.type === 'saml') return `Not authorized to perform ${action}`
  const refused = `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource}`
  if (caller.accountId !== resourceAccountId && caller.type !== 'anonymous') return refused
  const reason = reasonOf(action, decision)
  return reason === '' ? refused : `${refused} ${reason}`
}

function reasonOf(action: string, decision: Decision): string {
  if (decision.decision === 'allowed') return ''
  const { named, article } = WORDS[decision.policyType]
  if (decision.decision === 'implicitDeny' && !ALWAYS_EXPLICIT.has(decision.policyType))
    return `because no ${named} allows the ${action} action`
  // Since 2026 the policy is named where it has an ARN.
  const arn = decision.decision === 'explicitDeny' ? (decision.by?.policy.arn ?? decision.broken?.source.arn) : undefined
  return `with an explicit deny in ${article} ${named}${arn === undefined ? '' : `: ${arn}`}`
}
