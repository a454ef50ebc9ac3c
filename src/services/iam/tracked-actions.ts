/** Actions whose last use AWS tells (IAM User Guide, "IAM action last accessed information services and actions"): management actions, of some services. */
import { readAuthorization } from '../../protocol/model-files.ts'

/** What IAM can tag: neither tagging nor reading tags is tracked. */
const TAGGED = [
  'InstanceProfile',
  'MFADevice',
  'OpenIDConnectProvider',
  'Policy',
  'Role',
  'SAMLProvider',
  'ServerCertificate',
  'User',
]

/**
 * By service, the actions that report nothing: `IAM Action Last Accessed` in AWS's service reference, read in 2026. All other actions of these
 * services are tracked. Services that this server does not have are not listed: nobody can have used them here.
 */
const UNTRACKED: Readonly<Record<string, ReadonlySet<string>>> = {
  iam: new Set([
    'AcceptDelegationRequest',
    'AssociateDelegationRequest',
    'CreateDelegationRequest',
    'GetDelegationRequest',
    'GetHumanReadableSummary',
    'GetRoleTemplateVersion',
    // A permission and no call: "not tracked" (IAM User Guide).
    'PassRole',
    'RejectDelegationRequest',
    'SendDelegationToken',
    ...TAGGED.flatMap((kind) => [`List${kind}Tags`, `Tag${kind}`, `Untag${kind}`]),
  ]),
  sts: new Set([
    'AssumeRoot',
    'GetDelegatedAccessToken',
    'GetServiceBearerToken',
    'SetContext',
    'SetSourceIdentity',
    'TagGetWebIdentityToken',
    'TagSession',
  ]),
  organizations: new Set([
    'InviteOrganizationToTransferResponsibility',
    'ListEffectivePolicyValidationErrors',
    'ListTagsForResource',
    'TagResource',
    'UntagResource',
  ]),
  'access-analyzer': new Set([
    'CreateServiceLinkedAnalyzer',
    'DeleteServiceLinkedAnalyzer',
    'ListTagsForResource',
    'TagResource',
    'UntagResource',
  ]),
}

/** The names of a service's tracked actions, sorted; none where AWS tracks none or we do not know. */
export function trackedActions(service: string): readonly string[] {
  const untracked = UNTRACKED[service]
  if (untracked === undefined) return []
  const actions = [...(readAuthorization().service(service)?.actions.values() ?? [])]
  return actions
    .map(({ name }) => name)
    .filter((name) => !untracked.has(name))
    .toSorted()
}
