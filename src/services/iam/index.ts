/** The service IAM: what each file exports, collected. A new file adds its line to each list. */
import type { Operation } from '../operation.ts'
import type { EntityLookup, Service } from '../service.ts'

const operations: readonly Operation[] = [].flat()

/** Kinds of entity that checks may name. */
const entities: Readonly<Record<string, EntityLookup>> = {}

export const iam: Service = { name: 'iam', operations, entities }
