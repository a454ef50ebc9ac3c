/** The service Organizations: what each file exports, collected. A new file adds its line. */
import type { Operation } from '../operation.ts'
import type { Service } from '../service.ts'
import { accountOperations } from './accounts.ts'
import { allFeaturesOperations } from './all-features.ts'
import { attachmentOperations } from './attachments.ts'
import { closingOperations } from './closing.ts'
import { delegateOperations } from './delegates.ts'
import { effectivePolicyOperations } from './effective-policies.ts'
import { entities } from './entities.ts'
import { handshakeListOperations } from './handshake-lists.ts'
import { handshakeOperations } from './handshakes.ts'
import { invitationOperations } from './invitations.ts'
import { leavingOperations } from './leaving.ts'
import { newAccountOperations } from './new-account.ts'
import { organizationOperations } from './organization.ts'
import { policyOperations } from './policies.ts'
import { policyTypeOperations } from './policy-types.ts'
import { resourcePolicyOperations } from './resource-policy.ts'
import { serviceAccessOperations } from './service-access.ts'
import { tagOperations } from './tags.ts'
import { transferInvitationOperations } from './transfer-invitations.ts'
import { transferOperations } from './transfers.ts'
import { unitOperations } from './units.ts'

const operations: readonly Operation[] = [
  organizationOperations,
  unitOperations,
  accountOperations,
  newAccountOperations,
  policyTypeOperations,
  policyOperations,
  attachmentOperations,
  tagOperations,
  serviceAccessOperations,
  delegateOperations,
  resourcePolicyOperations,
  effectivePolicyOperations,
  closingOperations,
  invitationOperations,
  handshakeOperations,
  handshakeListOperations,
  allFeaturesOperations,
  leavingOperations,
  transferInvitationOperations,
  transferOperations,
].flat()

export const organizations: Service = { name: 'organizations', operations, entities }
