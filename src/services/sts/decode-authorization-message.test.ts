/** DecodeAuthorizationMessage: what is no message of the caller's account, and how long refusals are kept. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { DecodeAuthorizationMessageResponse } from '../../model/sts.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT, write } from '../../../tests/harness.ts'
import type { DenialRecord } from '../denial-record.ts'
import { findDenial, keepDenials, keptText } from '../denials.rows.ts'
import { decodeAuthorizationMessage } from './decode-authorization-message.ts'

const HOUR = 3_600_000
let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

/** A refusal of the account's user, at this moment. */
async function keep(id: string): Promise<void> {
  const at = harness.now()
  const record: DenialRecord = {
    id,
    requestId: `request of ${id}`,
    at,
    region: 'us-east-1',
    caller: { type: 'user', accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/alice`, id: 'AIDAALICE' },
    action: 'iam:GetUser',
    resource: '*',
    resourceAccountId: ACCOUNT,
    requestContext: { 'aws:username': 'alice' },
    checkContext: { 'aws:TagKeys': ['a', 'b'] },
    sets: [
      {
        policyType: 'identity',
        level: 0,
        policies: [{ source: { id: 'p', name: 'p', type: 'inline' }, hash: id, attachedTo: [] }],
      },
    ],
  }
  const text = '{"Version":"2012-10-17","Statement":{"Sid":"S","Effect":"Deny","Action":"iam:*","Resource":"*"}}'
  const kept = {
    accountId: ACCOUNT,
    id,
    requestId: record.requestId,
    at,
    record: JSON.stringify(record),
    texts: [{ hash: id, text }],
  }
  await write(harness.store, async (tx) => ({ done: await keepDenials(tx, ACCOUNT, [kept], at) }))
}

const decode = (EncodedMessage: string) =>
  harness.call<DecodeAuthorizationMessageResponse>(decodeAuthorizationMessage, { EncodedMessage })

test('what is no message, or not of this account', async () => {
  await keep('own')
  const invalid = { code: 'InvalidAuthorizationMessageException', message: 'Message is not valid' }
  await harness.refused(decodeAuthorizationMessage, { EncodedMessage: 'nothing' }, invalid)
  const as = harness.rootOf(OTHER_ACCOUNT)
  await harness.refused(decodeAuthorizationMessage, { EncodedMessage: 'own' }, invalid, { as })
})

test('the message, with every key and value', async () => {
  await keep('message')
  const { DecodedMessage = '' } = await decode('message')
  assert.deepEqual(JSON.parse(DecodedMessage), {
    allowed: false,
    explicitDeny: true,
    matchedStatements: {
      items: [
        {
          statementId: 'S',
          effect: 'DENY',
          principals: { items: [] },
          principalGroups: { items: [] },
          actions: { items: [{ value: 'iam:*' }] },
          resources: { items: [{ value: '*' }] },
          conditions: { items: [] },
        },
      ],
    },
    failures: { items: [] },
    context: {
      principal: { id: 'AIDAALICE', name: 'alice', arn: `arn:aws:iam::${ACCOUNT}:user/alice` },
      action: 'iam:GetUser',
      resource: '*',
      conditions: {
        items: [
          { key: 'aws:username', values: { items: [{ value: 'alice' }] } },
          { key: 'aws:TagKeys', values: { items: [{ value: 'a' }, { value: 'b' }] } },
        ],
      },
    },
  })
})

test('a refusal is kept for a day; the texts of its policies outlive it, then go too', async () => {
  await keep('old')
  const textOf = (hash: string) => harness.store.read((tx) => keptText(tx, ACCOUNT, hash))
  harness.advance(24 * HOUR)
  await keep('day')
  assert.notEqual(await harness.store.read((tx) => findDenial(tx, 'old')), undefined)
  harness.advance(1.5 * HOUR)
  await keep('later')
  assert.equal(await harness.store.read((tx) => findDenial(tx, 'old')), undefined)
  assert.notEqual(await textOf('old'), undefined)
  harness.advance(2 * HOUR)
  await keep('latest')
  assert.equal(await textOf('old'), undefined)
  assert.notEqual(await textOf('day'), undefined)
})
