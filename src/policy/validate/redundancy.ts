/** Texts of one element that others of it take in, or that stand there twice. */
import type { Text } from '../document.ts'
import { hasWildcard } from '../glob.ts'

/** `members`: all that say the same, in the order of the document. `example`: the one that could go. */
export type Redundancy = { readonly members: readonly Text[]; readonly example: Text }

type Rules = {
  /** The same for texts that mean the same. */
  readonly nameOf: (text: string) => string
  /** Whether all that `inner` names is named by `outer`. */
  readonly covers: (outer: string, inner: string) => boolean
}

/** So many wildcards are compared with all else: more are in no policy of AWS's own, and would take long. */
const MAX_WIDE = 500

/**
 * A group for each text that takes in others and is not taken in itself, and for each that stands there more than once. Recorded: the text
 * that stays is counted and shown with the others, and the longest of those that could go is the example.
 */
export function redundanciesOf(values: readonly Text[], rules: Rules): readonly Redundancy[] {
  const groups = Map.groupBy(values, keeperOf(values, rules))
  return [...groups].flatMap(([keeper, members]) => {
    const others = members.filter((member) => member !== members.find(({ text }) => rules.nameOf(text) === keeper))
    const [first, ...rest] = others
    if (first === undefined) return []
    const example = rest.reduce((longest, other) => (other.text.length > longest.text.length ? other : longest), first)
    return [{ members, example }]
  })
}

/** For each text the name of the one that takes it in; its own where none does. */
function keeperOf(values: readonly Text[], { nameOf, covers }: Rules): (value: Text) => string {
  const wide = [...new Map(values.filter(({ text }) => hasWildcard(text)).map(({ text }) => [nameOf(text), text]))].slice(
    0,
    MAX_WIDE,
  )
  // Of two that take in one another the first stays.
  const widest = wide.filter(
    ([name, text], at) =>
      !wide.some(([other, outer], before) => other !== name && covers(outer, text) && (before < at || !covers(text, outer))),
  )
  return ({ text }) => widest.find(([name, outer]) => name === nameOf(text) || covers(outer, text))?.[0] ?? nameOf(text)
}
