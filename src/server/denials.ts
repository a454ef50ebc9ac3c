/** Refusals on their way to the store: each gets an authorization id under which it can be explained for a day. */
import { createHash } from 'node:crypto'
import { GenerationCache } from '../aws/generation-cache.ts'
import type { RandomBytes } from '../aws/ids.ts'
import type { CompiledPolicy } from '../policy/compile.ts'
import type { Check as PolicyCheck, Policies } from '../policy/evaluate.ts'
import { lanesOf, type Lane } from '../policy/question.ts'
import { type AskedBeside, type DenialRecord, type KeptPolicy, type KeptSet, OF_RESOURCE } from '../services/denial-record.ts'
import { type KeptText, type NewDenial, TEXT_REFRESH_MS } from '../services/denials.rows.ts'
import { targetArn } from '../services/organizations/ids.ts'
import { Allowances } from './allowances.ts'
import type { KnownOrganization } from './organization.ts'
import { type Facts, keysOfCheck, keysOfRequest, keysOfResource } from './request-keys.ts'

const ID_BYTES = 16
/** A refusal that is larger is not kept, and gets no id: AWS does not record those that are too large either. */
const MAX_RECORD_LENGTH = 131_072
/** Texts of policies that were written lately. */
const WRITTEN_TEXTS = 4_000
/**
 * Characters of refusals and policy texts that an account keeps: so many at once, and within a day as many again. Some fifty thousand refusals;
 * further ones are not kept and get no id, because whoever calls in vain as fast as it can must not fill the disk.
 */
const MOST_KEPT = 268_435_456
const DAY_MS = 86_400_000

/** A refusal: what is known of the request, what was asked of the policies, and which those were. */
export type Refused = {
  readonly facts: Facts
  readonly check: PolicyCheck
  readonly policies: Policies
  /** The other checks of the request, in its order. */
  readonly beside: { readonly before: readonly Checked[]; readonly after: readonly Checked[] }
}
type Checked = Omit<Refused, 'beside'>

export type DenialsSettings = {
  readonly random: RandomBytes
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Where the console is. */
  readonly publicUrl: () => string
  readonly queue: (denial: NewDenial) => void
  /** Characters that an account keeps. Absent: as above. */
  readonly mostKept?: number
}

export class Denials {
  readonly #settings: DenialsSettings
  readonly #allowances: Allowances
  /** When a text was last written, by account and hash. */
  readonly #written = new GenerationCache<string, number>(WRITTEN_TEXTS)

  constructor(settings: DenialsSettings) {
    this.#settings = settings
    const { mostKept: most = MOST_KEPT, clock } = settings
    this.#allowances = new Allowances({ most, period: DAY_MS, clock })
  }

  /** Keeps a refusal. Returns its authorization id; undefined where it is too large to keep, or too many are kept. */
  keep(refused: Refused): string | undefined {
    const id = newAuthorizationId(this.#settings.random)
    const { record, texts, text } = written(recordOf(refused, id))
    if (text.length > MAX_RECORD_LENGTH) return undefined
    const accountId = record.caller.accountId
    const due = texts.filter(({ hash }) => this.#isDue(`${accountId}/${hash}`))
    const size = due.reduce((sum, one) => sum + one.text.length, text.length)
    if (!this.#allowances.take(accountId, size)) return undefined
    const now = this.#settings.clock()
    for (const { hash } of due) this.#written.set(`${accountId}/${hash}`, now)
    this.#settings.queue({
      accountId,
      id,
      requestId: record.requestId,
      at: record.at,
      record: text,
      texts: due,
    })
    return id
  }

  /** AWS's sentence about an id, with this server's console (recorded from AWS, behind IAM's denials since 2026). */
  sentence(id: string, region: string): string {
    const page = `${this.#settings.publicUrl()}/console/iam/home?region=${region}#/authorization-details/${id}`
    return `. Go to ${page} for complete details, or call the GetRequestAuthorizationDetails API with the following authorization id: ${id}`
  }

  #isDue(key: string): boolean {
    const writtenAt = this.#written.get(key)
    return writtenAt === undefined || this.#settings.clock() - writtenAt >= TEXT_REFRESH_MS
  }
}

