/** All comparisons by operator; a negated operator compares as its positive twin. Null is not here: it compares nothing. */
import type { BaseOperator } from '../operator.ts'
import { ARN } from './arn.ts'
import { BINARY } from './binary.ts'
import { BOOL } from './bool.ts'
import type { Comparison } from './comparison.ts'
import { DATE } from './date.ts'
import { IP_ADDRESS } from './ip-address.ts'
import { NUMERIC } from './numeric.ts'
import { STRING } from './string.ts'

export const COMPARISONS: Readonly<Record<Exclude<BaseOperator, 'Null'>, Comparison>> = {
  ...STRING,
  ...NUMERIC,
  ...DATE,
  ...BOOL,
  ...BINARY,
  ...IP_ADDRESS,
  ...ARN,
}
