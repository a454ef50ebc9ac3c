/** A naive interpreter of policies: reads the JSON again for every decision. The measure of the bench, and a check of its answers; no product code. */
import type { ContextValue } from '../../src/policy/context.ts'
import type { Caller } from '../../src/policy/evaluate.ts'

export type Statement = {
  readonly Effect: string
  readonly Principal?: { readonly AWS: string }
  readonly Action: string | readonly string[]
  readonly Resource: string
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
}

export type Sets = {
  readonly identity: readonly Statement[]
  readonly boundary: readonly Statement[]
  readonly resource?: readonly Statement[]
}
type Asked = { readonly action: string; readonly resource: string }
type Who = { readonly caller: Caller; readonly keys: Readonly<Record<string, ContextValue>> }

/** One account, no organization, no session policy. */
export function interpret(asked: Asked, { identity, boundary, resource = [] }: Sets, who: Who): string {
  const met = (statements: readonly Statement[], effect: string): readonly Statement[] =>
    statements.filter((statement) => statement.Effect === effect && isMet(statement, asked, who))
  if ([identity, boundary, resource].some((statements) => met(statements, 'Deny').length > 0)) return 'explicitDeny'
  const isBounded = met(boundary, 'Allow').length > 0
  const named = met(resource, 'Allow').map(({ Principal }) => Principal?.AWS)
  if (named.includes('*')) return 'allowed'
  if (named.includes(who.caller.roleArn)) return isBounded ? 'allowed' : 'implicitDeny'
  return met(identity, 'Allow').length > 0 && isBounded ? 'allowed' : 'implicitDeny'
}

function isMet(
  { Principal, Action, Resource, Condition = {} }: Statement,
  { action, resource }: Asked,
  { caller, keys }: Who,
): boolean {
  if (Principal !== undefined && !['*', caller.accountId, caller.roleArn].includes(Principal.AWS)) return false
  if (!listOf(Action).some((pattern) => like(pattern.toLowerCase(), action.toLowerCase()))) return false
  if (!like(filledIn(Resource, keys), resource)) return false
  return Object.entries(Condition).every(([operator, tests]) =>
    Object.entries(tests).every(([key, values]) => holds(operator, listOf(keys[key] ?? []), listOf(values))),
  )
}

const listOf = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value)
const filledIn = (text: string, keys: Who['keys']): string => text.replaceAll('${aws:username}', String(keys['aws:username']))

function like(pattern: string, text: string, at = 0, position = 0): boolean {
  if (at === pattern.length) return position === text.length
  if (pattern[at] === '*')
    return like(pattern, text, at + 1, position) || (position < text.length && like(pattern, text, at, position + 1))
  return (
    position < text.length && (pattern[at] === '?' || pattern[at] === text[position]) && like(pattern, text, at + 1, position + 1)
  )
}

function holds(operator: string, actual: readonly string[], expected: readonly string[]): boolean {
  const [one = ''] = actual
  switch (operator) {
    case 'StringEquals':
    case 'Bool':
      return expected.includes(one)
    case 'StringLike':
    case 'ArnLike':
      return expected.some((pattern) => like(pattern, one))
    case 'ForAllValues:StringLike':
      return actual.every((value) => expected.some((pattern) => like(pattern, value)))
    case 'NumericLessThan':
      return expected.some((limit) => Number(one) < Number(limit))
    case 'IpAddress':
      return expected.some((network) => isIn(one, network))
    default:
      throw new Error(`the bench does not use ${operator}`)
  }
}

function isIn(address: string, network: string): boolean {
  const [net = '', bits = '32'] = network.split('/')
  const binary = (text: string): string =>
    text
      .split('.')
      .map((octet) => Number(octet).toString(2).padStart(8, '0'))
      .join('')
  return binary(address).slice(0, Number(bits)) === binary(net).slice(0, Number(bits))
}
