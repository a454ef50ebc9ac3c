/** The checks of STS's operations, held against the Service Authorization Reference: no condition key that an action has not, and none left out. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Principal } from '../../aws/principal.ts'
import { readAuthorization } from '../../protocol/model-files.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import type { Check, Operation } from '../operation.ts'
import { sts } from './index.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

const TAG = { Key: 'k', Value: 'v' }
const RoleArn = `arn:aws:iam::${ACCOUNT}:role/app`
const named = { RoleArn, RoleSessionName: 'one' }
const tagged = { Tags: [TAG], TransitiveTagKeys: ['k'] }

const federated = (type: 'web-identity' | 'saml'): Principal => ({
  type,
  accountId: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:provider`,
  id: 'x',
  provider: 'x',
  claims: {},
  credential: { accessKeyId: '' },
  asked: { name: 'one', seconds: undefined, sourceIdentity: 'me', tags: [TAG], transitiveTagKeys: ['k'], shown: {} },
})

/** Each operation with all that becomes a condition key. */
const ASKED: readonly (readonly [operation: string, input: object, as?: Principal])[] = [
  ['AssumeRole', { ...named, ...tagged, ExternalId: 'id', SourceIdentity: 'me' }],
  ['AssumeRoleWithSAML', named, federated('saml')],
  ['AssumeRoleWithWebIdentity', named, federated('web-identity')],
  [
    'AssumeRoot',
    { TargetPrincipal: ACCOUNT, TaskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials' } },
  ],
  ['GetFederationToken', { Name: 'visitor', Tags: [TAG] }],
  ['GetWebIdentityToken', { Audience: ['a'], SigningAlgorithm: 'ES384', DurationSeconds: 60, Tags: [TAG] }],
  ['GetAccessKeyInfo', { AccessKeyId: 'AKIAEXAMPLE' }],
  ['DecodeAuthorizationMessage', { EncodedMessage: 'x' }],
]

const operationNamed = (name: string): Operation => {
  const found = sts.operations.find((operation) => operation.name === name)
  assert.ok(found)
  return found
}
const keysOf = ({ context = {} }: Check): readonly string[] =>
  Object.entries(context).flatMap(([key, value]) => (value === undefined ? [] : [key.replace(/(?<=Tag\/).*/, '${TagKey}')]))

/** Keys that the request itself gives: those of identity providers come with the principal, those of tags of the role with the role. */
const ofRequest = (key: string): boolean => /^(?:aws|sts):/.test(key)

for (const [name, input, as] of ASKED) {
  test(`${name} and what it needs beside it have the keys that AWS documents`, () => {
    const checks = [harness.checks(operationNamed(name), input, { as: as ?? harness.user('u', 'AIDAUSER') })].flat()
    assert.equal(checks.length > 0, true)
    for (const check of checks as readonly Check[]) {
      const action = readAuthorization().service('sts')?.actions.get(check.action.slice('sts:'.length).toLowerCase())
      assert.ok(action, check.action)
      const expected = action.conditionKeys.filter(ofRequest)
      // A federated user cannot make its tags transitive.
      const possible = name === 'GetFederationToken' ? expected.filter((key) => key !== 'sts:TransitiveTagKeys') : expected
      assert.deepEqual(keysOf(check).toSorted(), possible.toSorted(), check.action)
    }
  })
}
