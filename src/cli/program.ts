/** Runs another program: argument array, no shell, its exit code, signals passed on. */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { Refusal } from '../server/refusal.ts'
import type { CliContext } from './command.ts'

/** What shells answer for a program that is not there, or may not be run (POSIX, 2.8.2). */
const NOT_FOUND = 127
const NOT_EXECUTABLE = 126

export type Program = {
  readonly program: string
  readonly words: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly context: Pick<CliContext, 'err' | 'signals' | 'terminal'>
}

/** The program's exit code; 128 and the signal's number where a signal ended it. */
export function runProgram({ program, words, environment, context }: Program): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: 'inherit', env: { ...environment }, shell: false })
    const passOn = (signal: NodeJS.Signals): void => {
      child.kill(signal)
    }
    // A terminal sends its interrupt to the whole group: the program has it already, and we only wait.
    const interrupt = context.terminal ? () => {} : passOn
    const end = (): void => {
      context.signals.off('SIGINT', interrupt)
      context.signals.off('SIGTERM', passOn)
      context.signals.off('SIGHUP', passOn)
    }
    context.signals.on('SIGINT', interrupt)
    context.signals.on('SIGTERM', passOn)
    context.signals.on('SIGHUP', passOn)
    child.once('error', (error: NodeJS.ErrnoException) => {
      end()
      if (error.code !== 'ENOENT' && error.code !== 'EACCES') {
        reject(new Refusal('failed', `${program} could not be started.`, { cause: error }))
        return
      }
      const missing = error.code === 'ENOENT'
      context.err(missing ? `There is no program ${program} on the path.\n` : `${program} may not be run.\n`)
      resolve(missing ? NOT_FOUND : NOT_EXECUTABLE)
    })
    child.once('exit', (code, signal) => {
      end()
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
}
