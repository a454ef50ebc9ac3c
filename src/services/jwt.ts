/** JSON Web Tokens (RFC 7519): read without believing them, verified against a key set, signed. */
import type { JSONWebKeySet } from 'jose'
import type { KeyObject } from 'node:crypto'
import { jose } from './libraries.ts'

/** What a token says. The names come from outside, and so do the values. */
export type Claims = Readonly<Record<string, unknown>>

/**
 * The algorithms that AWS takes (IAM User Guide, "Create an OpenID Connect identity provider"). All are asymmetric, so that no
 * public key can serve as a shared secret; jose takes a key only for algorithms of its own type and curve (RFC 7518).
 */
const VERIFIED_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512']

/** What a token claims, before anybody has verified it; undefined where it is no signed token. */
export function readClaims(token: string): Claims | undefined {
  try {
    return jose().decodeJwt(token)
  } catch {
    // Whatever is wrong with it: no token.
    return undefined
  }
}

/** `no key`: the set has none that this token could be signed with. `forged`: it has, and the signature is not that key's. */
export type Verdict = 'verified' | 'no key' | 'forged'

/** Whether one of the keys signed the token, by an algorithm that is allowed and fits the key. */
export async function verifyToken(token: string, keys: JSONWebKeySet): Promise<Verdict> {
  const { compactVerify, createLocalJWKSet, errors } = jose()
  try {
    const { protectedHeader } = await compactVerify(token, createLocalJWKSet(keys), { algorithms: VERIFIED_ALGORITHMS })
    // A payload that is not encoded is not the one that `readClaims` reads (RFC 7797, 7: tokens must not have one).
    return protectedHeader.b64 === false ? 'forged' : 'verified'
  } catch (error) {
    // Several keys fit a token that names none: which one is meant cannot be known.
    const unknown = error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys
    return unknown ? 'no key' : 'forged'
  }
}

export type SigningKey = { readonly algorithm: string; readonly kid: string; readonly key: KeyObject }

/** A signed token with exactly these claims. */
export function signToken(claims: Claims, { algorithm, kid, key }: SigningKey): Promise<string> {
  const { SignJWT } = jose()
  return new SignJWT({ ...claims }).setProtectedHeader({ alg: algorithm, kid, typ: 'JWT' }).sign(key)
}
