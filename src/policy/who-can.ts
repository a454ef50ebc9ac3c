/** Who can do something: the engine asked about each principal, with what is not known of its requests left open. */
import type { Caller } from './caller.ts'
import { callerKeys } from './caller-keys.ts'
import { type Situation, type Situations, situationsOf } from './compare/contexts.ts'
import type { CompiledStatement } from './compile.ts'
import { policySet, type PolicySet } from './combine.ts'
import { contextOf, type ContextValue } from './context.ts'
import type { ConditionTest, PolicyVersion } from './document.ts'
import { decide, type Decision } from './evaluate.ts'
import { type Check, lanesOf, type Policies, type Question, questionOf } from './question.ts'
import { readTrace } from './trace.ts'
import { isVariable, templateOf } from './variables.ts'

/** Somebody with all policies that bind it. */
export type Subject = {
  readonly caller: Caller
  readonly policies: Policies
  /** What every request of this principal has, such as its tags; undefined: no request has the key. All other keys are open. */
  readonly known?: Readonly<Record<string, ContextValue | undefined>>
}

/** What somebody would do. The context holds what every such request has. */
export type Deed = Omit<Check, 'context'> & { readonly known?: Readonly<Record<string, ContextValue | undefined>> }

/** What a statement still asks of a request: conditions on keys that are not known, and variables of its resources. */
export type Requirement = {
  readonly statement: CompiledStatement
  readonly conditions: readonly ConditionTest[]
  /** Whether the resource matches for some values of variables only. */
  readonly isResourceOpen: boolean
}

/** What one principal can. */
export type Ability<Who extends Subject = Subject> = {
  readonly who: Who
  /** `maybe`: the values of variables decide, and no request was found that is allowed. */
  readonly can: 'always' | 'sometimes' | 'maybe' | 'never' | 'unknown'
  /** The statements of each list must all be met, for one of the lists; an empty list asks nothing. */
  readonly when: readonly (readonly Requirement[])[]
  /** None of these may be met. */
  readonly unless: readonly Requirement[]
  /** A context with which the engine allows it, where it can be done. */
  readonly witness?: Readonly<Record<string, ContextValue | undefined>>
  /** Why it is unknown. */
  readonly why?: string
}

/**
 * Of each principal whether it can do a deed, and under which conditions: it can exactly where all of some list of `when` are met, and
 * none of `unless`. Pure; never throws. Whoever only wants those who can leaves out `never`, and not `unknown`.
 */
export function whoCan<Who extends Subject>(deed: Deed, subjects: Iterable<Who>): readonly Ability<Who>[] {
  return Array.from(subjects, (who) => abilityOf(deed, who))
}

type Known = ReadonlyMap<string, ContextValue | undefined>

function abilityOf<Who extends Subject>(deed: Deed, who: Who): Ability<Who> {
  const known = knownOf(deed, who)
  const check: Check = { ...deed, context: contextOf(Object.fromEntries(known)) }
  const question = questionOf(check, who.caller, who.policies)
  const lanes = lanesOf(check, who.caller, who.policies)
  if (lanes.some(({ set }) => set.broken.length > 0)) return { who, can: 'never', when: [], unless: [] }
  const open = lanes.flatMap(({ set }) => requirementsOf(set.statements, question, known))
  if (open.some((one) => isDeny(one) && asksNothing(one))) return { who, can: 'never', when: [], unless: [] }
  const asking = { check, who, known, unless: open.filter(isDeny) }
  const all = waysOf(open, asking)
  if (!('unknown' in all)) return concluded({ ...asking, open, situations: all }, false)
  // Guards of organizations deny in many ways, which multiply. Without them more is known than nothing.
  const allows = open.filter((requirement) => !isDeny(requirement))
  const fewer = allows.length === open.length ? all : waysOf(allows, asking)
  if ('unknown' in fewer) return { who, can: 'unknown', when: [], unless: [], why: fewer.unknown }
  return concluded({ ...asking, open: allows, situations: fewer }, true)
}

const isDeny = ({ statement }: Requirement): boolean => statement.effect === 'Deny'

