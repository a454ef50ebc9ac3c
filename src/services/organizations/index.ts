/** The service Organizations: what each file exports, collected. A new file adds its line. */
import type { Operation } from '../operation.ts'
import type { Service } from '../service.ts'
import { accountOperations } from './accounts.ts'
import { attachmentOperations } from './attachments.ts'
import { delegateOperations } from './delegates.ts'
import { entities } from './entities.ts'
import { newAccountOperations } from './new-account.ts'
import { organizationOperations } from './organization.ts'
import { policyOperations } from './policies.ts'
import { policyTypeOperations } from './policy-types.ts'
import { serviceAccessOperations } from './service-access.ts'
import { tagOperations } from './tags.ts'
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
].flat()

export const organizations: Service = { name: 'organizations', operations, entities }
