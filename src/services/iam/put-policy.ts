/** What holds for every identity policy that is put, managed or inline. */
import { checkDocument } from '../../policy/put.ts'
import { documentSize } from '../../policy/size.ts'
import { malformedPolicyDocument, quotaExceeded } from './errors.ts'
import { MANAGED_POLICY_SIZE } from './quotas.ts'

/** Throws MalformedPolicyDocument, in AWS's words. */
export function mustBeIdentityPolicy(document: string): void {
  const flaw = checkDocument(document, 'identity')
  if (flaw !== undefined) throw malformedPolicyDocument(flaw)
}

/** Throws LimitExceeded `Cannot exceed quota for PolicySize: 6144`. */
export function mustFitManagedPolicy(document: string): void {
  if (documentSize(document) > MANAGED_POLICY_SIZE) throw quotaExceeded('PolicySize', MANAGED_POLICY_SIZE)
}
