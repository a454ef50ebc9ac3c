/** Virtual MFA devices: refusals in their order, the life of a device, what is told of it. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { inflateSync } from 'node:zlib'
import type {
  CreateVirtualMFADeviceResponse,
  ListMFADevicesResponse,
  ListVirtualMFADevicesResponse,
} from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { proveMfa } from '../mfa-proof.ts'
import { codeAt, fromBase32, stepAt } from '../totp.ts'
import {
  createVirtualMfaDevice,
  deactivateMfaDevice,
  deleteVirtualMfaDevice,
  enableMfaDevice,
  resyncMfaDevice,
} from './mfa-devices.ts'
import { getMfaDevice, listMfaDevices, listVirtualMfaDevices } from './mfa-lists.ts'
import { listMfaDeviceTags, tagMfaDevice, untagMfaDevice } from './mfa-tags.ts'
import { createUser, deleteUser, getUser } from './users.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
  for (const UserName of ['alice', 'bob', 'full']) await harness.call(createUser, { UserName })
})
after(() => harness.close())

const serial = (name: string): string => `arn:aws:iam::${ACCOUNT}:mfa/${name}`
type Codes = { readonly AuthenticationCode1: string; readonly AuthenticationCode2: string }

/** Makes a device; what gives its next two codes, `off` steps from now. */
async function device(VirtualMFADeviceName: string): Promise<(off?: number) => Codes> {
  const { VirtualMFADevice } = await harness.call<CreateVirtualMFADeviceResponse>(createVirtualMfaDevice, {
    VirtualMFADeviceName,
  })
  const seed = fromBase32(Buffer.from(VirtualMFADevice.Base32StringSeed ?? []).toString())
  assert.equal(seed.length, 40)
  return (off = 0) => {
    const step = stepAt(harness.now()) + off
    return { AuthenticationCode1: codeAt(seed, step), AuthenticationCode2: codeAt(seed, step + 1) }
  }
}

test('a new device shows its seed once, as text and as a picture', async () => {
  const { VirtualMFADevice } = await harness.call<CreateVirtualMFADeviceResponse>(createVirtualMfaDevice, {
    Path: '/team/',
    VirtualMFADeviceName: 'new',
    Tags: [{ Key: 'a', Value: 'b' }],
  })
  assert.equal(VirtualMFADevice.SerialNumber, `arn:aws:iam::${ACCOUNT}:mfa/team/new`)
  assert.match(Buffer.from(VirtualMFADevice.Base32StringSeed ?? []).toString(), /^[A-Z2-7]{64}$/)
  assert.deepEqual(VirtualMFADevice.Tags, [{ Key: 'a', Value: 'b' }])
  const png = Buffer.from(VirtualMFADevice.QRCodePNG ?? [])
  assert.equal(png.toString('latin1', 1, 4), 'PNG')
  const side = png.readUInt32BE(16)
  const length = png.readUInt32BE(33)
  assert.equal(inflateSync(png.subarray(41, 41 + length)).length, (Math.ceil(side / 8) + 1) * side)
})

