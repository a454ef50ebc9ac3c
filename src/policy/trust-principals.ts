/** Principals inside a document's text: found, and replaced with every other byte left as it was. */
import type { PrincipalEntry } from './document.ts'
import { parsePolicy } from './parse.ts'

/** The entries of all `Principal` and `NotPrincipal` elements, in the order of the text. Throws `PolicyError`. */
export function principalsOf(source: string): readonly PrincipalEntry[] {
  return parsePolicy(source).statements.flatMap(({ principal }) => principal?.entries ?? [])
}

/** The text with each entry replaced by what `replace` returns for it; undefined leaves it. Throws `PolicyError`. */
export function replacePrincipals(source: string, replace: (entry: PrincipalEntry) => string | undefined): string {
  let replaced = ''
  let kept = 0
  for (const entry of principalsOf(source)) {
    const text = replace(entry)
    if (text === undefined || text === entry.text) continue
    // An entry's place includes its quotation marks.
    replaced += source.slice(kept, entry.start) + JSON.stringify(text)
    kept = entry.end
  }
  return replaced + source.slice(kept)
}
