/** Reads botocore's service models: constraints, error shapes and each operation's errors. Prose is never read. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

export type BotocoreRef = {
  readonly shape: string
  readonly location?: string
  readonly locationName?: string
  readonly flattened?: boolean
  readonly streaming?: boolean
  readonly idempotencyToken?: boolean
  readonly timestampFormat?: string
  readonly resultWrapper?: string
}

export type BotocoreShape = {
  readonly type: string
  readonly members?: Readonly<Record<string, BotocoreRef>>
  readonly required?: readonly string[]
  readonly member?: BotocoreRef
  readonly key?: BotocoreRef
  readonly value?: BotocoreRef
  readonly flattened?: boolean
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
  readonly enum?: readonly string[]
  readonly sensitive?: boolean
  readonly payload?: string
  readonly timestampFormat?: string
  readonly exception?: boolean
  readonly fault?: boolean
  readonly error?: { readonly code?: string; readonly httpStatusCode?: number; readonly senderFault?: boolean }
}

export type BotocoreOperation = {
  readonly http: { readonly method: string; readonly requestUri: string; readonly responseCode?: number }
  readonly input?: BotocoreRef
  readonly output?: BotocoreRef
  readonly errors?: readonly { readonly shape: string }[]
  readonly authtype?: string
}

export type BotocoreModel = {
  readonly metadata: {
    readonly apiVersion: string
    readonly protocol: string
    readonly endpointPrefix: string
    readonly signingName?: string
    readonly xmlNamespace?: string
    readonly targetPrefix?: string
    readonly jsonVersion?: '1.0' | '1.1'
    readonly awsQueryCompatible?: object
  }
  readonly operations: Readonly<Record<string, BotocoreOperation>>
  readonly shapes: Readonly<Record<string, BotocoreShape>>
}

/** The folder of botocore's models, asked of Python; undefined where Python or botocore is missing. */
export function botocoreFolder(): string | undefined {
  const script = 'import botocore, os; print(os.path.join(os.path.dirname(botocore.__file__), "data"))'
  try {
    return execFileSync('python3', ['-c', script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}

/** The newest model of a service, by botocore's folder name. */
export function readBotocore(folder: string, service: string): BotocoreModel {
  const version = readdirSync(join(folder, service)).toSorted().at(-1)
  if (version === undefined) throw new Error(`botocore has no version of ${service}`)
  const packed = readFileSync(join(folder, service, version, 'service-2.json.gz'))
  return JSON.parse(gunzipSync(packed).toString('utf8'))
}
