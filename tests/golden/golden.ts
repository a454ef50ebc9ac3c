/** Golden files: text that a person reads in review. They change by hand: a test shows what it expected and never writes. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'

/** Compares with a golden file. When they differ, the whole new text is in the failure, to be copied after thought. */
export function assertGolden(file: string, text: string): void {
  const url = new URL(file, import.meta.url)
  assert.equal(text, existsSync(url) ? readFileSync(url, 'utf8') : '', `${file} differs`)
}
