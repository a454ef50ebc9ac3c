/** Session tags: passed with a request, and inherited in a role chain where they are transitive. */
import type { SessionFacts } from '../../aws/principal.ts'
import type { Tag } from '../../model/sts.gen.ts'
import type { Check } from '../operation.ts'
import { invalidParameterValue } from './errors.ts'

export type GivenTags = { readonly Tags?: readonly Tag[]; readonly TransitiveTagKeys?: readonly string[] }
export type SessionTags = { readonly tags: readonly Tag[]; readonly transitiveTagKeys: readonly string[] }

/** Keys are one whatever their case (IAM User Guide, "Passing session tags"). */
const folded = (key: string): string => key.toLowerCase()
const foldedKeys = (tags: readonly Tag[]): ReadonlySet<string> => new Set(tags.map(({ Key }) => folded(Key)))

/** STS API reference, Tag: 50 tags, keys of 128 and values of 256 characters. The model holds those of requests to it; these come in tokens. */
const MAX_TAGS = 50
const TAG_KEY = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u
const TAG_VALUE = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u

/** Whether tags that an identity provider has written are what session tags can be. */
export const canBeSessionTags = (tags: readonly Tag[]): boolean =>
  tags.length <= MAX_TAGS && tags.every(({ Key, Value }) => TAG_KEY.test(Key) && TAG_VALUE.test(Value))

/** The tags that the calling session hands on. */
function inherited(session: SessionFacts | undefined): SessionTags {
  const keys = new Set((session?.transitiveTagKeys ?? []).map(folded))
  const tags = (session?.tags ?? []).filter(({ Key }) => keys.has(folded(Key)))
  return { tags, transitiveTagKeys: tags.map(({ Key }) => Key) }
}

/** Session tags follow the rules of IAM's: no key and no value may begin with `aws:` (IAM User Guide, "Pass session tags"). The text is inferred. */
const RESERVED = /^aws:/i

/** The tags of a session to be made. Throws InvalidParameterValue, in AWS's words (recorded). */
export function sessionTags({ Tags = [], TransitiveTagKeys = [] }: GivenTags, session: SessionFacts | undefined): SessionTags {
  const passed = foldedKeys(Tags)
  if (passed.size < Tags.length)
    throw invalidParameterValue('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
  if (Tags.some(({ Key, Value }) => RESERVED.test(Key) || RESERVED.test(Value)))
    throw invalidParameterValue('aws: prefixed tag key names and values are not allowed for external use.')
  if (TransitiveTagKeys.some((key) => !passed.has(folded(key))))
    throw invalidParameterValue('The specified transitive tag key must be included in the requested tags.')
  const before = inherited(session)
  if (before.tags.some(({ Key }) => passed.has(folded(Key)))) {
    throw invalidParameterValue(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    )
  }
  return {
    tags: [...before.tags, ...Tags.map(({ Key, Value }) => ({ Key, Value }))],
    transitiveTagKeys: [...before.transitiveTagKeys, ...TransitiveTagKeys],
  }
}

/**
 * Condition keys of a request that makes a session with tags, which needs sts:TagSession; undefined where it makes one without. Inherited tags
 * are tags of the new session too, and stand among the keys (reports of role chains behind EKS Pod Identity).
 */
export function sessionTagKeys(
  { Tags = [], TransitiveTagKeys }: GivenTags,
  session: SessionFacts | undefined,
): NonNullable<Check['context']> | undefined {
  const tags = [...inherited(session).tags, ...Tags]
  if (tags.length === 0) return undefined
  return {
    'aws:TagKeys': tags.map(({ Key }) => Key),
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
    ...(TransitiveTagKeys !== undefined && { 'sts:TransitiveTagKeys': TransitiveTagKeys }),
  }
}
