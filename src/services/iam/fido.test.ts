/** Passkeys and security keys as IAM tells of them: a browser registers them (a row here), and the API lists, shows and takes them away. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { GetAccountSummaryResponse, ListMFADevicesResponse, ListVirtualMFADevicesResponse } from '../../model/iam.gen.ts'
import type { HarnessJob } from '../../../tests/harness-runner.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { insertFidoDevice, newFidoSerial } from '../fido-devices.rows.ts'
import { getSessionToken } from '../sts/session-token.ts'
import { getAccountSummary } from './account.ts'
import { generateCredentialReport, getCredentialReport } from './credential-report.ts'
import {
  createVirtualMfaDevice,
  deactivateMfaDevice,
  deleteVirtualMfaDevice,
  enableMfaDevice,
  resyncMfaDevice,
} from './mfa-devices.ts'
import { getMfaDevice, listMfaDevices, listVirtualMfaDevices } from './mfa-lists.ts'
import { tagMfaDevice } from './mfa-tags.ts'
import { createUser, deleteUser } from './users.ts'

let harness: Harness
let alice = ''
before(async () => {
  harness = await openHarness()
  for (const UserName of ['alice', 'bob', 'full']) await harness.call(createUser, { UserName })
  alice = await idOf('alice')
})
after(() => harness.close())

async function idOf(name: string): Promise<string> {
  const row = await harness.store.read((tx) =>
    tx.get<{ id: string }>('SELECT id FROM iam_user WHERE account = $1 AND name = $2', ACCOUNT, name),
  )
  return row?.id ?? ''
}

/** A device as the console's registration leaves it; its serial number. `userName` undefined: the root user's. */
async function register(userName: string | undefined, certifications: object = {}): Promise<string> {
  const owner = userName === undefined ? ACCOUNT : await idOf(userName)
  const serial = newFidoSerial(ACCOUNT, { userName, name: 'key' }, randomBytes)
  const credential = JSON.stringify({ id: 'id', publicKey: 'key', signCount: 0 })
  const row = { serial, owner, credential, certifications: JSON.stringify(certifications), enabled_at: harness.now() }
  const job: HarnessJob = {
    run: async (tx) => {
      await insertFidoDevice(tx, ACCOUNT, row)
      return {}
    },
  }
  await harness.store.write(job)
  return serial
}

const codes = { AuthenticationCode1: '000000', AuthenticationCode2: '000000' }
const missing = (serial: string): string => `MFA Device with serial number ${serial} does not exist.`

test('the serial number is the ARN that AWS gives: user, name, 26 characters', async () => {
  assert.match(await register('bob'), /^arn:aws:iam::111122223333:u2f\/user\/bob\/key-[A-Z2-7]{26}$/)
  assert.match(await register(undefined), /^arn:aws:iam::111122223333:u2f\/root-account\/key-[A-Z2-7]{26}$/)
})

test('ListMFADevices tells of every kind, GetMFADevice of passkeys with their certifications', async () => {
  const SerialNumber = await register('alice', { FIDO: 'L1', 'FIPS-140-2': 'L2' })
  const plain = await register('alice')
  const EnableDate = new Date(harness.now())
  const { MFADevices } = await harness.call<ListMFADevicesResponse>(listMfaDevices, { UserName: 'alice' })
  assert.deepEqual(
    MFADevices,
    [SerialNumber, plain].toSorted().map((serial) => ({ UserName: 'alice', SerialNumber: serial, EnableDate })),
  )
  assert.deepEqual(await harness.call(getMfaDevice, { UserName: 'alice', SerialNumber }), {
    UserName: 'alice',
    SerialNumber,
    EnableDate,
    Certifications: { FIDO: 'L1', 'FIPS-140-2': 'L2' },
  })
  const as = harness.user('alice', alice)
  assert.deepEqual(await harness.call(getMfaDevice, { SerialNumber: plain }, { as }), {
    UserName: 'alice',
    SerialNumber: plain,
    EnableDate,
  })
  const { VirtualMFADevices } = await harness.call<ListVirtualMFADevicesResponse>(listVirtualMfaDevices, {})
  assert.deepEqual(VirtualMFADevices, [])
})

