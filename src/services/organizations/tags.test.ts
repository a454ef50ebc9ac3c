/** Tags that come with what is made: who makes it must be allowed to tag, too. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { CreateOrganizationResponse, ListRootsResponse } from '../../model/organizations.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import type { Check, EntityRef, Operation } from '../operation.ts'
import { entities } from './entities.ts'
import { inviteAccountToOrganization } from './invitations.ts'
import { createAccount, createGovCloudAccount } from './new-account.ts'
import { createOrganization, listRoots } from './organization.ts'
import { createPolicy } from './policies.ts'
import { putResourcePolicy } from './resource-policy.ts'
import { inviteOrganizationToTransferResponsibility } from './transfer-invitations.ts'
import { createOrganizationalUnit } from './units.ts'

let harness: Harness
let organizationId: string
let rootId: string
before(async () => {
  harness = await openHarness()
  const { Organization } = await harness.call<CreateOrganizationResponse>(createOrganization, {})
  organizationId = Organization?.Id ?? ''
  rootId = (await harness.call<ListRootsResponse>(listRoots, {})).Roots?.[0]?.Id ?? ''
})
after(() => harness.close())

const TYPE = 'SERVICE_CONTROL_POLICY'
const NEW_ACCOUNT = { Email: 'a@example.com', AccountName: 'a' }
const INVITED = { Target: { Type: 'ACCOUNT', Id: OTHER_ACCOUNT } }
/** The operation, its input without tags, and what the tags will be on: an ARN from behind the account. */
// oxfmt-ignore
const ROWS = (): readonly (readonly [operation: Operation, input: object, tagged: string])[] => [
  [createAccount,               NEW_ACCOUNT,                                                 `account/${organizationId}/*`],
  [createGovCloudAccount,       NEW_ACCOUNT,                                                 `account/${organizationId}/*`],
  [createOrganizationalUnit,    { ParentId: rootId, Name: 'u' },                             `ou/${organizationId}/ou-${rootId.slice(2)}-*`],
  [createPolicy,                { Type: TYPE, Name: 'p', Description: '', Content: '{}' },   `policy/${organizationId}/${TYPE.toLowerCase()}/*`],
  [putResourcePolicy,           { Content: '{}' },                                           `resourcepolicy/${organizationId}/*`],
  [inviteAccountToOrganization, INVITED,                                                     `account/${organizationId}/${OTHER_ACCOUNT}`],
  [inviteOrganizationToTransferResponsibility,
    { ...INVITED, Type: 'BILLING', StartTimestamp: new Date(0), SourceName: 's' },           `transfer/${organizationId}/billing/inbound/*`],
]

async function arnOf({ resource }: Check): Promise<string> {
  const { kind, name } = resource as EntityRef
  const lookup = entities[kind]
  assert.ok(lookup, kind)
  return (await harness.store.read((tx) => lookup(tx, ACCOUNT, name))).arn
}

/** Of the two actions that an invitation with tags needs, only tagging has their keys (Service Authorization Reference). */
const WITHOUT_TAGS: ReadonlySet<string> = new Set(['InviteOrganizationToTransferResponsibility'])
/** Their own actions have aws:ResourceTag: to them the tags are those of the thing already. */
const OF_NEW: ReadonlySet<string> = new Set(['CreateAccount', 'CreateGovCloudAccount', 'CreatePolicy'])
/** What these tag is there. */
const OF_OLD: ReadonlySet<string> = new Set(['InviteAccountToOrganization', 'PutResourcePolicy'])

test('what is made with tags needs organizations:TagResource, and the checks know the tags', async () => {
  for (const [operation, input, tagged] of ROWS()) {
    const action = `organizations:${operation.name}`
    const plain = [harness.checks(operation, input)].flat() as readonly Check[]
    assert.deepEqual(
      plain.map((check) => check.action),
      [action],
    )
    assert.deepEqual([harness.checks(operation, { ...input, Tags: [] })].flat(), plain)
    const checks = [harness.checks(operation, { ...input, Tags: [{ Key: 'team', Value: 'blue' }] })].flat() as readonly Check[]
    const told = WITHOUT_TAGS.has(operation.name) ? [undefined, undefined] : [['team'], 'blue']
    assert.deepEqual(
      checks.map(({ action: one, context = {} }) => [
        one,
        context['aws:TagKeys'],
        context['aws:RequestTag/team'],
        context['aws:ResourceTag/team'],
      ]),
      [
        [action, ...told, OF_NEW.has(operation.name) ? 'blue' : undefined],
        ['organizations:TagResource', ['team'], 'blue', OF_OLD.has(operation.name) ? undefined : 'blue'],
      ],
    )
    const [, tagging] = checks
    assert.ok(tagging)
    assert.equal(await arnOf(tagging), `arn:aws:organizations::${ACCOUNT}:${tagged}`)
  }
})
