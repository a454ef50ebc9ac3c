/** The dimensions that every statement has: the action and the resource. */
import type { PolicyVersion } from '../document.ts'
import {
  type Choice,
  type Dimension,
  distinct,
  type Assignment,
  fillingOf,
  maskOf,
  type Numbered,
  PatternTable,
} from './dimension.ts'
import { OPEN, type Reading, resourcePatterns, textPattern, type TokenPattern } from './pattern.ts'
import type { Budget } from './undecided.ts'

const LITERAL: Reading = { version: '2008-10-17', fill: () => OPEN }
const glob = (text: string): TokenPattern[] => [textPattern(text, 'like', LITERAL)].filter((pattern) => pattern !== undefined)

/** A prefix, a colon and a name, in lower case: actions are compared without regard to case. */
const ACTIONS = glob('?*:?*')
/** ARNs, and the `*` of actions that know no resource. */
const RESOURCES = [
  ...resourcePatterns('arn:*', LITERAL),
  ...[textPattern('*', 'exact', LITERAL)].filter((pattern) => pattern !== undefined),
]

export function actionDimension(statements: readonly Numbered[], budget: Budget): Dimension {
  const table = new PatternTable()
  const tests = statements.map(({ bit, source: { action } }) => ({
    bit,
    negated: action.negated,
    patterns: table.add(action.values.flatMap(({ text }) => glob(text.toLowerCase()))),
  }))
  const choices = [...table.reached({ budget, domain: ACTIONS })].map(({ matched, text, real }): Choice => ({
    mask: maskOf(tests, matched),
    action: text,
    real,
  }))
  return { keys: [], choices: distinct(choices) }
}

/** A statement without a resource is about every resource that its policy belongs to. */
export function resourceDimension(statements: readonly Numbered[], assignment: Assignment, budget: Budget): Dimension {
  const table = new PatternTable()
  const fill = fillingOf(assignment)
  const read = (text: string, version: PolicyVersion): readonly TokenPattern[] => resourcePatterns(text, { version, fill })
  const tests = statements.map(({ bit, version, source: { resource } }) => ({
    bit,
    negated: resource?.negated ?? true,
    patterns: table.add((resource?.values ?? []).flatMap(({ text }) => read(text, version))),
  }))
  const choices = [...table.reached({ budget, domain: RESOURCES })].map(({ matched, text, real }): Choice => ({
    mask: maskOf(tests, matched),
    resource: text,
    real,
  }))
  return { keys: [], choices: distinct(choices) }
}