/** 128 random bits in lower-case letters and digits: AWS's have the same form (`9fwl8rk7s35sljltb3mkkdi7f`). */
const newAuthorizationId = (random: RandomBytes): string =>
  BigInt(`0x${Buffer.from(random(ID_BYTES)).toString('hex')}`).toString(36)

type Recorded = { readonly record: DenialRecord; readonly texts: readonly KeptText[] }

/** As JSON; without the other checks of the request where it is too large with them. */
function written({ record, texts }: Recorded): Recorded & { readonly text: string } {
  const text = JSON.stringify(record)
  if (text.length <= MAX_RECORD_LENGTH) return { record, texts, text }
  const { before: _before, after: _after, ...alone } = record
  return { record: alone, texts, text: JSON.stringify(alone) }
}

function recordOf(refused: Refused, id: string): Recorded {
  const { facts, beside } = refused
  const { call, caller } = facts
  const texts = new Map<string, string>()
  const others = (checks: readonly Checked[]): readonly AskedBeside[] | undefined =>
    checks.length === 0
      ? undefined
      : checks.map((one) => ({
          ...askedIn(one),
          sets: keptSets(one, texts).filter(({ policyType }) => OF_RESOURCE.has(policyType)),
        }))
  const record: DenialRecord = {
    id,
    requestId: call.requestId,
    at: call.now,
    region: call.region,
    caller: caller.known.caller,
    organizationId: caller.known.organization?.id,
    ...askedIn(refused),
    requestContext: keysOfRequest(facts),
    sets: keptSets(refused, texts),
    before: others(beside.before),
    after: others(beside.after),
  }
  return { record, texts: Array.from(texts, ([hash, text]) => ({ hash, text })) }
}

function askedIn({ facts, check }: Checked): Omit<AskedBeside, 'sets'> {
  const { action, resource, resourceAccountId, resourcePolicy } = check
  return {
    action,
    resource,
    resourceAccountId,
    resourceOrganizationId: facts.entity.organization?.id,
    mandatory: resourcePolicy?.mandatory === true ? true : undefined,
    resourceContext: keysOfResource(facts),
    checkContext: keysOfCheck(facts),
  }
}

/** The sets of policies of a check; their texts go to `texts`. */
function keptSets({ facts, check, policies }: Checked, texts: Map<string, string>): readonly KeptSet[] {
  return lanesOf(check, facts.caller.known.caller, policies).map((lane) => ({
    policyType: lane.policyType,
    level: lane.level,
    policies: lane.set.policies.map((policy): KeptPolicy => {
      const hash = hashOf(policy)
      texts.set(hash, policy.text)
      return { source: policy.source, hash, attachedTo: attachedTo(policy, lane, facts) }
    }),
  }))
}

const hashes = new WeakMap<CompiledPolicy, string>()
function hashOf(policy: CompiledPolicy): string {
  const known = hashes.get(policy)
  if (known !== undefined) return known
  const made = createHash('sha256').update(policy.text).digest('base64url')
  hashes.set(policy, made)
  return made
}

/** The ARN of what the policy is attached to (IAM Toolbox API reference, AttachedTo). */
function attachedTo({ source }: CompiledPolicy, { policyType, level }: Lane, { caller, entity }: Facts): readonly string[] {
  const { arn, roleArn, userArn } = caller.known.caller
  switch (policyType) {
    case 'resource':
    case 'trust':
      return [entity.arn]
    case 'scp':
      return partOf(caller.known.organization, level)
    case 'rcp':
      return partOf(entity.organization, level)
    case 'identity':
    case 'boundary':
    case 'session':
    case 'endpoint':
      return [source.attachedTo ?? roleArn ?? userArn ?? arn]
  }
}

/** The part of the organization at a level of its policies: the root, the units below it, the account. */
function partOf(organization: KnownOrganization | undefined, level: number): readonly string[] {
  const target = organization?.targets[level]
  return organization === undefined || target === undefined
    ? []
    : [targetArn({ account: organization.managementAccountId, id: organization.id }, target)]
}
