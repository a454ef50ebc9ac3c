/** Tags of all IAM resources but users and roles: keys that differ in case are different keys (IAM User Guide, "Tagging IAM resources"). */
import type { Tag } from '../../model/iam.gen.ts'
import { duplicateCasedTagKeys, tooManyTags } from './errors.ts'
import { TAGS_PER_RESOURCE } from './quotas.ts'
import { mustBeFree } from './tags.ts'

/** Throws InvalidInput where a request names one key twice, or sets a tag of AWS's own. */
export function mustDifferByCase(tags: readonly Tag[] = []): void {
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) throw duplicateCasedTagKeys()
  mustBeFree(tags)
}

/** The tags with others set, each in its old place. Throws LimitExceeded. */
export function mergeCasedTags(tags: readonly Tag[], set: readonly Tag[]): readonly Tag[] {
  const merged = new Map([...tags, ...set].map(({ Key, Value }) => [Key, Value]))
  if (merged.size > TAGS_PER_RESOURCE) throw tooManyTags()
  return [...merged].map(([Key, Value]) => ({ Key, Value }))
}

/** The tags without those of these keys; keys that are not there are no error. */
export function withoutCasedTags(tags: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  const gone = new Set(keys)
  return tags.filter(({ Key }) => !gone.has(Key))
}

/** In the order of their keys. */
export const sortedCasedTags = (tags: readonly Tag[]): readonly Tag[] =>
  tags.toSorted((one, other) => (one.Key < other.Key ? -1 : 1))
