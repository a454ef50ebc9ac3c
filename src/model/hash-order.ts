/**
 * The order in which AWS lists several constraint violations and the values of an enum: that of a Java HashMap over the names.
 * Inferred; it explains every recording known to us: `clientIDList`, `thumbprintList`, `url` (IAM), `retentionDays`, `description`,
 * `eventPattern` (EventBridge), `[OPTIONAL, OFF, ON]` (Cognito), `[Tail, None]` and `[x86_64, arm64]` (Lambda).
 */

/** HashMap's initial capacity and load factor (OpenJDK, java.util.HashMap). */
const CAPACITY = 16
const LOAD = 0.75

/** Sorts names as a HashMap iterates over them, given the order of insertion. */
export function hashOrder(names: readonly string[]): readonly string[] {
  let capacity = CAPACITY
  while (names.length > capacity * LOAD) capacity *= 2
  return names
    .map((name) => [name, bucket(name, capacity)] as const)
    .toSorted(([, left], [, right]) => left - right)
    .map(([name]) => name)
}

function bucket(name: string, capacity: number): number {
  let hash = 0
  for (let index = 0; index < name.length; index += 1) hash = (Math.imul(hash, 31) + name.charCodeAt(index)) | 0
  return (hash ^ (hash >>> 16)) & (capacity - 1)
}
