/**
 * Requests as the AWS SDK for .NET writes them, which AWS Tools for PowerShell are made on. From its published source (Apache-2.0): AWS4Signer
 * signs every header but four, and keeps the content's hash in a header; Query bodies have their parameters in ordinal order.
 */
import { createHash, createHmac, randomUUID } from 'node:crypto'
import { request as send } from 'node:http'
import type { Credentials } from './server.ts'

/** Seen in CloudTrail records that people published: version 4 under PowerShell 7, before and after the form `ua/2.0`. */
export const AGENTS = [
  'AWSPowerShell.Common/4.1.90.0 .NET_Core/6.0.5 OS/Microsoft_Windows_10.0.17763 PowerShellCore/7.-1 ClientAsync',
  'AWSPowerShell.Common/4.1.534.0 ua/2.0 .NET_Core#6.0.5 OS/windows#10.0.17763.0 md/ARCH#X64 PowerShellCore/7.-1 cfg/retry-mode#legacy md/ClientAsync',
] as const

const VERSIONS = { iam: '2010-05-08', sts: '2011-06-15' } as const
const REGION = 'us-east-1'

export type DotnetCall = {
  readonly endpoint: string
  readonly credentials: Credentials
  readonly service?: keyof typeof VERSIONS
  readonly action: string
  /** As the marshallers name them: `Tags.member.1.Key`. */
  readonly parameters?: Readonly<Record<string, string>>
  readonly agent?: string
  readonly now?: number
  /** Headers that are sent and not signed. */
  readonly unsigned?: Readonly<Record<string, string>>
}

export type DotnetAnswer = { readonly status: number; readonly headers: NodeJS.Dict<string | string[]>; readonly body: string }

/** Everything but the unreserved characters of RFC 3986, in UTF-8 and upper-case hexadecimal. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

/** The body of a Query call: names as they are, in ordinal order, values encoded. */
export function dotnetBody({ service = 'iam', action, parameters = {} }: DotnetCall): string {
  const all: Readonly<Record<string, string>> = { Action: action, Version: VERSIONS[service], ...parameters }
  return Object.keys(all)
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map((name) => `${name}=${encoded(all[name] ?? '')}`)
    .join('&')
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** Sends the call over the socket. */
export function dotnet(call: DotnetCall): Promise<DotnetAnswer> {
  const { endpoint, credentials, service = 'iam', agent = AGENTS[1], now = Date.now(), unsigned = {} } = call
  const body = dotnetBody(call)
  const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d{3}/g, '')
  const signed: Readonly<Record<string, string>> = {
    'User-Agent': agent,
    Host: new URL(endpoint).host,
    'X-Amz-Date': time,
    'X-Amz-Content-SHA256': sha256(body),
    ...(credentials.sessionToken !== undefined && { 'X-Amz-Security-Token': credentials.sessionToken }),
    'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
  }
  const headers = {
    'amz-sdk-invocation-id': randomUUID(),
    'amz-sdk-request': 'attempt=1; max=5',
    ...signed,
    ...unsigned,
    Authorization: authorization(signed, { body, time, service, credentials }),
    'Content-Length': String(Buffer.byteLength(body)),
  }
  return new Promise((resolve, reject) => {
    const outgoing = send(endpoint, { method: 'POST', headers }, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks).toString('utf8') }),
      )
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

type Signing = {
  readonly body: string
  readonly time: string
  readonly service: string
  readonly credentials: Credentials
}

function authorization(headers: Readonly<Record<string, string>>, { body, time, service, credentials }: Signing): string {
  const sorted = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim().replaceAll(/\s+/g, ' ')] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
  const names = sorted.map(([name]) => name).join(';')
  const lines = sorted.map(([name, value]) => `${name}:${value}\n`).join('')
  const canonical = `POST\n/\n\n${lines}\n${names}\n${sha256(body)}`
  const scope = `${time.slice(0, 8)}/${REGION}/${service}/aws4_request`
  const day = hmac(`AWS4${credentials.secretAccessKey}`, time.slice(0, 8))
  const key = hmac(hmac(hmac(day, REGION), service), 'aws4_request')
  const signature = hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`).toString('hex')
  return `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`
}
