/** The library's page: every example runs, against the sources, and everything that is exported is on it. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as policy from '../src/policy/index.ts'
import { examplesOf } from './guide-examples.ts'

const PAGE = 'policy-library.md'
const SOURCES: Readonly<Record<string, string>> = {
  'keyreeve/policy': 'src/policy/index.ts',
  'keyreeve/sigv4': 'src/sigv4/index.ts',
  'keyreeve/catalogue': 'src/protocol/catalogue.ts',
}
const examples = examplesOf(PAGE)

let folder = ''
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyreeve-guide-'))
})
after(() => rmSync(folder, { recursive: true, force: true }))

test('the page has examples', () => assert.ok(examples.length >= 9))

for (const { line, code } of examples) {
  test(`${PAGE}, line ${line}`, async () => {
    const sources = code.replaceAll(/from '(keyreeve\/\w+)'/g, (_, name: string) => {
      const source = SOURCES[name]
      assert.ok(source !== undefined, `${name} is not exported`)
      return `from '${new URL(`../${source}`, import.meta.url).href}'`
    })
    const file = join(folder, `example-${line}.mjs`)
    writeFileSync(file, sources)
    await import(pathToFileURL(file).href)
  })
}

test('all that the library exports is on its page', () => {
  const page = readFileSync(new URL(`../docs/guide/${PAGE}`, import.meta.url), 'utf8')
  const missing = Object.keys(policy).filter((name) => !page.includes(name))
  assert.deepEqual(missing, [])
})
