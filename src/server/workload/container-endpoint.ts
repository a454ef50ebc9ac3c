/** The container credential endpoint: one path, one token, the credentials of one task's role. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { header } from '../../protocol/headers.ts'
import type { WireAnswer } from '../../protocol/wire.ts'
import type { AdminResult } from '../admin-contract.ts'
import type { HttpRequest } from '../http.ts'
import { isMeantForUs } from './loopback.ts'
import { Rotation } from './rotation.ts'

/** As EKS Pod Identity names it; SDKs take whatever AWS_CONTAINER_CREDENTIALS_FULL_URI says. */
export const CREDENTIALS_PATH = '/v1/credentials'

export type ContainerSettings = {
  /** What AWS_CONTAINER_AUTHORIZATION_TOKEN, or the file of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, holds. */
  readonly token: string
  readonly credentials: () => Promise<AdminResult<'taskCredentials'>>
  readonly clock: () => number
}

/** What answers the requests of a container. Rejects where the server behind it does not answer. */
export function containerCredentials({
  token,
  credentials,
  clock,
}: ContainerSettings): (request: HttpRequest) => Promise<WireAnswer> {
  const rotation = new Rotation()
  return async (request) => {
    if (!isMeantForUs(request)) return refusal(403, 'AccessDenied', 'The host of the request is not this endpoint.')
    if (!isAuthorized(request, token))
      return refusal(401, 'Unauthorized', 'The Authorization header does not hold the token of this endpoint.')
    if (request.target.split('?', 1)[0] !== CREDENTIALS_PATH) return refusal(404, 'NotFound', `Only ${CREDENTIALS_PATH} is here.`)
    if (request.method !== 'GET') return refusal(405, 'MethodNotAllowed', 'Only GET is allowed.')
    const delivered = await rotation.get('task', { fetch: credentials, clock })
    if ('refusal' in delivered) return refusal(403, 'AccessDenied', delivered.refusal)
    const { accessKeyId, secretAccessKey, sessionToken, expiresAt, roleArn } = delivered.credentials
    // ECS Developer Guide, "Task IAM role": the members of its answer.
    return json(200, {
      RoleArn: roleArn,
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: sessionToken,
      Expiration: new Date(expiresAt).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    })
  }
}

/** SDKs read errors by these two members (aws-config, "Ecs Credentials Provider": "Credentials errors MAY be returned with a code and message field"). */
const refusal = (status: number, code: string, message: string): WireAnswer => json(status, { code, message })

const json = (status: number, body: object): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: JSON.stringify(body),
})

/** What is answered while the server behind the endpoint does not: SDKs try again. */
export const TROUBLE = refusal(503, 'ServiceUnavailable', 'The server behind this endpoint does not answer.')

/** Compares digests, so that neither content nor length of the true token can be timed. */
function isAuthorized({ rawHeaders }: HttpRequest, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(header(rawHeaders, 'authorization') ?? ''), digest(token))
}
