/** The order of violations and enum values, held against what AWS was seen to answer. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashOrder } from './hash-order.ts'

// oxfmt-ignore
const SEEN: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['IAM, CreateOpenIDConnectProvider',  ['url', 'clientIDList', 'thumbprintList'],         ['clientIDList', 'thumbprintList', 'url']],
  ['EventBridge, CreateArchive',        ['description', 'eventPattern', 'retentionDays'],  ['retentionDays', 'description', 'eventPattern']],
  ['SES, tags',                         ['key', 'value'],                                  ['value', 'key']],
  ['Cognito, MfaConfiguration',         ['OFF', 'ON', 'OPTIONAL'],                         ['OPTIONAL', 'OFF', 'ON']],
  ['SES, IdentityType',                 ['EmailAddress', 'Domain'],                        ['Domain', 'EmailAddress']],
  ['Lambda, LogType',                   ['None', 'Tail'],                                  ['Tail', 'None']],
]

for (const [name, given, seen] of SEEN) test(`order: ${name}`, () => assert.deepEqual(hashOrder(given), seen))

test('order: more than twelve names use a larger table, and none is lost', () => {
  const names = Array.from({ length: 40 }, (_, index) => `name${index}`)
  assert.deepEqual(hashOrder(names).toSorted(), names.toSorted())
  assert.notDeepEqual(hashOrder(names).slice(0, 12), hashOrder(names.slice(0, 12)))
})
