/** Builds dist/: JavaScript of all sources, and the declarations of what the package exports. Run by `npm run build`, and by npm before it packs. */
import { spawnSync } from 'node:child_process'
import { globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import packageFile from '../package.json' with { type: 'json' }

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** The compiler mirrors the whole tree, because sources read package.json; only its src/ is kept. */
const MADE = join(ROOT, 'build')
const DIST = join(ROOT, 'dist')

/** Imports of declarations keep the names of sources. */
const SOURCE_IMPORT = /(\b(?:from|import)\s*\(?\s*['"])(\.[^'"]+)\.ts(['"])/g

function compile(): void {
  for (const folder of [MADE, DIST]) rmSync(folder, { recursive: true, force: true })
  const { status } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json'], {
    cwd: ROOT,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('the compiler found errors')
  renameSync(join(MADE, 'src'), DIST)
  rmSync(MADE, { recursive: true })
}

/** Declarations that users of the package can reach. */
function reachedDeclarations(): ReadonlySet<string> {
  const entries = Object.values(packageFile.exports).flatMap((entry) => (typeof entry === 'string' ? [] : [entry.types]))
  const reached = new Set(entries.map((entry) => resolve(ROOT, entry)))
  for (const file of reached) {
    const text = readFileSync(file, 'utf8').replaceAll(SOURCE_IMPORT, '$1$2.js$3')
    writeFileSync(file, text)
    for (const [, target = ''] of text.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)\.js['"]/g))
      reached.add(resolve(dirname(file), `${target}.d.ts`))
  }
  return reached
}

compile()
const kept = reachedDeclarations()
for (const file of globSync(join(DIST, '**/*.d.ts'))) if (!kept.has(file)) rmSync(file)
