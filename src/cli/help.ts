/** `keyreeve help`, `keyreeve manual` and `keyreeve version`: everything is made from the tables of commands and settings. */
import { EXIT_CODES, Refusal } from '../server/refusal.ts'
import { environmentName, SETTING_NAMES } from '../server/settings.ts'
import { settingsOf } from './arguments.ts'
import type { Command } from './command.ts'
import { defaultOf, manualText, usageLine } from './manual.ts'
import { wrapped } from './text.ts'

const FLAG_INDENT = 26

export const help: Command = {
  name: 'help',
  summary: 'Show the commands, or the flags of one command',
  operands: { form: '[COMMAND]', max: 2 },
  configured: false,
  examples: ['keyreeve help', 'keyreeve help account create'],
  async run({ operands }, { commands, out, version }) {
    if (operands.length === 0) {
      out(overviewText(commands, version))
      return 0
    }
    const name = operands.join(' ')
    const asked = commands.filter((command) => command.name === name || command.name.startsWith(`${name} `))
    if (asked.length === 0)
      throw new Refusal('usage', `There is no command ${JSON.stringify(name)}. See all commands with: keyreeve help`)
    out(asked.map(commandText).join('\n'))
    return 0
  },
}

export const manual: Command = {
  name: 'manual',
  summary: 'Print the whole manual as Markdown',
  configured: false,
  examples: ['keyreeve manual | less'],
  async run(_asked, { commands, out }) {
    out(manualText(commands))
    return 0
  },
}

export const version: Command = {
  name: 'version',
  summary: 'Print the version',
  configured: false,
  examples: ['keyreeve --version'],
  async run(_asked, context) {
    context.out(`${context.version}\n`)
    return 0
  },
}

/** What `keyreeve help` prints. */
export function overviewText(commands: readonly Command[], versionNumber: string): string {
  const indent = Math.max(...commands.map(({ name }) => name.length)) + 4
  const lines = commands.map(({ name, summary }) => wrapped(`${summary}.`, indent, `  ${name}`)).join('')
  return `Keyreeve ${versionNumber}: a self-hosted, AWS-compatible identity and access plane.

Usage: keyreeve COMMAND [FLAGS]

${lines}
Flags and examples of a command: keyreeve help COMMAND
Everything: keyreeve manual
`
}

/** What `keyreeve help COMMAND` prints. */
export function commandText(command: Command): string {
  const options = Object.entries(command.options ?? {}).map(([name, { form, about }]) => flagText(name, form ?? '', about))
  const settings = settingsOf(command).flatMap((name) => settingText(name))
  const parts = [
    `${command.summary}.\n`,
    `Usage: ${usageLine(command)}\n`,
    section('Flags', options),
    section('Settings (also from the environment and the configuration file)', settings),
    section(
      'Examples',
      command.examples.map((example) => `  ${example}\n`),
    ),
    command.name === 'start'
      ? section(
          'Exit codes',
          Object.values(EXIT_CODES).map(({ code, meaning }) => wrapped(meaning, 5, `  ${code}`)),
        )
      : '',
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function settingText(name: string): readonly string[] {
  const setting = SETTING_NAMES.get(name)
  if (setting === undefined) return []
  const fallback = defaultOf(setting)
  const tail = `${fallback === undefined ? '' : ` Default: ${fallback}.`} [${environmentName(name)}]`
  return [flagText(name, setting.kind.form, `${setting.about}${tail}`)]
}

function flagText(name: string, form: string, about: string): string {
  const flag = `  --${name}${form === '' ? '' : ` ${form}`}`
  return flag.length + 2 > FLAG_INDENT ? `${flag}\n${wrapped(about, FLAG_INDENT)}` : wrapped(about, FLAG_INDENT, flag)
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}\n${lines.join('')}`
}
