/** The examples of a page of the guide: its `js` blocks, in order. */
import { readFileSync } from 'node:fs'

export type Example = { readonly line: number; readonly code: string }

/** `page`: a name in docs/guide. */
export function examplesOf(page: string): readonly Example[] {
  const text = readFileSync(new URL(`../docs/guide/${page}`, import.meta.url), 'utf8')
  return [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(({ index, 1: code = '' }) => ({
    line: text.slice(0, index).split('\n').length,
    code,
  }))
}
