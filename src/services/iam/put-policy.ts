/** What holds for every identity policy that is put, managed or inline. */
import { checkDocument } from '../../policy/put.ts'
import { documentSize } from '../../policy/size.ts'
import { malformedPolicyDocument, quotaExceeded } from './errors.ts'
import { MANAGED_POLICY_SIZE } from './quotas.ts'

/** An inline policy, which may be of the version 2008-10-17. Throws MalformedPolicyDocument, in AWS's words. */
export const mustBeIdentityPolicy = (document: string): void => mustPass(document, 'identity')

/** A customer managed policy, which may be a boundary and must be of the version 2012-10-17. Throws MalformedPolicyDocument, in AWS's words. */
export const mustBeManagedPolicy = (document: string): void => mustPass(document, 'boundary')

function mustPass(document: string, kind: 'identity' | 'boundary'): void {
  const flaw = checkDocument(document, kind)
  if (flaw !== undefined) throw malformedPolicyDocument(flaw)
}

/** Throws LimitExceeded `Cannot exceed quota for PolicySize: 6144`. */
export function mustFitManagedPolicy(document: string): void {
  if (documentSize(document) > MANAGED_POLICY_SIZE) throw quotaExceeded('PolicySize', MANAGED_POLICY_SIZE)
}
