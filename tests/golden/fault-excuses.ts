/** Errors that the model declares and that no test reaches: each with the reason why it does not occur here. */

export type Excuse = {
  readonly code: string
  /** The operations that never say it; all that are not reached where none are named. */
  readonly operations?: readonly string[]
  /** Where no operations are named: those that say it all the same, and are tested. */
  readonly except?: readonly string[]
  readonly reason: string
}

/** Errors that another test reaches, through a real client. */
export type Elsewhere = { readonly operation: string; readonly codes: readonly string[]; readonly test: string }

export const ELSEWHERE: readonly Elsewhere[] = [
  {
    operation: 'sts:AssumeRoleWithSAML',
    codes: [
      'InvalidIdentityToken',
      'ExpiredTokenException',
      'IDPRejectedClaim',
      'MalformedPolicyDocument',
      'PackedPolicyTooLarge',
    ],
    test: 'tests/contract/saml.test.ts',
  },
]

/** Operations that name a managed policy by its ARN, or a provider by its. */
const BY_ARN = [
  'iam:GetPolicy',
  'iam:DeletePolicy',
  'iam:CreatePolicyVersion',
  'iam:GetPolicyVersion',
  'iam:ListPolicyVersions',
  'iam:DeletePolicyVersion',
  'iam:SetDefaultPolicyVersion',
  'iam:ListEntitiesForPolicy',
  'iam:ListPolicyTags',
  'iam:AttachUserPolicy',
  'iam:AttachGroupPolicy',
  'iam:AttachRolePolicy',
  'iam:DetachUserPolicy',
  'iam:DetachGroupPolicy',
  'iam:DetachRolePolicy',
]

