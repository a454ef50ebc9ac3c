/** The keyring: reads back as it was written, refuses what is damaged or open to others, and never loses a key. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  addKey,
  auditKey,
  auditKeys,
  keyringFromKey,
  KeyringError,
  newKeyring,
  parseKeyring,
  readKeyringFile,
  serialiseKeyring,
  removeLeftovers,
  writeKeyringFile,
} from './keyring.ts'

const source = { random: randomBytes, now: 1_700_000_000_000 }

async function inFolder(work: (path: string, folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-keyring-'))
  try {
    await work(join(folder, 'keyring.json'), folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('a rotated keyring keeps its keys and seals with the newest', () => {
  const first = newKeyring(source)
  const second = addKey(first, source)
  assert.equal(second.keys.length, 2)
  assert.notEqual(second.active, first.active)
  assert.equal(second.active, second.keys[1]?.id)
  assert.deepEqual([...auditKeys(second).keys()], [first.active, second.active])
  assert.equal(auditKey(second).id, second.active)
})

test('the same operator key has the same id; other keys have others', () => {
  const key = randomBytes(32)
  assert.equal(keyringFromKey(key).active, keyringFromKey(key).active)
  assert.notEqual(keyringFromKey(randomBytes(32)).active, keyringFromKey(key).active)
  assert.throws(() => keyringFromKey(randomBytes(31)), { name: 'KeyringError', message: 'A master key has 32 bytes, not 31.' })
})

test('the text reads back', () => {
  const keyring = addKey(newKeyring(source), source)
  assert.deepEqual(parseKeyring(serialiseKeyring(keyring)), keyring)
})

const good = serialiseKeyring(newKeyring(source))
const secret = /"key": "([^"]+)"/.exec(good)?.[1] ?? ''

// oxfmt-ignore
const DAMAGED: readonly (readonly [what: string, text: string])[] = [
  ['nothing',              ''],
  ['no JSON',              good.slice(0, -3)],
  ['null',                 'null'],
  ['another format',       good.replace('"format": 1', '"format": 2')],
  ['no list',              '{"format":1,"active":"x"}'],
  ['no keys',              '{"format":1,"active":"x","keys":[]}'],
  ['a null key',           '{"format":1,"active":"x","keys":[null]}'],
  ['an unknown active key', good.replaceAll(/"active": "[^"]+"/g, '"active": "000000000000"')],
  ['a changed key',        good.replace(secret, `${secret.startsWith('A') ? 'B' : 'A'}${secret.slice(1)}`)],
  ['a short key',          good.replace(secret, 'AAAA')],
]
for (const [what, text] of DAMAGED) {
  test(`a damaged keyring is refused, and the message holds no key: ${what}`, () => {
    assert.throws(
      () => parseKeyring(text),
      (error) => {
        assert.ok(error instanceof KeyringError)
        assert.ok(!String(error.stack).includes(secret.slice(0, 20)))
        return true
      },
    )
  })
}

test('the file reads back, for its owner only, and nothing else is left in the folder', async () => {
  await inFolder(async (path, folder) => {
    assert.equal(await readKeyringFile(path), undefined)
    const first = newKeyring(source)
    await writeKeyringFile(path, first)
    const second = addKey(first, source)
    await writeKeyringFile(path, second)
    assert.deepEqual(await readKeyringFile(path), second)
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.deepEqual(readdirSync(folder), ['keyring.json'])
  })
})

test('what a killed write left beside the file is removed, and nothing else', async () => {
  await inFolder(async (path, folder) => {
    await writeKeyringFile(path, newKeyring(source))
    const aside = `${path}.0b0f4a3e-95a5-4a8c-9d6e-3f1a2b4c5d6e.new`
    const others = ['keyring.json.backup.new', 'keyring.json.old', 'other.json.0b0f4a3e-95a5-4a8c-9d6e-3f1a2b4c5d6e.new']
    for (const file of [aside, ...others.map((name) => join(folder, name))]) writeFileSync(file, 'keys', { mode: 0o600 })
    await removeLeftovers(path)
    assert.deepEqual(readdirSync(folder).toSorted(), ['keyring.json', ...others].toSorted())
  })
})

test('a file that others may open is refused', { skip: process.platform === 'win32' }, async () => {
  await inFolder(async (path) => {
    await writeKeyringFile(path, newKeyring(source))
    chmodSync(path, 0o640)
    await assert.rejects(readKeyringFile(path), { name: 'KeyringError', message: /chmod 600/ })
  })
})

test('a damaged file is refused, and named', async () => {
  await inFolder(async (path) => {
    writeFileSync(path, 'x', { mode: 0o600 })
    await assert.rejects(readKeyringFile(path), (error) => error instanceof KeyringError && error.message.includes(path))
  })
})

test('a write that would lose a key changes nothing', async () => {
  await inFolder(async (path, folder) => {
    await writeKeyringFile(path, newKeyring(source))
    const before = readFileSync(path, 'utf8')
    await assert.rejects(writeKeyringFile(path, newKeyring(source)), { name: 'KeyringError', message: /would be lost/ })
    assert.equal(readFileSync(path, 'utf8'), before)
    assert.deepEqual(readdirSync(folder), ['keyring.json'])
  })
})

test('of two that make the first keyring at the same time, one is refused', async () => {
  await inFolder(async (path) => {
    const keyrings = [newKeyring(source), newKeyring(source)]
    const settled = await Promise.allSettled(keyrings.map((keyring) => writeKeyringFile(path, keyring)))
    const kept = settled.findIndex(({ status }) => status === 'fulfilled')
    assert.equal(settled.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.deepEqual(await readKeyringFile(path), keyrings[kept])
  })
})
