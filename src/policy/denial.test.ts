/**
 * The texts of AccessDenied: each reason of the IAM User Guide ("Troubleshoot access denied error messages"), implicit and explicit, with the ARN
 * of the policy where AWS tells one, for each kind of caller.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from './caller.ts'
import { callerNamed } from './caller-keys.ts'
import { policySet, type PolicySet } from './combine.ts'
import { compileText, type DocumentKind, type PolicySource } from './compile.ts'
import { contextOf } from './context.ts'
import { denialText } from './denial.ts'
import { type Check, decide, type Policies } from './evaluate.ts'

const ACCOUNT = '111122223333'
const ALICE = callerNamed(`arn:aws:iam::${ACCOUNT}:user/alice`)
const BUCKET = 'arn:aws:s3:::bucket/key'

type Kind = DocumentKind | 'endpoint'
const NAMED: ReadonlySet<Kind> = new Set(['trust', 'resource', 'rcp', 'endpoint'])
const typeOf = (kind: Kind): PolicySource['type'] => (kind === 'identity' || kind === 'boundary' ? 'managed' : kind)

/** A set of one policy, with an ARN where its kind may have one. */
function setOf(kind: Kind, Effect: 'Allow' | 'Deny', Action: string, isInline = false): PolicySet {
  const principal = NAMED.has(kind) ? { Principal: '*' } : {}
  const resource = kind === 'trust' ? {} : { Resource: '*' }
  const text = JSON.stringify({ Version: '2012-10-17', Statement: { Effect, ...principal, Action, ...resource } })
  const arn = isInline ? {} : { arn: `arn:of:${kind}` }
  return policySet([compileText(text, kind, { id: kind, name: kind, type: typeOf(kind), ...arn })])
}
const allow = (kind: Kind): PolicySet => setOf(kind, 'Allow', '*')
const deny = (kind: Kind): PolicySet => setOf(kind, 'Deny', '*')
const silent = (kind: Kind): PolicySet => setOf(kind, 'Allow', 'sqs:*')
const ALLOWED: Policies = { identity: allow('identity') }

const checkOf = (more: Partial<Check> = {}): Check => ({
  action: 's3:GetObject',
  resource: BUCKET,
  resourceAccountId: ACCOUNT,
  context: contextOf({}),
  ...more,
})
const ROLE = `arn:aws:iam::${ACCOUNT}:role/deploy`
const onResource = (policies: PolicySet, mandatory = false): Partial<Check> => ({
  resourcePolicy: { kind: 'resource', policies, mandatory },
})
const onRole = (policies: PolicySet): Partial<Check> => ({
  action: 'sts:AssumeRole',
  resource: ROLE,
  resourcePolicy: { kind: 'trust', policies },
})

// oxfmt-ignore
const REASONS: readonly (readonly [name: string, policies: Policies, check: Partial<Check>, reason: string])[] = [
  ['identity, implicit',  {},                                             {},                              'because no identity-based policy allows the s3:GetObject action'],
  ['identity, explicit',  { identity: deny('identity') },                 {},                              'with an explicit deny in an identity-based policy: arn:of:identity'],
  ['identity, inline',    { identity: setOf('identity', 'Deny', '*', true) }, {},                          'with an explicit deny in an identity-based policy'],
  ['boundary, implicit',  { ...ALLOWED, boundary: silent('boundary') },   {},                              'because no permissions boundary allows the s3:GetObject action'],
  ['boundary, explicit',  { ...ALLOWED, boundary: deny('boundary') },     {},                              'with an explicit deny in a permissions boundary: arn:of:boundary'],
  ['session, implicit',   { ...ALLOWED, session: silent('session') },     {},                              'because no session policy allows the s3:GetObject action'],
  ['session, explicit',   { ...ALLOWED, session: deny('session') },       {},                              'with an explicit deny in a session policy: arn:of:session'],
  ['session, inline',     { ...ALLOWED, session: setOf('session', 'Deny', '*', true) }, {},                'with an explicit deny in a session policy'],
  ['SCP, implicit',       { ...ALLOWED, scps: [allow('scp'), silent('scp')] }, {},                         'because no service control policy allows the s3:GetObject action'],
  ['SCP, explicit',       { ...ALLOWED, scps: [allow('scp'), deny('scp')] }, {},                           'with an explicit deny in a service control policy: arn:of:scp'],
  ['RCP, explicit',       { ...ALLOWED, rcps: [allow('rcp'), deny('rcp')] }, {},                           'with an explicit deny in a resource control policy: arn:of:rcp'],
  ['endpoint, implicit',  { ...ALLOWED, endpoint: silent('endpoint') },   {},                              'because no VPC endpoint policy allows the s3:GetObject action'],
  ['endpoint, explicit',  { ...ALLOWED, endpoint: deny('endpoint') },     {},                              'with an explicit deny in a VPC endpoint policy'],
  ['resource, implicit',  ALLOWED,                                        onResource(silent('resource'), true), 'because no resource-based policy allows the s3:GetObject action'],
  ['resource, explicit',  ALLOWED,                                        onResource(deny('resource')),    'with an explicit deny in a resource-based policy'],
  ['trust, implicit',     ALLOWED,                                        onRole(policySet([])),           'because no role trust policy allows the sts:AssumeRole action'],
  ['trust, explicit',     ALLOWED,                                        onRole(deny('trust')),           'with an explicit deny in the role trust policy'],
]
for (const [name, policies, more, reason] of REASONS) {
  test(`denial text: ${name}`, () => {
    const check = checkOf(more)
    const { action, resource } = check
    const decision = decide(check, ALICE, policies)
    const refused = `User: ${ALICE.arn} is not authorized to perform: ${action}`
    assert.equal(denialText(ALICE, check, decision), `${refused} on resource: ${resource} ${reason}`)
    // Some services name the resource in words of their own, some do not name it.
    assert.equal(denialText(ALICE, check, decision, 'bucket key'), `${refused} on resource: bucket key ${reason}`)
    assert.equal(denialText(ALICE, check, decision, ''), `${refused} ${reason}`)
  })
}

