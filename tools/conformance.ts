/** Writes the conformance corpus (conformance/*.json) from the tables in tools/conformance. Run by hand, then oxfmt; a test compares what is committed. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { THEMES } from './conformance/themes.ts'

for (const { file, about, cases } of THEMES) {
  const path = fileURLToPath(new URL(`../conformance/${file}.json`, import.meta.url))
  writeFileSync(path, `${JSON.stringify({ about, cases }, undefined, 2)}\n`)
  console.log(`conformance/${file}.json: ${cases.length} cases`)
}
