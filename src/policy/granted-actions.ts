/** Which services and actions policies could allow, whatever the resource and the conditions. A question about text, not a decision. */
import type { CompiledPolicy, CompiledStatement } from './compile.ts'
import { hasWildcard, isStars, matcherOf, type TextTest, wildcardPattern } from './glob.ts'
import { spend } from './work.ts'

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
  const allows = sidesOf(statements.filter(({ effect }) => effect === 'Allow'))
  const refusals = sidesOf(statements.filter(refusesEverywhere))
  return (service) => grantOf(service, allows, refusals)
}

/** Those that say something of a service that they do not name, and the others by the services that they name. */
type Sides = { readonly general: readonly Side[]; readonly byService: ReadonlyMap<string, readonly Side[]> }

function sidesOf(statements: readonly CompiledStatement[]): Sides {
  // `NotAction` with everything is about nothing.
  const sides = statements.map(sideOf).filter(({ negated, any }) => !negated || !any.some(({ text }) => isStars(text)))
  const isGeneral = ({ negated, any }: Side): boolean => negated || any.length > 0
  const byService = new Map<string, Side[]>()
  for (const side of sides.filter((one) => !isGeneral(one)))
    for (const service of side.named.keys()) added(byService, service, side)
  return { general: sides.filter(isGeneral), byService }
}

function added<T>(lists: Map<string, T[]>, name: string, item: T): void {
  const known = lists.get(name)
  if (known === undefined) lists.set(name, [item])
  else known.push(item)
}

/** What the statements say of a service, each for itself; `all` alone where one says so. */
function coveragesOf({ general, byService }: Sides, service: string): readonly ServiceGrant[] {
  const coverages: ServiceGrant[] = []
  for (const side of [...general, ...(byService.get(service) ?? [])]) {
    spend(1)
    const coverage = coverageOf(side, service)
    if (coverage === 'all') return ['all']
    if (coverage !== 'none') coverages.push(coverage)
  }
  return coverages
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

function grantOf(service: string, allows: Sides, refusals: Sides): ServiceGrant {
  const refused = coveragesOf(refusals, service)
  if (refused.includes('all')) return 'none'
  const allowed = coveragesOf(allows, service)
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
  const isOne = (action: string): boolean => {
    spend(entries.length)
    return entries.some(({ test }) => test(action, 0))
  }
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
    else added(named, service, entry)
  }
  return { negated: source.action.negated, named, any }
}
