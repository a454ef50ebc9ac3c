/** `keyreeve start`: runs the server until it is told to stop. */
import type { Config } from '../server/config.ts'
import { redactText } from '../server/redact.ts'
import { EXIT_CODES } from '../server/refusal.ts'
import type { CliContext, Command, RunningServer } from './command.ts'
import { stopSignal } from './stop-signal.ts'

/** A stop is given up this long after the calls under way had their time: the store must close too. */
const CLOSING_MS = 5_000
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost'])

export const start: Command = {
  name: 'start',
  summary: 'Start the server',
  details: [
    'One process, one port. The first start makes the data directory. `SIGINT` (Ctrl-C) and `SIGTERM` stop it: calls under way are finished first, for as long as `shutdown-timeout` says; a second signal stops it at once.',
    'A data directory belongs to one server at a time. A second start on it says so and ends with exit code 3.',
  ],
  configured: true,
  examples: ['keyreeve start', 'keyreeve start --port 8080 --data /var/lib/keyreeve', 'keyreeve start --memory'],
  async run({ config: readConfig }, context) {
    const config = readConfig()
    const stopped = stopSignal(context)
    const server = await context.startServer(config)
    const { accounts } = await server.admin('listAccounts', {})
    context.out(readyText({ config, endpoint: server.endpoint, version: context.version, hasAccount: accounts.length > 0 }))
    const reason = await Promise.race([stopped, server.failed])
    if (typeof reason !== 'string') {
      context.err(`The server cannot go on: ${redactText(reason.message)}\n`)
      await stop(server, config, context)
      return EXIT_CODES.failed.code
    }
    context.err(`${reason}: finishing the calls under way. Send it again to stop at once.\n`)
    return stop(server, config, context)
  },
}

export type Ready = {
  readonly config: Pick<Config, 'data' | 'host' | 'memory' | 'database' | 'publicUrl' | 'trustedProxies' | 'logFormat'>
  readonly endpoint: string
  readonly version: string
  readonly hasAccount: boolean
}

/** The ready lines: where everything is, and the next command to type. One JSON line where the log is JSON. */
export function readyText({ config, endpoint, version, hasAccount }: Ready): string {
  const console = `${endpoint}/console/`
  if (config.logFormat === 'json') {
    const memory = config.memory && { memory: true }
    return `${JSON.stringify({ level: 'info', message: 'Ready.', version, endpoint, console, data: config.data, ...memory })}\n`
  }
  const kept = config.memory
    ? 'in memory only, gone when the server stops'
    : config.database === undefined
      ? config.data
      : `PostgreSQL; keys in ${config.data}`
  return `Keyreeve ${version}
  Endpoint  ${endpoint}
  Console   ${console} (not in this version yet)
  Data      ${kept}
${notes(config)}  Next      ${nextCommand(hasAccount)}
Ready.
`
}

/** What whoever puts the server behind a proxy, or should, has to know. */
function notes({ host, publicUrl, trustedProxies }: Ready['config']): string {
  const open = `${host} can be reached from other machines, and this port speaks plain HTTP. Put a TLS proxy in front.`
  const untold =
    'Behind a proxy every call comes from the proxy and without TLS, for conditions too. Name it with --trusted-proxies.'
  return [
    ...(LOOPBACK.has(host) || trustedProxies.length > 0 ? [] : [open]),
    ...(publicUrl?.startsWith('https:') === true && trustedProxies.length === 0 ? [untold] : []),
  ]
    .map((note) => `  Note      ${note}\n`)
    .join('')
}

function nextCommand(hasAccount: boolean): string {
  return hasAccount ? 'eval "$(keyreeve env)"' : 'keyreeve account create --name "My account" --email me@example.com'
}

/** Closes the server, for as long as the configuration allows. */
async function stop(server: RunningServer, { shutdownTimeout }: Config, context: CliContext): Promise<number> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, shutdownTimeout + CLOSING_MS, 'late')
  })
  const outcome = await Promise.race([server.close().then(() => 'closed' as const), late])
  clearTimeout(timer)
  context.err(outcome === 'closed' ? 'Stopped.\n' : 'Stopped before every call was finished: the shutdown timeout is over.\n')
  return outcome === 'closed' ? EXIT_CODES.done.code : EXIT_CODES.failed.code
}
