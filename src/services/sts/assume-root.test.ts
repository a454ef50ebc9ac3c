/** AssumeRoot without the wire: what it refuses, whom its entity lets in, and the session it makes. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Principal } from '../../aws/principal.ts'
import type { AssumeRootResponse } from '../../model/sts.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { runSql } from '../../../tests/refusals.ts'
import { assumeRoot } from './assume-root.ts'
import { rootUserEntity } from './root-tasks.ts'

const AUDIT = 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials'
const UNLOCK = 'arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy'
const asked = { TargetPrincipal: OTHER_ACCOUNT, TaskPolicyArn: { arn: AUDIT } }
let harness: Harness
let operator: Principal

before(async () => {
  harness = await openHarness()
  operator = harness.user('operator', 'AIDAOPERATOR')
})
after(() => harness.close())

test('who and what is asked for must be AWS’s', () => {
  // oxfmt-ignore
  const rows: readonly (readonly [input: object, code: string, message: string])[] = [
    [{ ...asked, TargetPrincipal: 'arn:aws:iam::444455556666:user/root' }, 'ValidationError', 'arn:aws:iam::444455556666:user/root is invalid'],
    [{ ...asked, TargetPrincipal: 'arn:aws:sts::444455556666:root' },      'ValidationError', 'arn:aws:sts::444455556666:root is invalid'],
    [{ ...asked, TaskPolicyArn: { arn: 'arn:aws:iam::aws:policy/AdministratorAccess' } }, 'ValidationError', 'arn:aws:iam::aws:policy/AdministratorAccess is invalid'],
    [{ ...asked, TaskPolicyArn: {} },                                      'ValidationError', 'undefined is invalid'],
  ]
  for (const [input, code, message] of rows)
    assert.throws(() => harness.checks(assumeRoot, input, { as: operator }), { code, message })
  assert.throws(() => harness.checks(assumeRoot, asked), { code: 'AccessDenied' })
  for (const TargetPrincipal of [OTHER_ACCOUNT, `arn:aws:iam::${OTHER_ACCOUNT}:root`])
    assert.deepEqual(harness.checks(assumeRoot, { ...asked, TargetPrincipal }, { as: operator }), {
      action: 'sts:AssumeRoot',
      resource: { kind: 'root-user', name: AUDIT, accountId: OTHER_ACCOUNT },
      context: { 'sts:TaskPolicyArn': AUDIT },
    })
})

const entity = (accountId: string, task: string) => harness.store.read((tx) => rootUserEntity(tx, accountId, task))

test('the entity lets in whom organization, trusted access and feature together let in', async () => {
  const closed = { arn: `arn:aws:iam::${OTHER_ACCOUNT}:root`, policy: { kind: 'resource', document: '' } }
  const steps: readonly (readonly [sql: string, ...values: readonly string[]])[] = [
    [
      `INSERT INTO organization (account, id, feature_set, root_id, root_tags, policy_types, created_at) VALUES ($1, 'o-exampleorgid', 'CONSOLIDATED_BILLING', 'r-root', '[]', '[]', 0)`,
      ACCOUNT,
    ],
    [
      `INSERT INTO organization_member (account, member, parent_id, joined_method, joined_at, tags) VALUES ($1, $1, 'r-root', 'INVITED', 0, '[]'), ($1, $2, 'r-root', 'CREATED', 0, '[]')`,
      ACCOUNT,
      OTHER_ACCOUNT,
    ],
    [`INSERT INTO organization_root_feature (account, feature) VALUES ($1, 'RootCredentialsManagement')`, ACCOUNT],
    [`INSERT INTO organization_service (account, service_principal, enabled_at) VALUES ($1, 'iam.amazonaws.com', 0)`, ACCOUNT],
  ]
  for (const step of steps) {
    assert.deepEqual(await entity(OTHER_ACCOUNT, AUDIT), closed)
    await harness.refused(assumeRoot, asked, { code: 'AccessDenied' }, { as: operator })
    await runSql(harness, step)
  }
  assert.deepEqual(await entity(OTHER_ACCOUNT, AUDIT), closed)
  await runSql(harness, [`UPDATE organization SET feature_set = 'ALL' WHERE account = $1`, ACCOUNT])
  const { policy } = await entity(OTHER_ACCOUNT, AUDIT)
  assert.deepEqual(JSON.parse(policy?.document ?? '').Statement.Principal, { AWS: [`arn:aws:iam::${ACCOUNT}:root`] })
  // The other feature is not enabled, and the management account is no member of itself.
  assert.deepEqual(await entity(OTHER_ACCOUNT, UNLOCK), closed)
  assert.equal((await entity(ACCOUNT, AUDIT)).policy?.document, '')
  await runSql(harness, [`UPDATE organization_root_feature SET feature = 'RootSessions' WHERE account = $1`, ACCOUNT])
  for (const task of [AUDIT, UNLOCK]) assert.notEqual((await entity(OTHER_ACCOUNT, task)).policy?.document, '')
  await runSql(harness, [`UPDATE account SET status = 'SUSPENDED' WHERE id = $1`, OTHER_ACCOUNT])
  assert.deepEqual(await entity(OTHER_ACCOUNT, AUDIT), closed)
  await runSql(harness, [`UPDATE account SET status = 'ACTIVE' WHERE id = $1`, OTHER_ACCOUNT])
  const own = { ...asked, TargetPrincipal: ACCOUNT }
  await harness.refused(assumeRoot, own, { code: 'AccessDenied' }, { as: operator })
})

test('the session is the member’s root user, limited by the task, with the caller’s source identity', async () => {
  const session = { issuedAt: harness.now(), expiresAt: harness.now() + 60_000, sourceIdentity: 'saanvi' } as const
  const as: Principal = { ...operator, credential: { accessKeyId: 'ASIATEST', session } }
  const answer = await harness.call<AssumeRootResponse>(assumeRoot, { ...asked, DurationSeconds: 60 }, { as })
  assert.equal(answer.SourceIdentity, 'saanvi')
  const made = harness.session(answer.Credentials?.SessionToken ?? '')
  assert.ok(made !== undefined)
  const { accountId, principal, policies, assumedRoot, sourceIdentity, issuedAt, expiresAt } = made
  assert.deepEqual(
    { accountId, principal, policies, assumedRoot, sourceIdentity, lasts: expiresAt - issuedAt },
    {
      accountId: OTHER_ACCOUNT,
      principal: { type: 'root', id: OTHER_ACCOUNT },
      policies: { arns: [AUDIT] },
      assumedRoot: true,
      sourceIdentity: 'saanvi',
      lasts: 60_000,
    },
  )
  const longest = await harness.call<AssumeRootResponse>(assumeRoot, asked, { as: operator })
  assert.equal(longest.SourceIdentity, undefined)
  assert.equal(longest.Credentials?.Expiration?.getTime(), harness.now() + 900_000)
})
