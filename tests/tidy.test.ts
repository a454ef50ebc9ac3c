/** The tree keeps its own rules: direction of imports, sizes, words. Each rule is shown to fail on a planted violation. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'

type Source = { readonly path: string; readonly text: string }
type Rule = { readonly name: string; readonly check: (source: Source) => readonly string[]; readonly planted: Source }

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const MAX_LINES = 400

/** Lower lines first; a folder imports from lower lines only, and folders of one line do not see one another. */
const LAYERS: readonly (readonly string[])[] = [
  ['aws'],
  ['model', 'policy', 'sigv4', 'asl'],
  ['protocol', 'store'],
  ['services'],
  ['server', 'runtime'],
  ['cli'],
]
const layerOf = (folder: string): number => LAYERS.findIndex((folders) => folders.includes(folder))
/** The two lowest lines are pure; node:crypto computes without looking at the world. `policy` also runs where there is no node:crypto. */
const PURE = new Set(['aws', 'model', 'policy', 'sigv4', 'asl'])
const IMPURE_WORDS = [
  /\bDate\.now\(/,
  /\bnew Date\(\)/,
  /\bMath\.random\(/,
  /\bprocess\.(?:env|cwd|argv)\b/,
  /\brandomBytes\(/,
  /\brandomUUID\(/,
]
const BANNED_NAMES = /^(?:.*[-.])?(?:manager|helper|helpers|util|utils|handler|common|base|data|info)\.ts$/

const isGenerated = (path: string): boolean => path.endsWith('.gen.ts')
const isTest = (path: string): boolean => path.endsWith('.test.ts') || path.startsWith('tests/')
const importsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^\s*(?:import|export)\s[^'"`]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\('([^']+)'\)/gm)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  )

function folderOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1]
}

function importDirection({ path, text }: Source): readonly string[] {
  const from = folderOf(path)
  if (from === undefined || isTest(path)) return []
  return importsOf(text).flatMap((target) => {
    if (!target.startsWith('.')) return []
    const absolute = new URL(target, `file:///${path}`).pathname.slice(1)
    if (absolute === 'package.json') return []
    const to = folderOf(absolute)
    if (to === undefined)
      return path.startsWith('src/') && absolute.startsWith('src/') ? [] : [`${path} imports ${target}, outside src`]
    if (to === from) return sameService(path, absolute) ? [] : [`${path} imports ${target}: services do not see one another`]
    return layerOf(to) >= 0 && layerOf(to) < layerOf(from) ? [] : [`${path} imports ${target}: ${to} is not below ${from}`]
  })
}

function sameService(path: string, target: string): boolean {
  const service = (file: string): string | undefined => /^src\/services\/([^/]+)\//.exec(file)?.[1]
  const [one, other] = [service(path), service(target)]
  return one === undefined || other === undefined || one === other
}

function purity({ path, text }: Source): readonly string[] {
  const folder = folderOf(path)
  if (folder === undefined || !PURE.has(folder) || isTest(path)) return []
  const modules = importsOf(text).filter((target) => !target.startsWith('.') && (target !== 'node:crypto' || folder === 'policy'))
  const words = IMPURE_WORDS.filter((word) => word.test(text))
  return [...modules, ...words.map(String)].map((what) => `${path} uses ${what}: ${folder} is pure`)
}

function opening({ path, text }: Source): readonly string[] {
  return isGenerated(path) || /^\/\*\*\s/.test(text) || text.startsWith('#!')
    ? []
    : [`${path} does not open with /** what it is for */`]
}

function size({ path, text }: Source): readonly string[] {
  const lines = text.split('\n').length - 1
  return isGenerated(path) || lines <= MAX_LINES ? [] : [`${path} has ${lines} lines, more than ${MAX_LINES}`]
}

function names({ path }: Source): readonly string[] {
  return BANNED_NAMES.test(path.slice(path.lastIndexOf('/') + 1)) ? [`${path}: a name that says nothing`] : []
}

function leftovers({ path, text }: Source): readonly string[] {
  // Written apart, so that this file does not find itself.
  const marks = ['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX:', '@ts-' + 'ignore', '.only' + '(', '.skip' + '(', '.todo' + '(']
  return marks.filter((mark) => text.includes(mark)).map((mark) => `${path} holds ${mark}`)
}

function builtPatterns({ path, text }: Source): readonly string[] {
  return !isTest(path) && path.startsWith('src/') && !ALLOWED_PATTERNS.has(path) && /new RegExp\(/.test(text)
    ? [`${path} builds a RegExp`]
    : []
}

/** Patterns of the generated models, and one made of constants: nobody's text. */
const ALLOWED_PATTERNS = new Set(['src/model/pattern.ts', 'src/protocol/xml.ts'])

/** A type assertion. `as const`, renamed imports, mapped types and the word in a sentence are none. */
const ASSERTION = /^(?!\s*(?:import\b|export (?:type )?\{|\/\/|\*|\/\*\*)).*\bas (?!const\b)(?:[A-Z]\w|\{)/

function assertsType(line: string): boolean {
  const code = line.replaceAll(/'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*"/g, "''")
  return ASSERTION.test(code) && !/\[\w+ in .* as /.test(code)
}

function assertions({ path, text }: Source): readonly string[] {
  const allowed =
    isTest(path) || isGenerated(path) || ['protocol', 'store'].includes(folderOf(path) ?? '') || ALLOWED_ASSERTIONS.has(path)
  return allowed || !path.startsWith('src/') || !text.split('\n').some(assertsType) ? [] : [`${path} asserts a type`]
}
/** Places where data enters that types cannot follow; each says so in a comment beside it. */
const ALLOWED_ASSERTIONS = new Set([
  'src/services/operation.ts',
  'src/server/writer.ts',
  'src/server/open.ts',
  'src/server/administration.ts',
])

/** The package has no TypeScript: `siblingModule` knows both endings. */
function sourceAddresses({ path, text }: Source): readonly string[] {
  if (!path.startsWith('src/') || isTest(path)) return []
  return [...text.matchAll(/new URL\('[^']+\.ts'/g)].map(([found]) => `${path}: ${found}`)
}

/** Without isolation all files share one root: a hook of one runs around every test of all. */
const rootHooks = ({ path, text }: Source): readonly string[] =>
  isTest(path) && /^(?:before|after)Each\(/m.test(text) ? [`${path}: a hook around the tests of all files`] : []

const planted = (path: string, text: string): Source => ({ path, text: `/** Planted. */\n${text}\n` })

const RULES: readonly Rule[] = [
  {
    name: 'imports go down only',
    check: importDirection,
    planted: planted('src/policy/x.ts', `import { a } from '../store/store.ts'`),
  },
  {
    name: 'services do not see one another',
    check: importDirection,
    planted: planted('src/services/iam/x.ts', `import { a } from '../sts/index.ts'`),
  },
  { name: 'the lowest lines are pure', check: purity, planted: planted('src/sigv4/x.ts', 'export const a = Date.now()') },
  {
    name: 'policy needs nothing but the language',
    check: purity,
    planted: planted('src/policy/x.ts', `import { hash } from 'node:crypto'`),
  },
  { name: 'files say what they are for', check: opening, planted: { path: 'src/aws/x.ts', text: 'export const a = 1\n' } },
  { name: 'files stay small', check: size, planted: planted('src/aws/x.ts', '\n'.repeat(MAX_LINES)) },
  { name: 'names say something', check: names, planted: planted('src/aws/arn-utils.ts', '') },
  { name: 'nothing is left over', check: leftovers, planted: planted('src/aws/x.ts', '// TO' + 'DO') },
  {
    name: 'files that are loaded by their address are found when built',
    check: sourceAddresses,
    planted: planted('src/store/x.ts', "new URL('./y.ts', import.meta.url)"),
  },
  { name: 'no pattern is built', check: builtPatterns, planted: planted('src/policy/x.ts', 'export const a = new RegExp(b)') },
  {
    name: 'a file has no hooks around the tests of others',
    check: rootHooks,
    planted: planted('src/aws/x.test.ts', 'beforeEach(() => {})'),
  },
  { name: 'types are not asserted', check: assertions, planted: planted('src/server/x.ts', 'export const a = b as Row') },
]

const files = globSync(['src/**/*.ts', 'tests/**/*.ts', 'tools/**/*.ts'], { cwd: ROOT }).map((path) => path.replaceAll('\\', '/'))
const sources: readonly Source[] = files.map((path) => ({ path, text: readFileSync(`${ROOT}/${path}`, 'utf8') }))

for (const rule of RULES) {
  test(`tidy: ${rule.name}`, () => {
    assert.notDeepEqual(rule.check(rule.planted), [], 'the planted violation is found')
    assert.deepEqual(sources.flatMap(rule.check), [])
  })
}

/** Paths of this tree that a page names in code. Those with a pattern's signs in them are families of files. */
const pathsIn = (page: string): readonly string[] =>
  [...page.matchAll(/`((?:src|tests|tools|docs|models|conformance|bin)\/[\w./-]+)`/g)].map((match) => match[1] ?? '')

test('tidy: pages name files that exist', () => {
  assert.deepEqual(pathsIn('see `src/nothing.ts` and `src/*.ts`'), ['src/nothing.ts'])
  const pages = globSync(['*.md', 'docs/**/*.md', 'src/**/*.md', 'tools/**/*.md', 'conformance/**/*.md'], { cwd: ROOT })
  const gone = pages.flatMap((page) =>
    pathsIn(readFileSync(`${ROOT}/${page}`, 'utf8'))
      .filter((path) => !existsSync(`${ROOT}/${path}`))
      .map((path) => `${page} names ${path}`),
  )
  assert.deepEqual(gone, [])
})
