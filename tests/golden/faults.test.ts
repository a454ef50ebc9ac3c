/** Every error that the model declares of an operation of IAM and STS is reached by a test of the services, or there is a reason why not. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readModel } from '../../src/protocol/model-files.ts'
import { services } from '../../src/services/index.ts'
import { ELSEWHERE, EXCUSES } from './fault-excuses.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SERVICES = ['iam', 'sts'] as const

/** `iam:CreateUser LimitExceeded`, for every declared error of every operation that there is. */
const declared = SERVICES.flatMap((service) =>
  [...(services.get(service)?.operations ?? [])].flatMap(({ name }) =>
    (readModel(service).operations.get(name)?.errors ?? []).map(({ error }) => `${service}:${name} ${error.code}`),
  ),
)

/** Runs the tests of the services, whose harness lists what operations threw (tests/harness.ts). */
async function thrownByTests(): Promise<ReadonlySet<string>> {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-faults-'))
  const list = join(folder, 'faults')
  try {
    const files = SERVICES.map((service) => `src/services/${service}/**/*.test.ts`)
    const child = spawn(process.execPath, ['--test', '--test-isolation=none', ...files], {
      cwd: ROOT,
      // Without the variable of the test runner that runs this file, which would make the child report to it.
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, KEYREEVE_TEST_FAULTS: list },
      stdio: 'ignore',
    })
    await once(child, 'close')
    return new Set(readFileSync(list, 'utf8').trim().split('\n'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const pairsOf = (code: string, operations: readonly string[]): readonly string[] => operations.map((name) => `${name} ${code}`)

test('every declared error is reached, or has a reason', async (context) => {
  const thrown = await thrownByTests()
  const elsewhere = ELSEWHERE.flatMap(({ operation, codes }) => codes.map((code) => `${operation} ${code}`))
  const reached = new Set([...thrown, ...elsewhere])
  const named = EXCUSES.flatMap(({ code, operations = [] }) => pairsOf(code, operations))
  const everywhere = EXCUSES.flatMap(({ code, operations }) => (operations === undefined ? [code] : []))
  const isExcused = (pair: string): boolean => named.includes(pair) || everywhere.some((code) => pair.endsWith(` ${code}`))

  const missing = declared.filter((pair) => !reached.has(pair) && !isExcused(pair))
  assert.deepEqual(missing, [], 'no test reaches them, and fault-excuses.ts does not say why')
  const stale = named.filter((pair) => reached.has(pair) || !declared.includes(pair))
  assert.deepEqual(stale, [], 'excused, though a test reaches it or the model does not declare it')
  const excepted = EXCUSES.flatMap(({ code, except = [] }) => pairsOf(code, except))
  const reachedAllTheSame = [...reached].filter((pair) => everywhere.some((code) => pair.endsWith(` ${code}`)))
  assert.deepEqual(reachedAllTheSame.toSorted(), excepted.toSorted())

  const operations = new Set(declared.map((pair) => pair.slice(0, pair.indexOf(' '))))
  const count = declared.filter((pair) => reached.has(pair)).length
  context.diagnostic(`${operations.size} operations declare ${declared.length} errors: ${count} reached, ${declared.length - count} with a reason`)
})

test('what is reached elsewhere is asserted there', () => {
  for (const { operation, codes, test: file } of ELSEWHERE) {
    const text = readFileSync(join(ROOT, file), 'utf8')
    assert.ok(text.includes(operation.slice(operation.indexOf(':') + 1)))
    for (const code of codes) assert.ok(text.includes(code), `${file} does not name ${code}`)
  }
})
