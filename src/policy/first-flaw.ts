/** What AWS says of the first of several things that it does not like. */

/** The first message that a test has for one of the items. */
export function firstFlaw<Item>(items: readonly Item[], flawOf: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const message = flawOf(item)
    if (message !== undefined) return message
  }
  return undefined
}
