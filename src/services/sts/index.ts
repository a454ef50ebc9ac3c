/** The service STS: what each file exports, collected. A new file adds its line. */
import type { Operation } from '../operation.ts'
import type { Service } from '../service.ts'
import { assumeRoleOperations } from './assume-role.ts'
import { assumeRootOperations } from './assume-root.ts'
import { callerIdentityOperations } from './caller-identity.ts'
import { decodeAuthorizationMessage } from './decode-authorization-message.ts'
import { delegatedAccessOperations } from './delegated-access.ts'
import { federationTokenOperations } from './get-federation-token.ts'
import { rootUserEntity } from './root-tasks.ts'
import { samlOperations } from './saml.ts'
import { scopedCredentialOperations } from './scoped-credentials.ts'
import { sessionTokenOperations } from './session-token.ts'
import { webIdentityOperations } from './web-identity.ts'
import { webIdentityTokenOperations } from './get-web-identity-token.ts'

const operations: readonly Operation[] = [
  callerIdentityOperations,
  sessionTokenOperations,
  assumeRoleOperations,
  assumeRootOperations,
  federationTokenOperations,
  samlOperations,
  webIdentityOperations,
  webIdentityTokenOperations,
  decodeAuthorizationMessage,
  delegatedAccessOperations,
  scopedCredentialOperations,
].flat()

export const sts: Service = { name: 'sts', operations, entities: { 'root-user': rootUserEntity } }
