/** The names of condition operators: 27, most with `…IfExists`, all with a set prefix (IAM JSON policy elements: Condition operators). */

export type BaseOperator =
  | 'StringEquals'
  | 'StringNotEquals'
  | 'StringEqualsIgnoreCase'
  | 'StringNotEqualsIgnoreCase'
  | 'StringLike'
  | 'StringNotLike'
  | 'NumericEquals'
  | 'NumericNotEquals'
  | 'NumericLessThan'
  | 'NumericLessThanEquals'
  | 'NumericGreaterThan'
  | 'NumericGreaterThanEquals'
  | 'DateEquals'
  | 'DateNotEquals'
  | 'DateLessThan'
  | 'DateLessThanEquals'
  | 'DateGreaterThan'
  | 'DateGreaterThanEquals'
  | 'Bool'
  | 'BinaryEquals'
  | 'IpAddress'
  | 'NotIpAddress'
  | 'ArnEquals'
  | 'ArnLike'
  | 'ArnNotEquals'
  | 'ArnNotLike'
  | 'Null'

export type OperatorFamily = 'String' | 'Numeric' | 'Date' | 'Bool' | 'Binary' | 'IpAddress' | 'Arn' | 'Null'
export type SetPrefix = 'ForAllValues' | 'ForAnyValue'

export type OperatorName = {
  readonly base: BaseOperator
  readonly family: OperatorFamily
  /** Whether it holds where the comparison does not. */
  readonly negated: boolean
  readonly ifExists: boolean
  readonly set?: SetPrefix
}

const FAMILIES: Readonly<Record<BaseOperator, OperatorFamily>> = {
  StringEquals: 'String',
  StringNotEquals: 'String',
  StringEqualsIgnoreCase: 'String',
  StringNotEqualsIgnoreCase: 'String',
  StringLike: 'String',
  StringNotLike: 'String',
  NumericEquals: 'Numeric',
  NumericNotEquals: 'Numeric',
  NumericLessThan: 'Numeric',
  NumericLessThanEquals: 'Numeric',
  NumericGreaterThan: 'Numeric',
  NumericGreaterThanEquals: 'Numeric',
  DateEquals: 'Date',
  DateNotEquals: 'Date',
  DateLessThan: 'Date',
  DateLessThanEquals: 'Date',
  DateGreaterThan: 'Date',
  DateGreaterThanEquals: 'Date',
  Bool: 'Bool',
  BinaryEquals: 'Binary',
  IpAddress: 'IpAddress',
  NotIpAddress: 'IpAddress',
  ArnEquals: 'Arn',
  ArnLike: 'Arn',
  ArnNotEquals: 'Arn',
  ArnNotLike: 'Arn',
  Null: 'Null',
}

const SETS: readonly SetPrefix[] = ['ForAllValues', 'ForAnyValue']
const IF_EXISTS = 'IfExists'

const operators = new Map<string, OperatorName>()
for (const [name, family] of Object.entries(FAMILIES)) addForms(name, family)

function addForms(name: string, family: OperatorFamily): void {
  if (!isBase(name)) return
  for (const set of [undefined, ...SETS]) {
    for (const ifExists of [false, true]) {
      // Null asks whether the key exists: it has no form for where it does not.
      if (ifExists && family === 'Null') continue
      const written = `${set === undefined ? '' : `${set}:`}${name}${ifExists ? IF_EXISTS : ''}`
      const form = { base: name, family, negated: name.includes('Not'), ifExists }
      operators.set(written, set === undefined ? form : { ...form, set })
    }
  }
}

function isBase(name: string): name is BaseOperator {
  return Object.hasOwn(FAMILIES, name)
}

/**
 * Takes an operator apart; undefined where there is none of that name.
 * Case matters: IAM answers `Invalid Condition type : stringEquals` (recorded by a user of CreateRole, 2024).
 */
export function operatorNamed(text: string): OperatorName | undefined {
  return operators.get(text)
}
