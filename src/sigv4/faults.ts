/** The refusals of a signature, in AWS's words. Codes are in the Query services' spelling; the protocols rename them. */

/** A request that does not prove who sent it. `code` and `message` are for the caller and hold no secret. */
export class SignatureError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'SignatureError'
    this.code = code
  }
}

/** The form of the signature is at fault. */
export const incomplete = (message: string): SignatureError => new SignatureError('IncompleteSignature', message)

/** The form is right and what it says is not. Without a message where AWS sends none. */
export const doesNotMatch = (message: string): SignatureError => new SignatureError('SignatureDoesNotMatch', message)

export const malformedQuery = (why: string): SignatureError =>
  new SignatureError('MalformedQueryString', `The query string is malformed: ${why}.`)

export const missingToken = (): SignatureError =>
  new SignatureError('MissingAuthenticationToken', 'Request is missing Authentication Token')

/** Texts of S3's, the one service that documents what it says of X-Amz-Expires ("Authenticating requests: query parameters"). */
export const badExpiry = (message: string): SignatureError => new SignatureError('AuthorizationQueryParametersError', message)

/**
 * STS and IAM stop here (recorded from STS in 2017 and later: vault issue 3615, kops logs). API Gateway, DynamoDB and Route 53 go on with
 * the canonical string; we never do, because it holds the session token and the message goes into the audit log.
 */
export const wrongSignature = (): SignatureError =>
  doesNotMatch(
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  )
