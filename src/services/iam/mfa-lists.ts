/** What is told of MFA devices: lists, one device. */
import type { MFADevice, VirtualMFADevice } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { findFidoDevice } from '../fido-devices.rows.ts'
import { type EnabledMfaRow, listMfaDevices as listRows, listMfaDevicesOf, type MfaRow } from '../mfa.rows.ts'
import { readOperation } from '../operation.ts'
import { pageOf, rowsFor, startOf } from '../pagination.ts'
import { mustFindAccount } from './accounts.rows.ts'
import { mustFindOwner, ownerOf, ownerResource, ROOT_NAME } from './implicit-user.ts'
import { noSuchDevice } from './mfa-devices.ts'
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

export const mfaListOperations = [listMfaDevices, getMfaDevice, listVirtualMfaDevices]
