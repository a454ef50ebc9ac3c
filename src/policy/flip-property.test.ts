/** Suggestions against the engine, in a small world: they lift the refusal, none of them is too many, and nobody else gains anything. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Caller } from './caller.ts'
import { callerNamed } from './caller-keys.ts'
import { policySet, type PolicySet } from './combine.ts'
import { compileText, type DocumentKind } from './compile.ts'
import { contextOf } from './context.ts'
import { type Check, decide, type Policies } from './evaluate.ts'
import { type Addition, flipOf } from './flip.ts'

type Kind = DocumentKind | 'endpoint'

const OWN = '111122223333'
const OTHER = '444455556666'
const ALICE = `arn:aws:iam::${OWN}:user/alice`
const ROLE = `arn:aws:iam::${OWN}:role/team/app`
const VISITOR = `arn:aws:sts::${OWN}:federated-user/visitor`
const NAMES = [ALICE, `arn:aws:iam::${OWN}:user/bob`, ROLE, `arn:aws:iam::${OWN}:root`, VISITOR, 'sns.amazonaws.com', 'anonymous']
const CALLERS = NAMES.map((name): Caller => ({ ...callerNamed(name), ...(name === VISITOR && { userArn: ALICE }) }))

const statement = (kind: Kind) =>
  fc.record({
    Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Allow', 'Deny'),
    Action: fc.constantFrom('*', 's:a', 's:*', 's:b', 't:*'),
    Resource: fc.constantFrom('*', 'arn:aws:s:::a', 'arn:aws:s:::b', 'arn:aws:s:::*'),
    Condition: fc.constantFrom(
      {},
      { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
      { StringLike: { 'aws:PrincipalArn': '*alice' } },
    ),
    ...((kind === 'resource' || kind === 'endpoint') && {
      Principal: fc.constantFrom(
        '*',
        { AWS: OWN },
        { AWS: ALICE },
        { AWS: ROLE },
        { AWS: OTHER },
        { Service: 'sns.amazonaws.com' },
      ),
    }),
  })
const statements = (kind: Kind) =>
  fc.option(fc.array(statement(kind), { minLength: 1, maxLength: 3 }), { nil: undefined, freq: 1 })
const world = fc.record({
  caller: fc.constantFrom(...CALLERS),
  owner: fc.constantFrom(OWN, OWN, OTHER),
  mandatory: fc.boolean(),
  identity: statements('identity'),
  boundary: statements('boundary'),
  session: statements('session'),
  scope: statements('session'),
  scps: fc.array(fc.array(statement('scp'), { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
  endpoint: statements('endpoint'),
  resource: statements('resource'),
})
type World = typeof world extends fc.Arbitrary<infer T> ? T : never

/** The policies of a world, and what was added to them. */
function policiesOf(
  given: World,
  added: readonly Addition[],
): { readonly policies: Policies; readonly resource: PolicySet | undefined } {
  const set = (kind: Kind, own: readonly object[] | undefined, place = kind, level = 0): PolicySet | undefined => {
    const more = added.filter((one) => one.policyType === place && one.level === level).map(({ document }) => document)
    const texts = [...(own === undefined ? [] : [JSON.stringify({ Version: '2012-10-17', Statement: own })]), ...more]
    return texts.length === 0
      ? undefined
      : policySet(texts.map((text) => compileText(text, kind, { id: kind, name: kind, type: 'inline' })))
  }
  const [identity, boundary, session] = [
    set('identity', given.identity),
    set('boundary', given.boundary),
    set('session', given.session),
  ]
  const [scope, endpoint] = [set('session', given.scope, 'session', 1), set('endpoint', given.endpoint)]
  const scps = given.scps.flatMap((own, level) => set('scp', own, 'scp', level) ?? [])
  return {
    policies: {
      ...(identity && { identity }),
      ...(boundary && { boundary }),
      ...(session && { session }),
      ...(scope && { scopes: [scope] }),
      ...(endpoint && { endpoint }),
      ...(scps.length > 0 && { scps }),
    },
    resource: set('resource', given.resource),
  }
}

function checkOf(
  { owner, mandatory, resource: own }: World,
  caller: Caller,
  [action, resource]: Asked,
  policies: PolicySet | undefined,
): Check {
  const principal = caller.accountId === '' ? undefined : (caller.roleArn ?? caller.arn)
  return {
    action,
    resource,
    resourceAccountId: owner,
    context: contextOf({ 'aws:PrincipalArn': principal, 'aws:SourceIp': '192.0.2.1' }),
    ...(policies && { resourcePolicy: { kind: 'resource', policies, mandatory: mandatory && own !== undefined } }),
  }
}

type Asked = readonly [action: string, resource: string]
const ASKED: Asked = ['s:a', 'arn:aws:s:::a']
const ELSE: readonly Asked[] = [
  ['s:b', 'arn:aws:s:::a'],
  ['s:a', 'arn:aws:s:::b'],
  ['t:a', 'arn:aws:s:::a'],
]
/** Policies that others are under as well. */
const SHARED: ReadonlySet<string> = new Set(['scp', 'resource', 'endpoint'])

test('suggestions lift a refusal, none of them is too many, and nobody else gains anything', () => {
  let lifted = 0
  fc.assert(
    fc.property(world, (given) => {
      const { caller } = given
      const isAllowed = (who: Caller, asked: Asked, added: readonly Addition[]): boolean => {
        const { policies, resource } = policiesOf(given, added)
        return decide(checkOf(given, who, asked, resource), who, policies).decision === 'allowed'
      }
      const { policies, resource } = policiesOf(given, [])
      if (isAllowed(caller, ASKED, [])) return
      const flip = flipOf(checkOf(given, caller, ASKED, resource), caller, policies)
      if (flip.kind !== 'add') return
      lifted += 1
      const { additions } = flip
      assert.ok(additions.every(({ reach }) => reach === 'exact'))
      assert.ok(isAllowed(caller, ASKED, additions))
      for (const one of additions)
        assert.ok(
          !isAllowed(
            caller,
            ASKED,
            additions.filter((each) => each !== one),
          ),
          one.document,
        )
      for (const who of CALLERS) {
        // What a user issues may do what the user may.
        if (who.type === 'federated-user' && who.userArn === caller.arn) continue
        const added = who === caller ? additions : additions.filter(({ policyType }) => SHARED.has(policyType))
        for (const asked of who === caller ? ELSE : [ASKED, ...ELSE])
          assert.equal(isAllowed(who, asked, added), isAllowed(who, asked, []), `${who.arn} ${asked.join(' ')}`)
      }
    }),
    { numRuns: 300 },
  )
  assert.ok(lifted > 50, String(lifted))
})
