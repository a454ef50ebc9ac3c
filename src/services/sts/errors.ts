/** The faults that STS throws, in AWS's words. */
import { Fault } from '../../aws/fault.ts'

/** ValidationError (HTTP 400): not modelled by operations. */
export const validationError = (text: string): Fault => new Fault('ValidationError', text, { status: 400 })
/** AccessDenied (HTTP 403): refusals that no policy can lift. */
export const accessDenied = (text: string): Fault => new Fault('AccessDenied', text, { status: 403 })

/** GetSessionToken with temporary credentials (recorded). */
export const sessionCredentials = (): Fault => accessDenied('Cannot call GetSessionToken with session credentials')
