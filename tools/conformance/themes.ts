/** All themes of the conformance corpus. */
import type { Theme } from './build.ts'
import { COMBINING } from './combining.ts'
import { CONDITIONS } from './conditions.ts'
import { DIFFERENCES } from './differences.ts'
import { LIMITS } from './limits.ts'
import { MATCHING } from './matching.ts'
import { PRINCIPALS } from './principals.ts'
import { VARIABLES } from './variables.ts'

export const THEMES: readonly Theme[] = [
  ...MATCHING,
  ...CONDITIONS,
  ...COMBINING,
  ...VARIABLES,
  ...PRINCIPALS,
  ...LIMITS,
  ...DIFFERENCES,
]
