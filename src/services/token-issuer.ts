/** An account as an issuer of tokens: its keys, and the documents by which others verify its tokens (OpenID Connect Discovery 1.0). */
import { createPrivateKey, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import type { Vault } from '../aws/edge.ts'
import type { SigningKey } from './jwt.ts'
import type { OutboundFederationRow } from './outbound-federation.rows.ts'

/** Where the documents of issuers lie on this server: `<ISSUER_PATH><id><the path of a document>`. */
export const ISSUER_PATH = '/_keyreeve/oidc/'
export const DISCOVERY_PATH = '/.well-known/openid-configuration'
export const KEYS_PATH = '/.well-known/jwks.json'

/** STS API reference, GetWebIdentityToken: SigningAlgorithm. */
export const SIGNING_ALGORITHMS = ['RS256', 'ES384'] as const
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number]

/** The names of the keys are AWS's (seen in the key set of one of its issuers). */
const KEY_IDS: Readonly<Record<SigningAlgorithm, string>> = { RS256: 'RSA_0', ES384: 'EC384_0' }
const RSA_BITS = 2048

/** Bound to its issuer: a key moved to another row does not open. */
const sealedFor = (id: string): string => `outbound-federation/${id}`

type PrivateKeys = Readonly<Record<SigningAlgorithm, string>>

/** New keys for an issuer, one an algorithm: JWKs to show, PKCS #8 sealed. Takes some tenths of a second, off the event loop. */
export async function newIssuerKeys(
  id: string,
  { seal }: Pick<Vault, 'seal'>,
): Promise<Pick<OutboundFederationRow, 'public_keys' | 'private_keys'>> {
  const generate = promisify(generateKeyPair)
  const [rsa, ec] = await Promise.all([generate('rsa', { modulusLength: RSA_BITS }), generate('ec', { namedCurve: 'P-384' })])
  const pairs = { RS256: rsa, ES384: ec }
  const publicKeys = SIGNING_ALGORITHMS.map((alg) => ({
    ...pairs[alg].publicKey.export({ format: 'jwk' }),
    kid: KEY_IDS[alg],
    alg,
    use: 'sig',
  }))
  const pem = (alg: SigningAlgorithm): string => String(pairs[alg].privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const privateKeys: PrivateKeys = { RS256: pem('RS256'), ES384: pem('ES384') }
  return { public_keys: JSON.stringify(publicKeys), private_keys: seal(JSON.stringify(privateKeys), sealedFor(id)) }
}

/** The issuer's key for an algorithm. */
export function signingKey(
  { id, private_keys: sealed }: Pick<OutboundFederationRow, 'id' | 'private_keys'>,
  algorithm: SigningAlgorithm,
  { open }: Pick<Vault, 'open'>,
): SigningKey {
  // What opens was sealed by `newIssuerKeys`.
  const keys: PrivateKeys = JSON.parse(open(sealed, sealedFor(id)))
  return { algorithm, kid: KEY_IDS[algorithm], key: createPrivateKey(keys[algorithm]) }
}

/** The address of an issuer under the public address of this server. */
export const issuerAddress = (publicUrl: string, id: string): string =>
  `${publicUrl.endsWith('/') ? publicUrl.slice(0, -1) : publicUrl}${ISSUER_PATH}${id}`

/** The discovery document, with the members that AWS's has. */
export const discoveryDocument = (issuer: string): object => ({
  issuer,
  jwks_uri: issuer + KEYS_PATH,
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: SIGNING_ALGORITHMS,
  claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'jti', AWS_CLAIMS],
})

/** The key set. */
export function jwks({ public_keys: publicKeys }: Pick<OutboundFederationRow, 'public_keys'>): {
  readonly keys: readonly object[]
} {
  const keys: readonly object[] = JSON.parse(publicKeys)
  return { keys }
}

/** The claim under which AWS's own claims stand. */
export const AWS_CLAIMS = 'https://sts.amazonaws.com/'
