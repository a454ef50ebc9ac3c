/** Tags of virtual MFA devices. */
import { findMfaDevice, setMfaTags } from '../mfa.rows.ts'
import { readOperation, writeOperation } from '../operation.ts'
import { noSuchDevice } from './mfa-devices.ts'
import { CASED, listingTags, type Taggable, tagging, untagging } from './taggable.ts'
import { parseTags } from './tags.ts'

const DEVICES: Taggable<{ readonly SerialNumber: string }> = {
  check: (action, { SerialNumber }, more) => ({ action, resource: { kind: 'mfa', name: SerialNumber }, ...more }),
  async find(tx, accountId, { SerialNumber }) {
    const device = await findMfaDevice(tx, accountId, SerialNumber)
    if (device === undefined) throw noSuchDevice(SerialNumber)
    return { key: SerialNumber, tags: parseTags(device.tags) }
  },
  set: (tx, accountId, key, tags) => setMfaTags(tx, accountId, key, JSON.stringify(tags)),
  list: 'MFA device tags',
  keys: CASED,
}

export const tagMfaDevice = writeOperation('iam', 'TagMFADevice', tagging('iam:TagMFADevice', DEVICES))
export const untagMfaDevice = writeOperation('iam', 'UntagMFADevice', untagging('iam:UntagMFADevice', DEVICES))
export const listMfaDeviceTags = readOperation('iam', 'ListMFADeviceTags', listingTags('iam:ListMFADeviceTags', DEVICES))

export const mfaTagOperations = [tagMfaDevice, untagMfaDevice, listMfaDeviceTags]
