/** AWS SDK clients whose requests are captured and answered in the same process: no socket, no server. */
import * as iam from '@aws-sdk/client-iam'
import * as sts from '@aws-sdk/client-sts'
import type { WireAnswer, WireRequest } from '../../src/protocol/wire.ts'

type SdkRequest = {
  readonly method: string
  readonly path: string
  readonly query?: Record<string, string>
  readonly headers: Record<string, string>
  readonly body?: string
}
export type Respond = (request: WireRequest) => WireAnswer
type Command = new (input: object) => object
type Client = { send(command: object): Promise<object> }
type SdkError = Error & {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string }
  readonly $fault?: string
}
export type SdkService = 'iam' | 'sts'

const exported: Readonly<Record<SdkService, object>> = { iam, sts }

/** Sends one operation through the real serializers; what the client makes of the answer, its metadata left out. Throws what the client throws. */
export async function callSdk(
  service: SdkService,
  operation: string,
  input: object,
  respond: Respond,
): Promise<Record<string, unknown>> {
  const requestHandler = {
    handle: async (request: SdkRequest) => ({ response: toResponse(respond(toWire(request))) }),
  }
  const config = {
    region: 'us-east-1',
    endpoint: 'http://localhost',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler,
  }
  const client = (service === 'iam'
    ? new iam.IAMClient(config as never)
    : new sts.STSClient(config as never)) as unknown as Client
  const Constructor = (exported[service] as Record<string, Command>)[`${operation}Command`]
  if (Constructor === undefined) throw new Error(`the SDK has no ${operation}`)
  const output = await client.send(new Constructor(input))
  return Object.fromEntries(Object.entries(output).filter(([name]) => name !== '$metadata'))
}

/** The error that the client throws for a call. */
export async function sdkError(service: SdkService, operation: string, input: object, respond: Respond): Promise<SdkError> {
  try {
    await callSdk(service, operation, input, respond)
  } catch (error) {
    return error as SdkError
  }
  throw new Error(`${operation} did not fail`)
}

function toWire({ method, path, query = {}, headers, body = '' }: SdkRequest): WireRequest {
  const search = new URLSearchParams(query).toString()
  return {
    method,
    target: search === '' ? path : `${path}?${search}`,
    rawHeaders: Object.entries(headers).flat(),
    body: Buffer.from(body),
  }
}

function toResponse({ status, headers, body }: WireAnswer): object {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  // The client recognises a response by these three members.
  return { statusCode: status, headers: lower, body: typeof body === 'string' ? Buffer.from(body) : body }
}