test('what the API cannot do with a passkey is refused', async () => {
  const SerialNumber = await register('alice')
  // oxfmt-ignore
  await assertRefusals(harness, getMfaDevice, [
    [{ UserName: 'bob', SerialNumber },                         'NoSuchEntity', missing(SerialNumber)],
    [{ UserName: 'alice', SerialNumber: `${SerialNumber}A` },   'NoSuchEntity', missing(`${SerialNumber}A`)],
  ])
  // oxfmt-ignore
  await assertRefusals(harness, enableMfaDevice, [
    [{ UserName: 'alice', SerialNumber, ...codes },                        'EntityAlreadyExists', 'MFA Device is already in use.'],
    [{ UserName: 'alice', SerialNumber: `${SerialNumber}A`, ...codes },    'NoSuchEntity',        missing(`${SerialNumber}A`)],
  ])
  await assertRefusals(harness, resyncMfaDevice, [
    [{ UserName: 'alice', SerialNumber, ...codes }, 'NoSuchEntity', missing(SerialNumber)],
  ])
  await assertRefusals(harness, deleteVirtualMfaDevice, [[{ SerialNumber }, 'NoSuchEntity', missing(SerialNumber)]])
  await assertRefusals(harness, tagMfaDevice, [[{ SerialNumber, Tags: [] }, 'NoSuchEntity', missing(SerialNumber)]])
  await assertRefusals(harness, deactivateMfaDevice, [[{ UserName: 'bob', SerialNumber }, 'NoSuchEntity', missing(SerialNumber)]])
  // A passkey makes no code: "Support for security keys is available only with the AWS Management Console" (AWS re:Post).
  await harness.refused(
    getSessionToken,
    { SerialNumber, TokenCode: '123456' },
    { code: 'AccessDenied' },
    { as: harness.user('alice', alice) },
  )
})

test('passkeys count: eight devices of any kind, the summary, the report, and a user who cannot be deleted', async () => {
  for (let count = 0; count < 8; count += 1) await register('full')
  await harness.call(createVirtualMfaDevice, { VirtualMFADeviceName: 'ninth' })
  await harness.refused(
    enableMfaDevice,
    { UserName: 'full', SerialNumber: `arn:aws:iam::${ACCOUNT}:mfa/ninth`, ...codes },
    { code: 'LimitExceeded', message: 'Cannot exceed quota for MFADevicesPerUser: 8' },
  )
  const { SummaryMap } = await harness.call<GetAccountSummaryResponse>(getAccountSummary, {})
  const { MFADevices = 0, MFADevicesInUse = 0, AccountMFAEnabled } = SummaryMap ?? {}
  assert.deepEqual([MFADevices - MFADevicesInUse, AccountMFAEnabled], [1, 1])
  await harness.refused(
    deleteUser,
    { UserName: 'full' },
    { code: 'DeleteConflict', message: 'Cannot delete entity, must delete MFA device first.' },
  )
  await harness.call(generateCredentialReport, {})
  const { Content } = await harness.call<{ readonly Content: Uint8Array }>(getCredentialReport, {})
  const [header = '', ...lines] = Buffer.from(Content).toString().trim().split('\n')
  const column = header.split(',').indexOf('mfa_active')
  const active = lines.filter((line) => line.split(',')[column] === 'true').map((line) => line.split(',')[0] ?? '')
  assert.deepEqual(active.toSorted(), ['<root_account>', 'alice', 'bob', 'full'])
})

test('deactivated, a passkey is gone; without a user name it is the caller’s own', async () => {
  const SerialNumber = await register('alice')
  await harness.call(deactivateMfaDevice, { SerialNumber }, { as: harness.user('alice', alice) })
  await harness.refused(
    getMfaDevice,
    { UserName: 'alice', SerialNumber },
    { code: 'NoSuchEntity', message: missing(SerialNumber) },
  )
  const { MFADevices } = await harness.call<ListMFADevicesResponse>(listMfaDevices, { UserName: 'alice' })
  assert.ok(!MFADevices.some((device) => device.SerialNumber === SerialNumber))
})
