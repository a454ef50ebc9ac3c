/** coverage.txt lists what the models have and this server does not. It only shrinks, by hand. */
import { test } from 'node:test'
import { missingOperations } from '../../src/server/registry.ts'
import { assertGolden } from './golden.ts'

test('what is not done stands in coverage.txt', () => {
  assertGolden('coverage.txt', `${missingOperations().toSorted().join('\n')}\n`)
})
