/** Wrong codes are counted for each device, for six hours. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
  CreateAccessKeyCommand,
} from '@aws-sdk/client-iam'
import { GetSessionTokenCommand } from '@aws-sdk/client-sts'
import { startTestServer } from '../../tests/server.ts'
import { beginGuess } from './mfa-guesses.ts'
import { codeAt, fromBase32, stepAt } from './totp.ts'

const WINDOW_MS = 21_600_000
const THROTTLED = { code: 'Throttling', message: 'Rate exceeded' }

/** A server of its own, as far as guesses tell servers apart. */
const newServer = () => ({ claim: async () => true })

test('twenty wrong codes of a device in six hours', () => {
  const server = newServer()
  for (let guess = 0; guess < 20; guess += 1) beginGuess('alice', { ...server, now: guess * 1_000 })
  assert.throws(() => beginGuess('alice', { ...server, now: WINDOW_MS - 1 }), THROTTLED)
  beginGuess('bob', { ...server, now: WINDOW_MS - 1 })
  beginGuess('alice', { ...newServer(), now: WINDOW_MS - 1 })
  beginGuess('alice', { ...server, now: WINDOW_MS })
})

test('right codes are not counted, and those that are being checked are', () => {
  const server = newServer()
  for (let call = 0; call < 100; call += 1) beginGuess('alice', { ...server, now: call }).wasRight()
  const checking = Array.from({ length: 20 }, () => beginGuess('alice', { ...server, now: 100 }))
  assert.throws(() => beginGuess('alice', { ...server, now: 101 }), THROTTLED)
  for (const { wasRight } of checking) wasRight()
  beginGuess('alice', { ...server, now: 102 })
})

test('a crowd of wrong codes: after the twentieth no code is looked at, the right one neither', async () => {
  const server = await startTestServer()
  try {
    const { root } = await server.account('guesses')
    const iam = server.iam(root)
    await iam.send(new CreateUserCommand({ UserName: 'alice' }))
    const { VirtualMFADevice } = await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'phone' }))
    const { SerialNumber = '', Base32StringSeed = new Uint8Array() } = VirtualMFADevice ?? {}
    const seed = fromBase32(Buffer.from(Base32StringSeed).toString())
    const step = stepAt(Date.now())
    const [AuthenticationCode1, AuthenticationCode2] = [codeAt(seed, step - 1), codeAt(seed, step)]
    await iam.send(new EnableMFADeviceCommand({ UserName: 'alice', SerialNumber, AuthenticationCode1, AuthenticationCode2 }))
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }))
    assert.ok(AccessKey?.AccessKeyId !== undefined && AccessKey.SecretAccessKey !== undefined)
    const sts = server.sts({ accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey })
    // Codes of the steps around this one are right; here is one that is none of them.
    const near = new Set(Array.from({ length: 41 }, (_, index) => codeAt(seed, step - 20 + index)))
    const wrong = ['000000', '111111', '222222'].find((code) => !near.has(code)) ?? ''
    const ask = (TokenCode: string) => sts.send(new GetSessionTokenCommand({ SerialNumber, TokenCode }))
    const asked = await Promise.allSettled(Array.from({ length: 60 }, () => ask(wrong)))
    const told = asked.map((one) => (one.status === 'rejected' && one.reason instanceof Error ? one.reason.name : one.status))
    assert.deepEqual(
      ['AccessDenied', 'Throttling'].map((name) => told.filter((one) => one === name).length),
      [20, 40],
    )
    await assert.rejects(ask(codeAt(seed, stepAt(Date.now()) + 1)), { name: 'Throttling' })
  } finally {
    await server.close()
  }
})
