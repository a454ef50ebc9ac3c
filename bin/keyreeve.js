#!/usr/bin/env node
// The program's first file. It runs on old versions of Node too, so that it can say which one is needed. Keep its syntax plain.
const OLDEST = [24, 7]

const found = process.versions.node
const [major, minor] = found.split('.').map(Number)
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.stderr.write(
    `Keyreeve needs Node ${OLDEST.join('.')} or newer (26 is best), and this is Node ${found}. Get it from https://nodejs.org\n`,
  )
  process.exit(1)
} else {
  process.getBuiltinModule('node:module').enableCompileCache()
  // The published package carries built code only: Node does not run TypeScript inside node_modules.
  const sources = new URL('../src/cli/main.ts', import.meta.url)
  const built = new URL('../dist/cli/main.js', import.meta.url)
  void import(process.getBuiltinModule('node:fs').existsSync(sources) ? sources.href : built.href).then(({ main }) => main())
}
