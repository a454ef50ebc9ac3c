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

/** The declarations of what a file exports, its own and those of others. */
function declarations(file: URL): readonly (readonly [name: string, documented: boolean])[] {
  const text = readFileSync(file, 'utf8')
  const others = [...text.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)'/gm)].flatMap(([, names = '', path = '']) => {
    const wanted = new Set(names.split(',').map((name) => name.trim().replace(/^type /, '')))
    return declarations(new URL(path, file)).filter(([name]) => wanted.has(name))
  })
  const own = [...text.matchAll(/(^|\n)export (?:type|interface|class|function|const) (\w+)/g)].map(
    ({ index, 1: newline = '', 2: name = '' }) => [name, text.slice(0, index + newline.length).endsWith('*/\n')] as const,
  )
  return [...own, ...others]
}

test('all that the library exports, types too, says what it is', () => {
  const exported = declarations(new URL('../src/policy/index.ts', import.meta.url))
  assert.ok(exported.length > 70, String(exported.length))
  assert.deepEqual(
    exported.filter(([, documented]) => !documented),
    [],
  )
})
