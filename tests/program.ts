/** The whole program as child processes: started by its first file, ended by its id, its data in temporary folders. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export type Ended = {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

export type Running = {
  readonly endpoint: string
  /** Its output up to the ready line. */
  readonly ready: string
  /** What it wrote to its errors so far: the log, and the words at its end. */
  err(): string
  /** Sends the signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Ended>
}

export type Surroundings = { readonly environment?: Readonly<Record<string, string>>; readonly folder: string }

const PROGRAM = fileURLToPath(new URL('../bin/keyreeve.js', import.meta.url))
/** A start of the program takes well under a second; a busy machine gets a minute. */
const PATIENCE_MS = 60_000

const folders: string[] = []
const children = new Set<ChildProcess>()

/** A temporary folder, removed by `cleanUp`. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-program-'))
  folders.push(folder)
  return folder
}

/** Ends what a failed test left, and removes the folders. */
export function cleanUp(): void {
  for (const child of children) child.kill('SIGKILL')
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}

function launch(
  words: readonly string[],
  { environment = {}, folder }: Surroundings,
): { readonly child: ChildProcess; readonly ended: Promise<Ended>; readonly out: () => string; readonly err: () => string } {
  // Nothing of the tester's own settings reaches the program; PATH is needed for `node` in `exec`.
  const env = { PATH: process.env['PATH'] ?? '', ...environment }
  const child = spawn(process.execPath, [PROGRAM, ...words], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')))
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      children.delete(child)
      resolve({ code, signal, out, err })
    })
  })
  return { child, ended, out: () => out, err: () => err }
}

/** Runs one command to its end. */
export function keyreeve(words: readonly string[], surroundings: Surroundings): Promise<Ended> {
  return launch(words, surroundings).ended
}

/** Starts a server on a free port, and waits until it says that it is ready. */
export function startProgram(words: readonly string[], surroundings: Surroundings): Promise<Running> {
  return startCommand(['start', '--port', '0', ...words], surroundings)
}

/** Starts a command that runs until it is stopped, and waits until it says that it is ready. */
export async function startCommand(words: readonly string[], surroundings: Surroundings): Promise<Running> {
  const { child, ended, out, err } = launch(words, surroundings)
  const ready = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      if (/Ready\./.test(out())) resolve(out())
    })
    void ended.then(({ code, err: said }) => reject(new Error(`${words[0]} ended with ${code}: ${said}`)))
  })
  const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(ready)?.[0] ?? ''
  const stop = (signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> => {
    child.kill(signal)
    return ended
  }
  return { endpoint, ready, err, stop }
}
