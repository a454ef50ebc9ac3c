/** The audit log of a running server: one record a call. Writes carry theirs in their transaction; all others are appended in groups. */
import type { Fault } from '../aws/fault.ts'
import type { Principal } from '../aws/principal.ts'
import type { NewDenial } from '../services/denials.rows.ts'
import type { AuditLines } from '../store/audit-chain.ts'
import { header } from '../protocol/headers.ts'
import { Accesses } from './accesses.ts'
import { type AuditDraft, failedRecord, succeededRecord } from './audit-record.ts'
import { INTERNAL_FAILURE, unavailable } from './faults.ts'
import type { HttpRequest } from './http.ts'
import type { AppendJob, KeyUse } from './jobs.ts'
import type { Route } from './route.ts'

/** A record waits at most this long for others to be appended with. */
const GROUP_MS = 100
/** More than this is appended at once, whatever the time. */
const GROUP_RECORDS = 2_000
/** The same by characters: records of some calls are a hundred thousand long. */
const GROUP_CHARACTERS = 8_388_608
/** While more than this is not durable yet, callers wait: what is sent faster than it can be written must not fill memory. */
const WAITING_CHARACTERS = 33_554_432
/** After a failure, how long until the next try. */
const RETRY_MS = 1_000
const GLOBAL_REGION = 'us-east-1'
/** Calls without a known account go to this account's chain. */
export const NO_ACCOUNT = '000000000000'

export type AuditSettings = {
  /** Wait until the record of every call is durable before answering it. */
  readonly strict: boolean
  readonly append: (job: AppendJob) => Promise<unknown>
  readonly newEventId: () => string
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly onFailure: (error: unknown) => void
}

/** Records are joined by so many: a finished record is a chain of small pieces, which memory that is cleaned often should not hold long. */
const JOINED_RECORDS = 32

/** The records of one account that wait. */
class WaitingLines {
  readonly #joined: string[] = []
  #loose: string[] = []
  #count = 0

  add(record: string): void {
    this.#count += 1
    if (this.#loose.push(record) >= JOINED_RECORDS) this.#join()
  }

  /** More records, behind those that wait. */
  addAll({ text, count }: AuditLines): void {
    this.#join()
    this.#joined.push(text)
    this.#count += count
  }

  lines(): AuditLines {
    this.#join()
    return { text: this.#joined.join('\n'), count: this.#count }
  }

  #join(): void {
    if (this.#loose.length === 0) return
    this.#joined.push(this.#loose.join('\n'))
    this.#loose = []
  }
}

type Group = {
  readonly records: Map<string, WaitingLines>
  readonly uses: Map<string, KeyUse>
  readonly accesses: Accesses
  readonly denials: NewDenial[]
  count: number
  /** Characters of records and refusals. */
  size: number
}

const emptyGroup = (): Group => ({
  records: new Map(),
  uses: new Map(),
  accesses: new Accesses(),
  denials: [],
  count: 0,
  size: 0,
})
const sizeOf = ({ record, texts }: NewDenial): number => texts.reduce((sum, { text }) => sum + text.length, record.length)
/** A call that wrote has its record elsewhere: what is left to write of it are uses and accesses. */
const isEmpty = ({ count, uses, accesses, denials }: Group): boolean =>
  count === 0 && uses.size === 0 && accesses.isEmpty && denials.length === 0

export class AuditLog {
  readonly #settings: AuditSettings
  #group = emptyGroup()
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()
  /** Characters of groups that are being appended. */
  #appending = 0
  #failed = false
  #closed = false

  constructor(settings: AuditSettings) {
    this.#settings = settings
  }

  /** False while records cannot be written: calls are refused until they can, because an unrecorded call must not be answered. */
  get healthy(): boolean {
    return !this.#failed
  }

  /** Begins the record of a call. */
  open(request: HttpRequest, route: Route, requestId: string): CallRecord {
    const draft: AuditDraft = {
      eventId: this.#settings.newEventId(),
      requestId,
      eventTime: request.receivedAt,
      eventSource: `${route.service ?? 'unknown'}.amazonaws.com`,
      eventName: route.operationModel?.name ?? 'Unknown',
      region: GLOBAL_REGION,
      sourceIp: request.remoteAddress,
      userAgent: header(request.rawHeaders, 'user-agent') ?? '',
      readOnly: route.operation?.kind !== 'write',
      principal: undefined,
      accessKeyId: undefined,
      input: undefined,
    }
    return new CallRecord(this, draft, route)
  }

  /** Queues a finished record. A promise, which resolves once it is durable, where the log is strict, the group is full, or too much waits. */
  add(accountId: string, record: string): Promise<void> | undefined {
    const group = this.#group
    linesOf(group, accountId).add(record)
    group.count += 1
    group.size += record.length
    const isFull = group.count >= GROUP_RECORDS || group.size >= GROUP_CHARACTERS
    if (this.#settings.strict || isFull) return this.flush()
    // All that wait are appended together, once what is being appended is durable.
    if (this.#appending + group.size >= WAITING_CHARACTERS) return this.#flushing.catch(() => {}).then(() => this.flush())
    this.#schedule(GROUP_MS)
    return undefined
  }

  /** Notes that a key was used; written with the next group. */
  used(use: KeyUse): void {
    this.#group.uses.set(use.keyId, use)
    this.#schedule(GROUP_MS)
  }

  /** Notes an attempt of the call's principal at the operation; written with the next group. */
  attempted({ principal, eventTime, region }: AuditDraft, route: Route): void {
    if (principal === undefined) return
    this.#group.accesses.note(principal, route, { at: eventTime, region })
    this.#schedule(GROUP_MS)
  }

  /** Keeps a refusal with the next group: its call's record follows. */
  denied(denial: NewDenial): void {
    this.#group.denials.push(denial)
    this.#group.size += sizeOf(denial)
  }

  /** Appends what is queued; resolves once it, and what was queued before, is durable. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const group = this.#group
    if (isEmpty(group)) return this.#flushing
    this.#group = emptyGroup()
    const { size } = group
    this.#appending += size
    this.#flushing = this.#flushing
      .catch(() => {})
      .then(() => this.#append(group))
      .finally(() => (this.#appending -= size))
    return this.#flushing
  }

  /** Appends what is queued for the last time. What calls add whose connections were cut is kept no more, and nothing is tried again. */
  async close(): Promise<void> {
    try {
      await this.flush()
    } finally {
      this.#closed = true
      clearTimeout(this.#timer)
      this.#timer = undefined
    }
  }

  async #append(group: Group): Promise<void> {
    try {
      await this.#settings.append({
        kind: 'append',
        now: this.#settings.clock(),
        records: Object.fromEntries(Array.from(group.records, ([accountId, waiting]) => [accountId, waiting.lines()])),
        uses: [...group.uses.values()],
        accesses: group.accesses.list(),
        denials: group.denials,
      })
      this.#failed = false
    } catch (error) {
      this.#failed = true
      this.#putBack(group)
      this.#schedule(RETRY_MS)
      this.#settings.onFailure(error)
      throw error
    }
  }

  /** Calls are refused from here on, so what waits stays bounded by the calls that were under way. */
  #putBack(group: Group): void {
    const newer = this.#group
    for (const [accountId, waiting] of newer.records) linesOf(group, accountId).addAll(waiting.lines())
    for (const [keyId, use] of newer.uses) group.uses.set(keyId, use)
    group.accesses.addAll(newer.accesses)
    group.denials.push(...newer.denials)
    group.count += newer.count
    group.size += newer.size
    this.#group = group
  }

  #schedule(milliseconds: number): void {
    if (this.#closed) return
    this.#timer ??= setTimeout(() => {
      this.flush().catch(() => {})
    }, milliseconds)
  }
}

