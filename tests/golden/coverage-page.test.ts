/** docs/coverage.md says what the tables of services say. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { missingOperations } from '../../src/server/registry.ts'
import { services } from '../../src/services/index.ts'
import { COVERAGE_PAGE, coverageText } from '../../tools/coverage.ts'

test('docs/coverage.md is what tools/coverage.ts writes', () => {
  assert.equal(readFileSync(COVERAGE_PAGE, 'utf8'), coverageText(), 'run: node tools/coverage.ts')
})

test('the page names every operation once, and calls missing what the server calls missing', () => {
  const sections = coverageText().split(/^## /m).slice(1)
  const named = (section: string, title: string): readonly string[] => {
    const service = section.slice(0, section.indexOf('\n'))
    const line = section.split('\n').find((one) => one.startsWith(`${title}: `)) ?? ''
    return Array.from(line.matchAll(/`(\w+)`/g), ([, name = '']) => `${service}:${name}`)
  }
  const done = [...services.values()].flatMap(({ name, operations }) => operations.map((operation) => `${name}:${operation.name}`))
  assert.deepEqual(sections.flatMap((section) => named(section, 'Done')).toSorted(), done.toSorted())
  assert.deepEqual(sections.flatMap((section) => named(section, 'Not done')).toSorted(), missingOperations().toSorted())
})