const session = callerNamed(`arn:aws:sts::${ACCOUNT}:assumed-role/deploy/ci`)
const visitor = callerNamed(`arn:aws:sts::${ACCOUNT}:federated-user/visitor`)
const service: Caller = { ...callerNamed('ecs-tasks.amazonaws.com'), accountId: ACCOUNT }
// oxfmt-ignore
const CALLERS: readonly (readonly [name: string, caller: Caller, told: string])[] = [
  ['a user',                  ALICE,                                                      `User: ${ALICE.arn} is`],
  ['a session of a role',     session,                                                    `User: arn:aws:sts::${ACCOUNT}:assumed-role/deploy/ci is`],
  ['a role, some session',    callerNamed(ROLE),                                          `User: arn:aws:sts::${ACCOUNT}:assumed-role/deploy/session is`],
  ['a federated session',     visitor,                                                    `User: arn:aws:sts::${ACCOUNT}:federated-user/visitor is`],
  ['the root user',           callerNamed(`arn:aws:iam::${ACCOUNT}:root`),                `User: arn:aws:iam::${ACCOUNT}:root is`],
  ['a service of the account', service,                                                   'User: ecs-tasks.amazonaws.com is'],
]
for (const [name, caller, told] of CALLERS) {
  test(`denial text: ${name}`, () => {
    const check = checkOf(onResource(deny('resource')))
    assert.equal(
      denialText(caller, check, decide(check, caller, {})),
      `${told} not authorized to perform: s3:GetObject on resource: ${BUCKET} with an explicit deny in a resource-based policy`,
    )
  })
}

test('denial text: nobody, who is told a reason and no policy', () => {
  const anonymous = callerNamed('anonymous')
  const refused = `User: anonymous is not authorized to perform: s3:GetObject on resource: ${BUCKET}`
  const texts = [{}, { rcps: [deny('rcp')] }].map((policies) =>
    denialText(anonymous, checkOf(), decide(checkOf(), anonymous, policies)),
  )
  assert.deepEqual(texts, [
    `${refused} because no resource-based policy allows the s3:GetObject action`,
    `${refused} with an explicit deny in a resource control policy`,
  ])
})

for (const [kind, action] of [
  ['oidc', 'sts:AssumeRoleWithWebIdentity'],
  ['saml', 'sts:AssumeRoleWithSAML'],
] as const) {
  test(`denial text: ${action}, whose caller has no name`, () => {
    const caller = callerNamed(`arn:aws:iam::${ACCOUNT}:${kind}-provider/idp.example.com`)
    for (const policies of [policySet([]), deny('trust')]) {
      const check = checkOf({ ...onRole(policies), action })
      assert.equal(denialText(caller, check, decide(check, caller, {})), `Not authorized to perform ${action}`)
    }
  })
}
