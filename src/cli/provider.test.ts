/** `keyreeve provider`: what it prints. What is refused is in src/server/provider-administration.test.ts. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { cliWorld } from '../../tests/cli-context.ts'

const world = cliWorld()
after(() => world.remove())

const ACCOUNT = '111122223333'
const register = ['provider', 'register', '--account', ACCOUNT, '--domain', 'provider.example', '--name', 'The Provider']
const policy = (kind: string, file: string) => ['provider', kind, '--account', ACCOUNT, '--name', 'setup', '--file', file]

async function printed(words: readonly string[]): Promise<string> {
  const { code, out, err } = await world.run(words)
  assert.deepEqual([code, err], [0, ''])
  return out
}

test('a provider is registered with a template from a file, and listed', async () => {
  const document = '{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'
  writeFileSync(join(world.folder, 'template.json'), document)
  await printed(['account', 'create', '--name', 'P', '--email', 'p@example.com', '--account-id', ACCOUNT])
  assert.equal(
    await printed(register),
    'Account 111122223333 may ask for temporary delegation as The Provider (provider.example).\n',
  )
  assert.equal(await printed(policy('template', 'template.json')), 'arn:aws:iam:::delegation-template/setup\n')
  assert.equal(
    await printed(['provider', 'list']),
    'ACCOUNT       DOMAIN            NAME\n111122223333  provider.example  The Provider\n',
  )
  const { code, err } = await world.run(policy('boundary', 'none.json'))
  assert.deepEqual([code === 0, err.includes(`The file ${join(world.folder, 'none.json')} cannot be read.`)], [false, true])
})
