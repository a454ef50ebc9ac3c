/** Checks a code of an MFA device that belongs to the caller. A code counts once: it is claimed, on every node, before it is believed. */
import { Fault } from '../aws/fault.ts'
import type { Principal } from '../aws/principal.ts'
import type { ReadTx } from '../store/store.ts'
import { beginGuess } from './mfa-guesses.ts'
import { findMfaDevice, type MfaRow } from './mfa.rows.ts'
import type { PreparingCall } from './operation.ts'
import { findStep, fromBase32, STEP_MS, stepAt } from './totp.ts'

export type GivenMfa = { readonly SerialNumber?: string; readonly TokenCode?: string }

/** Steps that a device's clock may be off from where its last synchronisation left it, each way (RFC 6238, 5.2 recommends one; phones differ more). */
const WINDOW_STEPS = 2

/** The claim of one code, and until when it stands: as long as the code would be believed, on a device that is `drift` steps off (milliseconds since 1970). */
export function codeClaim(
  device: Pick<MfaRow, 'serial'>,
  accountId: string,
  { step, drift }: { readonly step: number; readonly drift: number },
): readonly [name: string, until: number] {
  return [`mfa/${accountId}/${device.serial}/${step}`, (step - drift + WINDOW_STEPS + 1) * STEP_MS]
}

const accessDenied = (text: string): Fault => new Fault('AccessDenied', text)
/** Known from reports. */
const incomplete = (): Fault =>
  accessDenied('MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.')
const wrongCode = (): Fault => accessDenied('MultiFactorAuthentication failed with invalid MFA one time pass code.')
const wrongDevice = (): Fault =>
  accessDenied(
    'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
  )

/** The owner under which a principal's devices stand; undefined for principals that have none. */
function mfaOwner(principal: Principal): string | undefined {
  if (principal.type === 'user') return principal.id
  return principal.type === 'root' ? principal.accountId : undefined
}

/** Whether both are given. Throws AccessDenied where only one is. */
export function mfaIsGiven({ SerialNumber, TokenCode }: GivenMfa): boolean {
  if (SerialNumber === undefined && TokenCode === undefined) return false
  if (SerialNumber === undefined || TokenCode === undefined) throw incomplete()
  return true
}

/**
 * When the code was proven (milliseconds since 1970); undefined where none was given. Throws AccessDenied where it is wrong, used, or not the
 * caller's; Throttling where too many were wrong, whether this one is or not.
 */
export async function proveMfa(tx: ReadTx, given: GivenMfa, call: PreparingCall): Promise<number | undefined> {
  if (!mfaIsGiven(given)) return undefined
  const { SerialNumber = '', TokenCode = '' } = given
  const device = await findMfaDevice(tx, call.accountId, SerialNumber)
  if (device === undefined || device.owner === null || device.owner !== mfaOwner(call.principal)) throw wrongDevice()
  const guess = beginGuess(`${call.accountId}/${device.serial}`, call)
  const seed = fromBase32(call.vault.open(device.seed, `mfa/${device.serial}`))
  const step = findStep(seed, TokenCode, { middle: stepAt(call.now) + device.drift, width: WINDOW_STEPS })
  if (step === undefined) throw wrongCode()
  if (!(await call.claim(...codeClaim(device, call.accountId, { step, drift: device.drift })))) throw wrongCode()
  guess.wasRight()
  return call.now
}
