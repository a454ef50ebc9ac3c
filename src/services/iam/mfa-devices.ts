/** MFA devices: virtual ones are made, assigned to a user and synchronised; these and passkeys are taken away. */
import { mfaArn } from '../../aws/arn.ts'
import { Fault } from '../../aws/fault.ts'
import { claim } from '../../store/claims.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { deleteFidoDevice, findFidoDevice } from '../fido-devices.rows.ts'
import {
  assignMfaDevice,
  countMfaDevices,
  countMfaDevicesOf,
  deleteMfaDeviceRow,
  findMfaDevice,
  insertMfaDevice,
  type MfaRow,
  setMfaDrift,
  unassignMfaDevice,
} from '../mfa.rows.ts'
import { codeClaim } from '../mfa-proof.ts'
import { type Check, type HandlingCall, writeOperation } from '../operation.ts'
import type { Entity } from '../service.ts'
import { base32, findStep, fromBase32, stepAt } from '../totp.ts'
import { mustDifferByCase } from './cased-tags.ts'
import { quotaExceeded, validationError } from './errors.ts'
import { type CredentialOwner, mustFindOwner, ownerOf, ownerResource } from './implicit-user.ts'
import { qrCode } from './qr-code.ts'
import { MFA_DEVICES_PER_USER, VIRTUAL_MFA_DEVICES_PER_ACCOUNT } from './quotas.ts'
import { parseTags, newTagKeys, resourceTagKeys } from './tags.ts'

/** AWS's seeds are 64 characters of base32. */
const SEED_BYTES = 40
/** Steps that a device may be off when it is enabled, and when it is synchronised. AWS tells neither. */
const ENABLE_WIDTH = 3
const RESYNC_WIDTH = 60

export const noSuchDevice = (serial: string): Fault =>
  new Fault('NoSuchEntity', `MFA Device with serial number ${serial} does not exist.`)
const inUse = (): Fault => new Fault('EntityAlreadyExists', 'MFA Device is already in use.')
const wrongCodes = (): Fault => new Fault('InvalidAuthenticationCode', 'Authentication code for device is not valid.')

/** The root path where none is given: the pattern of paths allows no empty one. */
const serialOf = (accountId: string, path: string | undefined, name: string): string => mfaArn(accountId, path ?? '/', name)

/** Serial numbers have 256 characters at most, or no operation could name the device. That the rest of the ARN counts is inferred. */
const MAX_SERIAL = 256

/** The serial number of a new device. Throws ValidationError where it would be too long, for the path where that alone is. */
function newSerialOf(accountId: string, path: string | undefined, name: string): string {
  const serial = serialOf(accountId, path, name)
  if (serial.length <= MAX_SERIAL) return serial
  const room = MAX_SERIAL - (serial.length - name.length)
  const [member, longest] =
    room > 0 ? ['virtualMFADeviceName', room] : ['path', MAX_SERIAL - mfaArn(accountId, '', '').length - 1]
  throw validationError(
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${longest}`,
  )
}

export const createVirtualMfaDevice = writeOperation('iam', 'CreateVirtualMFADevice', {
  authorize({ Path, VirtualMFADeviceName, Tags }, { accountId }) {
    const resource = serialOf(accountId, Path, VirtualMFADeviceName)
    const context = newTagKeys(Tags)
    const create: Check = { action: 'iam:CreateVirtualMFADevice', resource, context }
    return Tags === undefined || Tags.length === 0 ? create : [create, { action: 'iam:TagMFADevice', resource, context }]
  },
  async handle(tx, { Path, VirtualMFADeviceName, Tags = [] }, { accountId, now, random, vault }) {
    const serial = newSerialOf(accountId, Path, VirtualMFADeviceName)
    mustDifferByCase(Tags)
    if ((await findMfaDevice(tx, accountId, serial)) !== undefined)
      // Recorded by CloudTrail.
      throw new Fault('EntityAlreadyExists', 'MFADevice entity at the same path and name already exists.')
    if ((await countMfaDevices(tx, accountId)) >= VIRTUAL_MFA_DEVICES_PER_ACCOUNT)
      throw quotaExceeded('VirtualMFADevicesPerAccount', VIRTUAL_MFA_DEVICES_PER_ACCOUNT)
    const seed = base32(random(SEED_BYTES))
    const tags = Tags.map(({ Key, Value }) => ({ Key, Value }))
    await insertMfaDevice(tx, accountId, {
      serial,
      seed: vault.seal(seed, `mfa/${serial}`),
      tags: JSON.stringify(tags),
      created_at: now,
    })
    return {
      VirtualMFADevice: {
        SerialNumber: serial,
        Base32StringSeed: Buffer.from(seed),
        QRCodePNG: qrCode(`otpauth://totp/${VirtualMFADeviceName}@${accountId}?secret=${seed}`),
        ...(tags.length > 0 && { Tags: tags }),
      },
    }
  },
})

/**
 * How many steps the device is off by these codes. They are used up: they prove nothing again (RFC 6238, 5.2).
 * A device's codes are read by IAM only here; the seed never leaves the vault otherwise.
 */
