/** The service IAM Access Analyzer: what each file exports, collected. A new file adds its line. */
import type { Operation } from '../operation.ts'
import type { Service } from '../service.ts'
import { accessCheckOperations } from './access-checks.ts'
import { validatePolicyOperations } from './validate-policy.ts'

const operations: readonly Operation[] = [validatePolicyOperations, accessCheckOperations].flat()

export const accessAnalyzer: Service = { name: 'access-analyzer', operations, entities: {} }
