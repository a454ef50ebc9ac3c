/** Values that stand for all others, for operators that compare numbers, dates, addresses, truth and bytes: end points and what lies between them. */
import { canonicalBase64 } from '../conditions/binary.ts'
import { decimalOf } from '../conditions/decimal.ts'
import { instantOf } from '../conditions/instant.ts'
import { networkOf } from '../conditions/ip-address.ts'
import type { OperatorFamily } from '../operator.ts'
import { Undecided } from './undecided.ts'

export type PointFamily = Exclude<OperatorFamily, 'String' | 'Arn' | 'Null'>

/** For every way in which a readable text can stand to the policies' values, one that stands so. */
export const POINTS: Readonly<Record<PointFamily, (expected: readonly string[]) => readonly string[]>> = {
  Numeric: numbers,
  Date: dates,
  Bool: () => ['true', 'false'],
  Binary: bytes,
  IpAddress: addresses,
}

/** A text that no family reads. */
export const UNREADABLE = '!'

/** Numbers of very many digits have no readable neighbours. */
function readable(text: string, read: (text: string) => unknown): string {
  if (read(text) === undefined) throw new Undecided('a number has too many digits')
  return text
}

type Scaled = { readonly units: bigint; readonly exponent: number }

/** Every number that is written, one between each two neighbours, one below and one above all. Exact: in units of a tenth of the last digit. */
function numbers(expected: readonly string[]): readonly string[] {
  const scaled = expected.filter((text) => decimalOf(text) !== undefined).map(scaledOf)
  const exponent = Math.min(0, ...scaled.map((number) => number.exponent)) - 1
  const units = scaled.map((number) => number.units * 10n ** BigInt(number.exponent - exponent))
  return between(units, 5n).map((unit) => readable(`${unit}e${exponent}`, decimalOf))
}

function scaledOf(text: string): Scaled {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.')
  const units = BigInt(`0${whole}${fraction}`)
  return { units: mantissa.startsWith('-') ? -units : units, exponent: Number(exponent) - fraction.length }
}

/** The values themselves, and of each gap between two the value `step` above the lower one, where it lies in the gap. */
function between(values: readonly bigint[], step: bigint): readonly bigint[] {
  const sorted = [...new Set(values)].toSorted((one, other) => (one < other ? -1 : 1))
  const [first = 0n] = sorted
  return [first - step, ...sorted.flatMap((value, index) => gapAfter(value, sorted[index + 1], step))]
}

function gapAfter(value: bigint, next: bigint | undefined, step: bigint): readonly bigint[] {
  return next === undefined || value + step < next ? [value, value + step] : [value]
}

const NANOS = 1_000_000_000n

/** As numbers, in nanoseconds: finer times cannot be written. A time is written as seconds since 1970. */
function dates(expected: readonly string[]): readonly string[] {
  const nanos = expected.flatMap((text) => {
    const instant = instantOf(text)
    return instant === undefined ? [] : [BigInt(instant.seconds) * NANOS + BigInt(instant.nanos)]
  })
  return between(nanos.length === 0 ? [0n] : nanos, 1n).map((time) => readable(secondsText(time), instantOf))
}

function secondsText(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos
  return `${nanos < 0n ? '-' : ''}${size / NANOS}.${String(size % NANOS).padStart(9, '0')}`
}

/** One for each text, and one that is none of them: their bytes one after the other are longer than each. */
function bytes(expected: readonly string[]): readonly string[] {
  const known = expected.flatMap((text) => canonicalBase64(text) ?? [])
  const longest = Math.max(0, ...known.map((text) => text.length))
  return [...known, 'A'.repeat(longest + 4 - (longest % 4))]
}

/** In each kind of address the networks' first addresses, and the first ones behind them: between those nothing changes. */
function addresses(expected: readonly string[]): readonly string[] {
  const starts: Readonly<Record<1 | 4, Set<bigint>>> = { 1: new Set([0n]), 4: new Set([0n]) }
  for (const text of expected) {
    const network = networkOf(text)
    if (network === undefined) continue
    const words = network.words.length === 1 ? 1 : 4
    const size = 1n << BigInt(words * 32 - network.bits)
    const address = network.words.reduce((sum, word) => sum * 2n ** 32n + BigInt(word), 0n)
    const start = address - (address % size)
    starts[words].add(start)
    if (start + size < 1n << BigInt(words * 32)) starts[words].add(start + size)
  }
  return [...[...starts[1]].map(fourText), ...[...starts[4]].map(sixText)]
}

const fourText = (address: bigint): string => [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join('.')
const sixText = (address: bigint): string =>
  [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n].map((shift) => ((address >> shift) & 65_535n).toString(16)).join(':')
