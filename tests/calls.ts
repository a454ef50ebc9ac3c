/** Calls of a server's steps without a socket: requests signed with our own signer, answers as text. */
import { serve } from '../src/server/serve.ts'
import type { ServerContext } from '../src/server/context.ts'
import type { HttpRequest } from '../src/server/http.ts'
import { signRequest } from '../src/sigv4/sign.ts'
import type { Credentials } from './server.ts'

export type Answered = { readonly status: number; readonly code: string; readonly message: string; readonly body: string }

export const VERSIONS = { iam: '2010-05-08', sts: '2011-06-15' } as const
export type Called = keyof typeof VERSIONS

/** Flattens an input into the parameters of the Query protocol: lists become `member.N`. */
function parametersOf(input: object, prefix = ''): readonly (readonly [string, string])[] {
  return Object.entries(input).flatMap(([name, value]: [string, unknown]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`
    if (Array.isArray(value)) return value.flatMap((item: unknown, index) => nested(item, `${path}.member.${index + 1}`))
    return nested(value, path)
  })
}

function nested(value: unknown, path: string): readonly (readonly [string, string])[] {
  return typeof value === 'object' && value !== null ? parametersOf(value, path) : [[path, String(value)]]
}

/** A Query request; unsigned where there are no credentials. */
export function queryRequest(
  service: Called,
  action: string,
  input: object,
  signing: { readonly credentials?: Credentials; readonly now?: number; readonly host?: string } = {},
): HttpRequest {
  const now = signing.now ?? Date.now()
  const body = Buffer.from(
    new URLSearchParams([
      ['Action', action],
      ['Version', VERSIONS[service]],
      ...parametersOf(input).map(([name, value]) => [name, value]),
    ]).toString(),
  )
  const headers = [
    'host',
    signing.host ?? '127.0.0.1:4566',
    'content-type',
    'application/x-www-form-urlencoded; charset=utf-8',
    'user-agent',
    'tests',
  ]
  const request: HttpRequest = {
    method: 'POST',
    target: '/',
    rawHeaders: headers,
    body,
    remoteAddress: '127.0.0.1',
    receivedAt: Date.now(),
  }
  if (signing.credentials === undefined) return request
  const added = signRequest(request, signing.credentials, { region: 'us-east-1', service, now })
  return { ...request, rawHeaders: [...headers, ...added] }
}

export async function answerTo(request: HttpRequest, context: ServerContext): Promise<Answered> {
  const { status, body: bytes } = await serve(request, context)
  const body = typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString()
  return { status, body, code: element(body, 'Code'), message: element(body, 'Message') }
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&#39;': "'",
  '&#10;': '\n',
  '&amp;': '&',
}

function element(body: string, name: string): string {
  const start = body.indexOf(`<${name}>`)
  const end = body.indexOf(`</${name}>`, start)
  return start < 0
    ? ''
    : body
        .slice(start + name.length + 2, end)
        .replace(/&(?:lt|gt|quot|apos|#39|#10|amp);/g, (entity) => ENTITIES[entity] ?? entity)
}