/** So many ways in which conditions hold together are decided one by one; more are unknown. */
const MAX_SITUATIONS = 4_000

function waysOf(open: readonly Requirement[], { who, known }: { readonly who: Subject; readonly known: Known }): Situations {
  const situations = situationsOf(
    open.map(({ statement, conditions }) => ({
      version: statement.version,
      source: { ...statement.source, conditions: conditions.map((condition) => filledIn(condition, statement.version, known)) },
    })),
    {
      open: new Set(open.flatMap(({ isResourceOpen }, number) => (isResourceOpen ? [number] : []))),
      isSigned: who.caller.type !== 'anonymous',
    },
  )
  const isMuch = !('unknown' in situations) && situations.length > MAX_SITUATIONS
  return isMuch ? { unknown: `the conditions hold in more than ${MAX_SITUATIONS} ways` } : situations
}

/** What is known of every request, by key in lower case. What the deed says goes before what the principal says. */
function knownOf({ known: ofDeed = {} }: Deed, { caller, known: ofSubject = {} }: Subject): Known {
  const all = new Map<string, ContextValue | undefined>(callerKeys(caller))
  for (const record of [ofSubject, ofDeed]) for (const [key, value] of Object.entries(record)) all.set(key.toLowerCase(), value)
  return all
}

/** A condition with the values of known variables in the place of the variables. A text with a variable that is null matches nothing. */
function filledIn(condition: ConditionTest, version: PolicyVersion, known: Known): ConditionTest {
  const values = condition.values.flatMap((value) => {
    const parts = templateOf(value.text, { version, wildcards: true }).map((part) => {
      if (!isVariable(part)) return part.literal ? escaped(part.text) : part.text
      const text = known.get(part.key)
      if (!known.has(part.key)) return `\${${part.name}${part.fallback === undefined ? '' : `, '${part.fallback}'`}}`
      return typeof text === 'string'
        ? escaped(text)
        : text === undefined && part.fallback !== undefined
          ? escaped(part.fallback)
          : undefined
    })
    return parts.includes(undefined) ? [] : [{ ...value, text: parts.join('') }]
  })
  return version === '2008-10-17' ? condition : { ...condition, values }
}

const escaped = (text: string): string => text.replaceAll(/[*?$]/g, (character) => `\${${character}}`)

/** The statements that may be met, with what they still ask. Those that ask nothing are among them. */
function requirementsOf(statements: readonly CompiledStatement[], question: Question, known: Known): readonly Requirement[] {
  const action = question.action.toLowerCase()
  return statements.flatMap((statement) => {
    const { names, conditions } = statement
    if (!statement.matchesAction(action)) return []
    if (names !== undefined && names(question.caller, question.isBounded) === undefined) return []
    const isResourceOpen = hasOpenVariable(statement, statement.source.resource?.values ?? [], known)
    if (!isResourceOpen && !statement.matchesResource(question.resource, question.context)) return []
    const isOpen = (source: ConditionTest): boolean =>
      !known.has(source.key.text.toLowerCase()) || hasOpenVariable(statement, source.values, known)
    if (conditions.some((condition) => !isOpen(condition.source) && !condition.holds(question.context))) return []
    return [{ statement, conditions: conditions.map(({ source }) => source).filter(isOpen), isResourceOpen }]
  })
}

function hasOpenVariable({ version }: CompiledStatement, texts: readonly { readonly text: string }[], known: Known): boolean {
  return texts.some(({ text }) =>
    templateOf(text, { version, wildcards: true }).some((part) => isVariable(part) && !known.has(part.key)),
  )
}

type Concluding<Who extends Subject> = {
  readonly check: Check
  readonly who: Who
  readonly known: Known
  readonly open: readonly Requirement[]
  readonly unless: readonly Requirement[]
  readonly situations: readonly Situation[]
}

