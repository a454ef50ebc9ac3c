/** The package as it is published: what is in it, and that all of it works where it is installed. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { examplesOf } from '../guide-examples.ts'
import { type Installed, installPackage } from './installed.ts'

let installed: Installed
before(async () => {
  installed = await installPackage()
})
after(() => installed.remove())

const node = (...words: readonly string[]): Promise<string> => installed.execute(process.execPath, words)

test('the tarball holds what runs, and nothing else', () => {
  const strange = installed.files.filter(
    (path) =>
      !/^(?:bin\/keyreeve\.js|LICENSE|README\.md|package\.json|docs\/guide\/policy-library\.md|models\/[\w-]+\.(?:json|archive)|dist\/[\w/.-]+\.(?:js|d\.ts))$/.test(
        path,
      ),
  )
  assert.deepEqual(strange, [])
  assert.deepEqual(
    installed.files.filter((path) => path.includes('.test.')),
    [],
  )
  for (const path of [
    'bin/keyreeve.js',
    'dist/cli/main.js',
    'dist/policy/index.d.ts',
    'dist/store/sqlite-writer.js',
    'docs/guide/policy-library.md',
  ])
    assert.ok(installed.files.includes(path), path)
})

for (const { line, code } of examplesOf('policy-library.md')) {
  test(`the library's page, line ${line}, from the package`, async () => {
    const name = `example-${line}.mjs`
    writeFileSync(join(installed.folder, name), code)
    await node(name)
  })
}

test('what is not exported cannot be imported', async () => {
  await assert.rejects(node('-e', "import('keyreeve/dist/policy/glob.js')"), /ERR_PACKAGE_PATH_NOT_EXPORTED/)
})

const tsc = fileURLToPath(new URL('../../node_modules/.bin/tsc', import.meta.url))
const RESOLUTIONS = {
  nodenext: ['--module', 'nodenext'],
  bundler: ['--module', 'esnext', '--moduleResolution', 'bundler'],
}
const PROGRAM = `import { decide, flipOf, prepare, whoCan, type Decision, type NearMiss } from 'keyreeve/policy'
const { check, caller, policies } = prepare({ caller: 'anonymous', action: 's3:GetObject' })
const decision: Decision = decide(check, caller, policies)
export const answers: readonly string[] = whoCan(check, [{ caller, policies }]).map(({ can }) => can)
export const by = decision.decision === 'allowed' ? decision.by?.policy.name : decision.policyType
export const flip = flipOf(check, caller, policies).kind
export const told = ({ text }: NearMiss): string => text
`
for (const [name, resolution] of Object.entries(RESOLUTIONS)) {
  test(`the declarations are complete (${name}): a strict program against them compiles, a wrong one does not`, async () => {
    // Neither Node's types nor a browser's are there.
    const flags = [
      '--noEmit',
      '--strict',
      ...resolution,
      '--target',
      'es2022',
      '--lib',
      'es2022',
      '--types',
      '',
      '--skipLibCheck',
      'false',
    ]
    writeFileSync(join(installed.folder, 'good.ts'), PROGRAM)
    await installed.execute(tsc, [...flags, 'good.ts'])
    writeFileSync(join(installed.folder, 'wrong.ts'), PROGRAM.replace("action: 's3:GetObject'", 'action: 1'))
    await assert.rejects(installed.execute(tsc, [...flags, 'wrong.ts']))
  })
}

test('the policy engine needs nothing of Node: it runs in a bare realm', async () => {
  const runner = fileURLToPath(new URL('./browser-runner.ts', import.meta.url))
  const index = join(installed.folder, 'node_modules/keyreeve/dist/policy/index.js')
  const answer = await node('--experimental-vm-modules', '--no-warnings', runner, index)
  assert.match(answer, /^allowed,1,1,sometimes,yes,JSON_SYNTAX_ERROR,Syntax errors in policy\. \d+\n$/)
})

test('a bundler may leave out what is not used: of all that is exported nothing acts when it is loaded', async () => {
  const { sideEffects } = JSON.parse(readFileSync(join(installed.folder, 'node_modules/keyreeve/package.json'), 'utf8')) as {
    readonly sideEffects: readonly string[]
  }
  const acting = ['./bin/*.js', './dist/cli/*.js', ...['server', 'services', 'store'].map((folder) => `./dist/${folder}/**/*.js`)]
  assert.deepEqual(sideEffects, acting)
  const program = `const before = Object.keys(globalThis).length
const handles = () => process.getActiveResourcesInfo().length
const open = handles()
for (const name of ['policy', 'sigv4', 'catalogue']) await import('keyreeve/' + name)
if (Object.keys(globalThis).length !== before || handles() > open) process.exit(1)`
  await node('--input-type=module', '-e', program)
})

test('npx keyreeve, and a command that writes through the writer thread', async () => {
  assert.match(await installed.execute('npx', ['--offline', 'keyreeve', '--help']), /Usage: keyreeve COMMAND/)
  assert.ok(!existsSync(join(installed.folder, 'node_modules/keyreeve/src')))
  const words = ['account', 'create', '--name', 'x', '--email', 'x@example.com', '--data', 'data', '--json']
  const made: unknown = JSON.parse(await installed.execute('npx', ['--offline', 'keyreeve', ...words]))
  assert.equal(Reflect.get(Object(made), 'email'), 'x@example.com')
})
