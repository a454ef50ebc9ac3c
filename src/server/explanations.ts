/** Administrative commands about refusals: which there were, and why. */
import { Fault } from '../aws/fault.ts'
import type { PolicySource } from '../policy/compile.ts'
import { type Statement, placeOf } from '../policy/document.ts'
import { explain, type Part } from '../policy/explain.ts'
import { keyFact } from '../policy/keys.ts'
import { type Addition, type Flip, flipOf } from '../policy/flip.ts'
import { askedOf, type DenialRecord } from '../services/denial-record.ts'
import { arnOfId } from '../services/iam/trust-policy.ts'
import { findDenial, findDenialOfRequest, loadTexts, newestDenials } from '../services/denials.rows.ts'
import type { ReadTx } from '../store/store.ts'
import { listAccounts } from './account-jobs.ts'
import type {
  AdminArguments,
  AdminResult,
  DenialExplanation,
  DenialSummary,
  ShownFlip,
  ShownPart,
  ShownStatement,
} from './admin-contract.ts'
import { chosenAccount } from './chosen-account.ts'
import type { Opened } from './open.ts'
import { nameOfPolicy } from './policy-name.ts'

const MAX_LISTED = 1_000

export async function listDenials(
  { context }: Opened,
  { accountId, limit }: AdminArguments<'listDenials'>,
): Promise<AdminResult<'listDenials'>> {
  await context.audit.flush()
  const account = await chosenAccount(await context.store.read(listAccounts), accountId)
  const rows = Math.min(Math.max(limit, 1), MAX_LISTED)
  return {
    denials: (await context.store.read((tx) => newestDenials(tx, account.id, { limit: rows, now: context.clock() }))).map(
      summaryOf,
    ),
  }
}

/** Decides again by the policies of then. Throws NoSuchEntity where no refusal has that id. */
export async function explainDenial(
  { context }: Opened,
  { id }: AdminArguments<'explainDenial'>,
): Promise<AdminResult<'explainDenial'>> {
  await context.audit.flush()
  return context.store.read(async (tx) => {
    const now = context.clock()
    const record = (await findDenial(tx, id, now)) ?? (await findDenialOfRequest(tx, id, now))
    if (record === undefined) throw unknownDenial(id)
    return explanationOf(tx, record)
  })
}

const unknownDenial = (id: string): Fault =>
  new Fault(
    'NoSuchEntity',
    `No refusal is kept under the id ${id}. Refusals are kept for a day; keyreeve explain lists the newest, and keyreeve audit tail shows what was called.`,
  )

const summaryOf = ({ id, requestId, at, caller, action, resource }: DenialRecord): DenialSummary => ({
  id,
  requestId,
  at,
  caller: caller.arn,
  action,
  resource,
})

type Texts = ReadonlyMap<string, string>

async function explanationOf(tx: ReadTx, record: DenialRecord): Promise<DenialExplanation> {
  const texts = await loadTexts(tx, record)
  const { check, caller, policies } = askedOf(record, (hash) => texts.get(hash))
  const { decision, parts, context } = explain(check, caller, policies)
  if (decision.decision === 'allowed') throw new Error(`the refusal ${record.id} is none by the policies that are kept with it`)
  const shown = showing(record, texts, await namesOf(tx, parts))
  return {
    ...summaryOf(record),
    accountId: record.caller.accountId,
    decision: decision.decision,
    policyType: decision.policyType,
    parts: parts.map(shown.part),
    context: Object.fromEntries(Array.from(context, ([key, value]) => [writtenKey(key), value ?? null])),
    flip: shown.flip(flipOf(check, caller, policies)),
  }
}

/** A key as AWS writes it. */
function writtenKey(key: string): string {
  const { name = '' } = keyFact(key) ?? {}
  return name + key.slice(name.length)
}

/** Unique ids of users and roles, by which trust policies know them. */
const UNIQUE_ID = /\b(?:AIDA|AROA)[A-Z0-9]{12,}\b/g
/** What the unique ids that principals failed by stand for now. */
type Names = ReadonlyMap<string, string>

async function namesOf(tx: ReadTx, parts: readonly Part[]): Promise<Names> {
  const names = new Map<string, string>()
  for (const { text } of parts.flatMap(({ nearMisses }) => nearMisses.flatMap(principalFailures)))
    for (const [id] of text.matchAll(UNIQUE_ID)) if (!names.has(id)) names.set(id, (await arnOfId(tx, id)) ?? 'nobody any more')
  return names
}

type NearMiss = Part['nearMisses'][number]
const principalFailures = ({ failures }: NearMiss) => failures.filter(({ test }) => test === 'principal')

/** The sentence, with what people know beside each unique id: `AIDA… (arn:aws:iam::111122223333:user/alice)`. */
const namedIn = (near: NearMiss, names: Names): string =>
  principalFailures(near).reduce(
    (sentence, { text }) => sentence.replace(text, () => text.replaceAll(UNIQUE_ID, (id) => `${id} (${names.get(id) ?? ''})`)),
    near.text,
  )

/** How the parts of an explanation are shown: with the texts of the policies, for the lines, and with what each is attached to. */
function showing(record: DenialRecord, texts: Texts, names: Names) {
  const hashes = new Map(record.sets.flatMap(({ policies }) => policies.map(({ source, hash }) => [source.id, hash])))
  const statement = (policy: PolicySource, { index, sid, effect, start }: Statement): ShownStatement => {
    const text = texts.get(hashes.get(policy.id) ?? '') ?? ''
    return { policy: nameOfPolicy(policy), number: index + 1, sid: sid?.text, line: placeOf(text, start).line, effect }
  }
  const attachedTo = (policyType: string, level: number): readonly string[] => [
    ...new Set(
      record.sets
        .filter((set) => set.policyType === policyType && set.level === level)
        .flatMap(({ policies }) => policies.flatMap((policy) => policy.attachedTo)),
    ),
  ]
  /** Where there may be no policy yet; nor is a group the place to let one of its members do something. */
  const placeOfAddition = ({ policyType }: Addition): readonly string[] | undefined => {
    const { arn, roleArn, userArn } = record.caller
    switch (policyType) {
      case 'identity':
      case 'boundary':
        return [roleArn ?? userArn ?? arn]
      case 'session':
        return [arn]
      case 'resource':
      case 'trust':
        return [record.resource]
      case 'scp':
      case 'rcp':
      case 'endpoint':
        return undefined
    }
  }
  return {
    part: ({ policyType, level, verdict, matched, nearMisses, problems }: Part): ShownPart => ({
      policyType,
      level,
      attachedTo: attachedTo(policyType, level),
      verdict,
      matched: matched.map((one) => statement(one.policy, one.statement)),
      nearMisses: nearMisses.map((one) => ({ ...statement(one.policy, one.statement), why: namedIn(one, names) })),
      problems: problems.map(({ policy, problem }) => ({ policy: nameOfPolicy(policy), problem })),
    }),
    flip: (flip: Flip): ShownFlip => {
      if (flip.kind === 'none') return flip
      if (flip.kind === 'add')
        return {
          kind: 'add',
          additions: flip.additions.map((one) => ({
            ...one,
            attachedTo: placeOfAddition(one) ?? attachedTo(one.policyType, one.level),
          })),
        }
      const { policyType, policy } = flip
      return {
        kind: 'denied',
        policyType,
        policy: nameOfPolicy(policy),
        ...(flip.statement !== undefined && { statement: statement(policy, flip.statement.source) }),
      }
    },
  }
}
