/** The condition keys that a simulation is given, each with its type, and those that follow from the simulated caller. */
import type { ContextEntry, ContextKeyTypeEnum } from '../../model/iam.gen.ts'
import { canonicalBase64 } from '../../policy/conditions/binary.ts'
import { truthOf } from '../../policy/conditions/bool.ts'
import { decimalOf } from '../../policy/conditions/decimal.ts'
import { instantOf } from '../../policy/conditions/instant.ts'
import { networkOf } from '../../policy/conditions/ip-address.ts'
import { contextOf, type RequestContext } from '../../policy/context.ts'
import type { ContextValue } from '../operation.ts'
import { invalidInput } from './errors.ts'

type Keys = Readonly<Record<string, ContextValue | undefined>>

/** The context of a simulation: what is given stands over what follows from the caller. Throws InvalidInput. */
export const simulatedContext = (entries: readonly ContextEntry[], caller: Keys): RequestContext => {
  const given = contextOf(Object.fromEntries(entries.map(readEntry)))
  const known = contextOf(caller)
  return { value: (key) => given.value(key) ?? known.value(key) }
}

const LIST = 'List'

/** The texts of these refusals are ours. */
function readEntry({
  ContextKeyName: name,
  ContextKeyValues: values = [],
  ContextKeyType: type,
}: ContextEntry): [string, ContextValue] {
  if (name === undefined) throw invalidInput('Invalid context entry: ContextKeyName is missing.')
  const [first] = values
  const isList = type === undefined ? values.length > 1 : type.endsWith(LIST)
  for (const value of values) {
    if (type !== undefined && !VALUES[type](value))
      throw invalidInput(`Invalid context entry: the value ${value} of ${name} is not of the type ${type}.`)
  }
  if (isList) return [name, values]
  if (first === undefined || values.length > 1)
    throw invalidInput(`Invalid context entry: ${name} must have one value, since its type is ${type ?? 'string'}.`)
  return [name, first]
}

type ValueTest = (text: string) => boolean

const isText: ValueTest = () => true
const isNumber: ValueTest = (text) => decimalOf(text) !== undefined
const isBoolean: ValueTest = (text) => truthOf(text) !== undefined
const isAddress: ValueTest = (text) => networkOf(text) !== undefined
const isBinary: ValueTest = (text) => canonicalBase64(text) !== undefined
const isDate: ValueTest = (text) => instantOf(text) !== undefined

const VALUES: Readonly<Record<ContextKeyTypeEnum, ValueTest>> = {
  string: isText,
  stringList: isText,
  numeric: isNumber,
  numericList: isNumber,
  boolean: isBoolean,
  booleanList: isBoolean,
  ip: isAddress,
  ipList: isAddress,
  binary: isBinary,
  binaryList: isBinary,
  date: isDate,
  dateList: isDate,
}
