/** The outside world of a command, for tests: what it writes is kept, and its stores are real ones in temporary folders. */
import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CliContext } from '../src/cli/command.ts'
import { COMMANDS } from '../src/cli/commands.ts'
import { run } from '../src/cli/run.ts'
import { adminRun } from '../src/server/admin-contract.ts'
import { administration } from '../src/server/administration.ts'
import { openLogger } from '../src/server/logger.ts'
import { open, type Opening } from '../src/server/open.ts'
import { openServerMetrics } from '../src/server/server-metrics.ts'
import { startServer } from '../src/server/start.ts'

type Ran = { readonly code: number; readonly out: string; readonly err: string }

export type CliWorld = {
  /** A folder of its own; the data directory is `data` in it. */
  readonly folder: string
  readonly data: string
  readonly environment: Record<string, string | undefined>
  readonly signals: EventEmitter
  /** What the server or the store logged. */
  readonly log: readonly string[]
  /** Runs one command line; `--data` comes from the environment. `onOut` sees each text as it is written. */
  run(words: readonly string[], onOut?: (text: string) => void): Promise<Ran>
  remove(): void
}

/** A world whose commands find their data in a temporary folder, and no `aws` on the path. */
export function cliWorld(): CliWorld {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-cli-'))
  const data = join(folder, 'data')
  const environment: Record<string, string | undefined> = { KEYREEVE_DATA: data, PATH: folder }
  const signals = new EventEmitter()
  const log: string[] = []
  const opening = (): Opening => ({
    logger: openLogger({ level: 'info', format: 'json', write: (line) => log.push(line), clock: Date.now }),
    metrics: openServerMetrics(),
    clock: Date.now,
  })
  const outside: Omit<CliContext, 'out' | 'err'> = {
    environment,
    workingDirectory: folder,
    platform: process.platform,
    terminal: false,
    version: '1.2.3',
    clock: Date.now,
    signals,
    commands: COMMANDS,
    startServer: (config) => startServer(config, opening()),
    async openServices(config) {
      const opened = await open(config, opening())
      return { admin: adminRun(administration, opened), close: () => opened.close() }
    },
  }
  return {
    folder,
    data,
    environment,
    signals,
    log,
    async run(words, onOut) {
      let out = ''
      let err = ''
      const heard = (text: string): void => {
        out += text
        onOut?.(text)
      }
      const code = await run(words, { ...outside, out: heard, err: (text) => void (err += text) })
      return { code, out, err }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
