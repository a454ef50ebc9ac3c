/** The first file under a Node that is too old: it goes on with the Node that npm brought, and without one says which is needed. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../../bin/keyreeve.js', import.meta.url))
/** Loaded first, it makes this Node look like an old one. Node that is started by it is not touched. */
const OLD = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})`

const folder = mkdtempSync(join(tmpdir(), 'keyreeve-old-node-'))
after(() => rmSync(folder, { recursive: true }))

/** A copy of the first file whose program answers with its words and ends with code 7; `pinned` says what npm brought. */
function program(name: string, pinned: 'none' | 'this Node' | 'another'): string {
  const home = join(folder, name)
  mkdirSync(join(home, 'node_modules', '.bin'), { recursive: true })
  cpSync(PROGRAM, join(home, 'bin', 'keyreeve.js'))
  cpSync(join(import.meta.dirname, 'old-node.main.js'), join(home, 'dist', 'cli', 'main.js'))
  cpSync(join(import.meta.dirname, '../../package.json'), join(home, 'package.json'))
  const place = join(home, 'node_modules', '.bin', 'node')
  if (pinned === 'this Node') symlinkSync(process.execPath, place)
  if (pinned === 'another') cpSync(process.execPath, place)
  return join(home, 'bin', 'keyreeve.js')
}

function run(file: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  assert.ok(existsSync(file))
  const words = ['--import', OLD, file, 'a word', '--flag']
  return spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 60_000, env: { PATH: process.env['PATH'] ?? '' } })
}

test('it goes on with the Node that npm brought, and ends as that one does', () => {
  const { status, stdout, stderr } = run(program('brought', 'another'))
  assert.deepEqual(
    { status, stdout, stderr },
    { status: 7, stdout: `${process.versions.node} ["a word","--flag"]\n`, stderr: '' },
  )
})

for (const pinned of ['none', 'this Node'] as const) {
  test(`it says which Node is needed where npm brought ${pinned}`, () => {
    const { status, stdout, stderr } = run(program(pinned, pinned))
    assert.equal(
      stderr,
      'Keyreeve needs Node 24.15 or newer (26 is best), and this is Node 20.20.2. Get it from https://nodejs.org\n',
    )
    assert.deepEqual({ status, stdout }, { status: 1, stdout: '' })
  })
}
