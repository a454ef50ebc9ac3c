/** The checks of all operations of IAM, held against the Service Authorization Reference: action, resource type, condition keys. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { parseArn } from '../../aws/arn.ts'
import { readAuthorization } from '../../protocol/model-files.ts'
import { INPUTS } from '../../../tests/golden/inputs.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import type { Check, Operation } from '../operation.ts'
import { iam } from './index.ts'
import { actionsOfKey } from './resource-keys.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

/** What operations may be given beside what they must be: all that becomes a condition key. */
const MORE = {
  Path: '/p/',
  Tags: [{ Key: 'k', Value: 'v' }],
  TagKeys: ['k'],
  PermissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/p`,
  CredentialAgeDays: 1,
  OrganizationsPolicyId: 'p-goldengold',
}

/** Not in our copy of the reference, or made of the actions of others (AcquireRole). */
const UNLISTED: ReadonlySet<string> = new Set(['AcquireRole', 'UpdateDelegationRequest'])
/** Inputs of maps, which these tests do not write as their operations read them. */
const MAPS: ReadonlySet<string> = new Set(['PutAccountProperties'])

/** Kinds of entity that stand for a resource type of another name. */
const TYPES: Readonly<Record<string, string>> = {
  'access key': 'user',
  'own password': 'user',
  'password policy': '*',
  'renamed group': 'group',
  'renamed server certificate': 'server-certificate',
  'renamed user': 'user',
  'service credential': 'user',
}
/** Lists that AWS decides on a path: the reference knows no resource of theirs (recorded denials name it). */
const BY_PATH: ReadonlySet<string> = new Set(['ListGroups', 'ListInstanceProfiles', 'ListRoles', 'ListUsers'])

function resourceType({ resource }: Check): string {
  if (typeof resource !== 'string') return TYPES[resource.kind] ?? resource.kind
  return resource === '*' ? '*' : (parseArn(resource)?.resource.split('/')[0] ?? '')
}

/** The reference writes `${TagKey}` where a key has a tag's name. */
const catalogued = (key: string): string => key.replace(/(?<=Tag\/).*/, '${TagKey}')
const checksOf = (operation: Operation): readonly Check[] => {
  const input = { ...MORE, ...INPUTS.iam[operation.name] }
  return [harness.checks(operation, input, { as: harness.user('u', 'AIDAUSER') })].flat() as readonly Check[]
}
const actionsOfIam = () => readAuthorization().service('iam')?.actions ?? new Map()

const compared = iam.operations.filter(({ name }) => !UNLISTED.has(name) && !MAPS.has(name))

for (const operation of compared) {
  test(`${operation.name} asks for what AWS documents`, () => {
    const checks = checksOf(operation)
    assert.equal(checks[0]?.action, `iam:${operation.name}`)
    for (const { action: name, ...check } of checks.filter(({ action }) => action.startsWith('iam:'))) {
      const action = actionsOfIam().get(name.slice('iam:'.length).toLowerCase())
      assert.equal(`iam:${action?.name}`, name)
      const types: readonly string[] = action.resources.map(({ type }: { readonly type: string }) => type)
      const type = resourceType({ action: name, ...check })
      if (!BY_PATH.has(operation.name))
        assert.ok((types.length === 0 ? ['*'] : types).includes(type), `${type}: not ${types.join()}`)
      const keys = Object.entries(check.context ?? {}).flatMap(([key, value]) => (value === undefined ? [] : [catalogued(key)]))
      const ofTypes = types.flatMap((kind) => readAuthorization().service('iam')?.resourceTypes.get(kind)?.conditionKeys ?? [])
      for (const key of keys) assert.ok([...action.conditionKeys, ...ofTypes].includes(key), `${name} has no ${key}`)
    }
  })
}

/** Keys of the reference that come from the entity, that only AWS's services send, or that are of keys registered by a browser. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'iam:DelegationRequestOwner',
  'iam:FIDO-FIPS-140-2-certification',
  'iam:FIDO-FIPS-140-3-certification',
  'iam:FIDO-certification',
  'iam:PermissionsBoundary',
  'iam:RegisterSecurityKey',
  'iam:RoleTemplateARN',
  'iam:ServiceSpecificCredentialServiceName',
])

test('no condition key of the request that AWS documents is left out', () => {
  for (const operation of compared) {
    for (const { action: name, context = {} } of checksOf(operation).filter(({ action }) => action.startsWith('iam:'))) {
      const told = new Set(Object.keys(context).map(catalogued))
      const documented: readonly string[] = actionsOfIam().get(name.slice('iam:'.length).toLowerCase()).conditionKeys
      const missing = documented.filter((key) => !told.has(key) && !ELSEWHERE.has(key))
      assert.deepEqual(missing, [], name)
    }
  }
})

test('keys of entities that only some actions have are those of the reference', () => {
  for (const [key, actions] of actionsOfKey) {
    const documented = [...actionsOfIam().values()].filter(({ conditionKeys }) =>
      conditionKeys.some((one: string) => one.toLowerCase() === key),
    )
    assert.deepEqual([...actions].toSorted(), documented.map(({ name }) => `iam:${name.toLowerCase()}`).toSorted(), key)
  }
})
