/** The checks of all operations on policies, held against the Service Authorization Reference: action, resource type, condition keys. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { parseArn } from '../../aws/arn.ts'
import { readAuthorization } from '../../protocol/model-files.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import type { Check } from '../operation.ts'
import { attachmentOperations } from './attachments.ts'
import { boundaryOperations } from './boundaries.ts'
import { inlinePolicyOperations } from './inline-policies.ts'
import { policyOperations } from './policies.ts'
import { policyEntityOperations } from './policy-entities.ts'
import { policyTagOperations } from './policy-tags.ts'
import { policyVersionOperations } from './policy-versions.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const operations = [
  policyOperations,
  policyVersionOperations,
  policyEntityOperations,
  policyTagOperations,
  attachmentOperations,
  inlinePolicyOperations,
  boundaryOperations,
].flat()

/** Holds whatever one of the operations may ask for. */
const INPUT = {
  UserName: 'n',
  GroupName: 'n',
  RoleName: 'n',
  PolicyName: 'p',
  PolicyArn: `arn:aws:iam::${ACCOUNT}:policy/p`,
  PermissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/p`,
  PolicyDocument: '{}',
  VersionId: 'v1',
  Tags: [{ Key: 'k', Value: 'v' }],
  TagKeys: ['k'],
}

function resourceType({ resource }: Check): string {
  if (typeof resource !== 'string') return resource.kind
  return resource === '*' ? '*' : (parseArn(resource)?.resource.split('/')[0] ?? '')
}

/** The catalogue writes `${TagKey}` where a key has a tag's name. */
const catalogued = (key: string): string => key.replace('/k', '/${TagKey}')

for (const operation of operations) {
  test(`${operation.name} asks for what AWS documents`, () => {
    const checks = [harness.checks(operation, INPUT)].flat() as readonly Check[]
    assert.equal(checks[0]?.action, `iam:${operation.name}`)
    for (const check of checks) {
      const action = readAuthorization().service('iam')?.actions.get(check.action.slice('iam:'.length).toLowerCase())
      assert.equal(`iam:${action?.name}`, check.action)
      const types = action?.resources.map(({ type }) => type) ?? []
      assert.ok(
        (types.length === 0 ? ['*'] : types).includes(resourceType(check)),
        `${resourceType(check)} is not in ${types.join()}`,
      )
      for (const key of Object.keys(check.context ?? {}))
        assert.ok(action?.conditionKeys.includes(catalogued(key)), `${check.action} has no ${key}`)
    }
  })
}

test('all 38 are here', () => {
  assert.equal(new Set(operations.map(({ name }) => name)).size, 38)
})
