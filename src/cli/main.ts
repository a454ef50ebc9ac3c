/** The program's beginning: hands the real outside world to the command line. The server is loaded only by commands that need it. */
import packageFile from '../../package.json' with { type: 'json' }
import type { Config } from '../server/config.ts'
import { type Level, openLogger } from '../server/logger.ts'
import type { Opening } from '../server/open.ts'
import type { Command, OpenServices, RunningServer } from './command.ts'
import { run } from './run.ts'
import { start } from './start.ts'

/** What still holds the process open this long after its command ended is cut off. */
const LAST_WORDS_MS = 1_000

/** Runs the command line of this process, and sets its exit code. */
export async function main(): Promise<void> {
  const words = process.argv.slice(2)
  process.exitCode = await run(words, {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    environment: process.env,
    workingDirectory: process.cwd(),
    platform: process.platform,
    terminal: process.stderr.isTTY,
    version: packageFile.version,
    clock: Date.now,
    signals: process,
    commands: await commandsFor(words),
    startServer,
    openServices,
  })
  setTimeout(() => process.exit(), LAST_WORDS_MS).unref()
}

/** A server stays for long, and has no use for the other commands. */
async function commandsFor([word]: readonly string[]): Promise<readonly Command[]> {
  return word === start.name ? [start] : (await import('./commands.ts')).COMMANDS
}

async function startServer(config: Config): Promise<RunningServer> {
  const server = await import('../server/start.ts')
  return server.startServer(config, await opening(config, config.logLevel))
}

/** The store, for one administrative command: its log is for trouble only. */
async function openServices(config: Config): Promise<OpenServices> {
  const [{ open }, { administration }, { adminRun }] = await Promise.all([
    import('../server/open.ts'),
    import('../server/administration.ts'),
    import('../server/admin-contract.ts'),
  ])
  const opened = await open(config, await opening(config, 'warn'))
  return { admin: adminRun(administration, opened), close: () => opened.close() }
}

async function opening({ logFormat }: Config, level: Level): Promise<Opening> {
  const { openServerMetrics } = await import('../server/server-metrics.ts')
  const logger = openLogger({ level, format: logFormat, write: (line) => process.stderr.write(line), clock: Date.now })
  return { logger, metrics: openServerMetrics(), clock: Date.now }
}
