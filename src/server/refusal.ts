/** A refusal meant for the operator: the command cannot be done as asked. It carries the process's exit code. */

/** Exit codes of the program; the manual prints this table. */
export const EXIT_CODES = {
  done: { code: 0, meaning: 'The command did what it was asked.' },
  failed: { code: 1, meaning: 'The command failed, a check failed, or this Node is too old.' },
  usage: {
    code: 2,
    meaning: 'The command line, an environment variable or the configuration file is wrong. Nothing was started or changed.',
  },
  taken: { code: 3, meaning: 'Another server uses the same data directory or the same port.' },
} as const

export type ExitName = keyof typeof EXIT_CODES

/** The message is for people: whole sentences, the next step included, no secret. */
export class Refusal extends Error {
  readonly exit: ExitName

  constructor(exit: ExitName, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Refusal'
    this.exit = exit
  }
}