export const EXCUSES: readonly Excuse[] = [
  {
    code: 'ServiceFailure',
    reason: 'A broken invariant of ours: answered as InternalFailure, HTTP 500, and every test would fail that met one.',
  },
  {
    code: 'ConcurrentModification',
    except: ['iam:AcceptDelegationRequest', 'iam:AcquireRole'],
    reason: 'Writers of one account wait for one another (tests/races): none meets the change of another.',
  },
  {
    code: 'EntityTemporarilyUnmodifiable',
    operations: [
      'iam:UpdateUser',
      'iam:UpdateLoginProfile',
      'iam:DeleteLoginProfile',
      'iam:EnableMFADevice',
      'iam:DeactivateMFADevice',
    ],
    reason: 'AWS says it while something new spreads. Here it is everywhere once it is acknowledged.',
  },
  {
    code: 'LimitExceeded',
    operations: [
      'iam:UpdateUser',
      'iam:DeleteUser',
      'iam:UpdateGroup',
      'iam:DeleteGroup',
      'iam:RemoveUserFromGroup',
      'iam:DeleteRole',
      'iam:DeleteInstanceProfile',
      'iam:RemoveRoleFromInstanceProfile',
      'iam:DeleteServiceLinkedRole',
      'iam:DeletePolicy',
      'iam:DeletePolicyVersion',
      'iam:SetDefaultPolicyVersion',
      'iam:DetachUserPolicy',
      'iam:DetachGroupPolicy',
      'iam:DetachRolePolicy',
      'iam:DeleteUserPolicy',
      'iam:DeleteGroupPolicy',
      'iam:DeleteRolePolicy',
      'iam:UpdateAccessKey',
      'iam:DeleteAccessKey',
      'iam:UpdateLoginProfile',
      'iam:DeleteLoginProfile',
      'iam:ChangePassword',
      'iam:ResyncMFADevice',
      'iam:DeactivateMFADevice',
      'iam:DeleteVirtualMFADevice',
      'iam:UpdateSigningCertificate',
      'iam:DeleteSigningCertificate',
      'iam:UpdateServerCertificate',
      'iam:DeleteServerCertificate',
      'iam:DeleteSAMLProvider',
      'iam:DeleteAccountAlias',
      'iam:DeleteAccountPasswordPolicy',
      'iam:UpdateAccountPasswordPolicy',
      'iam:GenerateCredentialReport',
    ],
    reason: 'Nothing grows that has a quota (IAM User Guide, "IAM and AWS STS quotas").',
  },
  { code: 'LimitExceeded', operations: ['iam:CreateLoginProfile'], reason: 'A user has one: EntityAlreadyExists says so.' },
  { code: 'LimitExceeded', operations: ['iam:CreateAccountAlias'], reason: 'An account has one: a new alias replaces it.' },
  {
    code: 'InvalidInput',
    operations: BY_ARN,
    reason: 'AWS calls a text that is no ARN of a policy a ValidationError since 2024.',
  },
  {
    code: 'InvalidInput',
    operations: ['iam:ListAttachedUserPolicies', 'iam:ListAttachedGroupPolicies', 'iam:ListAttachedRolePolicies'],
    reason: 'The model holds the path prefix to its pattern: ValidationError.',
  },
  {
    code: 'InvalidInput',
    operations: [
      'iam:UntagInstanceProfile',
      'iam:UntagPolicy',
      'iam:UntagMFADevice',
      'iam:UntagServerCertificate',
      'iam:UntagSAMLProvider',
      'iam:UntagOpenIDConnectProvider',
      'iam:ListMFADeviceTags',
      'iam:ListSAMLProviderTags',
      'iam:ListOpenIDConnectProviderTags',
    ],
    reason: 'Keys that are not there are no error, and the model holds all else to its patterns.',
  },
  {
    code: 'InvalidInput',
    operations: [
      'iam:GetSAMLProvider',
      'iam:DeleteSAMLProvider',
      'iam:GetOpenIDConnectProvider',
      'iam:DeleteOpenIDConnectProvider',
      'iam:AddClientIDToOpenIDConnectProvider',
      'iam:RemoveClientIDFromOpenIDConnectProvider',
    ],
    reason: 'An ARN of no provider is a provider that is not there: NoSuchEntity.',
  },
  {
    code: 'InvalidInput',
    operations: ['iam:GetServiceLinkedRoleDeletionStatus'],
    reason: 'A text that is no task is a task that is not there: NoSuchEntity (inferred).',
  },
  {
    code: 'NoSuchEntity',
    operations: ['iam:CreateGroup', 'iam:UpdateAccountPasswordPolicy'],
    reason: 'The input names nothing that could be missing.',
  },
  {
    code: 'NoSuchEntity',
    operations: ['iam:CreateServiceLinkedRole'],
    reason: 'A service that has no such role is InvalidInput.',
  },
  {
    code: 'EntityAlreadyExists',
    operations: ['iam:AddRoleToInstanceProfile'],
    reason: 'The quota of one role is said first, also of the same role (reported).',
  },
  {
    code: 'EntityAlreadyExists',
    operations: ['iam:UploadSigningCertificate'],
    reason: 'A certificate that is there already is DuplicateCertificate.',
  },
  {
    code: 'DeleteConflict',
    operations: ['iam:DeleteServerCertificate'],
    reason: 'AWS says it of certificates that its load balancers use. Nothing here uses one.',
  },
  {
    code: 'MalformedPolicyDocument',
    operations: ['iam:UpdateAccountPasswordPolicy'],
    reason: 'The input has no document; the model holds its numbers to their ranges.',
  },
  {
    code: 'UnrecognizedPublicKeyEncoding',
    operations: ['iam:GetSSHPublicKey'],
    reason: 'The model knows both encodings: another one is a ValidationError.',
  },
  {
    code: 'NotSupportedService',
    operations: ['iam:CreateServiceSpecificCredential', 'iam:ListServiceSpecificCredentials'],
    reason: 'AWS says NoSuchEntity, `No such service X is supported` (recorded).',
  },
  {
    code: 'UnmodifiableEntity',
    operations: ['iam:UpdateRoleDescription'],
    reason: 'The description of a service-linked role may be edited (IAM User Guide, "Update a service-linked role").',
  },
  { code: 'ReportInProgress', operations: ['iam:GetCredentialReport'], reason: 'A report is made in the call that asks for it.' },
  {
    code: 'PolicyEvaluation',
    operations: ['iam:SimulateCustomPolicy'],
    reason: 'All its policies come with the request and are checked before: InvalidInput.',
  },
  {
    code: 'NoSuchEntity',
    operations: ['iam:ListDelegationRequests'],
    reason: 'An owner that is not there owns nothing (inferred).',
  },
  { code: 'InvalidInput', operations: ['iam:GetAccountProperties'], reason: 'It has no input.' },
  {
    code: 'EntityAlreadyExists',
    operations: ['iam:AcquireRole'],
    reason: 'A role that is there is answered, or is NameConflict.',
  },
  {
    code: 'RoleModified',
    operations: ['iam:AcquireRole'],
    reason: 'AWS says it where a template is changed meanwhile. Templates are constants here.',
  },
  { code: 'RoleTemplateDisabled', operations: ['iam:AcquireRole'], reason: 'No template that is known is disabled.' },
  { code: 'RegionDisabledException', reason: 'STS is active in every region.' },
  {
    code: 'ExpiredTokenException',
    operations: ['sts:AssumeRoot'],
    reason: 'A caller whose session is over is refused before the operation is reached, as everywhere, with ExpiredToken.',
  },
  {
    code: 'ExpiredTokenException',
    operations: ['sts:AssumeRole'],
    reason: 'AWS says it of ProvidedContexts, which are refused: no provider is known.',
  },
  {
    code: 'IDPRejectedClaim',
    operations: ['sts:AssumeRoleWithWebIdentity'],
    reason: 'AWS says it where the provider itself refuses a token. Providers are asked for their keys only.',
  },
  {
    code: 'InvalidInput',
    operations: ['iam:GetServiceLastAccessedDetails'],
    reason: 'A job id is either of a job or not, and the model holds its length: nothing else is wrong with it.',
  },
  {
    code: 'ReportGenerationLimitExceeded',
    reason: 'A report is made within its request: none runs beside another of the same account.',
  },
]
