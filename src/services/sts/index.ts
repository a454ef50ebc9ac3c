/** The service STS: what each file exports, collected. A new file adds its line. */
import type { Operation } from '../operation.ts'
import type { Service } from '../service.ts'

const operations: readonly Operation[] = [].flat()

export const sts: Service = { name: 'sts', operations, entities: {} }
