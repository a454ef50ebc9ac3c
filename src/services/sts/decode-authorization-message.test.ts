/** DecodeAuthorizationMessage: what is no message of the caller's account, and how long refusals are kept. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { DecodeAuthorizationMessageResponse } from '../../model/sts.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT, write } from '../../../tests/harness.ts'
import type { DenialRecord, KeptSet } from '../denial-record.ts'
import {
  findDenial,
  findDenialOfRequest,
  forgetDenials,
  keepDenials,
  keptText,
  newestDenials,
  overdueAccounts,
} from '../denials.rows.ts'
import { decodeAuthorizationMessage } from './decode-authorization-message.ts'

const HOUR = 3_600_000
let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const document = (Sid: string, Effect: string, more = {}): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: { Sid, Effect, Action: 'iam:*', Resource: '*', ...more } })

/** A policy, and where it is among those of its refusal. */
type Given = { readonly policyType: KeptSet['policyType']; readonly text: string }

const DENIED: readonly Given[] = [{ policyType: 'identity', text: document('S', 'Deny') }]

/** A refusal of the account's user, at this moment. */
async function keep(id: string, given = DENIED, more: Partial<DenialRecord> = {}): Promise<void> {
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
    sets: given.map(({ policyType }, index) => ({
      policyType,
      level: 0,
      policies: [{ source: { id: `p${index}`, name: 'p', type: 'inline' }, hash: `${id}${index || ''}`, attachedTo: [] }],
    })),
    ...more,
  }
  const kept = {
    accountId: ACCOUNT,
    id,
    requestId: record.requestId,
    at,
    record: JSON.stringify(record),
    texts: given.map(({ text }, index) => ({ hash: `${id}${index || ''}`, text })),
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
          principals: { items: [{ value: 'AIDAALICE' }] },
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

const SESSION: DenialRecord['caller'] = {
  type: 'assumed-role',
  accountId: ACCOUNT,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/r/s`,
  id: 'AROAROLE:s',
  uniqueId: 'AROAROLE',
  roleArn: `arn:aws:iam::${ACCOUNT}:role/r`,
}
const allow = document('A', 'Allow')
const deny = document('D', 'Deny')
const elsewhere = { resourceAccountId: OTHER_ACCOUNT }
const named = { Principal: { AWS: '*' } }
// oxfmt-ignore
const STATEMENTS: readonly (readonly [name: string, given: readonly Given[], more: Partial<DenialRecord>, explicit: boolean, told: readonly string[]])[] = [
  ['nothing allows',        [{ policyType: 'identity', text: document('A', 'Allow', { Action: 'sts:*' }) }],                                     {},                 false, []],
  ['the boundary is silent', [{ policyType: 'identity', text: allow }, { policyType: 'boundary', text: document('B', 'Allow', { Action: 'sts:*' }) }], {},            false, []],
  ['a boundary denies',     [{ policyType: 'identity', text: allow }, { policyType: 'boundary', text: deny }],                                   {},                 true,  ['D SCOPE_POLICY_ISSUER']],
  ['a role denies',         [{ policyType: 'identity', text: deny }],                                                                            { caller: SESSION }, true, ['D AROAROLE']],
  ['an organization denies', [{ policyType: 'scp', text: deny }, { policyType: 'identity', text: allow }],                                       { caller: SESSION }, true, ['D AROAROLE:s']],
  ['a resource denies',     [{ policyType: 'resource', text: document('D', 'Deny', named) }],                                                    {},                 true,  ['D *']],
  ['another account denies', [{ policyType: 'resource', text: document('D', 'Deny', named) }],                                                   elsewhere,          true,  []],
  ['another account of the organization denies', [{ policyType: 'resource', text: document('D', 'Deny', named) }], { ...elsewhere, requestContext: { 'aws:PrincipalOrgID': 'o-1' }, checkContext: { 'aws:ResourceOrgID': 'o-1' } }, true, ['D *']],
]
for (const [name, given, more, explicit, told] of STATEMENTS) {
  test(`the statements that are told: ${name}`, async () => {
    await keep(name, given, more)
    const { DecodedMessage = '' } = await decode(name)
    const { explicitDeny, matchedStatements } = JSON.parse(DecodedMessage)
    type Item = { readonly statementId: string; readonly principals: { readonly items: readonly { readonly value: string }[] } }
    assert.deepEqual(
      [
        explicitDeny,
        matchedStatements.items.map((one: Item) =>
          [one.statementId, ...one.principals.items.map(({ value }) => value)].join(' '),
        ),
      ],
      [explicit, told],
    )
  })
}

test('a refusal is kept for a day and then forgotten; the texts of its policies outlive it, then go too', async () => {
  const textOf = (hash: string) => harness.store.read((tx) => keptText(tx, ACCOUNT, hash))
  const isFound = (id: string, request = false) =>
    harness.store.read(
      async (tx) =>
        (await (request ? findDenialOfRequest : findDenial)(tx, request ? `request of ${id}` : id, harness.now())) !== undefined,
    )
  const newest = async () =>
    (await harness.store.read((tx) => newestDenials(tx, ACCOUNT, { limit: 100, now: harness.now() }))).map(({ id }) => id)
  const forget = () =>
    write(harness.store, async (tx) => {
      const accounts = await overdueAccounts(tx, harness.now())
      for (const account of accounts) await forgetDenials(tx, account, harness.now())
      return { done: accounts }
    })
  await keep('old')
  harness.advance(24 * HOUR)
  await keep('day')
  assert.deepEqual([await isFound('old'), await isFound('old', true), (await newest()).includes('old')], [true, true, true])
  harness.advance(1.5 * HOUR)
  // Nobody hears of it any more, whether its row is still there or not.
  assert.deepEqual([await isFound('old'), await isFound('old', true), await newest()], [false, false, ['day']])
  await harness.refused(
    decodeAuthorizationMessage,
    { EncodedMessage: 'old' },
    { code: 'InvalidAuthorizationMessageException', message: 'Message is not valid' },
  )
  await forget()
  harness.advance(-2 * HOUR)
  assert.equal(await isFound('old'), false)
  harness.advance(2 * HOUR)
  assert.notEqual(await textOf('old'), undefined)
  harness.advance(2 * HOUR)
  await forget()
  assert.equal(await textOf('old'), undefined)
  assert.notEqual(await textOf('day'), undefined)
  harness.advance(30 * HOUR)
  await forget()
  assert.deepEqual(await forget(), { done: [] })
})
