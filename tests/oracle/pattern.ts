/** Patterns and variables of the policy language, the obvious way: a text becomes tokens, and tokens are tried one by one. */
import type { Context, Values } from './question.ts'

/** A character that stands for itself, or one of the two wildcards; within a part of an ARN they take no colon. */
export type Token = { readonly character: string } | 'any' | 'one' | 'any in part' | 'one in part'

/** The value of a condition key. Names of keys are compared without regard to case. */
export function valueOf(context: Context, key: string): Values | undefined {
  for (const [name, value] of Object.entries(context)) {
    if (name.toLowerCase() === key.toLowerCase()) return value
  }
  return undefined
}

const literal = (text: string): Token[] => Array.from(text, (character) => ({ character }))

function wildcardsOf(text: string): Token[] {
  return Array.from(text, (character) => (character === '*' ? 'any' : character === '?' ? 'one' : { character }))
}

/** How to read a text: where variables get their values, and whether `*` and `?` mean more than themselves. */
export type Reading = { readonly context: Context; readonly variables: boolean; readonly wildcards: boolean }

/** The tokens of a text, or undefined where a variable has neither value nor default: that text is equal to nothing. */
export function tokensOf(text: string, reading: Reading): Token[] | undefined {
  const read = reading.wildcards ? wildcardsOf : literal
  if (!reading.variables) return read(text)
  const start = text.indexOf('${')
  const end = start < 0 ? -1 : text.indexOf('}', start)
  if (end < 0) return read(text)
  const value = substitute(text.slice(start + 2, end), reading.context)
  const rest = tokensOf(text.slice(end + 1), reading)
  return value === undefined || rest === undefined ? undefined : [...read(text.slice(0, start)), ...literal(value), ...rest]
}

function substitute(variable: string, context: Context): string | undefined {
  if (['*', '?', '$'].includes(variable)) return variable
  const [name = '', ...rest] = variable.split(', ')
  const quoted = rest.join(', ')
  const value = valueOf(context, name)
  // "You can't use multivalued context keys as policy variables" (IAM User Guide, single-valued and multivalued context keys).
  if (typeof value === 'string') return value
  return quoted.length >= 2 && quoted.startsWith("'") && quoted.endsWith("'") ? quoted.slice(1, -1) : undefined
}

/** Whether the whole text is matched: the positions that can be reached, token after token. */
export function matches(tokens: readonly Token[], text: string): boolean {
  const characters = Array.from(text)
  let positions = new Set([0])
  for (const token of tokens) positions = advance(positions, token, characters)
  return positions.has(characters.length)
}

function advance(positions: ReadonlySet<number>, token: Token, characters: readonly string[]): Set<number> {
  const reached = new Set<number>()
  for (const position of positions) {
    if (typeof token === 'object') {
      if (token.character === characters[position]) reached.add(position + 1)
      continue
    }
    const most = token.startsWith('any') ? characters.length : Math.min(position + 1, characters.length)
    if (token.startsWith('any')) reached.add(position)
    for (let end = position; end < most && !(token.endsWith('in part') && characters[end] === ':'); end += 1) reached.add(end + 1)
  }
  return reached
}

/** The six parts of an ARN: the sixth has all further colons. Fewer where it has fewer. */
export function partsOf(arn: string): string[] {
  const parts = arn.split(':')
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')]
}

/** The parts of a text of a policy. A colon in the name of a variable divides nothing. */
export function partsOfPattern(pattern: string, variables: boolean): string[] {
  if (!variables) return partsOf(pattern)
  const hidden = pattern.replaceAll(/\$\{[^}]*\}/g, (variable) => variable.replaceAll(':', '\0'))
  return partsOf(hidden).map((part) => part.replaceAll('\0', ':'))
}

/**
 * The tokens of a pattern in parts. "You can use wildcard characters (* and ?) within the individual segments of an ARN"; "If the * wildcard
 * is the last character of a resource ARN segment, it can expand to match beyond the colon boundaries" (IAM User Guide, Resource). The sixth
 * part is all the rest.
 */
export function tokensOfParts(parts: readonly string[], reading: Reading): Token[] | undefined {
  const tokens: Token[] = []
  for (const [index, part] of parts.entries()) {
    const own = tokensOf(part, reading)
    const isLast = index === 5
    // What is filled in is of this part: it cannot begin another one.
    if (own === undefined || (!isLast && own.some((token) => typeof token === 'object' && token.character === ':')))
      return undefined
    const runsOn = part.endsWith('*')
    const inner = own.map((token, at): Token =>
      typeof token === 'object' || (runsOn && at === own.length - 1) ? token : inPart(token),
    )
    tokens.push(...(index === 0 ? [] : literal(':')), ...(isLast ? own : inner))
  }
  return tokens
}

const inPart = (token: Exclude<Token, object>): Token => (token.startsWith('any') ? 'any in part' : 'one in part')

/** Tokens cut at the first five colons that stand for themselves. */
export function partsOfTokens(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]]
  for (const token of tokens) {
    const cut = parts.length < 6 && typeof token === 'object' && token.character === ':'
    if (cut) parts.push([])
    else parts.at(-1)?.push(token)
  }
  return parts
}
