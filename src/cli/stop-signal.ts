/** How a command that runs until it is told to stop hears of it. */
import type { CliContext } from './command.ts'

/** Ctrl-C under npm arrives twice: from the terminal, and from npm which passes it on. */
const SAME_KEYPRESS_MS = 500

/** Resolves with the first signal to stop. Listens from now on, so that a signal during the start counts too. */
export function stopSignal({ signals }: Pick<CliContext, 'signals'>): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const heard = (signal: NodeJS.Signals): void => {
      resolve(signal)
      setTimeout(() => {
        // From here on the default is back: the next signal ends the process at once.
        signals.off('SIGINT', heard)
        signals.off('SIGTERM', heard)
      }, SAME_KEYPRESS_MS).unref()
    }
    signals.on('SIGINT', heard)
    signals.on('SIGTERM', heard)
  })
}
