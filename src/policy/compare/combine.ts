/** All dimensions together: the sets of statements that some request meets, and a request for those that are asked for. */
import type { ContextValue } from '../context.ts'
import { OWNER, type Stranger } from './callers.ts'
import { type Assignment, type Choice, type Dimension, type Numbered, type Piece } from './dimension.ts'
import type { PolicyKind } from './kind.ts'
import { groupsOf } from './groups.ts'
import { keyDimension } from './key-dimension.ts'
import { principalDimension } from './principal-dimension.ts'
import { actionDimension, resourceDimension } from './texts.ts'
import { type Budget, MAX_CLASSES, Undecided } from './undecided.ts'
import type { KeyTest } from './value-classes.ts'
import type { Witness } from './witness.ts'

/** Whether the statements of a mask are what is looked for. Document 0 is the one asked about. */
export type Goal = (mask: bigint, documents: { readonly allows: (document: 0 | 1, mask: bigint) => boolean }) => boolean

/** A part of all requests. */
export type Restriction = {
  readonly admits: (stranger: Stranger) => boolean
  /** Whether a key may have such a value. */
  readonly takes: (key: string, text: string) => boolean
}
export const UNRESTRICTED: Restriction = { admits: () => true, takes: () => true }

/** `real`: the engine agrees about the witness. `allowing`: the Allow statements that meet the goal, by their bits. */
export type Found = { readonly real: boolean; readonly witness: Witness; readonly allowing: readonly bigint[] }

export type Combining = {
  readonly budget: Budget
  readonly statements: readonly Numbered[]
  readonly keys: ReadonlyMap<string, readonly KeyTest[]>
  readonly kind: PolicyKind
  readonly assignment: Assignment
  readonly restriction: Restriction
  /** Statements of which at least one has to be met. */
  readonly wanted: bigint
  readonly isGoal: (mask: bigint) => boolean
  readonly isConfirmed: (witness: Witness) => boolean
}

/** What was chosen so far, and the choice before it. */
type Link = { readonly piece: Piece; readonly before: Link | undefined }
type Reached = { readonly real: boolean; readonly link: Link | undefined }

/** Undefined where no request meets the goal, real or not. */
export function combined(combining: Combining): Found | undefined {
  const { wanted, isGoal, isConfirmed, assignment } = combining
  const goals = [...reachedMasks(dimensionsOf(combining), combining)].filter(([mask]) => isGoal(mask))
  const real = goals
    .filter(([, reached]) => reached.real)
    .map(([mask, { link }]) => ({ mask, witness: witnessOf(link, assignment) }))
    .filter(({ witness }) => isConfirmed(witness))
  const allowing = bitsOf(real.reduce((all, { mask }) => all | mask, 0n) & wanted)
  const [first] = real
  if (first !== undefined) return { real: true, witness: first.witness, allowing }
  const [any] = goals
  return any && { real: false, witness: witnessOf(any[1].link, assignment), allowing }
}

function dimensionsOf({ statements, keys, kind, assignment, restriction, budget }: Combining): readonly Dimension[] {
  const all = statements.reduce((bits, { bit }) => bits | bit, 0n)
  const isSigned = kind === 'identity'
  const who = isSigned ? [] : [principalDimension(statements, keys, { all, assignment, budget, admits: restriction.admits })]
  const covered = new Set(who.flatMap((dimension) => dimension.keys))
  const free = new Set([...keys.keys(), ...(assignment?.keys() ?? [])].filter((key) => !covered.has(key)))
  const ofKeys = [...free].map((key) =>
    keyDimension(key, keys.get(key) ?? [], { assignment, budget, isSigned, all, takes: restriction.takes }),
  )
  return [
    actionDimension(statements, budget),
    ...who,
    ...groupsOf(ofKeys, budget),
    resourceDimension(statements, assignment, budget),
  ]
}

/** Masks only shrink from one dimension to the next: those without a wanted statement lead nowhere. */
function reachedMasks(dimensions: readonly Dimension[], { statements, wanted, budget }: Combining): ReadonlyMap<bigint, Reached> {
  const all = statements.reduce((bits, { bit }) => bits | bit, 0n)
  let masks: ReadonlyMap<bigint, Reached> = new Map([[all, { real: true, link: undefined }]])
  for (const { choices } of dimensions) masks = step(masks, choices, { wanted, budget })
  return masks
}

function step(
  masks: ReadonlyMap<bigint, Reached>,
  choices: readonly Choice[],
  { wanted, budget }: Pick<Combining, 'wanted' | 'budget'>,
): ReadonlyMap<bigint, Reached> {
  const next = new Map<bigint, Reached>()
  for (const [mask, { real, link }] of masks) {
    budget.spend(choices.length)
    for (const choice of choices) {
      const met = mask & choice.mask
      if ((met & wanted) === 0n) continue
      const known = next.get(met)
      const isReal = real && choice.real
      if (known === undefined || (isReal && !known.real)) next.set(met, { real: isReal, link: { piece: choice, before: link } })
    }
    if (next.size > MAX_CLASSES) throw new Undecided(`more than ${MAX_CLASSES} combinations`)
  }
  return next
}

function witnessOf(link: Link | undefined, assignment: Assignment): Witness {
  let action = ''
  let resource = ''
  let caller: Stranger = { caller: OWNER, isBounded: false }
  const context: Record<string, ContextValue> = {}
  for (const [key, value] of assignment ?? []) if (value !== undefined) context[key] = value
  for (let at = link; at !== undefined; at = at.before) {
    const { piece } = at
    action = piece.action ?? action
    resource = piece.resource ?? resource
    caller = piece.caller ?? caller
    for (const [key, value] of piece.context ?? []) if (value !== undefined) context[key] = value
  }
  return { action, resource, caller, context }
}

function bitsOf(mask: bigint): readonly bigint[] {
  const bits: bigint[] = []
  for (let bit = 1n; bit <= mask; bit <<= 1n) if ((mask & bit) !== 0n) bits.push(bit)
  return bits
}
