/** What is told of MFA devices: lists, one device, tags. */
import type { MFADevice, VirtualMFADevice } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { findFidoDevice } from '../fido-devices.rows.ts'
import {
  type EnabledMfaRow,
  findMfaDevice,
  listMfaDevices as listRows,
  listMfaDevicesOf,
  type MfaRow,
  setMfaTags,
} from '../mfa.rows.ts'
import { readOperation, writeOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import { mustFindAccount } from './accounts.rows.ts'
import { mergeCasedTags, mustDifferByCase, sortedCasedTags, withoutCasedTags } from './cased-tags.ts'
import { mustFindOwner, ownerOf, ownerResource, ROOT_NAME } from './implicit-user.ts'
import { noSuchDevice } from './mfa-devices.ts'
import { parseTags, requestTagKeys, tagNameKeys } from './tags.ts'
import { listedUser, rootUser } from './user-shape.ts'
import { findUserById } from './users.rows.ts'

const enabledAt = ({ enabled_at: at, created_at: made }: MfaRow): Date => new Date(at ?? made)

export const listMfaDevices = readOperation('iam', 'ListMFADevices', {
  authorize: (input, call) => ({ action: 'iam:ListMFADevices', resource: ownerResource(ownerOf(input, call), call) }),
  async handle(tx, input, call) {
    const user = await mustFindOwner(tx, call.accountId, ownerOf(input, call))
    const slice = { after: startOf('MFA devices', input), limit: rowsFor(input) }
    const rows = await listMfaDevicesOf(tx, call.accountId, user?.id ?? call.accountId, slice)
    const { items, ...page } = pageOf('MFA devices', rows, input, ({ serial }) => serial)
    const shape = ({ serial, enabled_at: at }: EnabledMfaRow): MFADevice => ({
      UserName: user?.name ?? ROOT_NAME,
      SerialNumber: serial,
      EnableDate: new Date(at),
    })
    return { MFADevices: items.map(shape), ...page }
  },
})

/** "For this API, we only accept FIDO security key ARNs" (IAM API reference, GetMFADevice); NoSuchEntity is the only refusal that it declares. */
export const getMfaDevice = readOperation('iam', 'GetMFADevice', {
  authorize: (input, call) => ({ action: 'iam:GetMFADevice', resource: ownerResource(ownerOf(input, call), call) }),
  async handle(tx, input, call) {
    const user = await mustFindOwner(tx, call.accountId, ownerOf(input, call))
    const device = await findFidoDevice(tx, call.accountId, input.SerialNumber)
    if (device === undefined || device.owner !== (user?.id ?? call.accountId)) throw noSuchDevice(input.SerialNumber)
    const Certifications: Readonly<Record<string, string>> = JSON.parse(device.certifications)
    return {
      ...(user !== null && { UserName: user.name }),
      SerialNumber: device.serial,
      EnableDate: new Date(device.enabled_at),
      ...(Object.keys(Certifications).length > 0 && { Certifications }),
    }
  },
})

/** Seeds are shown once, when a device is made: never here. */
export const listVirtualMfaDevices = readOperation('iam', 'ListVirtualMFADevices', {
  authorize: () => ({ action: 'iam:ListVirtualMFADevices', resource: '*' }),
  async handle(tx, input, { accountId }) {
    const slice = { after: startOf('virtual MFA devices', input), limit: rowsFor(input) }
    const rows = await listRows(tx, accountId, input.AssignmentStatus ?? 'Any', slice)
    const { items, ...page } = pageOf('virtual MFA devices', rows, input, ({ serial }) => serial)
    const VirtualMFADevices: VirtualMFADevice[] = []
    for (const row of items) VirtualMFADevices.push(await virtualDevice(tx, accountId, row))
    return { VirtualMFADevices, ...page }
  },
})

async function virtualDevice(tx: ReadTx, accountId: string, row: MfaRow): Promise<VirtualMFADevice> {
  const { serial, owner } = row
  if (owner === null) return { SerialNumber: serial }
  if (owner === accountId)
    return { SerialNumber: serial, EnableDate: enabledAt(row), User: rootUser(accountId, await mustFindAccount(tx, accountId)) }
  const user = await findUserById(tx, accountId, owner)
  return { SerialNumber: serial, EnableDate: enabledAt(row), ...(user !== undefined && { User: listedUser(accountId, user) }) }
}

async function mustFindDevice(tx: ReadTx, accountId: string, serial: string): Promise<MfaRow> {
  const device = await findMfaDevice(tx, accountId, serial)
  if (device === undefined) throw noSuchDevice(serial)
  return device
}

export const tagMfaDevice = writeOperation('iam', 'TagMFADevice', {
  authorize: ({ SerialNumber, Tags }) => ({
    action: 'iam:TagMFADevice',
    resource: { kind: 'mfa', name: SerialNumber },
    context: requestTagKeys(Tags),
  }),
  async handle(tx, { SerialNumber, Tags }, { accountId }) {
    mustDifferByCase(Tags)
    const device = await mustFindDevice(tx, accountId, SerialNumber)
    await setMfaTags(tx, accountId, SerialNumber, JSON.stringify(mergeCasedTags(parseTags(device.tags), Tags)))
    return {}
  },
})

export const untagMfaDevice = writeOperation('iam', 'UntagMFADevice', {
  authorize: ({ SerialNumber, TagKeys }) => ({
    action: 'iam:UntagMFADevice',
    resource: { kind: 'mfa', name: SerialNumber },
    context: tagNameKeys(TagKeys),
  }),
  async handle(tx, { SerialNumber, TagKeys }, { accountId }) {
    const device = await mustFindDevice(tx, accountId, SerialNumber)
    await setMfaTags(tx, accountId, SerialNumber, JSON.stringify(withoutCasedTags(parseTags(device.tags), TagKeys)))
    return {}
  },
})

export const listMfaDeviceTags = readOperation('iam', 'ListMFADeviceTags', {
  authorize: ({ SerialNumber }) => ({ action: 'iam:ListMFADeviceTags', resource: { kind: 'mfa', name: SerialNumber } }),
  async handle(tx, input, { accountId }) {
    const device = await mustFindDevice(tx, accountId, input.SerialNumber)
    const after = startOf('MFA device tags', input) ?? ''
    const tags = sortedCasedTags(parseTags(device.tags)).filter((tag) => tag.Key > after)
    const { items, ...page } = pageOf('MFA device tags', tags.slice(0, rowsFor(input)), input, ({ Key }) => Key)
    return { Tags: items, ...page }
  },
})

export const mfaListOperations = [
  listMfaDevices,
  getMfaDevice,
  listVirtualMfaDevices,
  tagMfaDevice,
  untagMfaDevice,
  listMfaDeviceTags,
]
