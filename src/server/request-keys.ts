/** The global condition keys of a request (IAM User Guide, "AWS global condition context keys"). Filled here and by nobody else; what only AWS could know is absent. */
import { header } from '../protocol/headers.ts'
import type { ContextValue } from '../services/operation.ts'
import type { Authorizing } from './authorize.ts'

/** All keys that describe the request and its principal. */
export function requestKeys({ request, caller, call }: Omit<Authorizing, 'context'>): Readonly<Record<string, ContextValue>> {
  const { known, principal } = caller
  const userAgent = header(request.rawHeaders, 'user-agent')
  const referer = header(request.rawHeaders, 'referer')
  return {
    ...known.context,
    ...sessionKeys(principal.credential.session, call.now),
    'aws:PrincipalIsAWSService': 'false',
    'aws:ViaAWSService': 'false',
    'aws:SourceIp': plainAddress(request.remoteAddress),
    'aws:SecureTransport': 'false',
    'aws:CurrentTime': new Date(call.now).toISOString(),
    'aws:EpochTime': String(Math.floor(call.now / 1000)),
    // IAM User Guide: global services answer for us-east-1, wherever they are called from.
    'aws:RequestedRegion': GLOBAL_REGION,
    'aws:ResourceAccount': call.accountId,
    ...(userAgent !== undefined && { 'aws:UserAgent': userAgent }),
    ...(referer !== undefined && { 'aws:referer': referer }),
  }
}

const GLOBAL_REGION = 'us-east-1'

type Session = NonNullable<Authorizing['caller']['principal']['credential']['session']>

/** Present for temporary credentials only: a request signed with a long-term key has no MultiFactorAuthPresent, not a false one. */
function sessionKeys(session: Session | undefined, now: number): Readonly<Record<string, string>> {
  if (session === undefined) return {}
  return {
    'aws:TokenIssueTime': new Date(session.issuedAt).toISOString(),
    'aws:MultiFactorAuthPresent': String(session.mfaAt !== undefined),
    ...(session.mfaAt !== undefined && { 'aws:MultiFactorAuthAge': String(Math.floor((now - session.mfaAt) / 1000)) }),
  }
}

/** An IPv4 address that arrived on a dual-stack socket is written as IPv4. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}
