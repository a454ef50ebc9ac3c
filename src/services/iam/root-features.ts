/** Central root access: whether an organization's management account may reach the root users of its members, and for what. */
import { Fault } from '../../aws/fault.ts'
import type { ReadTx } from '../../store/store.ts'
import { readOperation, writeOperation } from '../operation.ts'
import {
  companions,
  delegates,
  findMembership,
  IAM_PRINCIPAL,
  isTrusted,
  leaders,
  type Membership,
  type RootFeature,
  rootFeatures,
  setRootFeature,
} from '../organization-trust.rows.ts'

// The codes are the model's, which Prowler's users see on AWS. The texts are ours.
const notFound = (): Fault => new Fault('OrganizationNotFoundException', 'No organization is associated with your account.')
const notAdministrator = (): Fault =>
  new Fault(
    'AccountNotManagementOrDelegatedAdministratorException',
    'The account is not the management account or a delegated administrator account for centralized root access.',
  )
const notManagement = (): Fault =>
  new Fault('CallerIsNotManagementAccountException', 'The account is not the management account of the organization.')
const notAllFeatures = (): Fault =>
  new Fault('OrganizationNotInAllFeaturesModeException', 'Your organization does not have all features enabled.')
const notTrusted = (): Fault =>
  new Fault('ServiceAccessNotEnabledException', 'Trusted access is not enabled for IAM in AWS Organizations.')

/** The organization whose features the account may see and disable: it leads it, or administers IAM in it. */
async function mustAdminister(tx: ReadTx, accountId: string): Promise<Membership> {
  const membership = await findMembership(tx, accountId)
  if (membership === undefined) throw notFound()
  const isAdministrator =
    membership.account === accountId || (await delegates(tx, membership.account, IAM_PRINCIPAL)).includes(accountId)
  if (!isAdministrator) throw notAdministrator()
  return membership
}

async function mustBeReady(tx: ReadTx, { account, feature_set: features }: Membership): Promise<void> {
  if (features !== 'ALL') throw notAllFeatures()
  if (!(await isTrusted(tx, account, IAM_PRINCIPAL))) throw notTrusted()
}

const shape = async (tx: ReadTx, { account, id }: Membership) => ({
  OrganizationId: id,
  EnabledFeatures: [...(await rootFeatures(tx, account))],
})

type Name = `${'Enable' | 'Disable'}Organizations${'RootCredentialsManagement' | 'RootSessions'}`

/** Only the management account enables; its delegated administrator may disable (IAM API reference, the errors of both). */
const switching = (name: Name, feature: RootFeature, enabled: boolean) =>
  writeOperation('iam', name, {
    authorize: () => ({ action: `iam:${name}`, resource: '*' }),
    async handle(tx, _input, { accountId }) {
      const membership = await mustAdminister(tx, accountId)
      if (enabled && membership.account !== accountId) throw notManagement()
      await mustBeReady(tx, membership)
      await setRootFeature(tx, membership.account, feature, enabled)
      return shape(tx, membership)
    },
    precedes: (tx, { accountId }) => leaders(tx, accountId),
    reaches: (tx, { accountId }) => companions(tx, accountId),
  })

export const enableRootCredentialsManagement = switching(
  'EnableOrganizationsRootCredentialsManagement',
  'RootCredentialsManagement',
  true,
)
export const disableRootCredentialsManagement = switching(
  'DisableOrganizationsRootCredentialsManagement',
  'RootCredentialsManagement',
  false,
)
export const enableRootSessions = switching('EnableOrganizationsRootSessions', 'RootSessions', true)
export const disableRootSessions = switching('DisableOrganizationsRootSessions', 'RootSessions', false)

export const listOrganizationsFeatures = readOperation('iam', 'ListOrganizationsFeatures', {
  authorize: () => ({ action: 'iam:ListOrganizationsFeatures', resource: '*' }),
  async handle(tx, _input, { accountId }) {
    const membership = await mustAdminister(tx, accountId)
    await mustBeReady(tx, membership)
    return shape(tx, membership)
  },
})

export const rootFeatureOperations = [
  enableRootCredentialsManagement,
  disableRootCredentialsManagement,
  enableRootSessions,
  disableRootSessions,
  listOrganizationsFeatures,
]
