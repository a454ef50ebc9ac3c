/** Who asks, as the engine needs to know it. */

/** How the caller came in. `web-identity` and `saml` are those who ask for a session with a token or an assertion. */
export type CallerType = 'root' | 'user' | 'assumed-role' | 'federated-user' | 'web-identity' | 'saml' | 'service' | 'anonymous'

/** Whoever makes the request. `callerNamed` makes one of an ARN. */
export type Caller = {
  readonly type: CallerType
  readonly accountId: string
  /** As denials show it: the session's ARN for sessions, the service's name for services. */
  readonly arn: string
  readonly id: string
  /** A user's own ARN; for a federated user the ARN of whoever issued its session. */
  readonly userArn?: string
  /** A role session's role, with its path. */
  readonly roleArn?: string
  /** `AIDA…` or `AROA…`: what stored trust policies name. */
  readonly uniqueId?: string
  /** The identity provider of a web identity or SAML caller. */
  readonly providerArn?: string
}
