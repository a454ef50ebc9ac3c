/** The table of condition keys agrees with AWS's own list, key by key. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAuthorization } from '../protocol/model-files.ts'
import { GUIDE_KEYS, KEY_FACTS, keyFact } from './keys.ts'

const catalogue = readAuthorization()
/** Names with placeholders as the table has them. */
const plain = (name: string): string => name.replace(/\/(?:\$\{[^}]*\}|tag-key)$/i, '/')
/** The Service Authorization Reference calls this one a text; its values are ARNs. */
const OWN_TYPES: Readonly<Record<string, string>> = { 'aws:SourceVpcArn': 'String' }

const listed = [
  ...catalogue.globalConditionKeys,
  ...['iam', 'sts'].flatMap((service) =>
    [...(catalogue.service(service)?.conditionKeys.values() ?? [])].filter(({ name }) => /^(?:iam|sts):/.test(name)),
  ),
]

for (const { name, type } of listed) {
  test(`key: ${name}`, () => {
    const fact = keyFact(plain(name))
    assert.ok(fact)
    const written = OWN_TYPES[name] ?? (fact.multivalued ? `ArrayOf${fact.type}` : fact.type)
    assert.equal(written, type)
  })
}

test('keys: each once, and none that AWS lists nowhere', () => {
  const names = new Set([...GUIDE_KEYS, ...listed.map(({ name }) => plain(name).toLowerCase())])
  assert.equal(new Set(KEY_FACTS.map(({ name }) => name.toLowerCase())).size, KEY_FACTS.length)
  assert.deepEqual(
    KEY_FACTS.filter(({ name }) => !names.has(name.toLowerCase())),
    [],
  )
})

test('keys: case does not matter, nor which tag it is', () => {
  assert.equal(keyFact('AWS:PRINCIPALTAG/Team/x')?.name, 'aws:PrincipalTag/')
  assert.equal(keyFact('aws:principaltag'), undefined)
  assert.equal(keyFact('s3:prefix'), undefined)
})
