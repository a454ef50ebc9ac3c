/** Who asks, as the engine needs to know it. */

export type CallerType = 'root' | 'user' | 'assumed-role' | 'federated-user' | 'web-identity' | 'saml' | 'service' | 'anonymous'

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
