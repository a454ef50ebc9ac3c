/** A service: its operations, and how to find the ARN, context and resource policy of the entities that its checks name. */
import type { ReadTx } from '../store/store.ts'
import type { ContextValue, EntityRef, Operation, ServiceName } from './operation.ts'

/** What the store knows of an entity that a check names. */
export type Entity = {
  readonly arn: string
  /** The context keys that describe it (tags, boundary). */
  readonly context?: Readonly<Record<string, ContextValue | undefined>>
  /** Its resource-based policy. `trust`: a role's, without which nobody is let in, its own account included. */
  readonly policy?: { readonly kind: 'resource' | 'trust'; readonly document: string }
  /** Whose it is, where that is not the account in which it was looked up. */
  readonly accountId?: string
  /** What a caller is told whom its resource-based policy does not let in, where AWS does not say it in the usual words. */
  readonly refusal?: string
  /** The entity does not exist: its ARN is the one that it would have. */
  readonly missing?: true
}

/** Finds an entity; where it does not exist, the ARN it would have, so that a denial does not tell whether it exists. */
export type EntityLookup = (tx: ReadTx, accountId: string, name: string) => Promise<Entity>

export type Service = {
  readonly name: ServiceName
  readonly operations: readonly Operation[]
  readonly entities: Readonly<Record<string, EntityLookup>>
  /** Keys of entities that these actions alone have, all in lower case. All others are told to every action that names the entity. */
  readonly actionsOfKey?: ReadonlyMap<string, ReadonlySet<string>>
  /** How a denial names an entity; undefined where its ARN is said. */
  readonly told?: (action: string, entity: EntityRef) => string | undefined
}
