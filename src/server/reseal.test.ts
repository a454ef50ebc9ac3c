/** Key rotation: every sealed value is sealed anew, and no sealed column is forgotten. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { openTestContext, createAccount } from '../../tests/context.ts'
import { answerTo, queryRequest } from '../../tests/calls.ts'
import { administration } from './administration.ts'
import { SEALED_COLUMNS } from './reseal.ts'

test('after a rotation every secret is sealed by the new key, and still opens', async () => {
  const opened = await openTestContext()
  const { context, keyring } = opened
  const credentials = await createAccount(opened, 'rotation', '111122223333')
  const call = (action: string, input: object) => answerTo(queryRequest('iam', action, input, { credentials }), context)
  await call('CreateVirtualMFADevice', { VirtualMFADeviceName: 'phone' })
  await call('CreateUser', { UserName: 'alice' })
  await call('CreateAccessKey', { UserName: 'alice' })
  const { keyId, resealed } = await administration.rotateKeys(opened, {})
  assert.equal(keyId, keyring.current().active)
  assert.equal(resealed, 3)
  const secrets = await context.store.read((tx) =>
    tx.all<{ secret: string }>('SELECT secret FROM iam_access_key UNION ALL SELECT seed FROM iam_mfa_device'),
  )
  for (const { secret } of secrets) assert.ok(secret.includes(keyId), 'sealed by the new key')
  assert.equal((await call('ListUsers', {})).status, 200)
  await opened.close()
})

test('every context that something is sealed for has its column here', () => {
  const contexts = new Set<string>()
  for (const file of globSync('src/services/**/*.ts', { exclude: ['**/*.test.ts'] })) {
    for (const [, context = ''] of readFileSync(file, 'utf8').matchAll(/`([a-z-]+)\/\$\{(?:id|serial|accessKeyId)\}`/g))
      contexts.add(context)
  }
  assert.deepEqual(
    [...contexts].filter((context) => context !== 'role' && context !== 'claim').toSorted(),
    SEALED_COLUMNS.map(({ context }) => context).toSorted(),
  )
})
