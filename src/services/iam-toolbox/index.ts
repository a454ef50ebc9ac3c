/** The service IAM Toolbox: explanations of refused requests. Its actions have IAM's prefix. */
import type { Service } from '../service.ts'
import { requestAuthorizationOperations } from './request-authorization.ts'

export const iamToolbox: Service = { name: 'iam-toolbox', operations: requestAuthorizationOperations, entities: {} }
