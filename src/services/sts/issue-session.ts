/** Makes temporary credentials: a key, a secret, and the sealed token that stands for the session. */
import { newId } from '../../aws/ids.ts'
import type { Credentials } from '../../model/sts.gen.ts'
import { validationError } from './errors.ts'
import type { HandlingCall } from '../operation.ts'
import { newSecretKey } from '../secret-key.ts'
import { sealSession, type Session } from '../session-token.ts'

/** AWS: session tokens have at most 4,096 bytes (announcement "AWS STS simplifies session token size limits", 2026). */
const MAX_TOKEN_SIZE = 4_096

export type NewSession = Omit<Session, 'accessKeyId' | 'secretAccessKey' | 'issuedAt' | 'expiresAt'> & {
  readonly seconds: number
  /** MinimumSessionTokenSize: the token is padded to at least as many bytes, so that callers can test what they support. */
  readonly minimumTokenSize?: number | undefined
}

export type IssuedSession = {
  readonly Credentials: Credentials
  /** Bytes of the token. */
  readonly SessionTokenSize: number
  /** The same in percent of the maximum; more than 100 is for the caller to refuse. */
  readonly SessionTokenUtilization: number
}

/** New credentials for a session that begins now. Throws ValidationError for a minimum size that no token has. */
export function issueSession(
  { now, random, vault }: HandlingCall,
  { seconds, minimumTokenSize = 0, ...facts }: NewSession,
): IssuedSession {
  if (minimumTokenSize < 0) throw outOfRange(minimumTokenSize, 'greater than or equal to 0')
  if (minimumTokenSize > MAX_TOKEN_SIZE) throw outOfRange(minimumTokenSize, `less than or equal to ${MAX_TOKEN_SIZE}`)
  const accessKeyId = newId('ASIA', facts.accountId, random)
  const secretAccessKey = newSecretKey(random)
  const expiresAt = now + Math.round(seconds * 1000)
  const session: Session = { ...facts, accessKeyId, secretAccessKey, issuedAt: now, expiresAt }
  const token = padded(session, minimumTokenSize, (padding) => sealSession(padding, vault))
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: token,
      Expiration: new Date(expiresAt),
    },
    SessionTokenSize: token.length,
    SessionTokenUtilization: Math.ceil((token.length * 100) / MAX_TOKEN_SIZE),
  }
}

const outOfRange = (value: number, bound: string) =>
  validationError(
    `1 validation error detected: Value '${value}' at 'minimumSessionTokenSize' failed to satisfy constraint: Member must have value ${bound}`,
  )

/** Base64 writes three bytes as four characters. */
const BYTES_PER_CHARACTER = 0.75

/** Seals the session, with a filler that nobody reads where the token would be too short. */
function padded(session: Session, minimum: number, seal: (session: Session) => string): string {
  let token = seal(session)
  if (token.length >= minimum) return token
  const filled = (count: number): string => {
    const longer = { ...session, filler: '.'.repeat(count) }
    return seal(longer)
  }
  // Begins just below what is needed, so that the token is no longer than it must be.
  let count = Math.max(0, Math.floor((minimum - filled(0).length) * BYTES_PER_CHARACTER) - 1)
  for (; token.length < minimum; count += 1) token = filled(count)
  return token
}
