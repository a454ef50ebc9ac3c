/** Help and manual are made from the tables: nothing that exists is missing in them, and nothing else stands there. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EXIT_CODES } from '../server/refusal.ts'
import { environmentName, SETTING_NAMES } from '../server/settings.ts'
import { parseCommandLine, settingsOf } from './arguments.ts'
import type { Command } from './command.ts'
import { COMMANDS } from './commands.ts'
import { commandText, overviewText } from './help.ts'
import { manualText, usageLine } from './manual.ts'

/** Line ends and indents are as the width asks. */
const flowing = (text: string): string => text.replaceAll(/\s+/g, ' ')
const optionsOf = ({ options = {} }: Command) => Object.entries(options)

test('the overview names every command with its summary, and fits a terminal', () => {
  const text = overviewText(COMMANDS, '1.2.3')
  assert.match(text, /^Keyreeve 1\.2\.3: /)
  for (const { name, summary } of COMMANDS) assert.ok(flowing(text).includes(` ${name} ${summary}.`), name)
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line)
})

for (const command of COMMANDS) {
  test(`help ${command.name}: every option, setting and example`, () => {
    const text = commandText(command)
    const flows = flowing(text)
    assert.ok(flows.startsWith(`${command.summary}. Usage: ${usageLine(command)} `))
    for (const [name, { form, about }] of optionsOf(command))
      assert.ok(flows.includes(` --${name}${form === undefined ? '' : ` ${form}`} ${about}`), name)
    for (const name of settingsOf(command)) {
      const setting = SETTING_NAMES.get(name)
      assert.ok(setting !== undefined && flows.includes(` ${setting.about}`), name)
      assert.ok(flows.includes(`[${environmentName(name)}]`), name)
    }
    for (const example of command.examples) assert.ok(text.includes(`\n  ${example}\n`), example)
    const shown = new Set(Array.from(text.matchAll(/^ {2}--([a-z-]+)/gm), ([, name]) => name))
    assert.deepEqual(shown, new Set([...optionsOf(command).map(([name]) => name), ...settingsOf(command)]))
  })

  test(`help ${command.name}: an option does not hide a setting, and the examples are valid`, () => {
    const settings = new Set(settingsOf(command))
    assert.deepEqual(
      optionsOf(command).filter(([name]) => settings.has(name)),
      [],
    )
    for (const example of command.examples) {
      const words = wordsOf(example)
      assert.equal(parseCommandLine(words, COMMANDS).command.name, command.name, example)
    }
  })
}

/** The words behind `keyreeve` in an example, up to a pipe or the end of a command substitution. */
function wordsOf(example: string): readonly string[] {
  const [, line = ''] = /keyreeve ([^|)]*)/.exec(example) ?? []
  return Array.from(line.matchAll(/"([^"]*)"|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? '').filter(
    (word) => word !== '"',
  )
}

test('the exit codes stand in the help of start and in the manual', () => {
  const start = COMMANDS.find(({ name }) => name === 'start')
  assert.ok(start !== undefined)
  const manual = manualText(COMMANDS)
  for (const { code, meaning } of Object.values(EXIT_CODES)) {
    assert.ok(flowing(commandText(start)).includes(` ${code} ${meaning}`), meaning)
    assert.ok(manual.includes(`| ${code} | ${meaning} |\n`), meaning)
  }
})

test('the manual has a section for every command and every setting, once', () => {
  const titles = Array.from(manualText(COMMANDS).matchAll(/^### (.+)$/gm), ([, title]) => title)
  assert.deepEqual(titles, [...COMMANDS.map(({ name }) => `keyreeve ${name}`), ...SETTING_NAMES.keys()])
})

test('the manual says all that the tables say', () => {
  const text = manualText(COMMANDS)
  const cell = (written: string): string => written.replaceAll('|', '\\|')
  for (const command of COMMANDS) {
    for (const paragraph of command.details ?? []) assert.ok(text.includes(`\n${paragraph}\n`), paragraph)
    for (const [name, { about }] of optionsOf(command)) {
      assert.ok(text.includes(`| \`--${name}`), name)
      assert.ok(text.includes(`| ${cell(about)} |\n`), about)
    }
  }
  for (const [name, { about, kind, refusedFrom, fallback, fallbackInWords }] of SETTING_NAMES) {
    assert.ok(text.includes(`\n### ${name}\n\n${about}\n`), name)
    assert.ok(text.includes(refusedFrom?.flag ?? `- Flag: \`--${name}${kind.form === '' ? '' : ` ${kind.form}`}\`\n`), name)
    assert.ok(text.includes(refusedFrom?.environment ?? `- Environment: \`${environmentName(name)}\`\n`), name)
    assert.ok(text.includes(`- Default: ${fallbackInWords ?? fallback ?? 'none'}\n`), name)
  }
})

test('every link inside the manual leads to a heading', () => {
  const text = manualText(COMMANDS)
  const anchors = new Set(Array.from(text.matchAll(/^#+ (.+)$/gm), ([, title = '']) => title.toLowerCase().replaceAll(' ', '-')))
  for (const [, target = ''] of text.matchAll(/\]\(#([^)]+)\)/g)) assert.ok(anchors.has(target), target)
})
