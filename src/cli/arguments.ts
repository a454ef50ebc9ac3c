/** Reads the command line against the tables of commands and settings. Whatever is unknown is refused, with the nearest valid name. */
import { unknown } from '../server/config.ts'
import { Refusal } from '../server/refusal.ts'
import { environmentName, SETTING_NAMES } from '../server/settings.ts'
import type { Command, Option } from './command.ts'

export type CommandLine = {
  readonly command: Command
  /** Whether --help was given: show its help instead of running it. */
  readonly help: boolean
  readonly options: ReadonlyMap<string, string>
  readonly settings: ReadonlyMap<string, string>
  readonly operands: readonly string[]
}

/** A flag that a command takes. `takesValue`: `--port 1`; else `--memory`, `--no-memory`. */
type Flag = { readonly setting: boolean; readonly takesValue: boolean }

/** Words that stand for a command. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['--help', 'help'],
  ['-h', 'help'],
  ['--version', 'version'],
  ['-v', 'version'],
])

/** What may stand behind the equals sign of an option that takes no value. */
const SWITCH_VALUES: ReadonlySet<string> = new Set(['true', 'false'])

/** The flags of settings that a command takes. */
export function settingsOf(command: Command): readonly string[] {
  if (!command.configured) return []
  return Array.from(SETTING_NAMES)
    .filter(
      ([, { commands, refusedFrom }]) =>
        refusedFrom?.flag === undefined && (commands === 'every' || commands.includes(command.name)),
    )
    .map(([name]) => name)
}

/** Throws `Refusal`. */
export function parseCommandLine(words: readonly string[], commands: readonly Command[]): CommandLine {
  const { command, rest } = findCommand(words, commands)
  const flags = flagsOf(command)
  const operands: string[] = []
  const read = { options: new Map<string, string>(), settings: new Map<string, string>() }
  let help = false
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] ?? ''
    if (word === '--') {
      operands.push(...rest.slice(index + 1))
      break
    }
    if (word === '--help' || word === '-h') help = true
    else if (word.length < 2 || !word.startsWith('-')) operands.push(refuseEarlyOperand(word, command))
    else if (takeFlag({ word, next: rest[index + 1], command, flags, read })) index += 1
  }
  const max = command.operands?.max ?? 0
  const surplus = operands[max]
  if (surplus !== undefined) throw usage(command, `There is a word too many: ${JSON.stringify(surplus)}.`)
  return { command, help, operands, ...read }
}

function findCommand(
  words: readonly string[],
  commands: readonly Command[],
): { readonly command: Command; readonly rest: readonly string[] } {
  const [first = 'help', second = ''] = words
  const named = (name: string): Command | undefined => commands.find((command) => command.name === name)
  const two = named(`${first} ${second}`)
  if (two !== undefined) return { command: two, rest: words.slice(2) }
  const one = named(ALIASES.get(first) ?? first)
  if (one !== undefined) return { command: one, rest: words.slice(1) }
  if (first.startsWith('-')) throw new Refusal('usage', `Write the command before its flags, such as: keyreeve start ${first}`)
  const group = commands.filter((command) => command.name.startsWith(`${first} `)).map((command) => `keyreeve ${command.name}`)
  if (group.length > 0 && (second === '' || second.startsWith('-'))) throw new Refusal('usage', `Which one? ${group.join(', ')}`)
  const names = commands.map((command) => command.name)
  const asked = names.some((name) => name.startsWith(`${first} `)) ? `${first} ${second}` : first
  throw new Refusal('usage', `${unknown('command', asked, names)}\nSee all commands with: keyreeve help`)
}

function flagsOf(command: Command): ReadonlyMap<string, Flag> {
  const own: Readonly<Record<string, Option>> = command.options ?? {}
  const options = Object.entries(own).map(
    ([name, { form }]) => [name, { setting: false, takesValue: form !== undefined }] as const,
  )
  const settings = settingsOf(command).map(
    (name) => [name, { setting: true, takesValue: SETTING_NAMES.get(name)?.kind.form !== '' }] as const,
  )
  return new Map<string, Flag>([...options, ...settings])
}

type Taking = {
  readonly word: string
  readonly next: string | undefined
  readonly command: Command
  readonly flags: ReadonlyMap<string, Flag>
  readonly read: { readonly options: Map<string, string>; readonly settings: Map<string, string> }
}

/** Takes one flag; whether it took the next word as its value. */
function takeFlag({ word, next, command, flags, read }: Taking): boolean {
  const { written, inline } = split(word)
  const negated = written.startsWith('--no-') && flags.get(written.slice(5))?.takesValue === false
  const name = negated ? written.slice(5) : written.slice(2)
  const flag = written.startsWith('--') ? flags.get(name) : undefined
  if (flag === undefined) throw usage(command, unknownFlag(written, command, flags))
  const target = flag.setting ? read.settings : read.options
  if (target.has(name)) throw usage(command, `--${name} is given twice.`)
  if (flag.takesValue) {
    target.set(name, inline ?? valueOf(name, next, command))
    return inline === undefined
  }
  if (inline !== undefined) refuseSwitchValue({ name, negated, flag, inline, command })
  target.set(name, inline ?? String(!negated))
  return false
}

type SwitchValue = {
  readonly name: string
  readonly negated: boolean
  readonly flag: Flag
  readonly inline: string
  readonly command: Command
}

/** Refused here, before anything is done; a setting's own reader judges what a setting may be. */
function refuseSwitchValue({ name, negated, flag, inline, command }: SwitchValue): void {
  if (negated) throw usage(command, `--no-${name} takes no value.`)
  if (!flag.setting && !SWITCH_VALUES.has(inline)) throw usage(command, `--${name} takes no value.`)
}

/** `--port=1` as its two halves. */
function split(word: string): { readonly written: string; readonly inline?: string } {
  const equals = word.indexOf('=')
  return equals < 0 ? { written: word } : { written: word.slice(0, equals), inline: word.slice(equals + 1) }
}

/** The next word, where it is a value: a word with a dash before it is the next flag. */
function valueOf(name: string, next: string | undefined, command: Command): string {
  if (next !== undefined && (next === '-' || !next.startsWith('-'))) return next
  throw usage(command, `--${name} needs a value. (Where the value begins with a dash, write --${name}=VALUE.)`)
}

function unknownFlag(written: string, command: Command, flags: ReadonlyMap<string, Flag>): string {
  const setting = SETTING_NAMES.get(written.replace(/^--/, ''))
  if (setting?.refusedFrom?.flag !== undefined) {
    return `${written} is not accepted on the command line. ${setting.refusedFrom.flag} Set ${environmentName(written.replace(/^--/, ''))} instead.`
  }
  if (setting?.commands === 'every') return `${written} is not a flag of ${command.name}.`
  if (setting !== undefined) return `${written} is a flag of ${setting.commands.join(', ')}, not of ${command.name}.`
  return unknown('flag', written, [...Array.from(flags.keys(), (name) => `--${name}`), '--help'])
}

function refuseEarlyOperand(word: string, command: Command): string {
  if (command.operands?.behindDashes !== true) return word
  throw usage(command, `Put -- before the command to run, such as: keyreeve ${command.name} -- ${word}`)
}

function usage(command: Command, message: string): Refusal {
  return new Refusal('usage', `${message}\nSee its flags with: keyreeve help ${command.name}`)
}
