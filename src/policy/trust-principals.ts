/** The principals of a document's text, and the text with other principals: IAM stores users and roles by unique id and shows their ARNs. */
import type { PrincipalEntry } from './document.ts'
import { readPolicy } from './parse.ts'

/** Every entry of every `Principal` and `NotPrincipal`, with where it stands. Throws `PolicyError` where the text is not JSON. */
export function principalsOf(source: string): readonly PrincipalEntry[] {
  return readPolicy(source).document.statements.flatMap(({ principal }) => principal?.entries ?? [])
}

/**
 * The text with AWS principals replaced by what `replace` says of them; undefined leaves one as it is written. Every other byte stays.
 * Throws `PolicyError` where the text is not JSON.
 */
export function replacePrincipals(source: string, replace: (entry: PrincipalEntry) => string | undefined): string {
  const parts: string[] = []
  let from = 0
  for (const entry of principalsOf(source)) {
    const text = entry.kind === 'AWS' ? replace(entry) : undefined
    if (text === undefined || text === entry.text) continue
    parts.push(source.slice(from, entry.start), JSON.stringify(text))
    from = entry.end
  }
  return parts.length === 0 ? source : parts.join('') + source.slice(from)
}
