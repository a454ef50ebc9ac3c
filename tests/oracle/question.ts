/** What a conformance case asks, as plain data: who does what to which resource, under which documents. See conformance/README.md. */

export type Values = string | readonly string[]
export type Context = Readonly<Record<string, Values>>

export type CallerType = 'root' | 'user' | 'assumed-role' | 'federated-user' | 'web-identity' | 'saml' | 'service' | 'anonymous'

export type Caller = {
  readonly type: CallerType
  readonly accountId: string
  readonly arn: string
  readonly id: string
  /** Of a federated user: the user that asked for the session. */
  readonly userArn?: string
  /** Of a role session: the role, with its path. */
  readonly roleArn?: string
  /** The id that a stored principal names: AIDA… of a user, AROA… of a role. */
  readonly uniqueId?: string
  /** Of a web identity or a SAML assertion: the provider that vouches for it. */
  readonly providerArn?: string
}

/** Documents as JSON texts. SCPs and RCPs: one list a level of the organization, from the root to the account. */
export type Documents = {
  readonly identity?: readonly string[]
  readonly boundary?: readonly string[]
  readonly session?: readonly string[]
  readonly scps?: readonly (readonly string[])[]
  readonly rcps?: readonly (readonly string[])[]
  readonly endpoint?: readonly string[]
  readonly resource?: { readonly kind: 'resource' | 'trust'; readonly documents: readonly string[] }
}

export type Question = {
  readonly action: string
  readonly resource: string
  readonly resourceAccountId: string
  readonly context: Context
  readonly caller: Caller
  readonly policies: Documents
}

export type Outcome = 'allowed' | 'explicitDeny' | 'implicitDeny'

/** The names that the corpus gives to the types of policies. */
export type PolicyKind = 'identity' | 'boundary' | 'session' | 'scp' | 'rcp' | 'endpoint' | 'resource' | 'trust'

export type Answer = {
  readonly decision: Outcome
  /** Every type of policy that denies, or that fails to allow. A denial's text names one of them. */
  readonly reasons: readonly PolicyKind[]
}

export type Case = {
  readonly name: string
  readonly question: Question
  readonly expected: { readonly decision: Outcome; readonly policyType?: PolicyKind }
  /** The page that says so, or `inferred: ` and the reasoning. */
  readonly source: string
}
