/** Policies of AWS Organizations when they are put. Organizations has one text for whatever it does not like. */
import { PolicyError, type Statement } from './document.ts'
import { checkIdentityDocument } from './put-identity.ts'
import type { Put } from './put.ts'

/** Recorded from CreatePolicy and UpdatePolicy of Organizations, code MalformedPolicyDocumentException. */
const UNFIT = 'The provided policy document does not meet the requirements of the specified policy type.'

/**
 * Service control policies: the language of identity policies, in the version 2012-10-17 (Organizations User Guide, "SCP syntax"; since
 * September 2025 conditions, `NotResource` and single resources are allowed with either effect).
 */
export function checkServiceControlPolicy(put: Put): string | undefined {
  return checkIdentityDocument(put, { versionRequired: true }) === undefined ? undefined : UNFIT
}

/** Resource control policies (Organizations User Guide, "RCP syntax"). */
export function checkResourceControlPolicy(put: Put): string | undefined {
  if (put instanceof PolicyError) return UNFIT
  const isFit =
    put.document.statements.every(isResourceControl) &&
    checkIdentityDocument(put, { versionRequired: true, principalAllowed: true }) === undefined
  return isFit ? undefined : UNFIT
}

/** Only AWS's own RCPFullAWSAccess allows, or names every action of every service. */
function isResourceControl({ effect, action, principal }: Statement): boolean {
  const named = principal?.entries ?? []
  return (
    effect === 'Deny' &&
    !action.negated &&
    action.values.every(({ text }) => text !== '*') &&
    principal?.negated === false &&
    named.length === 1 &&
    named.every(({ kind, text }) => kind === 'AWS' && text === '*')
  )
}
