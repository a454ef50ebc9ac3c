/** Bounds of what a decoder reads. The size of a body is bounded before, by the server. AWS publishes none of these numbers, unless said. */

/** Parameters of one Query request. IAM's largest lists, simulation inputs, hold at most some thousands of strings. */
export const MAX_QUERY_PARAMETERS = 10_000
/** Name parts of one Query parameter: `ContextEntries.member.1.ContextKeyValues.member.1` has 6. */
export const MAX_QUERY_NAME_PARTS = 24
/** The highest index in a Query list or map. */
export const MAX_QUERY_INDEX = 10_000
/** Digits of a number; longer ones are refused unread. */
export const MAX_NUMBER_LENGTH = 40
/** Nesting of a JSON body, free documents included. JSON itself is parsed without recursion. */
export const MAX_JSON_DEPTH = 100
/** Seconds since 1970 beyond which a Date has no value (ECMAScript, time values). */
export const MAX_EPOCH_SECONDS = 8_640_000_000_000
