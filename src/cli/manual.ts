/** The manual, as Markdown. docs/guide/manual.md is a copy of it; a test keeps them equal. */
import { EXIT_CODES } from '../server/refusal.ts'
import type { Setting, Source } from '../server/setting.ts'
import { CONFIG_FILE, ENVIRONMENT_PREFIX, environmentName, SETTING_NAMES } from '../server/settings.ts'
import { settingsOf } from './arguments.ts'
import type { Command } from './command.ts'

/** The whole manual. */
export function manualText(commands: readonly Command[]): string {
  return `# The manual of Keyreeve

<!-- Made by \`keyreeve manual\` from the tables in src/cli and src/server/settings.ts. Do not edit: change the tables. -->

## Commands

${commands.map(({ name, summary }) => `- [\`keyreeve ${name}\`](#keyreeve-${name.replace(' ', '-')}): ${summary}.\n`).join('')}
${commands.map(commandSection).join('\n')}
${SETTINGS_INTRODUCTION}
${Array.from(SETTING_NAMES, ([name, setting]) => settingSection(name, setting)).join('\n')}
## Exit codes

| code | meaning |
| --- | --- |
${Object.values(EXIT_CODES)
  .map(({ code, meaning }) => `| ${code} | ${meaning} |\n`)
  .join('')}
\`keyreeve exec\` ends with the exit code of the command that it ran: 126 where that may not be run, 127 where there is none of that name, 128 and the signal's number where a signal ended it.
`
}

/** `keyreeve exec [FLAGS] -- COMMAND [WORDS]` */
export function usageLine({ name, options, operands, configured }: Command): string {
  const flags = options !== undefined || configured ? ' [FLAGS]' : ''
  return `keyreeve ${name}${flags}${operands === undefined ? '' : ` ${operands.form}`}`
}

/** The default of a setting in words, or undefined where it has none worth naming. */
export function defaultOf({ fallback, fallbackInWords }: Setting<unknown>): string | undefined {
  return fallbackInWords ?? fallback
}

const SETTINGS_INTRODUCTION = `## Settings

A setting is given as a flag, as an environment variable, or in the configuration file; the first of these that names it counts. The configuration file is \`${CONFIG_FILE}\` in the data directory, or the one that \`--config\` names. It holds one JSON object; its keys are the names of the flags without the dashes:

\`\`\`json
{ "port": 8080, "log-format": "json" }
\`\`\`

A flag, a variable that begins with \`${ENVIRONMENT_PREFIX}\`, or a key that nobody knows stops the command, which then names the nearest valid one. Relative paths start from the working directory, in the configuration file from the file's own folder.
`

function commandSection(command: Command): string {
  const options = Object.entries(command.options ?? {}).map(
    ([name, { form, about }]) => `| \`--${name}${form === undefined ? '' : ` ${cell(form)}`}\` | ${cell(about)} |\n`,
  )
  const settings = settingsOf(command).map((name) => `[\`--${name}\`](#${name})`)
  const parts = [
    `### keyreeve ${command.name}\n`,
    `${command.summary}.\n`,
    `\`\`\`text\n${usageLine(command)}\n\`\`\`\n`,
    ...(command.details ?? []).map((paragraph) => `${paragraph}\n`),
    options.length === 0 ? '' : `| flag | meaning |\n| --- | --- |\n${options.join('')}`,
    settings.length === 0 ? '' : `Settings: ${settings.join(', ')}.\n`,
    `\`\`\`sh\n${command.examples.join('\n')}\n\`\`\`\n`,
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function settingSection(name: string, setting: Setting<unknown>): string {
  const { kind, about, refusedFrom } = setting
  const written: Readonly<Record<Source, string>> = {
    flag: `\`--${name}${kind.form === '' ? '' : ` ${kind.form}`}\``,
    environment: `\`${environmentName(name)}\``,
    file: `\`"${name}"\``,
  }
  const from = (source: Source): string =>
    refusedFrom?.[source] === undefined ? written[source] : `not accepted: ${refusedFrom[source]}`
  return `### ${name}

${about}

- Flag: ${from('flag')}
- Environment: ${from('environment')}
- Configuration file: ${from('file')}
- Default: ${defaultOf(setting) ?? 'none'}
`
}

/** A bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