test('a serial number has 256 characters at most', async () => {
  const tooLong = (member: string, longest: number): string =>
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${longest}`
  const path = (length: number): string => `/${'p'.repeat(length - 2)}/`
  // oxfmt-ignore
  await assertRefusals(harness, createVirtualMfaDevice, [
    [{ VirtualMFADeviceName: 'x'.repeat(227) },                      'ValidationError', tooLong('virtualMFADeviceName', 226)],
    [{ Path: path(100), VirtualMFADeviceName: 'x'.repeat(128) },     'ValidationError', tooLong('virtualMFADeviceName', 127)],
    [{ Path: path(227), VirtualMFADeviceName: 'x' },                 'ValidationError', tooLong('path', 226)],
  ])
  const { VirtualMFADevice } = await harness.call<CreateVirtualMFADeviceResponse>(createVirtualMfaDevice, {
    VirtualMFADeviceName: 'x'.repeat(226),
  })
  assert.equal(VirtualMFADevice.SerialNumber.length, 256)
  await harness.call(deleteVirtualMfaDevice, { SerialNumber: VirtualMFADevice.SerialNumber })
})

test('each operation refuses in this order', async () => {
  const codes = await device('taken')
  await device('free')
  const wrong = { AuthenticationCode1: '000000', AuthenticationCode2: '000000' }
  const none = 'arn:aws:iam::111122223333:mfa/none'
  await harness.call(enableMfaDevice, { UserName: 'alice', SerialNumber: serial('taken'), ...codes() })
  for (let number = 0; number < 8; number += 1) {
    const next = await device(`full-${number}`)
    await harness.call(enableMfaDevice, { UserName: 'full', SerialNumber: serial(`full-${number}`), ...next() })
  }
  // oxfmt-ignore
  await assertRefusals(harness, createVirtualMfaDevice, [
    [{ VirtualMFADeviceName: 'taken', Tags: [{ Key: 'a', Value: '' }, { Key: 'a', Value: '' }] }, 'InvalidInput', 'Duplicate tag keys found.'],
    [{ VirtualMFADeviceName: 'taken' }, 'EntityAlreadyExists', 'MFADevice entity at the same path and name already exists.'],
  ])
  // oxfmt-ignore
  await assertRefusals(harness, enableMfaDevice, [
    [{ UserName: 'nobody', SerialNumber: none, ...wrong },            'NoSuchEntity',        'The user with name nobody cannot be found.'],
    [{ UserName: 'full', SerialNumber: none, ...wrong },              'NoSuchEntity',        `MFA Device with serial number ${none} does not exist.`],
    [{ UserName: 'full', SerialNumber: serial('taken'), ...wrong },   'EntityAlreadyExists', 'MFA Device is already in use.'],
    [{ UserName: 'full', SerialNumber: serial('free'), ...wrong },    'LimitExceeded',       'Cannot exceed quota for MFADevicesPerUser: 8'],
    [{ UserName: 'bob', SerialNumber: serial('free'), ...wrong },     'InvalidAuthenticationCode', 'Authentication code for device is not valid.'],
    [{ UserName: 'bob', SerialNumber: serial('free'), ...codes() },   'InvalidAuthenticationCode', 'Authentication code for device is not valid.'],
  ])
  // oxfmt-ignore
  await assertRefusals(harness, resyncMfaDevice, [
    [{ UserName: 'nobody', SerialNumber: none, ...wrong },            'NoSuchEntity', 'The user with name nobody cannot be found.'],
    [{ UserName: 'bob', SerialNumber: serial('taken'), ...codes() },  'NoSuchEntity', `MFA Device with serial number ${serial('taken')} does not exist.`],
    [{ UserName: 'alice', SerialNumber: serial('taken'), ...wrong },  'InvalidAuthenticationCode', 'Authentication code for device is not valid.'],
    [{ UserName: 'alice', SerialNumber: serial('taken'), ...codes(), AuthenticationCode2: codes(5).AuthenticationCode1 }, 'InvalidAuthenticationCode', 'Authentication code for device is not valid.'],
  ])
  // oxfmt-ignore
  await assertRefusals(harness, deactivateMfaDevice, [
    [{ UserName: 'nobody', SerialNumber: none },           'NoSuchEntity', 'The user with name nobody cannot be found.'],
    [{ UserName: 'bob', SerialNumber: serial('taken') },   'NoSuchEntity', `MFA Device with serial number ${serial('taken')} does not exist.`],
    [{ SerialNumber: serial('taken') },                    'NoSuchEntity', `MFA Device with serial number ${serial('taken')} does not exist.`],
  ])
  await assertRefusals(harness, deleteVirtualMfaDevice, [
    [{ SerialNumber: none }, 'NoSuchEntity', `MFA Device with serial number ${none} does not exist.`],
    [{ SerialNumber: serial('taken') }, 'DeleteConflict', 'MFA VirtualDevice in use. Must deactivate first.'],
  ])
  // oxfmt-ignore
  await assertRefusals(harness, getMfaDevice, [
    [{ UserName: 'nobody', SerialNumber: none },            'NoSuchEntity', 'The user with name nobody cannot be found.'],
    // Virtual devices are not what it tells of, not even their owner's.
    [{ UserName: 'alice', SerialNumber: serial('taken') },  'NoSuchEntity', `MFA Device with serial number ${serial('taken')} does not exist.`],
  ])
  await assertRefusals(harness, deleteUser, [
    [{ UserName: 'alice' }, 'DeleteConflict', 'Cannot delete entity, must delete MFA device first.'],
  ])
})

test('a device is enabled, synchronised, deactivated and deleted', async () => {
  const codes = await device('life')
  const SerialNumber = serial('life')
  await harness.call(enableMfaDevice, { UserName: 'bob', SerialNumber, ...codes(-2) })
  const { MFADevices } = await harness.call<ListMFADevicesResponse>(listMfaDevices, { UserName: 'bob' })
  assert.deepEqual(MFADevices, [{ UserName: 'bob', SerialNumber, EnableDate: new Date(harness.now()) }])
  await harness.call(resyncMfaDevice, { UserName: 'bob', SerialNumber, ...codes(20) })
  await harness.call(deactivateMfaDevice, { UserName: 'bob', SerialNumber })
  await harness.call(deleteVirtualMfaDevice, { SerialNumber })
  assert.deepEqual((await harness.call<ListMFADevicesResponse>(listMfaDevices, { UserName: 'bob' })).MFADevices, [])
})

test('codes that enabled or synchronised a device prove nothing again; the next one does', async () => {
  const codes = await device('once')
  const SerialNumber = serial('once')
  const { User } = await harness.call<{ User: { UserId: string } }>(getUser, { UserName: 'bob' })
  const prove = (TokenCode: string): Promise<number | undefined> =>
    harness.store.read((tx) => proveMfa(tx, { SerialNumber, TokenCode }, harness.preparing(harness.user('bob', User.UserId))))
  const usedUp = { code: 'AccessDenied', message: 'MultiFactorAuthentication failed with invalid MFA one time pass code.' }

  await harness.call(enableMfaDevice, { UserName: 'bob', SerialNumber, ...codes(-1) })
  await assert.rejects(prove(codes(-1).AuthenticationCode1), usedUp)
  await assert.rejects(prove(codes().AuthenticationCode1), usedUp)
  await harness.call(resyncMfaDevice, { UserName: 'bob', SerialNumber, ...codes(39) })
  await assert.rejects(prove(codes(40).AuthenticationCode1), usedUp)
  assert.equal(await prove(codes(41).AuthenticationCode1), harness.now())
  await harness.call(deactivateMfaDevice, { UserName: 'bob', SerialNumber })
  await harness.call(deleteVirtualMfaDevice, { SerialNumber })
})

test('lists tell assigned from unassigned, and never a seed', async () => {
  const names = async (AssignmentStatus: string): Promise<readonly string[]> => {
    const { VirtualMFADevices } = await harness.call<ListVirtualMFADevicesResponse>(listVirtualMfaDevices, { AssignmentStatus })
    for (const one of VirtualMFADevices) assert.equal(one.Base32StringSeed ?? one.QRCodePNG, undefined)
    return VirtualMFADevices.map((one) => `${one.SerialNumber.slice(serial('').length)}:${one.User?.UserName ?? '-'}`)
  }
  assert.ok((await names('Assigned')).includes('taken:alice'))
  assert.deepEqual(await names('Unassigned'), ['free:-', 'team/new:-'])
  assert.equal((await names('Any')).length, 11)
})

test('tags of devices', async () => {
  const SerialNumber = serial('free')
  await harness.call(tagMfaDevice, {
    SerialNumber,
    Tags: [
      { Key: 'b', Value: '1' },
      { Key: 'a', Value: '2' },
    ],
  })
  await harness.call(untagMfaDevice, { SerialNumber, TagKeys: ['b', 'A'] })
  assert.deepEqual(await harness.call(listMfaDeviceTags, { SerialNumber }), {
    Tags: [{ Key: 'a', Value: '2' }],
    IsTruncated: false,
  })
  const none = serial('none')
  for (const [operation, input] of [
    [tagMfaDevice, { Tags: [] }],
    [untagMfaDevice, { TagKeys: [] }],
    [listMfaDeviceTags, {}],
  ] as const) {
    await harness.refused(
      operation,
      { SerialNumber: none, ...input },
      { code: 'NoSuchEntity', message: `MFA Device with serial number ${none} does not exist.` },
    )
  }
})
