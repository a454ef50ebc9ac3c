/** What an account holds, as the test of races remembers it: plain data, so that a step works on a copy. */

/** Whoever policies are attached to. */
export type Owner = {
  /** As it was written when it was made: keys of the maps below are names in small letters. */
  name: string
  readonly attached: Set<string>
  readonly inline: Set<string>
  boundary: string | undefined
}
export type User = Owner & { readonly keys: Set<string>; readonly groups: Set<string>; readonly tags: Set<string> }
export type Policy = { readonly versions: Set<number>; chosen: number; next: number }

export type State = {
  readonly users: Map<string, User>
  readonly groups: Map<string, Owner>
  readonly roles: Map<string, Owner>
  /** By name. */
  readonly policies: Map<string, Policy>
  /** The role in each instance profile. */
  readonly profiles: Map<string, string | undefined>
}

export const emptyState = (): State => ({
  users: new Map(),
  groups: new Map(),
  roles: new Map(),
  policies: new Map(),
  profiles: new Map(),
})

export const newOwner = (name: string): Owner => ({ name, attached: new Set(), inline: new Set(), boundary: undefined })
export const newUser = (name: string): User => ({ ...newOwner(name), keys: new Set(), groups: new Set(), tags: new Set() })

/** The state as text: equal for equal states, whatever the order in which they came about. */
export const textOf = (state: State): string => JSON.stringify(state, sorted, 1)

function sorted(_key: string, value: unknown): unknown {
  if (value instanceof Set) return [...value].map(String).toSorted()
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const entries: readonly [string, unknown][] = value instanceof Map ? [...value] : Object.entries(value)
  return Object.fromEntries(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)))
}
