#!/usr/bin/env node
// The program's first file. It runs on old versions of Node too: there it goes on with the Node that `npm ci` brings, or says which one is
// needed. Keep its syntax plain.
import { existsSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

// In this one node:sqlite stopped being experimental.
const OLDEST = [24, 15]
/** On the path of npm's scripts; see node-pinned/. */
const PINNED = fileURLToPath(new URL('../node_modules/.bin/', import.meta.url)) + 'node'

const found = process.versions.node
const [major, minor] = found.split('.').map(Number)
if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) {
  process.getBuiltinModule('node:module').enableCompileCache()
  // The published package carries built code only: Node does not run TypeScript inside node_modules.
  const sources = new URL('../src/cli/main.ts', import.meta.url)
  const built = new URL('../dist/cli/main.js', import.meta.url)
  void import(existsSync(sources) ? sources.href : built.href).then(({ main }) => main())
} else if (process.platform !== 'win32' && existsSync(PINNED) && realpathSync(PINNED) !== realpathSync(process.execPath)) {
  void import('node:child_process').then(({ spawn }) => runOnPinned(spawn))
} else {
  process.stderr.write(
    `Keyreeve needs Node ${OLDEST.join('.')} or newer (26 is best), and this is Node ${found}. Get it from https://nodejs.org\n`,
  )
  process.exitCode = 1
}

function runOnPinned(spawn) {
  const child = spawn(PINNED, process.argv.slice(1), { stdio: 'inherit' })
  // A terminal sends Ctrl-C to both: the child decides, and this process waits for it. What is sent to this process alone is handed on.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('error', (error) => {
    process.stderr.write(`Keyreeve could not start the Node that npm brought: ${error.message}\n`)
    process.exitCode = 1
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code === null ? 1 : code)
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
}
