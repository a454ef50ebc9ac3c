/** The principal of a call, as plain data: it crosses threads and goes into audit records. Only the authenticators build one. */

/** What the credentials that signed a request are, beside whose they are. */
export type Credential = {
  readonly accessKeyId: string
  /** Present for temporary credentials only. Times in milliseconds since 1970. */
  readonly session?: {
    readonly issuedAt: number
    readonly expiresAt: number
    /** Whether and when (milliseconds) the session was made with a multi-factor code. */
    readonly mfaAt?: number
  }
}

type Common = { readonly accountId: string; readonly arn: string; readonly id: string; readonly credential: Credential }

export type RootPrincipal = Common & { readonly type: 'root' }
export type UserPrincipal = Common & { readonly type: 'user'; readonly userName: string }

/** Who calls. `id` is the unique id that `aws:userid` shows; `arn` is the ARN that denials and GetCallerIdentity show. */
export type Principal = RootPrincipal | UserPrincipal
