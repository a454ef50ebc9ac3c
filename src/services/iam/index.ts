/** The service IAM: what each file exports, collected. A new file adds its line to each list. */
import type { Operation } from '../operation.ts'
import type { EntityLookup, Service } from '../service.ts'
import { accessKeyEntity, accessKeyOperations } from './access-keys.ts'
import { accountOperations } from './account.ts'
import { credentialReportOperations } from './credential-report.ts'
import { groupEntity, groupOperations, RENAMED_GROUP, renamedGroupEntity } from './groups.ts'
import { loginProfileOperations } from './login-profiles.ts'
import { membershipOperations } from './membership.ts'
import { mfaDeviceOperations, mfaEntity } from './mfa-devices.ts'
import { mfaListOperations } from './mfa-lists.ts'
import { OWN_PASSWORD, ownPasswordEntity, passwordOperations } from './password.ts'
import { PASSWORD_POLICY, passwordPolicyEntity, passwordPolicyOperations } from './password-policy.ts'
import { serverCertificateEntity, serverCertificateOperations } from './server-certificates.ts'
import { serverCertificateTagOperations } from './server-certificate-tags.ts'
import { serviceCredentialOperations } from './service-credentials.ts'
import { signingCertificateOperations } from './signing-certificates.ts'
import { sshKeyOperations } from './ssh-keys.ts'
import { RENAMED_USER, renamedUserEntity, userEntity, userOperations } from './users.ts'
import { userTagOperations } from './user-tags.ts'

const operations: readonly Operation[] = [
  userOperations,
  userTagOperations,
  groupOperations,
  membershipOperations,
  accessKeyOperations,
  loginProfileOperations,
  mfaDeviceOperations,
  mfaListOperations,
  signingCertificateOperations,
  sshKeyOperations,
  serviceCredentialOperations,
  serverCertificateOperations,
  serverCertificateTagOperations,
  credentialReportOperations,
  passwordOperations,
  passwordPolicyOperations,
  accountOperations,
].flat()

/** Kinds of entity that checks may name. */
const entities: Readonly<Record<string, EntityLookup>> = {
  user: userEntity,
  [RENAMED_USER]: renamedUserEntity,
  group: groupEntity,
  [RENAMED_GROUP]: renamedGroupEntity,
  'access key': accessKeyEntity,
  mfa: mfaEntity,
  'server-certificate': serverCertificateEntity,
  [OWN_PASSWORD]: ownPasswordEntity,
  [PASSWORD_POLICY]: passwordPolicyEntity,
}

export const iam: Service = { name: 'iam', operations, entities }
