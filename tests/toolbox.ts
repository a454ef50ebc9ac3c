/** A client of IAM Toolbox, for tests: the SDK for JavaScript has none yet. */
import type { GetRequestAuthorizationDetailsOutput } from '../src/model/iam-toolbox.gen.ts'
import { signRequest } from '../src/sigv4/sign.ts'
import type { Credentials } from './server.ts'

type Evaluation = GetRequestAuthorizationDetailsOutput['evaluations']
/** The members of both answers, and the code of a refusal. */
export type Told = {
  readonly type: string | null
  readonly requestContext?: Readonly<Record<string, unknown>>
  readonly evaluations: NonNullable<Evaluation>
  readonly policies: NonNullable<GetRequestAuthorizationDetailsOutput['policies']>
  readonly policyDocument?: unknown
}

/** A signed GET, as the service's model says. */
export async function askToolbox(
  endpoint: string,
  target: string,
  credentials: Credentials,
): Promise<{ readonly status: number; readonly body: Told }> {
  const { host } = new URL(endpoint)
  const request = { method: 'GET', target, rawHeaders: ['host', host], body: Buffer.alloc(0), remoteAddress: '', receivedAt: 0 }
  const added = signRequest(request, credentials, { region: 'us-east-1', service: 'iam', now: Date.now() })
  const headers: [string, string][] = []
  for (let index = 0; index < added.length; index += 2) headers.push([added[index] ?? '', added[index + 1] ?? ''])
  const answer = await fetch(`${endpoint}${target}`, { headers })
  return {
    status: answer.status,
    body: { type: answer.headers.get('x-amzn-errortype'), ...((await answer.json()) as Omit<Told, 'type'>) },
  }
}
