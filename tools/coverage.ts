/** Writes docs/coverage.md: for each service, which operations of its model are done and which are not. Run: node tools/coverage.ts */
import { writeFileSync } from 'node:fs'
import { readModel } from '../src/protocol/model-files.ts'
import { services } from '../src/services/index.ts'

export const COVERAGE_PAGE = new URL('../docs/coverage.md', import.meta.url)

type Coverage = {
  readonly service: string
  readonly version: string
  readonly done: readonly string[]
  readonly missing: readonly string[]
}

/** The page as Markdown, made from the table of services and the models. */
export function coverageText(): string {
  const rows = [...services.keys()].map(coverageOf)
  return `# Coverage

<!-- Made by \`node tools/coverage.ts\` from src/services/index.ts and models/. Do not edit: run it again. -->

An operation is done, or it is not there: the server answers 501 \`NotImplemented\` to the others and names them. There is no operation
that only pretends. Services that are not in this table are unknown to the server.

| service | version of its API | operations | done | not done |
| --- | --- | ---: | ---: | ---: |
${[...rows.map(rowOf), totalOf(rows)].join('')}
${rows.map(sectionOf).join('\n')}`
}

function coverageOf(service: string): Coverage {
  const { operations, version } = readModel(service)
  const table = new Set(services.get(service)?.operations.map(({ name }) => name))
  const names = [...operations.keys()].toSorted()
  return { service, version, done: names.filter((name) => table.has(name)), missing: names.filter((name) => !table.has(name)) }
}

function rowOf({ service, version, done, missing }: Coverage): string {
  return `| [\`${service}\`](#${service}) | ${version} | ${done.length + missing.length} | ${done.length} | ${missing.length} |\n`
}

function totalOf(rows: readonly Coverage[]): string {
  const done = rows.reduce((sum, row) => sum + row.done.length, 0)
  const missing = rows.reduce((sum, row) => sum + row.missing.length, 0)
  return `| all | | ${done + missing} | ${done} | ${missing} |\n`
}

function sectionOf({ service, done, missing }: Coverage): string {
  return `## ${service}\n\nDone: ${listed(done)}\n\nNot done: ${listed(missing)}\n`
}

const listed = (names: readonly string[]): string =>
  names.length === 0 ? 'none.' : `${names.map((name) => `\`${name}\``).join(', ')}.`

if (import.meta.main) writeFileSync(COVERAGE_PAGE, coverageText())
