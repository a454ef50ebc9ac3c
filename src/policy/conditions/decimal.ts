/** Decimal numbers, compared exactly however many digits they have. */

/** `near` is the closest double; `text` settles what it cannot. */
export type Decimal = { readonly near: number; readonly text: string }

/** JSON's numbers, and those with a plus sign or without digits on one side of the point. The limits keep the exact comparison small. */
const DECIMAL = /^[+-]?(?:\d{1,60}(?:\.\d{0,60})?|\.\d{1,60})(?:[eE][+-]?\d{1,2})?$/

/** A number; undefined where the text is none: `10abc` is not ten. */
export function decimalOf(text: string): Decimal | undefined {
  return DECIMAL.test(text) ? { near: Number(text), text } : undefined
}

/** Below zero where `one` is less. Rounding keeps the order, so different doubles decide; equal ones may come from different numbers. */
export function compareDecimals(one: Decimal, other: Decimal): number {
  if (one.near !== other.near) return one.near < other.near ? -1 : 1
  return one.text === other.text ? 0 : compareExactly(scaledOf(one.text), scaledOf(other.text))
}

type Scaled = { readonly units: bigint; readonly exponent: number }

function scaledOf(text: string): Scaled {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const isNegative = mantissa.startsWith('-')
  const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.')
  const units = BigInt(`0${whole}${fraction}`)
  return { units: isNegative ? -units : units, exponent: Number(exponent) - fraction.length }
}

function compareExactly(one: Scaled, other: Scaled): number {
  const exponent = Math.min(one.exponent, other.exponent)
  const left = one.units * 10n ** BigInt(one.exponent - exponent)
  const right = other.units * 10n ** BigInt(other.exponent - exponent)
  return left === right ? 0 : left < right ? -1 : 1
}
