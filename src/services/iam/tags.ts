/** Tags of IAM's resources: reading, merging, and the condition keys they give. */
import type { Tag } from '../../model/iam.gen.ts'
import type { ContextValue } from '../operation.ts'
import { duplicateTagKeys, reservedTag, tooManyTags } from './errors.ts'
import { TAGS_PER_RESOURCE } from './quotas.ts'

type Context = Readonly<Record<string, ContextValue | undefined>>

/** Tag keys of users and roles are one whatever their case (IAM User Guide, "Tagging IAM resources"). */
const folded = (key: string): string => key.toLowerCase()

/** The tags in a row's column. */
export function parseTags(column: string): readonly Tag[] {
  const tags: readonly Tag[] = JSON.parse(column)
  return tags
}

/** Condition keys of a request that sets tags; none where it sets none. */
export function requestTagKeys(tags: readonly Tag[] | undefined): Context {
  if (tags === undefined || tags.length === 0) return {}
  return {
    ...tagNameKeys(tags.map(({ Key }) => Key)),
    ...keysOf('aws:RequestTag/', tags),
  }
}

/**
 * Condition keys of a request that makes something with tags: to it they are those of the resource too, "in requests that create a resource
 * with an attached tag" (IAM User Guide, aws:ResourceTag). iam:ResourceTag is of what is there.
 */
export const newTagKeys = (tags: readonly Tag[] | undefined): Context => ({
  ...requestTagKeys(tags),
  ...resourceTagKeys(tags ?? []),
})

/** Condition keys of a request that names tags without values (Untag*). */
export const tagNameKeys = (keys: readonly string[]): Context => ({ 'aws:TagKeys': keys })

/** Condition keys of a resource that has tags. */
export const resourceTagKeys = (tags: readonly Tag[]): Context => keysOf('aws:ResourceTag/', tags)

/** Those of users and roles, which have them under IAM's own prefix as well (Service Authorization Reference, the resource types of IAM). */
export const principalTagKeys = (tags: readonly Tag[]): Context => ({
  ...resourceTagKeys(tags),
  ...keysOf('iam:ResourceTag/', tags),
})

const keysOf = (prefix: string, tags: readonly Tag[]): Context =>
  Object.fromEntries(tags.map(({ Key, Value }) => [`${prefix}${Key}`, Value]))

/** Throws InvalidInput where a request names one key twice, or sets a tag of AWS's own. */
export function mustDiffer(tags: readonly Tag[] | undefined): void {
  if (tags === undefined) return
  if (new Set(tags.map(({ Key }) => folded(Key))).size < tags.length) throw duplicateTagKeys()
  mustBeFree(tags)
}

const RESERVED = /^aws:/i

/** IAM User Guide, "Tagging IAM resources": no key and no value may begin with `aws:`. Throws InvalidInput. */
export function mustBeFree(tags: readonly Tag[]): void {
  if (tags.some(({ Key }) => RESERVED.test(Key))) throw reservedTag('key names')
  if (tags.some(({ Value }) => RESERVED.test(Value))) throw reservedTag('values')
}

/** The tags with others set: a key that was there takes the new value and the new spelling, in its old place. Throws LimitExceeded. */
export function mergeTags(tags: readonly Tag[], set: readonly Tag[]): readonly Tag[] {
  const merged = new Map(tags.map((tag) => [folded(tag.Key), tag]))
  for (const { Key, Value } of set) merged.set(folded(Key), { Key, Value })
  if (merged.size > TAGS_PER_RESOURCE) throw tooManyTags()
  return [...merged.values()]
}

/** The tags without those of these keys; keys that are not there are no error. */
export function withoutTags(tags: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  const gone = new Set(keys.map(folded))
  return tags.filter(({ Key }) => !gone.has(folded(Key)))
}

/** In the order of their keys, as the List*Tags operations answer (IAM API reference). */
export const sortedTags = (tags: readonly Tag[]): readonly Tag[] =>
  tags.toSorted((one, other) => (folded(one.Key) < folded(other.Key) ? -1 : 1))

/** The sort key of a tag: what a page of tags goes on after. */
export const tagSortKey = ({ Key }: Tag): string => folded(Key)
