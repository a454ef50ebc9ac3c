/** The faults that STS throws, in AWS's words. */
import { Fault } from '../../aws/fault.ts'

/** ValidationError (HTTP 400): not modelled by operations. */
export const validationError = (text: string): Fault => new Fault('ValidationError', text, { status: 400 })
/** AccessDenied (HTTP 403): refusals that no policy can lift. */
export const accessDenied = (text: string): Fault => new Fault('AccessDenied', text)

/** GetSessionToken or GetFederationToken with temporary credentials (recorded). */
export const sessionCredentials = (operation = 'GetSessionToken'): Fault =>
  accessDenied(`Cannot call ${operation} with session credentials`)
/** InvalidParameterValue (HTTP 400): session tags (recorded). */
export const invalidParameterValue = (text: string): Fault => new Fault('InvalidParameterValue', text, { status: 400 })
export const malformedPolicyDocument = (text: string): Fault => new Fault('MalformedPolicyDocument', text)
export const packedPolicyTooLarge = (text: string): Fault => new Fault('PackedPolicyTooLarge', text)
/** A role that is not there is refused like one that may not be assumed. */
export const mayNotAssume = (principalArn: string, action: string, roleArn: string): Fault =>
  accessDenied(`User: ${principalArn} is not authorized to perform: ${action} on resource: ${roleArn}`)
/** DecodeAuthorizationMessage with a text that is no message, of another account, or too old (recorded). */
export const invalidAuthorizationMessage = (): Fault => new Fault('InvalidAuthorizationMessageException', 'Message is not valid')
/** ExpiredTradeInToken (HTTP 400). The text is ours. */
export const expiredTradeInToken = (): Fault => new Fault('ExpiredTradeInTokenException', 'The trade-in token is expired.')
/** GetScopedCredentials with a long-term key. The text is ours. */
export const notASession = (): Fault =>
  new Fault('InvalidSubjectCredentials', 'GetScopedCredentials must be called with temporary security credentials.')
/** GetScopedCredentials for longer than the session lasts. The text is ours. */
export const insufficientLifetime = (asked: number, left: number): Fault =>
  new Fault(
    'InsufficientSessionLifetime',
    `The requested DurationSeconds ${asked} exceeds the remaining lifetime of the calling session, ${left} seconds.`,
  )
