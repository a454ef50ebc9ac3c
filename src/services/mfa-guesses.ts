/** Counts wrong codes, so that whoever stole a key cannot try codes until one fits: six digits last for minutes at the pace of a server. */
import { GenerationCache } from '../aws/generation-cache.ts'
import { Fault } from '../aws/fault.ts'
import type { Outside } from './operation.ts'

/** Wrong codes of a device within the window. AWS tells no number. Five codes of a million are right at a time: at this pace guessing takes years. */
const MAX_WRONG = 20
const WINDOW_MS = 21_600_000
/** Devices with a wrong code lately. */
const MAX_DEVICES = 10_000

type Guesses = { wrong: number; readonly since: number }

/** One memory for each server in the process: tests have several. */
const memories = new WeakMap<Outside['claim'], GenerationCache<string, Guesses>>()

/**
 * Begins the check of a code, which counts as wrong until `wasRight` is called: however many are checked at the same time, no more than
 * the limit are. Throws Throttling where too many were wrong. `now`: milliseconds.
 */
export function beginGuess(
  device: string,
  { claim, now }: Pick<Outside, 'claim'> & { readonly now: number },
): { readonly wasRight: () => void } {
  const memory = memoryOf(claim)
  const known = memory.get(device)
  const guesses = known === undefined || now - known.since >= WINDOW_MS ? { wrong: 0, since: now } : known
  if (guesses.wrong >= MAX_WRONG) throw new Fault('Throttling', 'Rate exceeded', { status: 400 })
  guesses.wrong += 1
  memory.set(device, guesses)
  return { wasRight: () => void (guesses.wrong -= 1) }
}

function memoryOf(claim: Outside['claim']): GenerationCache<string, Guesses> {
  const known = memories.get(claim)
  if (known !== undefined) return known
  const memory = new GenerationCache<string, Guesses>(MAX_DEVICES)
  memories.set(claim, memory)
  return memory
}
