/** Principals: every form that a statement can name, against every kind of caller. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from './caller.ts'
import type { PrincipalKind } from './document.ts'
import { type Closeness, principalTest } from './principal-match.ts'

const ACCOUNT = '111122223333'
const USER = `arn:aws:iam::${ACCOUNT}:user/x/alice`
const ROLE = `arn:aws:iam::${ACCOUNT}:role/x/deploy`
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/ci`
const FEDERATED = `arn:aws:sts::${ACCOUNT}:federated-user/bob`
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/issuer`
const ROOT = `arn:aws:iam::${ACCOUNT}:root`

const CALLERS = {
  root: { type: 'root', accountId: ACCOUNT, arn: ROOT, id: ACCOUNT },
  user: { type: 'user', accountId: ACCOUNT, arn: USER, id: 'AIDAALICE', userArn: USER, uniqueId: 'AIDAALICE' },
  session: { type: 'assumed-role', accountId: ACCOUNT, arn: SESSION, id: 'AROADEPLOY:ci', roleArn: ROLE, uniqueId: 'AROADEPLOY' },
  federated: {
    type: 'federated-user',
    accountId: ACCOUNT,
    arn: FEDERATED,
    id: `${ACCOUNT}:bob`,
    userArn: USER,
    uniqueId: 'AIDAALICE',
  },
  web: { type: 'web-identity', accountId: ACCOUNT, arn: PROVIDER, id: 'issuer:sub', providerArn: PROVIDER },
  service: { type: 'service', accountId: ACCOUNT, arn: 'states.amazonaws.com', id: 'states.amazonaws.com' },
  anonymous: { type: 'anonymous', accountId: '000000000000', arn: 'anonymous', id: 'anonymous' },
} as const satisfies Record<string, Caller>

type Entries = readonly (readonly [PrincipalKind, string])[]
const testOf = (entries: Entries, negated: boolean, effect: 'Allow' | 'Deny') =>
  principalTest({ start: 0, end: 0, negated, entries: entries.map(([kind, text]) => ({ start: 0, end: 0, kind, text })) }, effect)

// oxfmt-ignore
const NAMED: readonly (readonly [caller: keyof typeof CALLERS, entries: Entries, closeness: Closeness | undefined])[] = [
  ['user',      [['AWS', USER]],                           'user'],
  ['user',      [['AWS', 'AIDAALICE']],                    'user'],
  ['user',      [['AWS', ACCOUNT]],                        'account'],
  ['user',      [['AWS', ROOT]],                           'account'],
  ['user',      [['AWS', '*']],                            'everyone'],
  ['user',      [['AWS', '*'], ['AWS', USER]],             'user'],
  ['user',      [['AWS', ROOT], ['AWS', USER]],            'user'],
  ['user',      [['AWS', USER.toUpperCase()]],             undefined],
  ['user',      [['AWS', `arn:aws:iam::${ACCOUNT}:user/alice`]], undefined],
  ['user',      [['AWS', `arn:aws:iam::${ACCOUNT}:user/x/*`]],   undefined],
  ['user',      [['AWS', '444455556666']],                 undefined],
  ['user',      [['Federated', USER], ['Service', USER]],  undefined],
  ['session',   [['AWS', SESSION]],                        'session'],
  ['session',   [['AWS', ROLE]],                           'role'],
  ['session',   [['AWS', 'AROADEPLOY']],                   'role'],
  ['session',   [['AWS', ROLE], ['AWS', SESSION]],         'session'],
  ['session',   [['AWS', ROLE], ['AWS', '*']],             'everyone'],
  ['session',   [['AWS', `arn:aws:iam::${ACCOUNT}:role/deploy`]], undefined],
  ['session',   [['AWS', `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/other`]], undefined],
  ['session',   [['AWS', ACCOUNT]],                        'account'],
  ['federated', [['AWS', FEDERATED]],                      'session'],
  ['federated', [['AWS', USER]],                           'issuer'],
  ['federated', [['AWS', ROOT]],                           'account'],
  ['root',      [['AWS', ROOT]],                           'account'],
  ['root',      [['AWS', USER]],                           undefined],
  ['web',       [['Federated', PROVIDER]],                 'federated'],
  ['web',       [['Federated', `${PROVIDER}x`]],           undefined],
  ['web',       [['AWS', ACCOUNT], ['AWS', PROVIDER]],     undefined],
  ['web',       [['AWS', '*']],                            'everyone'],
  ['service',   [['Service', 'states.amazonaws.com']],     'service'],
  ['service',   [['Service', 'sns.amazonaws.com']],        undefined],
  ['service',   [['AWS', ACCOUNT]],                        undefined],
  ['anonymous', [['AWS', '*']],                            'everyone'],
  ['anonymous', [['AWS', ACCOUNT]],                        undefined],
  ['anonymous', [['CanonicalUser', 'anonymous']],          undefined],
  ['user',      [],                                        undefined],
]
for (const [caller, entries, closeness] of NAMED) {
  test(`Principal: ${caller} and ${entries.map(([, text]) => text).join(', ')}`, () => {
    for (const effect of ['Allow', 'Deny'] as const)
      assert.equal(testOf(entries, false, effect)(CALLERS[caller], false), closeness)
  })
}

// What NotPrincipal means for an Allow, for a Deny, and for a Deny of somebody with a boundary: whether the statement is about the caller.
// oxfmt-ignore
const NOT_NAMED: readonly (readonly [caller: keyof typeof CALLERS, entries: Entries, allow: boolean, deny: boolean, bounded: boolean])[] = [
  ['user',      [['AWS', `${USER}x`]],                             true,  true,  true],
  ['user',      [['AWS', USER]],                                   false, true,  true],
  ['user',      [['AWS', ROOT]],                                   false, true,  true],
  ['user',      [['AWS', ROOT], ['AWS', USER]],                    false, false, true],
  ['user',      [['AWS', '*']],                                    false, false, true],
  ['session',   [['AWS', ROOT], ['AWS', ROLE]],                    false, true,  true],
  ['session',   [['AWS', ROOT], ['AWS', SESSION]],                 false, true,  true],
  ['session',   [['AWS', ROOT], ['AWS', ROLE], ['AWS', SESSION]],  false, false, true],
  ['federated', [['AWS', ROOT], ['AWS', FEDERATED]],               false, false, true],
  ['federated', [['AWS', ROOT], ['AWS', USER]],                    false, true,  true],
  ['root',      [['AWS', ROOT]],                                   false, false, true],
  ['service',   [['Service', 'states.amazonaws.com']],             false, false, true],
  ['service',   [['AWS', ROOT]],                                   true,  true,  true],
  ['web',       [['Federated', PROVIDER]],                         false, false, true],
  ['anonymous', [['AWS', ROOT]],                                   true,  true,  true],
]
for (const [caller, entries, ...expected] of NOT_NAMED) {
  test(`NotPrincipal: ${caller} and ${entries.map(([, text]) => text).join(', ')}`, () => {
    const about = (effect: 'Allow' | 'Deny', isBounded: boolean): boolean =>
      testOf(entries, true, effect)(CALLERS[caller], isBounded) === 'everyone'
    assert.deepEqual([about('Allow', false), about('Deny', false), about('Deny', true)], expected)
  })
}
