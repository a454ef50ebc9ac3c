/** What AWS says of a document when it is put: the message of MalformedPolicyDocument, by the type of the policy. */
import type { DocumentKind } from './compile.ts'
import { checkIdentityDocument } from './put-identity.ts'
import { checkServiceControlPolicy, checkResourceControlPolicy } from './put-organization.ts'
import { checkResourceDocument, checkTrustDocument } from './put-principal.ts'
import { PolicyError } from './document.ts'
import { type PolicyReading, readPolicy } from './parse.ts'

export type { DocumentKind }

/** A document that could be read, perhaps with errors, or the error of a text that is not JSON. */
export type Put = PolicyReading | PolicyError

/**
 * The message of `MalformedPolicyDocument` in AWS's words, or undefined where AWS takes the document.
 *
 * `identity` is for inline policies of users, groups and roles, which take the version 2008-10-17 and no version at all; `boundary` is
 * for customer managed policies, boundaries among them, which do not. (CloudFormation users report that `AWS::IAM::ManagedPolicy` and
 * CreatePolicy ask for the version, and nothing else does.) What needs the store stays with the caller: sizes, and whether principals exist.
 */
export function checkDocument(source: string, kind: DocumentKind): string | undefined {
  return CHECKS[kind](readPut(source))
}

/** What AWS's simulator says of an identity policy that it is given, which need not be one that IAM would store. */
export const checkSimulated = (source: string): string | undefined =>
  checkIdentityDocument(readPut(source), { versionRequired: false, heldTo: 'simulation' })

const CHECKS: Readonly<Record<DocumentKind, (put: Put) => string | undefined>> = {
  identity: (put) => checkIdentityDocument(put, { versionRequired: false, heldTo: 'storage' }),
  boundary: (put) => checkIdentityDocument(put, { versionRequired: true, heldTo: 'storage' }),
  session: (put) => (put instanceof PolicyError ? NOT_JSON : checkIdentityDocument(put, { versionRequired: false })),
  trust: checkTrustDocument,
  resource: checkResourceDocument,
  scp: checkServiceControlPolicy,
  rcp: checkResourceControlPolicy,
}

/** STS, for a session policy that is not JSON (recorded by a Hadoop user, 2018). */
const NOT_JSON = 'The policy is not in the valid JSON format.'

function readPut(source: string): Put {
  try {
    return readPolicy(source)
  } catch (error) {
    if (error instanceof PolicyError) return error
    throw error
  }
}
