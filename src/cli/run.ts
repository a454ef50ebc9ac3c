/** One run of the command line: parse, configure, run, and say what went wrong in words for people. */
import { readFileSync } from 'node:fs'
import { Fault } from '../aws/fault.ts'
import { readConfig } from '../server/config.ts'
import { redactText } from '../server/redact.ts'
import { EXIT_CODES, Refusal } from '../server/refusal.ts'
import { parseCommandLine } from './arguments.ts'
import type { CliContext } from './command.ts'
import { commandText } from './help.ts'

/** Runs a command line (without the program's name); returns the exit code. Never throws. */
export async function run(words: readonly string[], context: CliContext): Promise<number> {
  try {
    const { command, help, options, operands, settings } = parseCommandLine(words, context.commands)
    if (help) {
      context.out(commandText(command))
      return EXIT_CODES.done.code
    }
    const { environment, workingDirectory, terminal } = context
    const config = () => readConfig({ flags: settings, environment, workingDirectory, terminal, readFile })
    return await command.run({ options, operands, config }, context)
  } catch (error) {
    const { text, code } = explain(error)
    context.err(`${text}\n`)
    return code
  }
}

/** What to tell the operator of an error, and the exit code. */
export function explain(error: unknown): { readonly text: string; readonly code: number } {
  if (error instanceof Refusal) return { text: error.message, code: EXIT_CODES[error.exit].code }
  if (error instanceof Fault) return { text: error.message, code: EXIT_CODES.failed.code }
  const known = error instanceof Error && 'code' in error ? SYSTEM_ERRORS.get(String(error.code)) : undefined
  if (known !== undefined) return { text: known.text(redactText(String(error))), code: EXIT_CODES[known.exit].code }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { text: `Something failed that should not. Please report it:\n${redactText(trace)}`, code: EXIT_CODES.failed.code }
}

type SystemError = { readonly exit: keyof typeof EXIT_CODES; readonly text: (original: string) => string }

/** The system's own errors that an operator can do something about. */
const SYSTEM_ERRORS: ReadonlyMap<string, SystemError> = new Map([
  [
    'EADDRINUSE',
    {
      exit: 'taken',
      text: (original) => `The port is in use (${original}). Choose another with --port, or stop the program that has it.`,
    },
  ],
  [
    'EADDRNOTAVAIL',
    { exit: 'usage', text: (original) => `This machine does not have that address (${original}). Choose another with --host.` },
  ],
  ['ENOTFOUND', { exit: 'usage', text: (original) => `That name does not resolve (${original}).` }],
  [
    'EACCES',
    {
      exit: 'failed',
      text: (original) => `The system does not permit it (${original}). Ports below 1024 and foreign folders need more rights.`,
    },
  ],
  ['ENOSPC', { exit: 'failed', text: (original) => `The disk is full (${original}).` }],
])

function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined
    throw error
  }
}
