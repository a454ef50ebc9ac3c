/** A counter and a histogram with labels, and how Prometheus reads them (text format 0.0.4). */

type LabelValues = readonly string[]

/** One number of a counter. */
export type Count = { value: number }

/** A number that only grows, one per combination of labels. */
export class Counter {
  readonly #name: string
  readonly #help: string
  readonly #labels: readonly string[]
  readonly #counts = new Map<string, Count>()

  constructor(name: string, help: string, labels: readonly string[]) {
    this.#name = name
    this.#help = help
    this.#labels = labels
  }

  add(values: LabelValues): void {
    this.at(values).value += 1
  }

  /** The number of these labels, to be kept by whoever adds to it often. */
  at(values: LabelValues): Count {
    const labels = writeLabels(this.#labels, values)
    let count = this.#counts.get(labels)
    if (count === undefined) this.#counts.set(labels, (count = { value: 0 }))
    return count
  }

  text(): string {
    const lines = Array.from(this.#counts, ([labels, count]) => `${this.#name}${braced(labels)} ${count.value}\n`)
    return `# HELP ${this.#name} ${this.#help}\n# TYPE ${this.#name} counter\n${lines.join('')}`
  }
}

/** Where a histogram of these labels takes its values. */
export type Spread = { readonly perBucket: number[]; sum: number; count: number }

/** How values are spread over fixed buckets, one spread per combination of labels. */
export class Histogram {
  readonly #name: string
  readonly #help: string
  readonly #labels: readonly string[]
  readonly #bounds: readonly number[]
  readonly #spreads = new Map<string, Spread>()

  /** `bounds`: the upper bounds of the buckets, ascending; a last bucket without bound is added. */
  // oxlint-disable-next-line max-params -- the same four for every series, in the order Prometheus documents them
  constructor(name: string, help: string, labels: readonly string[], bounds: readonly number[]) {
    this.#name = name
    this.#help = help
    this.#labels = labels
    this.#bounds = bounds
  }

  /** The spread of these labels, to be kept by whoever observes often. */
  at(values: LabelValues): Spread {
    const labels = writeLabels(this.#labels, values)
    let spread = this.#spreads.get(labels)
    if (spread === undefined) this.#spreads.set(labels, (spread = { perBucket: this.#bounds.map(() => 0), sum: 0, count: 0 }))
    return spread
  }

  observe(spread: Spread, value: number): void {
    let bucket = 0
    while (value > (this.#bounds[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1
    if (bucket < this.#bounds.length) spread.perBucket[bucket] = (spread.perBucket[bucket] ?? 0) + 1
    spread.sum += value
    spread.count += 1
  }

  text(): string {
    const lines = Array.from(this.#spreads, ([labels, spread]) => this.#lines(labels, spread))
    return `# HELP ${this.#name} ${this.#help}\n# TYPE ${this.#name} histogram\n${lines.join('')}`
  }

  #lines(labels: string, { perBucket, sum, count }: Spread): string {
    const before = labels === '' ? '' : `${labels},`
    let running = 0
    const buckets = this.#bounds.map((bound, index) => {
      running += perBucket[index] ?? 0
      return `${this.#name}_bucket{${before}le="${bound}"} ${running}\n`
    })
    const last = `${this.#name}_bucket{${before}le="+Inf"} ${count}\n`
    return `${buckets.join('')}${last}${this.#name}_sum${braced(labels)} ${sum}\n${this.#name}_count${braced(labels)} ${count}\n`
  }
}

function writeLabels(names: readonly string[], values: LabelValues): string {
  return names.map((name, index) => `${name}="${escapeLabel(values[index] ?? '')}"`).join(',')
}

function braced(labels: string): string {
  return labels === '' ? '' : `{${labels}}`
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
