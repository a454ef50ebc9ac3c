/** Which services and actions policies could allow, whatever the resource and the conditions. A question about text, not a decision. */
import type { CompiledPolicy, CompiledStatement } from './compile.ts'
import { hasWildcard, isStars, matcherOf, type TextTest, wildcardPattern } from './glob.ts'

/** What policies say of one service: all of its actions, none, or those that the test takes (lower case, with the prefix). */
export type ServiceGrant = 'all' | 'none' | ((action: string) => boolean)

/** The grant of a service, by its action prefix in lower case. */
export type Grants = (service: string) => ServiceGrant

type Entry = { readonly text: string; readonly test: TextTest }
/** The action patterns of a statement by the service that they name; `any`: those that name no single one. */
type Side = { readonly negated: boolean; readonly named: ReadonlyMap<string, readonly Entry[]>; readonly any: readonly Entry[] }

/**
 * What the policies allow together: an Allow in any of them grants, and a Deny without condition on every resource takes away. Patterns are
 * kept by service, so that asking all services costs each pattern once.
 */
export function grantsOf(policies: readonly CompiledPolicy[]): Grants {
  const statements = policies.flatMap((policy) => policy.statements)
  const allows = statements.filter(({ effect }) => effect === 'Allow').map(sideOf)
  const refusals = statements.filter(refusesEverywhere).map(sideOf)
  return (service) => grantOf(service, allows, refusals)
}

/** What every level allows: service control policies from the root down to an account. No level, no limit. */
export function grantsOfAll(levels: readonly (readonly CompiledPolicy[])[]): Grants {
  const grants = levels.map(grantsOf)
  return (service) => {
    const each = grants.map((grant) => grant(service))
    if (each.includes('none')) return 'none'
    const tests = each.filter((grant) => typeof grant === 'function')
    return tests.length === 0 ? 'all' : (action) => tests.every((test) => test(action))
  }
}

/** Whether the service's actions (names in lower case) hold one that is granted. They are asked for only where the patterns alone do not say. */
export function grantsAny(grant: ServiceGrant, service: string, actions: () => Iterable<string>): boolean {
  if (typeof grant !== 'function') return grant === 'all'
  for (const action of actions()) if (grant(`${service}:${action}`)) return true
  return false
}

/** A Deny without condition on all resources takes the action away, whatever other policies allow. */
export const refusesEverywhere = ({ effect, source }: CompiledStatement): boolean =>
  effect === 'Deny' &&
  source.conditions.length === 0 &&
  source.resource?.negated === false &&
  source.resource.values.some(({ text }) => isStars(text))

function grantOf(service: string, allows: readonly Side[], refusals: readonly Side[]): ServiceGrant {
  const refused = refusals.map((side) => coverageOf(side, service))
  if (refused.includes('all')) return 'none'
  const allowed = allows.map((side) => coverageOf(side, service)).filter((coverage) => coverage !== 'none')
  if (allowed.length === 0) return 'none'
  const refuses = refused.filter((coverage) => typeof coverage === 'function')
  const isAllowed: (action: string) => boolean = allowed.includes('all')
    ? () => true
    : (action) => allowed.some((coverage) => typeof coverage === 'function' && coverage(action))
  if (refuses.length === 0) return allowed.includes('all') ? 'all' : isAllowed
  return (action) => isAllowed(action) && !refuses.some((test) => test(action))
}

/** What one statement says of a service. */
function coverageOf({ negated, named, any }: Side, service: string): ServiceGrant {
  const entries = [...(named.get(service) ?? []), ...any]
  if (entries.some(({ text }) => isStars(text) || isWhole(text, service))) return negated ? 'none' : 'all'
  if (entries.length === 0) return negated ? 'all' : 'none'
  const isOne = (action: string): boolean => entries.some(({ test }) => test(action, 0))
  return negated ? (action) => !isOne(action) : isOne
}

const isWhole = (text: string, service: string): boolean =>
  text.startsWith(`${service}:`) && isStars(text.slice(service.length + 1))

function sideOf({ source }: CompiledStatement): Side {
  const named = new Map<string, Entry[]>()
  const any: Entry[] = []
  for (const value of source.action.values) {
    const text = value.text.toLowerCase()
    const service = text.slice(0, Math.max(0, text.indexOf(':')))
    const entry = { text, test: matcherOf(wildcardPattern(text)) }
    if (service === '' || hasWildcard(service)) any.push(entry)
    else named.set(service, [...(named.get(service) ?? []), entry])
  }
  return { negated: source.action.negated, named, any }
}
