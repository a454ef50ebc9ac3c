/** The service IAM: what each file exports, collected. A new file adds its line to each list. */
import type { Operation } from '../operation.ts'
import type { EntityLookup, Service } from '../service.ts'
import { accessKeyEntity, accessKeyOperations } from './access-keys.ts'
import { accountOperations } from './account.ts'
import { accountPropertyOperations } from './account-properties.ts'
import { acquireRoleOperations } from './acquire-role.ts'
import { attachmentOperations } from './attachments.ts'
import { authorizationDetailOperations } from './authorization-details.ts'
import { boundaryOperations } from './boundaries.ts'
import { contextKeyOperations } from './context-keys.ts'
import { toldEntity } from './denial-names.ts'
import { credentialReportOperations } from './credential-report.ts'
import { delegationApprovalOperations } from './delegation-approval.ts'
import { delegationCreateOperations } from './delegation-create.ts'
import {
  DELEGATION_REQUEST,
  delegationRequestEntity,
  delegationRequestOperations,
  OWN_REQUESTS,
  ownRequestsEntity,
} from './delegation-requests.ts'
import { delegationSummaryOperations } from './delegation-summary.ts'
import { groupEntity, groupOperations, RENAMED_GROUP, renamedGroupEntity } from './groups.ts'
import { inlinePolicyOperations } from './inline-policies.ts'
import { instanceProfileEntity, instanceProfileOperations } from './instance-profiles.ts'
import { instanceProfileTagOperations } from './instance-profile-tags.ts'
import { lastAccessedOperations } from './last-accessed.ts'
import { loginProfileOperations } from './login-profiles.ts'
import { membershipOperations } from './membership.ts'
import { mfaDeviceOperations, mfaEntity } from './mfa-devices.ts'
import { mfaListOperations } from './mfa-lists.ts'
import { mfaTagOperations } from './mfa-tags.ts'
import { oidcProviderEntity, oidcProviderOperations } from './oidc-providers.ts'
import { oidcProviderTagOperations } from './oidc-provider-tags.ts'
import { outboundFederationOperations } from './outbound-federation.ts'
import { organizationAccessOperations } from './organization-access.ts'
import { OWN_PASSWORD, ownPasswordEntity, passwordOperations } from './password.ts'
import { PASSWORD_POLICY, passwordPolicyEntity, passwordPolicyOperations } from './password-policy.ts'
import { policyEntity, policyOperations } from './policies.ts'
import { policyEntityOperations } from './policy-entities.ts'
import { policyTagOperations } from './policy-tags.ts'
import { policyVersionOperations } from './policy-versions.ts'
import { actionsOfKey } from './resource-keys.ts'
import { roleEntity, roleOperations } from './roles.ts'
import { roleTagOperations } from './role-tags.ts'
import { samlProviderEntity, samlProviderOperations } from './saml-providers.ts'
import { rootFeatureOperations } from './root-features.ts'
import { samlProviderTagOperations } from './saml-provider-tags.ts'
import {
  RENAMED_SERVER_CERTIFICATE,
  renamedServerCertificateEntity,
  serverCertificateEntity,
  serverCertificateOperations,
} from './server-certificates.ts'
import { serverCertificateTagOperations } from './server-certificate-tags.ts'
import { serviceAccessOperations } from './service-access.ts'
import { SERVICE_CREDENTIAL, serviceCredentialEntity, serviceCredentialOperations } from './service-credentials.ts'
import { serviceLinkedRoleOperations } from './service-linked-roles.ts'
import { signingCertificateOperations } from './signing-certificates.ts'
import { simulationOperations } from './simulation.ts'
import { sshKeyOperations } from './ssh-keys.ts'
import { stsPreferenceOperations } from './sts-preferences.ts'
import { trustPolicyOperations } from './trust-policy.ts'
import { RENAMED_USER, renamedUserEntity, userEntity, userOperations } from './users.ts'
import { userTagOperations } from './user-tags.ts'

const operations: readonly Operation[] = [
  userOperations,
  userTagOperations,
  groupOperations,
  membershipOperations,
  roleOperations,
  trustPolicyOperations,
  roleTagOperations,
  instanceProfileOperations,
  instanceProfileTagOperations,
  serviceLinkedRoleOperations,
  policyOperations,
  policyVersionOperations,
  policyEntityOperations,
  policyTagOperations,
  attachmentOperations,
  inlinePolicyOperations,
  boundaryOperations,
  accessKeyOperations,
  loginProfileOperations,
  mfaDeviceOperations,
  mfaListOperations,
  mfaTagOperations,
  signingCertificateOperations,
  sshKeyOperations,
  serviceCredentialOperations,
  serverCertificateOperations,
  serverCertificateTagOperations,
  credentialReportOperations,
  samlProviderOperations,
  samlProviderTagOperations,
  oidcProviderOperations,
  oidcProviderTagOperations,
  outboundFederationOperations,
  rootFeatureOperations,
  passwordOperations,
  passwordPolicyOperations,
  accountOperations,
  stsPreferenceOperations,
  contextKeyOperations,
  simulationOperations,
  serviceAccessOperations,
  lastAccessedOperations,
  organizationAccessOperations,
  authorizationDetailOperations,
  delegationCreateOperations,
  delegationRequestOperations,
  delegationApprovalOperations,
  delegationSummaryOperations,
  accountPropertyOperations,
  acquireRoleOperations,
].flat()

/** Kinds of entity that checks may name. */
const entities: Readonly<Record<string, EntityLookup>> = {
  user: userEntity,
  [RENAMED_USER]: renamedUserEntity,
  group: groupEntity,
  [RENAMED_GROUP]: renamedGroupEntity,
  role: roleEntity,
  'instance-profile': instanceProfileEntity,
  policy: policyEntity,
  'access key': accessKeyEntity,
  mfa: mfaEntity,
  'saml-provider': samlProviderEntity,
  'oidc-provider': oidcProviderEntity,
  'server-certificate': serverCertificateEntity,
  [RENAMED_SERVER_CERTIFICATE]: renamedServerCertificateEntity,
  [SERVICE_CREDENTIAL]: serviceCredentialEntity,
  [OWN_PASSWORD]: ownPasswordEntity,
  [PASSWORD_POLICY]: passwordPolicyEntity,
  [DELEGATION_REQUEST]: delegationRequestEntity,
  [OWN_REQUESTS]: ownRequestsEntity,
}

export const iam: Service = { name: 'iam', operations, entities, actionsOfKey, told: toldEntity }
