/** What is said about a delegation request: whether the caller has what it asks for, and the summary in words. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Principal, SessionFacts } from '../../aws/principal.ts'
import type { GetDelegationRequestResponse, GetHumanReadableSummaryResponse } from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { BOUNDARY, newRequest, PROVIDER, registerProvider, requestInput } from '../../../tests/product-provider.ts'
import { assertRefusals, runSql } from '../../../tests/refusals.ts'
import { putUserPermissionsBoundary } from './boundaries.ts'
import { associateDelegationRequest } from './delegation-approval.ts'
import { createDelegationRequest } from './delegation-create.ts'
import { listNotices, openNotice } from './delegation-notices.ts'
import { checkPermissions } from './delegation-permission-check.ts'
import { getDelegationRequest } from './delegation-requests.ts'
import { getHumanReadableSummary } from './delegation-summary.ts'
import { putUserPolicy } from './inline-policies.ts'
import { attachUserPolicy } from './attachments.ts'
import { OPEN_DELEGATION_REQUESTS } from './quotas.ts'
import { createUser } from './users.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
  await registerProvider(harness)
})
after(() => harness.close())

const policy = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
const allow = (Action: unknown, more: object = {}) => ({ Effect: 'Allow', Action, Resource: '*', ...more })
const deny = (Action: unknown, more: object = {}) => ({ Effect: 'Deny', Action, Resource: '*', ...more })
const MFA = { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }
const asked = policy(allow(['s3:GetObject', 's3:PutObject']))

type Given = {
  readonly inline?: string
  readonly attached?: string
  readonly boundary?: string
  readonly session?: Pick<SessionFacts, 'policies' | 'scopes'>
}
let users = 0

async function newUser({ inline, attached, boundary, session }: Given): Promise<Principal> {
  users += 1
  const UserName = `user-${users}`
  const { User } = await harness.call<{ User: { UserId: string } }>(createUser, { UserName })
  if (inline !== undefined) await harness.call(putUserPolicy, { UserName, PolicyName: 'inline', PolicyDocument: inline })
  if (attached !== undefined) await harness.call(attachUserPolicy, { UserName, PolicyArn: attached })
  if (boundary !== undefined) await harness.call(putUserPermissionsBoundary, { UserName, PermissionsBoundary: boundary })
  const user = harness.user(UserName, User.UserId)
  if (session === undefined) return user
  return { ...user, credential: { accessKeyId: 'ASIA', session: { issuedAt: 0, expiresAt: 1, ...session } } }
}

const S3 = policy(allow('s3:*'))
const READ_ONLY = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
const FULL = 'arn:aws:iam::aws:policy/AmazonS3FullAccess'

// oxfmt-ignore
const CHECKS: readonly (readonly [what: string, given: Given, result: string])[] = [
  ['no policy',                          {},                                                                   'DENIED'],
  ['all of it',                          { inline: S3 },                                                       'ALLOWED'],
  ['a part of it',                       { inline: policy(allow('s3:Get*')) },                                 'DENIED'],
  ['each part by another statement',     { inline: policy(allow('s3:Get*'), allow('s3:PutObject')) },          'ALLOWED'],
  ['on some resources',                  { inline: policy(allow('s3:*', { Resource: 'arn:aws:s3:::a/*' })) },  'DENIED'],
  ['with a condition',                   { inline: policy(allow('s3:*', MFA)) },                               'UNSURE'],
  ['denied',                             { inline: policy(allow('s3:*'), deny('s3:PutObject')) },              'DENIED'],
  ['denied with a condition',            { inline: policy(allow('s3:*'), deny('s3:PutObject', MFA)) },         'UNSURE'],
  ['an AWS managed policy',              { attached: FULL },                                                   'ALLOWED'],
  ['an AWS managed policy of less',      { attached: READ_ONLY },                                              'DENIED'],
  ['a boundary of less',                 { inline: S3, boundary: READ_ONLY },                                  'DENIED'],
  ['a boundary of all of it',            { inline: S3, boundary: FULL },                                       'ALLOWED'],
  ['a boundary of a provider',           { inline: S3, boundary: BOUNDARY },                                   'DENIED'],
  ['a session policy of less',           { inline: S3, session: { policies: { inline: policy(allow('s3:Get*')) } } }, 'DENIED'],
  ['a managed session policy',           { inline: S3, session: { policies: { arns: [FULL] } } },              'ALLOWED'],
  ['a session policy that is gone',      { inline: S3, session: { policies: { arns: ['arn:aws:iam::111122223333:policy/gone'] } } }, 'DENIED'],
  ['a scope of less',                    { inline: S3, session: { scopes: [S3, policy(allow('s3:Get*'))] } },  'DENIED'],
]
for (const [what, given, result] of CHECKS) {
  test(`the permission check, ${what}: ${result}`, async () => {
    const caller = await newUser(given)
    assert.deepEqual(await harness.store.read((tx) => checkPermissions(tx, caller, asked)), {
      PermissionCheckStatus: 'COMPLETE',
      PermissionCheckResult: result,
    })
  })
}

test('the permission check of policies made to be slow is not sure, and keeps nobody waiting', async () => {
  const stars = Array.from({ length: 20 }, (_, index) => `s3:*${'ab'.repeat(index + 1)}*${'ba'.repeat(index + 1)}*a?b${index}*`)
  const caller = await newUser({ inline: policy(allow(stars)) })
  const slow = policy(allow(`s3:*${'abba'.repeat(9)}*`))
  let turns = 0
  let isDone = false
  const answer = harness.store.read((tx) => checkPermissions(tx, caller, slow)).finally(() => (isDone = true))
  for (; !isDone; turns += 1) await new Promise((resolve) => setImmediate(resolve))
  assert.equal((await answer).PermissionCheckResult, 'UNSURE')
  assert.ok(turns > 100, `${turns} turns`)
})

test('the root user has what is asked for; the check is made where it is asked for', async () => {
  const DelegationRequestId = await newRequest(harness)
  const get = (more: object) => harness.call<GetDelegationRequestResponse>(getDelegationRequest, { DelegationRequestId, ...more })
  const { PermissionCheckStatus, PermissionCheckResult } = await get({ DelegationPermissionCheck: true })
  assert.deepEqual([PermissionCheckStatus, PermissionCheckResult], ['COMPLETE', 'ALLOWED'])
  assert.deepEqual(Object.keys(await get({ DelegationPermissionCheck: false })), ['DelegationRequest'])
})

const arnOf = (id: string, account = ACCOUNT) => `arn:aws:iam::${account}:delegation-request/${id}`

test('the summary says what the policy says', async () => {
  const id = await newRequest(harness, { SessionDuration: 5_400 })
  assert.deepEqual(await harness.call<GetHumanReadableSummaryResponse>(getHumanReadableSummary, { EntityArn: arnOf(id) }), {
    SummaryState: 'AVAILABLE',
    Locale: 'en',
    SummaryContent: `**Provider** (account ${PROVIDER}) asks to act in your account for 1 hour 30 minutes, as whoever approves the request, with no more than that identity may do and no more than this:

- **AWS Identity and Access Management (IAM)**: \`iam:GetUser\`, \`iam:ListUsers\` (List, Read)
  - on \`arn:aws:iam::*:user/alice\`
- **AWS Identity and Access Management (IAM)**: \`iam:CreateRole\` (Write)
  - on all resources
  - only if \`iam:PermissionsBoundary\` meets \`StringEquals\` \`${BOUNDARY}\`

Roles that it makes outlast the access. They are limited by: \`${BOUNDARY}\`.`,
  })
})

test('other languages are not supported, and say so', async () => {
  const EntityArn = arnOf(await newRequest(harness))
  const states = []
  for (const Locale of ['en', 'en-US', 'EN_GB', 'de', 'ja-JP', 'end']) {
    const answer = await harness.call<GetHumanReadableSummaryResponse>(getHumanReadableSummary, { EntityArn, Locale })
    assert.equal(answer.Locale, Locale)
    assert.equal(answer.SummaryContent === '', answer.SummaryState !== 'AVAILABLE')
    states.push(answer.SummaryState)
  }
  assert.deepEqual(states, ['AVAILABLE', 'AVAILABLE', 'AVAILABLE', 'NOT_SUPPORTED', 'NOT_SUPPORTED', 'NOT_SUPPORTED'])
})

test('GetHumanReadableSummary refuses in this order', async () => {
  const id = await newRequest(harness)
  const message = (arn: string) => `EntityArn ${arn} is not the ARN of a delegation-request.`
  for (const arn of ['arn:aws:iam::111122223333:user/alice', 'not the ARN of anything']) {
    const refusal = { code: 'InvalidInput', message: message(arn) }
    assert.throws(() => harness.checks(getHumanReadableSummary, { EntityArn: arn }), refusal)
    await harness.refused(getHumanReadableSummary, { EntityArn: arn }, refusal)
  }
  const gone = 'e4bdcdae-4f66-41ed-8e1e-a710ea8a3c1e'
  await assertRefusals(harness, getHumanReadableSummary, [
    [{ EntityArn: arnOf(gone) }, 'NoSuchEntity', `The delegation request with id ${gone} cannot be found.`],
    [{ EntityArn: arnOf(id, OTHER_ACCOUNT) }, 'NoSuchEntity', `The delegation request with id ${id} cannot be found.`],
  ])
})

test('notices are in the order in which they came, whenever their calls began', async () => {
  const ids: string[] = []
  for (const off of [5, -3, 0, -1_000, 998, 2]) {
    harness.advance(off)
    const DelegationRequestId = await newRequest(harness)
    ids.push(DelegationRequestId)
    await harness.call(associateDelegationRequest, { DelegationRequestId })
  }
  const { vault } = harness.preparing()
  const told: unknown[] = []
  let after = ''
  for (let page = await pageAfter(after); page.length > 0; page = await pageAfter(after)) {
    told.push(...page.map((row) => JSON.parse(openNotice(row, vault)).RequestId))
    after = page.at(-1)?.id ?? ''
  }
  assert.deepEqual(told, ids)
})
const pageAfter = (after: string) => harness.store.read((tx) => listNotices(tx, PROVIDER, { after, limit: 2 }))

test('a provider has so many open requests', async () => {
  const as = harness.rootOf(PROVIDER)
  const id = await newRequest(harness)
  const copy = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
    INSERT INTO iam_delegation_request (account, id, workflow_id, requestor_name, description, template_arn, parameters, policy,
      notification_channel, session_seconds, only_send_by_owner, state, created_at, updated_at, expires_at)
    SELECT account, 'r' || i, 'w' || i, '', '', '', '', '', '', 300, 0, 'UNASSIGNED', created_at, created_at, expires_at
    FROM iam_delegation_request, n WHERE id = $2`
  await runSql(harness, [copy, OPEN_DELEGATION_REQUESTS, id])
  await harness.refused(
    createDelegationRequest,
    requestInput(),
    { code: 'LimitExceeded', message: 'Cannot exceed quota for OpenDelegationRequestsPerAccount: 1000' },
    { as },
  )
})
