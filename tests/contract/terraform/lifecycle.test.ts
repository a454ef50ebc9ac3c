/** Every IAM resource of Terraform's AWS provider that we know the calls of: made, changed, destroyed; a plan after each apply is empty. */
import { after, before, test } from 'node:test'
import { IAM } from '@aws-sdk/client-iam'
import { startTestServer, type TestServer } from '../../server.ts'
import * as account from './account.ts'
import * as credentials from './credentials.ts'
import { assertLifecycle } from './lifecycle.ts'
import * as policies from './policies.ts'
import * as principals from './principals.ts'

let server: TestServer
let iam: IAM

before(async () => {
  server = await startTestServer()
  const { root } = await server.account('terraform', '123456789012')
  iam = new IAM({ endpoint: server.endpoint, region: 'us-east-1', credentials: root, maxAttempts: 1 })
})
after(async () => {
  iam.destroy()
  await server.close()
})

const RESOURCES = {
  aws_iam_user: () => assertLifecycle(principals.user(iam)),
  aws_iam_group: () => assertLifecycle(principals.group(iam)),
  aws_iam_group_membership: () => assertLifecycle(principals.groupMembership(iam)),
  aws_iam_role: () => assertLifecycle(principals.role(iam)),
  aws_iam_instance_profile: () => assertLifecycle(principals.instanceProfile(iam)),
  aws_iam_service_linked_role: () => assertLifecycle(principals.serviceLinkedRole(iam)),
  aws_iam_policy: () => assertLifecycle(policies.policy(iam)),
  aws_iam_role_policy_attachment: () => assertLifecycle(policies.rolePolicyAttachment(iam)),
  aws_iam_user_policy_attachment: () => assertLifecycle(policies.userPolicyAttachment(iam)),
  aws_iam_group_policy_attachment: () => assertLifecycle(policies.groupPolicyAttachment(iam)),
  aws_iam_policy_attachment: () => assertLifecycle(policies.policyAttachment(iam)),
  aws_iam_user_policy: () => assertLifecycle(policies.userPolicy(iam)),
  aws_iam_group_policy: () => assertLifecycle(policies.groupPolicy(iam)),
  aws_iam_role_policy: () => assertLifecycle(policies.rolePolicy(iam)),
  aws_iam_access_key: () => assertLifecycle(credentials.accessKey(iam)),
  aws_iam_user_ssh_key: () => assertLifecycle(credentials.userSshKey(iam)),
  aws_iam_signing_certificate: () => assertLifecycle(credentials.signingCertificate(iam)),
  aws_iam_service_specific_credential: () => assertLifecycle(credentials.serviceSpecificCredential(iam)),
  aws_iam_user_login_profile: () => assertLifecycle(credentials.userLoginProfile(iam)),
  aws_iam_server_certificate: () => assertLifecycle(credentials.serverCertificate(iam)),
  aws_iam_virtual_mfa_device: () => assertLifecycle(credentials.virtualMfaDevice(iam)),
  aws_iam_account_password_policy: () => assertLifecycle(account.accountPasswordPolicy(iam)),
  aws_iam_account_alias: () => assertLifecycle(account.accountAlias(iam)),
  aws_iam_openid_connect_provider: () => assertLifecycle(account.openIdConnectProvider(iam)),
  aws_iam_saml_provider: () => assertLifecycle(account.samlProvider(iam)),
  aws_iam_security_token_service_preferences: () => assertLifecycle(account.securityTokenServicePreferences(iam)),
  aws_iam_outbound_web_identity_federation: () => account.assertOutboundFederation(iam),
}

for (const [name, run] of Object.entries(RESOURCES)) test(name, run)