/** `withoutDenies`: the situations leave them aside, so that nothing is certain but that nobody grants. */
function concluded<Who extends Subject>(concluding: Concluding<Who>, withoutDenies: boolean): Ability<Who> {
  const { check, who, known, open, unless, situations } = concluding
  const made = situations.map((situation) => ({ situation, list: grantIn(situation, concluding) }))
  const grants = made.filter(({ list }) => list !== undefined)
  if (grants.length === 0) return { who, can: 'never', when: [], unless: [] }
  if (grants.length === made.length && !withoutDenies) return { who, can: 'always', when: [[]], unless: [] }
  const when = shortest(grants.map(({ list = [] }) => list)).toSorted((one, other) => placeOf(one, open) - placeOf(other, open))
  const witness = grants
    .map(({ situation }) => ({ ...Object.fromEntries(known), ...situation.context }))
    .find((context) => decide({ ...check, context: contextOf(context) }, who.caller, who.policies).decision === 'allowed')
  return witness === undefined ? { who, can: 'maybe', when, unless } : { who, can: 'sometimes', when, unless, witness }
}

/** The statements that grant where exactly those of a situation are met, those that ask something; undefined where nothing grants. */
function grantIn<Who extends Subject>(
  { met }: Situation,
  { check, who, open }: Concluding<Who>,
): readonly Requirement[] | undefined {
  const stated = new Map(
    [...met].flatMap((number) => (open[number] === undefined ? [] : [[open[number].statement, open[number]]])),
  )
  const only = (set: PolicySet): PolicySet =>
    policySet(
      set.policies.map((policy) => ({
        ...policy,
        statements: policy.statements.filter((one) => stated.has(one)).map(unconditional),
      })),
    )
  const policies = narrowed(who.policies, only)
  const { resourcePolicy } = check
  const asked: Check =
    resourcePolicy === undefined
      ? check
      : { ...check, resourcePolicy: { ...resourcePolicy, policies: only(resourcePolicy.policies) } }
  const decision: Decision = decide(asked, who.caller, policies)
  if (decision.decision !== 'allowed') return undefined
  const used = readTrace(decision.trace, asked, who.caller, policies).map(({ statement }) => ORIGINALS.get(statement))
  return [...new Set(used)].flatMap((statement) => {
    const requirement = statement && stated.get(statement)
    return requirement === undefined || asksNothing(requirement) ? [] : [requirement]
  })
}

/** In the order of the policies. */
const placeOf = ([first]: readonly Requirement[], open: readonly Requirement[]): number =>
  first === undefined ? -1 : open.indexOf(first)

const asksNothing = ({ conditions, isResourceOpen }: Requirement): boolean => conditions.length === 0 && !isResourceOpen

/** Statements that are met whatever the request, and what they were made of. */
const ORIGINALS = new WeakMap<CompiledStatement, CompiledStatement>()
const unconditionals = new WeakMap<CompiledStatement, CompiledStatement>()

function unconditional(statement: CompiledStatement): CompiledStatement {
  const known = unconditionals.get(statement)
  if (known !== undefined) return known
  const { policy, source, version, effect, services, matchesAction, names } = statement
  const made = {
    policy,
    source,
    version,
    effect,
    services,
    matchesAction,
    names,
    patterns: undefined,
    conditions: [],
    matchesResource: () => true,
  }
  unconditionals.set(statement, made)
  ORIGINALS.set(made, statement)
  return made
}

function narrowed(
  { identity, boundary, session, scopes, endpoint, scps, rcps }: Policies,
  only: (set: PolicySet) => PolicySet,
): Policies {
  return {
    ...(identity && { identity: only(identity) }),
    ...(boundary && { boundary: only(boundary) }),
    ...(session && { session: only(session) }),
    ...(scopes && { scopes: scopes.map(only) }),
    ...(endpoint && { endpoint: only(endpoint) }),
    ...(scps && { scps: scps.map(only) }),
    ...(rcps && { rcps: rcps.map(only) }),
  }
}

/** Without lists that ask all that another one asks, and more. */
function shortest(lists: readonly (readonly Requirement[])[]): readonly (readonly Requirement[])[] {
  const kept: (readonly Requirement[])[] = []
  for (const list of lists.toSorted((one, other) => one.length - other.length))
    if (!kept.some((shorter) => shorter.every((requirement) => list.includes(requirement)))) kept.push(list)
  return kept
}
