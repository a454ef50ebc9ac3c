/** The account: its alias, and the summary of what it has and may have. */
import type { SummaryKeyType } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { readOperation, writeOperation } from '../operation.ts'
import { pageOf, startOf } from '../pagination.ts'
import { mustFindAccount, setAlias } from './accounts.rows.ts'
import { noSuchEntity, validationError } from './errors.ts'
import * as quotas from './quotas.ts'
import { globalEndpointTokenVersion } from './sts-preferences.rows.ts'

const ACCOUNT_ID = /^\d{12}$/

/** Replaces the account's alias, of which there is one (IAM User Guide, "Creating an account alias"). An alias must not look like an account id: sign-in takes either. */
export const createAccountAlias = writeOperation('iam', 'CreateAccountAlias', {
  authorize: () => ({ action: 'iam:CreateAccountAlias', resource: '*' }),
  async handle(tx, { AccountAlias }, { accountId }) {
    if (ACCOUNT_ID.test(AccountAlias)) throw validationError('The account alias must not be a 12-digit number.')
    await setAlias(tx, accountId, AccountAlias)
    return {}
  },
})

export const deleteAccountAlias = writeOperation('iam', 'DeleteAccountAlias', {
  authorize: () => ({ action: 'iam:DeleteAccountAlias', resource: '*' }),
  async handle(tx, { AccountAlias }, { accountId }) {
    if ((await mustFindAccount(tx, accountId)).alias !== AccountAlias) throw noSuchEntity.accountAlias(AccountAlias)
    await setAlias(tx, accountId, null)
    return {}
  },
})

export const listAccountAliases = readOperation('iam', 'ListAccountAliases', {
  authorize: () => ({ action: 'iam:ListAccountAliases', resource: '*' }),
  async handle(tx, input, { accountId }) {
    const { alias } = await mustFindAccount(tx, accountId)
    const after = startOf('account aliases', input) ?? ''
    const { items, ...page } = pageOf('account aliases', alias === null || alias <= after ? [] : [alias], input, (name) => name)
    return { AccountAliases: items, ...page }
  },
})

/** How many rows of a kind the account has. */
const COUNTS: Readonly<Partial<Record<SummaryKeyType, string>>> = {
  Users: 'SELECT COUNT(*) AS count FROM iam_user WHERE account = $1',
  Groups: 'SELECT COUNT(*) AS count FROM iam_group WHERE account = $1',
  Roles: 'SELECT COUNT(*) AS count FROM iam_role WHERE account = $1',
  InstanceProfiles: 'SELECT COUNT(*) AS count FROM iam_instance_profile WHERE account = $1',
  Policies: 'SELECT COUNT(*) AS count FROM iam_policy WHERE account = $1',
  // "The number of managed policies that are attached to IAM users, groups, or roles": customer managed and AWS's own.
  PolicyVersionsInUse: 'SELECT COUNT(DISTINCT policy_arn) AS count FROM iam_attachment WHERE account = $1',
  MFADevices:
    'SELECT COUNT(*) AS count FROM (SELECT account FROM iam_mfa_device UNION ALL SELECT account FROM iam_fido_device) AS device WHERE account = $1',
  MFADevicesInUse: 'SELECT COUNT(*) AS count FROM iam_enabled_mfa WHERE account = $1',
  AccountMFAEnabled: 'SELECT COUNT(DISTINCT owner) AS count FROM iam_enabled_mfa WHERE account = $1 AND owner = account',
  Providers:
    'SELECT COUNT(*) AS count FROM (SELECT account FROM iam_saml_provider UNION ALL SELECT account FROM iam_oidc_provider) AS provider WHERE account = $1',
  ServerCertificates: 'SELECT COUNT(*) AS count FROM iam_server_certificate WHERE account = $1',
  AccountSigningCertificatesPresent:
    'SELECT COUNT(DISTINCT owner) AS count FROM iam_signing_certificate WHERE account = $1 AND owner = account',
  AccountAccessKeysPresent: 'SELECT COUNT(DISTINCT account) AS count FROM iam_access_key WHERE account = $1 AND user_id IS NULL',
  AccountPasswordPresent: 'SELECT COUNT(password_hash) AS count FROM account WHERE id = $1',
}

const QUOTAS: Readonly<Partial<Record<SummaryKeyType, number>>> = {
  UsersQuota: quotas.USERS_PER_ACCOUNT,
  GroupsQuota: quotas.GROUPS_PER_ACCOUNT,
  RolesQuota: quotas.ROLES_PER_ACCOUNT,
  PoliciesQuota: quotas.POLICIES_PER_ACCOUNT,
  InstanceProfilesQuota: quotas.INSTANCE_PROFILES_PER_ACCOUNT,
  ServerCertificatesQuota: quotas.SERVER_CERTIFICATES_PER_ACCOUNT,
  PolicyVersionsInUseQuota: quotas.POLICY_VERSIONS_IN_USE_PER_ACCOUNT,
  VersionsPerPolicyQuota: quotas.VERSIONS_PER_POLICY,
  GroupsPerUserQuota: quotas.GROUPS_PER_USER,
  AccessKeysPerUserQuota: quotas.ACCESS_KEYS_PER_USER,
  SigningCertificatesPerUserQuota: quotas.SIGNING_CERTIFICATES_PER_USER,
  AttachedPoliciesPerUserQuota: quotas.POLICIES_PER_USER,
  AttachedPoliciesPerGroupQuota: quotas.POLICIES_PER_GROUP,
  AttachedPoliciesPerRoleQuota: quotas.POLICIES_PER_ROLE,
  PolicySizeQuota: quotas.MANAGED_POLICY_SIZE,
  UserPolicySizeQuota: quotas.USER_POLICY_SIZE,
  GroupPolicySizeQuota: quotas.GROUP_POLICY_SIZE,
  RolePolicySizeQuota: quotas.ROLE_POLICY_SIZE,
  AssumeRolePolicySizeQuota: quotas.TRUST_POLICY_SIZE,
}

/** The 34 entries that AWS answers. */
export const getAccountSummary = readOperation('iam', 'GetAccountSummary', {
  authorize: () => ({ action: 'iam:GetAccountSummary', resource: '*' }),
  async handle(tx, _input, { accountId }) {
    return {
      SummaryMap: {
        ...(await counted(tx, accountId)),
        ...QUOTAS,
        GlobalEndpointTokenVersion: await globalEndpointTokenVersion(tx, accountId),
      },
    }
  },
})

async function counted(tx: ReadTx, accountId: string): Promise<Readonly<Record<string, number>>> {
  const counts: [string, number][] = []
  for (const [key, sql] of Object.entries(COUNTS))
    counts.push([key, Number((await tx.get<{ count: number }>(sql, accountId))?.count ?? 0)])
  return Object.fromEntries(counts)
}

export const accountOperations = [createAccountAlias, deleteAccountAlias, listAccountAliases, getAccountSummary]
