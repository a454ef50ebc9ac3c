/** Whom an organization trusts beside its management account: services, the accounts that administer them, and root access from outside a member. */
import type { ReadTx, WriteTx } from '../store/store.ts'

/** The organization that an account is in. */
export type Membership = {
  /** The management account. */
  readonly account: string
  readonly id: string
  readonly feature_set: 'ALL' | 'CONSOLIDATED_BILLING'
}

/** The features of central root access (IAM API reference, ListOrganizationsFeatures). */
export type RootFeature = 'RootCredentialsManagement' | 'RootSessions'

/** The service that central root access belongs to, as Organizations knows it. */
export const IAM_PRINCIPAL = 'iam.amazonaws.com'

const OF_MEMBER =
  'SELECT o.account, o.id, o.feature_set FROM organization_member m JOIN organization o ON o.account = m.account WHERE m.member = $1'
const TRUSTED = 'SELECT service_principal FROM organization_service WHERE account = $1 AND service_principal = $2'
const DELEGATES = 'SELECT DISTINCT member FROM organization_delegate WHERE account = $1 ORDER BY member'
const DELEGATES_OF_SERVICE =
  'SELECT DISTINCT member FROM organization_delegate WHERE account = $1 AND service_principal = $2 ORDER BY member'
const FEATURES = 'SELECT feature FROM organization_root_feature WHERE account = $1 ORDER BY feature'
const ENABLE =
  'INSERT INTO organization_root_feature (account, feature) VALUES ($1, $2) ON CONFLICT (account, feature) DO NOTHING'
const DISABLE = 'DELETE FROM organization_root_feature WHERE account = $1 AND feature = $2'
const DISABLE_ALL = 'DELETE FROM organization_root_feature WHERE account = $1'
const COMPANIONS = `SELECT member FROM organization_member
  WHERE account = (SELECT account FROM organization_member WHERE member = $1) AND member <> $1 ORDER BY member`

/** Undefined where the account is in no organization. */
export const findMembership = (tx: ReadTx, accountId: string): Promise<Membership | undefined> => tx.get(OF_MEMBER, accountId)

const ACTIVE = `SELECT id FROM account WHERE id = $1 AND status = 'ACTIVE'`

/** Whether the account is open. */
export const isActive = async (tx: ReadTx, accountId: string): Promise<boolean> => (await tx.get(ACTIVE, accountId)) !== undefined

/** Whether the service may work in the organization. */
export const isTrusted = async (tx: ReadTx, management: string, servicePrincipal: string): Promise<boolean> =>
  (await tx.get(TRUSTED, management, servicePrincipal)) !== undefined

/** The accounts that administer something in the organization: the given service, or any. */
export async function delegates(tx: ReadTx, management: string, servicePrincipal?: string): Promise<readonly string[]> {
  const rows =
    servicePrincipal === undefined
      ? await tx.all<{ member: string }>(DELEGATES, management)
      : await tx.all<{ member: string }>(DELEGATES_OF_SERVICE, management, servicePrincipal)
  return rows.map(({ member }) => member)
}

/** The features of central root access that are enabled. */
export const rootFeatures = async (tx: ReadTx, management: string): Promise<readonly RootFeature[]> =>
  (await tx.all<{ feature: RootFeature }>(FEATURES, management)).map(({ feature }) => feature)

export async function setRootFeature(tx: WriteTx, management: string, feature: RootFeature, enabled: boolean): Promise<void> {
  await tx.run(enabled ? ENABLE : DISABLE, management, feature)
}

export async function disableRootFeatures(tx: WriteTx, management: string): Promise<void> {
  await tx.run(DISABLE_ALL, management)
}

/** The account that leads an account's organization: whoever writes to the organization takes it first. Empty where there is none. */
export async function leaders(tx: ReadTx, accountId: string): Promise<readonly string[]> {
  const membership = await findMembership(tx, accountId)
  return membership === undefined ? [] : [membership.account]
}

/** The other accounts of an account's organization: whom a change of the organization reaches, as the call's own account is locked already. */
export async function companions(tx: ReadTx, accountId: string): Promise<readonly string[]> {
  return (await tx.all<{ member: string }>(COMPANIONS, accountId)).map(({ member }) => member)
}
