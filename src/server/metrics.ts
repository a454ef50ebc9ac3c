/** Counters and histograms in Prometheus text. Labels come from known lists only, so a caller cannot make the page grow. */
import { type Count, Counter, Histogram, type Spread } from './series.ts'

export type Decision = 'allowed' | 'explicitDeny' | 'implicitDeny'

export type ServedRequest = {
  /** Undefined, or a name nobody knows: counted as `unknown`. */
  readonly service?: string | undefined
  readonly operation?: string | undefined
  readonly status: number
  readonly seconds: number
}

export type Metrics = {
  requestServed(request: ServedRequest): void
  decided(decision: Decision): void
  /** A call was denied because a policy cannot be read. */
  brokenPolicyDenied(): void
  /** A caller that could not be authenticated, by fault code. */
  notAuthenticated(code: string): void
  /** One durable group of the writing side: how many jobs it held, and how long its commit took. */
  groupCommitted(group: { readonly jobs: number; readonly seconds: number }): void
  /** The page at /_keyreeve/metrics. */
  text(): string
}

export type MetricsSettings = {
  readonly version: string
  /** The operations of each service: the only names that become labels. */
  readonly operations: Readonly<Record<string, Iterable<string>>>
  /** What the process is now; asked whenever the page is read. */
  readonly process: () => { readonly residentBytes: number; readonly cpuSeconds: number; readonly startedAtSeconds: number }
}

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const UNKNOWN = 'unknown'
/** Seconds. A signed call takes well under a millisecond here, a password hash about a tenth of a second. */
const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
const COMMIT_BUCKETS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1]
/** Jobs in a group; 64 is the most that the writing side takes at once. */
const GROUP_BUCKETS = [1, 2, 4, 8, 16, 32, 64]

/** The refusals of authentication (IAM User Guide, "Common errors"); every other code is counted as `other`. */
export const AUTHENTICATION_CODES: ReadonlySet<string> = new Set([
  'MissingAuthenticationToken',
  'IncompleteSignature',
  'SignatureDoesNotMatch',
  'InvalidClientTokenId',
  'ExpiredToken',
  'MalformedQueryString',
])

export function openMetrics({ version, operations, process }: MetricsSettings): Metrics {
  const served = servedPlaces(operations)
  const decided = new Map<Decision, Count>()
  const requests = new Counter('keyreeve_requests_total', 'Requests answered.', ['service', 'operation', 'status'])
  const durations = new Histogram(
    'keyreeve_request_duration_seconds',
    'Seconds from the last byte of a request to its answer.',
    ['service', 'operation'],
    DURATION_BUCKETS,
  )
  const decisions = new Counter('keyreeve_decisions_total', 'Authorization decisions.', ['decision'])
  const broken = new Counter('keyreeve_broken_policy_denials_total', 'Calls denied by a policy that cannot be read.', [])
  /** There from the start: an alarm needs a number to grow from. */
  const brokenDenials = broken.at([])
  const refusals = new Counter('keyreeve_authentication_failures_total', 'Requests whose caller could not be authenticated.', [
    'code',
  ])
  const jobs = new Histogram('keyreeve_store_group_jobs', 'Jobs in one durable group.', [], GROUP_BUCKETS)
  const commits = new Histogram('keyreeve_store_commit_seconds', 'Seconds to make one group durable.', [], COMMIT_BUCKETS)
  return {
    requestServed({ service, operation, status, seconds }) {
      const place = served(service, operation)
      remembered(place.counts, status, () => requests.at([...place.labels, statusLabel(status)])).value += 1
      durations.observe((place.spread ??= durations.at(place.labels)), seconds)
    },
    decided: (decision) => {
      remembered(decided, decision, () => decisions.at([decision])).value += 1
    },
    brokenPolicyDenied() {
      brokenDenials.value += 1
    },
    notAuthenticated: (code) => refusals.add([AUTHENTICATION_CODES.has(code) ? code : 'other']),
    groupCommitted(group) {
      jobs.observe(jobs.at([]), group.jobs)
      commits.observe(commits.at([]), group.seconds)
    },
    text() {
      const now = process()
      const series = [requests, durations, decisions, broken, refusals, jobs, commits].map((one) => one.text())
      return [
        ...series,
        gauge('keyreeve_build_info', 'The version that runs.', 1, `{version="${version}"}`),
        gauge('process_resident_memory_bytes', 'Resident memory.', now.residentBytes),
        gauge('process_start_time_seconds', 'When the process started, seconds since 1970.', now.startedAtSeconds),
        `# HELP process_cpu_seconds_total CPU time used.\n# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total ${now.cpuSeconds}\n`,
      ].join('')
    },
  }
}

/** Where the requests of one operation are counted: labels are looked up once, not for every request. */
type Place = { readonly labels: readonly string[]; readonly counts: Map<number, Count>; spread: Spread | undefined }

/** Finds the place of a request. What is not known shares one, of its service or of all. */
function servedPlaces(
  operations: MetricsSettings['operations'],
): (service: string | undefined, operation: string | undefined) => Place {
  const placeOf = (service: string, operation: string): Place => ({
    labels: [service, operation],
    counts: new Map(),
    spread: undefined,
  })
  const services = new Map(
    Object.entries(operations).map(([service, names]) => {
      const places = new Map(Array.from(names, (name) => [name, placeOf(service, name)]))
      return [service, { places, others: placeOf(service, UNKNOWN) }]
    }),
  )
  const nowhere = placeOf(UNKNOWN, UNKNOWN)
  return (service = UNKNOWN, operation = UNKNOWN) => {
    const known = services.get(service)
    return known === undefined ? nowhere : (known.places.get(operation) ?? known.others)
  }
}

function remembered<Key, Value>(values: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = values.get(key)
  if (known !== undefined) return known
  const made = make()
  values.set(key, made)
  return made
}

function statusLabel(status: number): string {
  return Number.isInteger(status) && status >= 100 && status <= 599 ? String(status) : UNKNOWN
}

function gauge(name: string, help: string, value: number, labels = ''): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name}${labels} ${value}\n`
}
