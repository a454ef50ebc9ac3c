/** The service STS: what each file exports, collected. A new file adds its line. */
import type { Operation } from '../operation.ts'
import type { Service } from '../service.ts'
import { callerIdentityOperations } from './caller-identity.ts'
import { sessionTokenOperations } from './session-token.ts'

const operations: readonly Operation[] = [callerIdentityOperations, sessionTokenOperations].flat()

export const sts: Service = { name: 'sts', operations, entities: {} }
