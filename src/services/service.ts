/** A service: its operations, and how to find the ARN and context of the entities that its checks name. */
import type { ReadTx } from '../store/store.ts'
import type { ContextValue, Operation, ServiceName } from './operation.ts'

/** What the store knows of an entity that a check names: its ARN and the context keys that describe it (tags, boundary). */
export type Entity = { readonly arn: string; readonly context?: Readonly<Record<string, ContextValue>> }

/** Finds an entity; where it does not exist, the ARN it would have, so that a denial does not tell whether it exists. */
export type EntityLookup = (tx: ReadTx, accountId: string, name: string) => Promise<Entity>

export type Service = {
  readonly name: ServiceName
  readonly operations: readonly Operation[]
  readonly entities: Readonly<Record<string, EntityLookup>>
}