async function useCodes(
  tx: WriteTx,
  device: MfaRow,
  { codes: [first, second], width }: { readonly codes: readonly [string, string]; readonly width: number },
  { accountId, vault, now }: HandlingCall,
): Promise<number> {
  const seed = fromBase32(vault.open(device.seed, `mfa/${device.serial}`))
  const middle = stepAt(now)
  const step = findStep(seed, first, { middle, width })
  if (step === undefined || findStep(seed, second, { middle: step + 1, width: 0 }) === undefined) throw wrongCodes()
  const drift = step + 1 - middle
  for (const used of [step, step + 1]) {
    const [name, until] = codeClaim(device, accountId, { step: used, drift })
    await claim(tx, name, until, now)
  }
  return drift
}

export const enableMfaDevice = writeOperation('iam', 'EnableMFADevice', {
  authorize: ({ UserName }) => ({ action: 'iam:EnableMFADevice', resource: { kind: 'user', name: UserName } }),
  async handle(tx, { UserName, SerialNumber, AuthenticationCode1, AuthenticationCode2 }, call) {
    const { accountId, now } = call
    const user = await mustFindOwner(tx, accountId, { kind: 'user', name: UserName })
    const owner = user?.id ?? accountId
    // Passkeys are registered by a browser, in the console, never here: one that exists is in use (IAM User Guide, "Assign MFA devices in the AWS CLI").
    if ((await findFidoDevice(tx, accountId, SerialNumber)) !== undefined) throw inUse()
    const device = await findMfaDevice(tx, accountId, SerialNumber)
    if (device === undefined) throw noSuchDevice(SerialNumber)
    if (device.owner !== null) throw inUse()
    if ((await countMfaDevicesOf(tx, accountId, owner)) >= MFA_DEVICES_PER_USER)
      throw quotaExceeded('MFADevicesPerUser', MFA_DEVICES_PER_USER)
    const codes = { codes: [AuthenticationCode1, AuthenticationCode2], width: ENABLE_WIDTH } as const
    const drift = await useCodes(tx, device, codes, call)
    await assignMfaDevice(tx, accountId, SerialNumber, { owner, at: now, drift })
    return {}
  },
})

export const resyncMfaDevice = writeOperation('iam', 'ResyncMFADevice', {
  authorize: ({ UserName }) => ({ action: 'iam:ResyncMFADevice', resource: { kind: 'user', name: UserName } }),
  async handle(tx, { UserName, SerialNumber, AuthenticationCode1, AuthenticationCode2 }, call) {
    const device = await mustFindDeviceOf(tx, call.accountId, { owner: { kind: 'user', name: UserName }, serial: SerialNumber })
    const codes = { codes: [AuthenticationCode1, AuthenticationCode2], width: RESYNC_WIDTH } as const
    await setMfaDrift(tx, call.accountId, SerialNumber, await useCodes(tx, device, codes, call))
    return {}
  },
})

export const deactivateMfaDevice = writeOperation('iam', 'DeactivateMFADevice', {
  authorize: (input, call) => ({ action: 'iam:DeactivateMFADevice', resource: ownerResource(ownerOf(input, call), call) }),
  async handle(tx, input, call) {
    const { accountId } = call
    const { SerialNumber: serial } = input
    const user = await mustFindOwner(tx, accountId, ownerOf(input, call))
    const device = (await findFidoDevice(tx, accountId, serial)) ?? (await findMfaDevice(tx, accountId, serial))
    if (device === undefined || device.owner !== (user?.id ?? accountId)) throw noSuchDevice(serial)
    // A passkey belongs to its owner alone: without one there is none.
    if ('credential' in device) await deleteFidoDevice(tx, accountId, serial)
    else await unassignMfaDevice(tx, accountId, serial)
    return {}
  },
})

/** The text of the refusal is known from reports. */
export const deleteVirtualMfaDevice = writeOperation('iam', 'DeleteVirtualMFADevice', {
  authorize: ({ SerialNumber }) => ({ action: 'iam:DeleteVirtualMFADevice', resource: { kind: 'mfa', name: SerialNumber } }),
  async handle(tx, { SerialNumber }, { accountId }) {
    const device = await findMfaDevice(tx, accountId, SerialNumber)
    if (device === undefined) throw noSuchDevice(SerialNumber)
    if (device.owner !== null) throw new Fault('DeleteConflict', 'MFA VirtualDevice in use. Must deactivate first.')
    await deleteMfaDeviceRow(tx, accountId, SerialNumber)
    return {}
  },
})

/** A device of this owner. Throws NoSuchEntity for the user, then for the device. */
async function mustFindDeviceOf(
  tx: ReadTx,
  accountId: string,
  { owner, serial }: { readonly owner: CredentialOwner; readonly serial: string },
): Promise<MfaRow> {
  const user = await mustFindOwner(tx, accountId, owner)
  const device = await findMfaDevice(tx, accountId, serial)
  if (device === undefined || device.owner !== (user?.id ?? accountId)) throw noSuchDevice(serial)
  return device
}

/** A device by its serial number. What is no ARN of this account names nothing here, and stands for itself. */
export async function mfaEntity(tx: ReadTx, accountId: string, serial: string): Promise<Entity> {
  const device = await findMfaDevice(tx, accountId, serial)
  if (device === undefined) return { arn: serial, missing: true }
  return { arn: serial, context: resourceTagKeys(parseTags(device.tags)) }
}

export const mfaDeviceOperations = [
  createVirtualMfaDevice,
  enableMfaDevice,
  resyncMfaDevice,
  deactivateMfaDevice,
  deleteVirtualMfaDevice,
]
