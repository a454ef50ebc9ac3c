/** The published package, installed as its users install it: packed by npm, its dependencies packed from this tree's, no registry asked. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TIMEOUT_MS = 120_000
/** Answers of npm are lists of files. */
const MAX_OUTPUT = 16 * 1024 * 1024

export type Installed = {
  readonly folder: string
  /** The files in the tarball. */
  readonly files: readonly string[]
  /** Runs a program in the folder that the package is installed in; its output. */
  execute(file: string, words: readonly string[]): Promise<string>
  remove(): void
}

type Locked = {
  readonly version: string
  readonly integrity?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}
type Packed = { readonly filename: string; readonly version: string; readonly files: readonly { readonly path: string }[] }

export async function installPackage(): Promise<Installed> {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-package-'))
  mkdirSync(join(folder, 'packs'))
  const execute = async (file: string, words: readonly string[]): Promise<string> => {
    const { stdout } = await run(file, [...words], { cwd: folder, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT })
    return stdout
  }
  const pack = async (source: string, ...flags: readonly string[]): Promise<Packed> => {
    const answer = await execute('npm', ['pack', source, '--json', '--silent', '--pack-destination', 'packs', ...flags])
    const [packed] = JSON.parse(answer.slice(answer.indexOf('['))) as readonly Packed[]
    if (packed === undefined) throw new Error(`npm packed nothing of ${source}`)
    return packed
  }
  // This tree's .npmrc switches scripts off; what is published is built by one (CONTRIBUTING.md, "Publish").
  const own = await pack(ROOT, '--ignore-scripts=false')
  const packages = await lockOf(own, (source) => pack(source, '--ignore-scripts'))
  const dependencies = { keyreeve: `file:packs/${own.filename}` }
  const trial = { name: 'trial', version: '1.0.0' }
  write(folder, 'package.json', { ...trial, private: true, type: 'module', dependencies })
  const lock = { ...trial, lockfileVersion: 3, requires: true, packages: { '': { ...trial, dependencies }, ...packages } }
  write(folder, 'package-lock.json', lock)
  await execute('npm', ['ci', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'])
  return {
    folder,
    files: own.files.map(({ path }) => path),
    execute,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

const write = (folder: string, name: string, content: object): void => writeFileSync(join(folder, name), JSON.stringify(content))

/** What npm writes into a lock file: the package, and all that it needs, each from a tarball. */
async function lockOf(own: Packed, pack: (source: string) => Promise<Packed>): Promise<Readonly<Record<string, object>>> {
  const { dependencies, bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Locked & { readonly bin: object }
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>
  }
  const locked: Record<string, object> = {
    'node_modules/keyreeve': { version: own.version, resolved: `file:packs/${own.filename}`, dependencies, bin },
  }
  const needed = new Set(Object.keys(dependencies ?? {}).map((name) => `node_modules/${name}`))
  for (const path of needed) {
    const entry = packages[path]
    // What is optional may not be there.
    if (entry === undefined || !existsSync(join(ROOT, path))) continue
    const { integrity: _, ...rest } = entry
    locked[path] = { ...rest, resolved: `file:packs/${(await pack(join(ROOT, path))).filename}` }
    for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })) {
      const nested = `${path}/node_modules/${name}`
      needed.add(packages[nested] === undefined ? `node_modules/${name}` : nested)
    }
  }
  return locked
}
