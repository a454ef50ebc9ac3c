/** The values of a command's own flags. */
import { Refusal } from '../server/refusal.ts'
import { Misfit } from '../server/setting.ts'
import type { Asked } from './command.ts'

/** Longer values are shortened in complaints. */
const MAX_SHOWN = 100

/** The text as a value of this kind. Throws `Refusal` in words for people. */
export function readOption<T>(kind: { readonly read: (text: string) => T }, name: string, text: string): T {
  try {
    return kind.read(text)
  } catch (error) {
    if (!(error instanceof Misfit)) throw error
    throw new Refusal('usage', `--${name} must be ${error.message}, not ${JSON.stringify(text.slice(0, MAX_SHOWN))}.`)
  }
}

/** The value of an option that must be there. */
export function required(options: Asked['options'], name: string): string {
  const value = options.get(name)
  if (value === undefined || value === '') throw new Refusal('usage', `--${name} is missing.`)
  return value
}

/** Whether an option without value is on. */
export function isOn(options: Asked['options'], name: string): boolean {
  return options.get(name) === 'true'
}