function linesOf({ records }: Group, accountId: string): WaitingLines {
  const known = records.get(accountId)
  if (known !== undefined) return known
  const made = new WaitingLines()
  records.set(accountId, made)
  return made
}

type GrowingDraft = { -readonly [Member in keyof AuditDraft]: AuditDraft[Member] }

/** The record of one call under way. */
export class CallRecord {
  readonly #log: AuditLog
  readonly #draft: GrowingDraft
  readonly #route: Route
  #handedOver = false

  constructor(log: AuditLog, draft: AuditDraft, route: Route) {
    this.#log = log
    this.#draft = draft
    this.#route = route
  }

  /** The access key that the request names, before it is known whose it is. */
  claimedBy(accessKeyId: string, region: string): void {
    this.#draft.accessKeyId = accessKeyId
    this.#draft.region = region
  }

  calledBy(principal: Principal): void {
    this.#draft.principal = principal
  }

  asked(input: object): void {
    this.#draft.input = input
  }

  /** From now on the writing side keeps the record, in the transaction of the change. */
  handOver(): AuditDraft {
    this.#handedOver = true
    this.#log.attempted(this.#draft, this.#route)
    return this.#draft
  }

  /** Keeps the record; a promise where the caller has to wait until it is durable. */
  succeeded(output: object): Promise<void> | undefined {
    if (this.#handedOver) return undefined
    this.#log.attempted(this.#draft, this.#route)
    return this.#log.add(this.#accountId, succeededRecord(this.#draft, output))
  }

  /** Keeps the refusal; returns what to answer: the refusal itself, or that nothing can be recorded. Never rejects. */
  async failed(fault: Fault): Promise<Fault> {
    if (this.#handedOver && fault.code !== INTERNAL_FAILURE) return fault
    // A change whose transaction failed may have been done all the same: of it nobody is told that nothing was.
    const unrecorded = this.#handedOver ? fault : unavailable()
    // Nothing is told, so there is nothing to record; what waits must not grow with every refusal.
    if (!this.#log.healthy) return unrecorded
    this.#log.attempted(this.#draft, this.#route)
    try {
      await this.#log.add(this.#accountId, failedRecord(this.#draft, fault))
      return fault
    } catch {
      // Only a strict log waits for the record; the log's own failure was reported by it.
      return unrecorded
    }
  }

  get #accountId(): string {
    return this.#draft.principal?.accountId ?? NO_ACCOUNT
  }
}
