/** Tagging, said once for all kinds of thing: they differ in how one is named, found and written, and in whether case tells keys apart. */
import type { Tag } from '../../model/iam.gen.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'
import type { Call, Check, HandlingCall } from '../operation.ts'
import { type Page, type PageInput, pageOf, rowsFor, startOf } from '../pagination.ts'
import { mergeCasedTags, mustDifferByCase, sortedCasedTags, withoutCasedTags } from './cased-tags.ts'
import { mergeTags, mustDiffer, requestTagKeys, sortedTags, tagNameKeys, tagSortKey, withoutTags } from './tags.ts'

/** How the keys of a thing's tags compare. */
type KeyRules = {
  /** Throws InvalidInput where a request names one key twice, or sets a tag of AWS's own. */
  readonly mustDiffer: (tags: readonly Tag[]) => void
  /** Throws LimitExceeded. */
  readonly merged: (tags: readonly Tag[], set: readonly Tag[]) => readonly Tag[]
  readonly without: (tags: readonly Tag[], keys: readonly string[]) => readonly Tag[]
  readonly sorted: (tags: readonly Tag[]) => readonly Tag[]
  /** What a page of the list goes on after. */
  readonly sortKey: (tag: Tag) => string
}

/** Users and roles: keys that differ in case are one key. */
export const FOLDED: KeyRules = {
  mustDiffer,
  merged: mergeTags,
  without: withoutTags,
  sorted: sortedTags,
  sortKey: tagSortKey,
}
/** All others. */
export const CASED: KeyRules = {
  mustDiffer: mustDifferByCase,
  merged: mergeCasedTags,
  without: withoutCasedTags,
  sorted: sortedCasedTags,
  sortKey: ({ Key }) => Key,
}

type Purpose = 'tag' | 'untag' | 'list'

/** A kind of thing. `Named` are the members of an input that name one. */
export type Taggable<Named> = {
  readonly check: (action: string, input: Named, more: Pick<Check, 'context'>) => Check
  /** The thing's key in its table, and its tags. Throws where there is none, or where it is not for this purpose. */
  readonly find: (tx: ReadTx, accountId: string, input: Named, purpose: Purpose) => Promise<Found>
  readonly set: (tx: WriteTx, accountId: string, key: string, tags: readonly Tag[]) => Promise<void>
  /** The name of its list in markers. */
  readonly list: string
  readonly keys: KeyRules
}
type Found = { readonly key: string; readonly tags: readonly Tag[] }

type Tagging = { readonly Tags: readonly Tag[] }
type Untagging = { readonly TagKeys: readonly string[] }

export function tagging<Named>(action: string, { check, find, set, keys }: Taggable<Named>) {
  return {
    authorize: (input: Named & Tagging, _call: Call): Check => check(action, input, { context: requestTagKeys(input.Tags) }),
    async handle(tx: WriteTx, input: Named & Tagging, { accountId }: HandlingCall): Promise<object> {
      keys.mustDiffer(input.Tags)
      const { key, tags } = await find(tx, accountId, input, 'tag')
      await set(tx, accountId, key, keys.merged(tags, input.Tags))
      return {}
    },
  }
}

export function untagging<Named>(action: string, { check, find, set, keys }: Taggable<Named>) {
  return {
    authorize: (input: Named & Untagging, _call: Call): Check => check(action, input, { context: tagNameKeys(input.TagKeys) }),
    async handle(tx: WriteTx, input: Named & Untagging, { accountId }: HandlingCall): Promise<object> {
      const { key, tags } = await find(tx, accountId, input, 'untag')
      await set(tx, accountId, key, keys.without(tags, input.TagKeys))
      return {}
    },
  }
}

export function listingTags<Named>(action: string, { check, find, list, keys }: Taggable<Named>) {
  return {
    authorize: (input: Named & PageInput, _call: Call): Check => check(action, input, {}),
    async handle(
      tx: ReadTx,
      input: Named & PageInput,
      { accountId }: HandlingCall,
    ): Promise<Omit<Page<Tag>, 'items'> & { readonly Tags: readonly Tag[] }> {
      const { tags } = await find(tx, accountId, input, 'list')
      const after = startOf(list, input) ?? ''
      const rest = keys.sorted(tags).filter((tag) => keys.sortKey(tag) > after)
      const { items, ...page } = pageOf(list, rest.slice(0, rowsFor(input)), input, keys.sortKey)
      return { Tags: items, ...page }
    },
  }
}
