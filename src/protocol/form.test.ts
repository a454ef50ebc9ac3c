/** Form bodies: what is read of one is forgotten with its request. */
import assert from 'node:assert/strict'
import { setTimeout as turn } from 'node:timers/promises'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { formText, peekParameters } from './form.ts'

/** A body that has been read as the server reads it, and then let go of. */
function readAndLetGo(text: string): WeakRef<Uint8Array> {
  const body = Buffer.from(text)
  assert.equal(peekParameters({ target: '/', body })('Action'), 'ChangePassword')
  assert.equal(formText(body), text)
  return new WeakRef(body)
}

test('a body, which may hold a password, is not kept until the next one comes', async () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const body = readAndLetGo(`Action=ChangePassword&NewPassword=${'x'.repeat(20_000)}`)
  // What a WeakRef was just made of lives until the end of the turn.
  await turn(0)
  collect()
  assert.equal(body.deref(), undefined)
})
