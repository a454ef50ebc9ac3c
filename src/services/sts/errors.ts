/** The faults that STS throws, in AWS's words. */
import { Fault } from '../../aws/fault.ts'

/** ValidationError (HTTP 400): not modelled by operations. */
export const validationError = (text: string): Fault => new Fault('ValidationError', text, { status: 400 })
/** AccessDenied (HTTP 403): refusals that no policy can lift. */
export const accessDenied = (text: string): Fault => new Fault('AccessDenied', text, { status: 403 })

/** GetSessionToken with temporary credentials (recorded). */
export const sessionCredentials = (): Fault => accessDenied('Cannot call GetSessionToken with session credentials')

/** Multi-factor authentication that fails. */
export const mfaFailed = {
  /** Known from reports. */
  incomplete: () => accessDenied('MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.'),
  wrongCode: () => accessDenied('MultiFactorAuthentication failed with invalid MFA one time pass code.'),
} as const
