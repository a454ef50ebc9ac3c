/** A refusal as it is kept: what was asked, by whom, under which policies. From it the decision is made again, and explained. */
import type { Caller } from '../policy/caller.ts'
import { policySet, type PolicySet } from '../policy/combine.ts'
import { compileText, type DocumentKind, type PolicySource } from '../policy/compile.ts'
import { contextOf, type ContextValue } from '../policy/context.ts'
import type { Check, Policies, PolicyType } from '../policy/evaluate.ts'
import { explain, type Explanation } from '../policy/explain.ts'
import { Work } from '../policy/work.ts'
import type { ReadTx } from '../store/store.ts'
import { loadTexts } from './denials.rows.ts'

type Keys = Readonly<Record<string, ContextValue>>

export type KeptPolicy = {
  readonly source: PolicySource
  /** Names its text among those of the account. */
  readonly hash: string
  /** ARNs: the principal's, the resource's, or that of the part of the organization. */
  readonly attachedTo: readonly string[]
}

/** Policies that were decided together: those of one type, or of one level of an organization or of a session. */
export type KeptSet = { readonly policyType: PolicyType; readonly level: number; readonly policies: readonly KeptPolicy[] }

/** The sets of policies on the side of the resource; all others are the caller's. */
export const OF_RESOURCE: ReadonlySet<string> = new Set(['resource', 'trust', 'rcp'])

/** Plain data: it is stored as JSON. */
export type DenialRecord = {
  /** The authorization id. */
  readonly id: string
  readonly requestId: string
  /** When the request arrived, milliseconds since 1970. */
  readonly at: number
  readonly region: string
  readonly caller: Caller
  /** The organization of the caller's account. */
  readonly organizationId?: string | undefined
  readonly action: string
  readonly resource: string
  readonly resourceAccountId: string
  readonly resourceOrganizationId?: string | undefined
  /** Nobody is let in without a grant of the resource's policy. */
  readonly mandatory?: true | undefined
  /** Condition keys of the request as a whole, as AWS writes them. */
  readonly requestContext: Keys
  /** Those of the resource: they stand over those of the request. Absent in records of before, where they are among the next ones. */
  readonly resourceContext?: Keys
  /** What the operation says of this action: it stands over both. */
  readonly checkContext: Keys
  readonly sets: readonly KeptSet[]
  /** What else the request needed, in its order: before the action that was refused, and after it. */
  readonly before?: readonly AskedBeside[] | undefined
  readonly after?: readonly AskedBeside[] | undefined
}

/** Another action of a request. Its sets are those on the side of its resource: the caller's are the same. */
export type AskedBeside = Pick<
  DenialRecord,
  | 'action'
  | 'resource'
  | 'resourceAccountId'
  | 'resourceOrganizationId'
  | 'mandatory'
  | 'resourceContext'
  | 'checkContext'
  | 'sets'
>

/** All that a request needed, in its order, each as if it were the one that was refused. */
export function allAsked(record: DenialRecord): readonly DenialRecord[] {
  const { before = [], after = [], ...refused } = record
  const own = record.sets.filter(({ policyType }) => !OF_RESOURCE.has(policyType))
  const asRecord = (one: AskedBeside): DenialRecord => ({ ...refused, ...one, sets: [...own, ...one.sets] })
  return [...before.map(asRecord), refused, ...after.map(asRecord)]
}

/** What was decided, ready to be decided again. */
export type Asked = { readonly check: Check; readonly caller: Caller; readonly policies: Policies }

const KINDS: Readonly<Record<PolicyType, DocumentKind | 'endpoint'>> = {
  identity: 'identity',
  boundary: 'identity',
  session: 'identity',
  resource: 'resource',
  trust: 'trust',
  scp: 'scp',
  rcp: 'rcp',
  endpoint: 'endpoint',
}

/** Compiles what is kept. `textOf` gives the text of a hash; a text that is not kept cannot be compiled, and denies. */
export function askedOf(record: DenialRecord, textOf: (hash: string) => string | undefined): Asked {
  const setsOf = (policyType: PolicyType, isMeant: (level: number) => boolean = () => true): readonly PolicySet[] =>
    record.sets
      .filter((set) => set.policyType === policyType && isMeant(set.level))
      .toSorted((one, other) => one.level - other.level)
      .map(({ policies }) =>
        policySet(policies.map(({ source, hash }) => compileText(textOf(hash) ?? '', KINDS[policyType], source))),
      )
  const [session] = setsOf('session', (level) => level === 0)
  const scopes = setsOf('session', (level) => level > 0)
  const [identity] = setsOf('identity')
  const [boundary] = setsOf('boundary')
  const [endpoint] = setsOf('endpoint')
  const scps = setsOf('scp')
  const rcps = setsOf('rcp')
  const policies: Policies = {
    ...(identity !== undefined && { identity }),
    ...(boundary !== undefined && { boundary }),
    ...(session !== undefined && { session }),
    ...(scopes.length > 0 && { scopes }),
    ...(endpoint !== undefined && { endpoint }),
    ...(scps.length > 0 && { scps }),
    ...(rcps.length > 0 && { rcps }),
  }
  return { check: { ...checkOf(record), ...resourcePolicyOf(record, setsOf) }, caller: record.caller, policies }
}

function checkOf({ action, resource, resourceAccountId, requestContext, resourceContext, checkContext }: DenialRecord): Check {
  const context = contextOf({ ...requestContext, ...resourceContext, ...checkContext })
  return { action, resource, resourceAccountId, context }
}

function resourcePolicyOf(
  { mandatory }: DenialRecord,
  setsOf: (policyType: PolicyType) => readonly PolicySet[],
): Pick<Check, 'resourcePolicy'> {
  for (const kind of ['resource', 'trust'] as const) {
    const [policies] = setsOf(kind)
    if (policies !== undefined) return { resourcePolicy: { kind, policies, ...(mandatory === true && { mandatory }) } }
  }
  return {}
}

/** Some ten milliseconds, in which nobody else is answered. */
const STEPS_PER_EXPLANATION = 10_000_000

/**
 * Why a refusal was one, by its policies as their texts were then. Undefined where it takes too many steps: what is refused at the first
 * statement has to be explained by all of them.
 */
export async function loadExplanation(
  tx: ReadTx,
  record: DenialRecord,
): Promise<(Explanation & Pick<Asked, 'check' | 'caller'>) | undefined> {
  const texts = await loadTexts(tx, record)
  const { check, caller, policies } = askedOf(record, (hash) => texts.get(hash))
  const explanation = new Work(STEPS_PER_EXPLANATION).attempt(() => explain(check, caller, policies))
  return explanation && { ...explanation, check, caller }
}
