/** What the commands for workloads share: the server that they ask, what a workload's shell needs, and their life until they are stopped. */
import { readAdminCard } from '../server/admin.ts'
import type { AdminRun } from '../server/admin-contract.ts'
import type { Config } from '../server/config.ts'
import { redactText } from '../server/redact.ts'
import { EXIT_CODES, Refusal } from '../server/refusal.ts'
import { duration, oneOf, port } from '../server/setting.ts'
import type { Loopback } from '../server/workload/loopback.ts'
import { askServer } from './admin-client.ts'
import type { CliContext } from './command.ts'
import { readOption } from './option.ts'
import { type Environment, likelyShell, type Shell, SHELLS, shellText } from './shells.ts'
import { stopSignal } from './stop-signal.ts'

/** EC2 and ECS hand out six hours at most; AssumeRole makes no shorter sessions than 15 minutes. */
const DURATION = duration('15m', '6h')
const DEFAULT_DURATION = '6h'
const SHELL = oneOf(...SHELLS)

export const WORKLOAD_OPTIONS = {
  account: { form: 'ID', about: 'The account number. Default: the only account of this server.' },
  port: { form: 'NUMBER', about: 'The port to listen on, on this machine alone. Default: any free one.' },
  duration: {
    form: 'TIME',
    about: `How long each set of credentials lasts, from 15m to 6h. Default: ${DEFAULT_DURATION}. New ones are made when half of it is over, at the latest every hour.`,
  },
  shell: {
    form: SHELLS.join('|'),
    about: 'The shell to write the variables for. Default: taken from the SHELL variable, else bash.',
  },
}

type Options = ReadonlyMap<string, string>

export type WorkloadSettings = {
  readonly port: number
  /** How long credentials last. */
  readonly durationSeconds: number
  readonly shell: Shell
}

/** What every workload's command is told. Throws `Refusal`. */
export function workloadSettings(
  options: Options,
  { environment, platform }: Pick<CliContext, 'environment' | 'platform'>,
): WorkloadSettings {
  const shell = options.get('shell')
  return {
    port: readOption(port, 'port', options.get('port') ?? '0'),
    durationSeconds: readOption(DURATION, 'duration', options.get('duration') ?? DEFAULT_DURATION) / 1_000,
    shell: shell === undefined ? likelyShell(environment, platform) : readOption(SHELL, 'shell', shell),
  }
}

/** Asks the server that runs on the data directory at that moment: one that was started anew is found again. Rejects with a `Refusal` without one. */
export function runningAdmin({ data }: Pick<Config, 'data'>): AdminRun {
  return async (command, given) => {
    const card = await readAdminCard(data)
    if (card === undefined) throw noServer(data)
    return askServer(card, command, given)
  }
}

/** The address that clients use for the server. Throws `Refusal` where none runs. */
export async function endpointOfServer({ data, publicUrl }: Pick<Config, 'data' | 'publicUrl'>): Promise<string> {
  const card = await readAdminCard(data)
  if (card === undefined) throw noServer(data)
  return publicUrl ?? card.endpoint
}

const noServer = (data: string): Refusal => new Refusal('failed', `No server runs on ${data}. Start one with: keyreeve start`)

/** Credentials that clients would take before those of the workload (SDKs and Tools Reference Guide, "Credential provider chain"). */
const IN_THE_WAY = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_EC2_METADATA_DISABLED',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
]

/** The variables of a workload: where the server is, and where its credentials are. */
export function workloadEnvironment(
  own: Readonly<Record<string, string>>,
  { endpoint, region }: { readonly endpoint: string; readonly region: string },
): Environment {
  const set = { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, AWS_DEFAULT_REGION: region, ...own }
  return { set, unset: IN_THE_WAY.filter((name) => !Object.hasOwn(set, name)) }
}

export type Ready = {
  readonly title: string
  readonly facts: readonly (readonly [name: string, value: string])[]
  readonly environment: Environment
  readonly shell: Shell
}

/** The ready lines; for `--shell json` the variables alone. */
function readyText({ title, facts, environment, shell }: Ready): string {
  const variables = shellText(shell, environment)
  if (shell === 'json') return variables
  const width = Math.max(...facts.map(([name]) => name.length))
  const lines = facts.map(([name, value]) => `  ${name.padEnd(width)}  ${value}\n`).join('')
  return `${title}
${lines}
In the shell of the workload:
${variables}Ready.
`
}

/** Says the same trouble once, until it was another one. */
export function troubleTeller({ err }: Pick<CliContext, 'err'>): (error: unknown) => void {
  let last = ''
  return (error) => {
    const text = redactText(error instanceof Error ? error.message : String(error))
    if (text !== last) err(`${text}\n`)
    last = text
  }
}

/** Says that it is ready, runs until a signal, and closes. The exit code. */
export async function serveUntilStopped(
  listener: Pick<Loopback, 'close'>,
  ready: Ready,
  context: Pick<CliContext, 'out' | 'err' | 'signals'>,
): Promise<number> {
  const stopped = stopSignal(context)
  try {
    context.out(readyText(ready))
    context.err(`${await stopped}: stopped. Credentials that were handed out hold until they expire.\n`)
    return EXIT_CODES.done.code
  } finally {
    await listener.close()
  }
}
