/** The product of the automata of many patterns: every set of patterns that some text matches, with the shortest such text. */
import { Automaton, DEAD, START } from './automaton.ts'
import type { TokenPattern } from './pattern.ts'
import type { Budget } from './undecided.ts'

export type Reached = {
  /** The patterns that the text matches. */
  readonly matched: ReadonlySet<number>
  readonly text: string
}

export type Asked = {
  readonly budget: Budget
  /** What a text may be: it matches one of these patterns. Absent where every text may be. */
  readonly domain?: readonly TokenPattern[]
  /** Characters that stand where it does not matter which. */
  readonly fillers?: readonly number[]
}

const DIGITS = '0123456789'
const LETTERS = 'xyzuvwabcdefghijklmnopqrst'
const codesOf = (text: string): readonly number[] => Array.from(text, (character) => character.charCodeAt(0))
/** The first is taken that no pattern looks at in its place. */
const FILLERS: readonly number[] = codesOf(`${LETTERS}${DIGITS}_-`)
/** For texts with numbers in them. */
export const DIGITS_FIRST: readonly number[] = codesOf(`${DIGITS}${LETTERS}_-`)
/** Beyond those: letters that no keyboard has together. */
const MORE_FILLERS: readonly number[] = Array.from({ length: 512 }, (_, index) => 0x4e_00 + index)

/** `live`: the patterns that can still match, each with its state. */
type Live = readonly (readonly [automaton: number, state: number])[]
type Node = { readonly live: Live; readonly parent: number; readonly code: number }

/**
 * All of them, each once; the empty text counts apart from others that match the same. Walks breadth first. In each state only the characters
 * count that a pattern looks at there, and one that none looks at. Throws `Undecided` where the budget is spent.
 */
export function reachable(patterns: readonly TokenPattern[], asked: Asked): readonly Reached[] {
  return new Walk(patterns, asked).all()
}

class Walk {
  readonly #automata: readonly Automaton[]
  /** How many of the automata are patterns; the rest are the domain. */
  readonly #count: number
  readonly #bounded: boolean
  readonly #fillers: readonly number[]
  readonly #nodes: Node[] = []
  readonly #known = new Set<string>()
  readonly #found = new Map<string, Reached>()
  readonly #budget: Budget

  constructor(patterns: readonly TokenPattern[], { domain, budget, fillers = FILLERS }: Asked) {
    this.#budget = budget
    this.#automata = [...patterns, ...(domain ?? [])].map((pattern) => new Automaton(pattern, budget))
    this.#count = patterns.length
    this.#bounded = domain !== undefined
    this.#fillers = fillers
  }

  all(): readonly Reached[] {
    this.#visit({ live: this.#automata.map((_, number) => [number, START]), parent: -1, code: 0 })
    for (let index = 0; index < this.#nodes.length; index += 1) this.#expand(index)
    return [...this.#found.values()]
  }

  #expand(index: number): void {
    const live = this.#nodes[index]?.live ?? []
    const codes = new Set(live.flatMap(([number, state]) => this.#automata[number]?.codes(state) ?? []))
    const filler = this.#fillers.find((code) => !codes.has(code)) ?? MORE_FILLERS.find((code) => !codes.has(code))
    // The filler is tried first, so that witnesses are made of letters where they can be.
    const tried = filler === undefined ? [...codes] : [filler, ...codes]
    this.#budget.spend(tried.length * (1 + live.length))
    for (const code of tried) this.#visit({ live: this.#step(live, code), parent: index, code })
  }

  #step(live: Live, code: number): Live {
    return live.flatMap(([number, state]): Live => {
      const reached = this.#automata[number]?.step(state, code) ?? DEAD
      return reached === DEAD ? [] : [[number, reached]]
    })
  }

  #visit(node: Node): void {
    const { live } = node
    if (this.#bounded && !live.some(([number]) => number >= this.#count)) return
    // The empty text is told apart from a text that leads back to the beginning.
    const key = node.parent < 0 ? 'empty' : live.join()
    if (this.#known.has(key)) return
    this.#known.add(key)
    this.#nodes.push(node)
    this.#note(node)
  }

  #note({ live, parent }: Node): void {
    const accepted = live.flatMap(([number, state]) => (this.#automata[number]?.accepts(state) === true ? [number] : []))
    if (this.#bounded && !accepted.some((number) => number >= this.#count)) return
    const matched = accepted.filter((number) => number < this.#count)
    const key = `${parent < 0 ? 'empty ' : ''}${matched.join()}`
    if (!this.#found.has(key)) this.#found.set(key, { matched: new Set(matched), text: this.#textOf(this.#nodes.length - 1) })
  }

  #textOf(index: number): string {
    const characters: string[] = []
    for (let node = this.#nodes[index]; node !== undefined && node.parent >= 0; node = this.#nodes[node.parent])
      characters.push(String.fromCharCode(node.code))
    return characters.reverse().join('')
  }
}
