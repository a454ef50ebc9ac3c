/** What a command of the command line is, and what of the outside world it may use. */
import type { AdminRun } from '../server/admin-contract.ts'
import type { Config } from '../server/config.ts'

/** A flag of one command, beside the settings that it takes. */
export type Option = {
  /** How its value is written in help; absent: the flag takes no value. */
  readonly form?: string
  readonly about: string
}

export type Command = {
  /** One word or two: `start`, `account create`. */
  readonly name: string
  /** One sentence, without its full stop. */
  readonly summary: string
  /** Paragraphs of the manual, in Markdown. */
  readonly details?: readonly string[]
  readonly options?: Readonly<Record<string, Option>>
  /** Words behind the flags. `behindDashes`: they stand behind `--`, and are taken as they are. */
  readonly operands?: { readonly form: string; readonly max: number; readonly behindDashes?: true }
  /** Whether the configuration is read, and its flags accepted. */
  readonly configured: boolean
  readonly examples: readonly string[]
  /** Returns the process's exit code. Throws `Refusal` or `Fault`. */
  readonly run: (asked: Asked, context: CliContext) => Promise<number>
}

/** What was asked of a command. */
export type Asked = {
  readonly options: ReadonlyMap<string, string>
  readonly operands: readonly string[]
  /** The configuration; throws `Refusal` where it is wrong. */
  readonly config: () => Config
}

export type RunningServer = {
  readonly endpoint: string
  readonly admin: AdminRun
  /** Resolves when the server cannot go on. */
  readonly failed: Promise<Error>
  close(): Promise<void>
}
export type OpenServices = { readonly admin: AdminRun; close(): Promise<void> }

type Listener = (signal: NodeJS.Signals) => void
/** The process, as far as signals go. */
export type Signals = {
  on(signal: NodeJS.Signals, listener: Listener): unknown
  off(signal: NodeJS.Signals, listener: Listener): unknown
}

/** The outside world. `main` hands in the real one. */
export type CliContext = {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly workingDirectory: string
  readonly platform: NodeJS.Platform
  /** Whether people read what is written. */
  readonly terminal: boolean
  readonly version: string
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly signals: Signals
  readonly commands: readonly Command[]
  readonly startServer: (config: Config) => Promise<RunningServer>
  readonly openServices: (config: Config) => Promise<OpenServices>
}
