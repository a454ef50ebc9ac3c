/** Reads the conformance corpus as it is published. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Case } from './question.ts'

const FOLDER = fileURLToPath(new URL('../../conformance/', import.meta.url))

export type Theme = { readonly file: string; readonly about: string; readonly cases: readonly Case[] }

/** Every theme, in the order of its file's name. */
export function readCorpus(): readonly Theme[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))
  return files.toSorted().map((name) => {
    const { about, cases } = JSON.parse(readFileSync(`${FOLDER}${name}`, 'utf8')) as Omit<Theme, 'file'>
    return { file: name.slice(0, -'.json'.length), about, cases }
  })
}
