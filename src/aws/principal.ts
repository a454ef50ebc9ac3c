/** The principal of a call, as plain data: it crosses threads and goes into audit records. Only the authenticators build one. */

/** What the credentials that signed a request are, beside whose they are. */
export type Credential = {
  readonly accessKeyId: string
  /** Present for temporary credentials only. Times in milliseconds since 1970. */
  readonly session?: SessionFacts
}

/** What a session token says of itself. Kept by role chaining where AWS keeps it: source identity and transitive tags. */
export type SessionFacts = {
  readonly issuedAt: number
  readonly expiresAt: number
  /** Whether and when (milliseconds) the session was made with a multi-factor code. */
  readonly mfaAt?: number
  readonly sourceIdentity?: string
  readonly tags?: readonly { readonly Key: string; readonly Value: string }[]
  readonly transitiveTagKeys?: readonly string[]
  /** The ARN (or the domain name) of the identity provider that the session came from. */
  readonly provider?: string
  /** The session was made by sts:AssumeRoot. */
  readonly assumedRoot?: true
  readonly policies?: SessionPolicies
  /** Documents by which the session was scoped down after it was made: each must allow, whoever grants. */
  readonly scopes?: readonly string[]
  /** Whoever acts with a session that its principal delegated, and by which request. */
  readonly delegate?: { readonly accountId: string; readonly requestId: string }
  /** Made by GetSessionToken without a multi-factor code, or by GetFederationToken: IAM does not take such credentials (STS API reference). */
  readonly noIam?: true
  /** Delivered through this instance profile: without the role in it the session is none. */
  readonly instanceProfileId?: string
  /** Further condition keys that stay with the session (`saml:…`, a web identity provider's claims, where a service delivered it). */
  readonly context?: Readonly<Record<string, string | readonly string[]>>
}

/** Session policies, which limit what the session's principal may do: the text of one, and ARNs of managed policies. */
export type SessionPolicies = { readonly inline?: string; readonly arns?: readonly string[] }

type Common = { readonly accountId: string; readonly arn: string; readonly id: string; readonly credential: Credential }

export type RootPrincipal = Common & { readonly type: 'root' }
export type UserPrincipal = Common & { readonly type: 'user'; readonly userName: string }
/** `arn` is that of the session (`arn:aws:sts::…:assumed-role/NAME/SESSION`); `id` is `AROA…:SESSION`. */
export type AssumedRolePrincipal = Common & {
  readonly type: 'assumed-role'
  /** With its path. */
  readonly roleArn: string
  readonly roleId: string
  readonly roleName: string
  readonly sessionName: string
}
/** A GetFederationToken session; `id` is `ACCOUNT:NAME`. `issuer` is the user (or root user) that made it. */
export type FederatedUserPrincipal = Common & {
  readonly type: 'federated-user'
  readonly name: string
  readonly issuer: { readonly arn: string; readonly userId: string | undefined }
}
/** What a SAML assertion or a web identity token asks of its session, and what the answer shows of it. */
export type AskedSession = {
  readonly name: string
  readonly seconds: number | undefined
  /** When it ends at the latest, milliseconds since 1970, whatever is asked. */
  readonly endsAt?: number | undefined
  readonly sourceIdentity: string | undefined
  /** The token itself says that it is for this role. */
  readonly namesRole?: boolean
  readonly tags: readonly { readonly Key: string; readonly Value: string }[]
  readonly transitiveTagKeys: readonly string[]
  readonly shown: Readonly<Record<string, string>>
}
/** Whoever a web identity token or a SAML assertion speaks of. `arn` is the provider's; `id` is `PROVIDER:SUBJECT`, for a web identity `PROVIDER:AUDIENCE:SUBJECT`. Proven by the operation's `identify`. */
export type FederatedPrincipal = Common & {
  readonly type: 'web-identity' | 'saml'
  readonly provider: string
  /** The condition keys that the token's claims give. */
  readonly claims: Readonly<Record<string, string | readonly string[]>>
  /** What the assertion or the token asks of the session to be made. */
  readonly asked?: AskedSession
}
/** What stays with credentials that a service fetches for a workload. */
export type Delivery = {
  /** Condition keys of the session (`ec2:RoleDelivery`). */
  readonly context?: Readonly<Record<string, string>>
  /** The credentials hold for as long as the role is in this instance profile. */
  readonly instanceProfileId?: string
}
/** An AWS service that acts for itself: `arn` and `id` are its principal (`states.amazonaws.com`), `accountId` the account of the resource it acts for. */
export type ServicePrincipal = Common & {
  readonly type: 'service'
  /** The resource; absent where the service tells none. */
  readonly sourceArn?: string
  readonly delivery?: Delivery
}
/** Nobody has proven anything: the caller of an unsigned operation before `identify`. `accountId` is that of nobody. */
export type AnonymousPrincipal = Common & { readonly type: 'anonymous' }

/** Who calls. `id` is the unique id that `aws:userid` shows; `arn` is the ARN that denials and GetCallerIdentity show. */
export type Principal =
  | RootPrincipal
  | UserPrincipal
  | AssumedRolePrincipal
  | FederatedUserPrincipal
  | FederatedPrincipal
  | ServicePrincipal
  | AnonymousPrincipal
