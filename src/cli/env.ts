/** `keyreeve env` and `keyreeve exec`: a temporary session, handed to a shell or to one command. */
import type { AdminResult } from '../server/admin-contract.ts'
import { type Config, endpointOf } from '../server/config.ts'
import { Refusal } from '../server/refusal.ts'
import { duration, oneOf } from '../server/setting.ts'
import { environmentName, SETTING_NAMES } from '../server/settings.ts'
import { openDoor } from './admin-client.ts'
import { olderClientWarning } from './aws-version.ts'
import type { Asked, CliContext, Command } from './command.ts'
import { readOption as read } from './option.ts'
import { runProgram } from './program.ts'
import { type Environment, likelyShell, SHELLS, shellText } from './shells.ts'

/** GetSessionToken's shortest session is 900 seconds; 12 hours is the longest that AWS gives to a role or a console user. */
const DURATION = duration('15m', '12h')
const DEFAULT_DURATION = '12h'
const SHELL = oneOf(...SHELLS)

/** Clients would take these before the keys that we set: the SDK for JavaScript skips environment keys where a profile is named. */
const IN_THE_WAY = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] as const

const SESSION_OPTIONS = {
  user: { form: 'NAME', about: 'The IAM user to work as. Default: the root user.' },
  account: { form: 'ID', about: 'The account number. Default: the only account of this server.' },
  duration: { form: 'TIME', about: `How long the credentials last, from 15m to 12h. Default: ${DEFAULT_DURATION}.` },
}

export const env: Command = {
  name: 'env',
  summary: 'Print what a shell needs to use this server',
  details: [
    'Prints the endpoint, the region and new temporary credentials. Every run makes a new session; no long-term secret is printed. `AWS_REGION` and `AWS_DEFAULT_REGION` are both set, because no single one is read by all clients. Variables that would win over these are unset.',
  ],
  options: {
    ...SESSION_OPTIONS,
    shell: { form: SHELLS.join('|'), about: 'The shell to write for. Default: taken from the SHELL variable, else bash.' },
  },
  configured: true,
  examples: [
    'eval "$(keyreeve env)"',
    'keyreeve env --user alice --shell fish | source',
    'keyreeve env --shell pwsh | Out-String | Invoke-Expression',
  ],
  async run(asked, context) {
    const written = asked.options.get('shell')
    const shell = written === undefined ? likelyShell(context.environment, context.platform) : read(SHELL, 'shell', written)
    const [{ environment, endpoint }, warning] = await Promise.all([
      openSession(asked, context),
      olderClientWarning(context.environment),
    ])
    context.out(shellText(shell, environment))
    if (warning !== undefined) context.err(`Warning: ${warning(endpoint)}\n`)
    return 0
  },
}

export const exec: Command = {
  name: 'exec',
  summary: 'Run one command with what it needs to use this server',
  details: [
    "The command gets the variables that `keyreeve env` prints, and nothing is left in the shell; `KEYREEVE_KEY` and `KEYREEVE_DATABASE` are not handed on. It is started as it is written, without a shell between; its exit code becomes this command's.",
  ],
  options: SESSION_OPTIONS,
  operands: { form: '-- COMMAND [WORDS]', max: Infinity, behindDashes: true },
  configured: true,
  examples: ['keyreeve exec -- aws iam list-users', 'keyreeve exec --user alice -- node my-test.js'],
  async run(asked, context) {
    const [program, ...words] = asked.operands
    if (program === undefined)
      throw new Refusal('usage', 'There is no command to run. Write it behind --, such as: keyreeve exec -- aws iam list-users')
    const { environment, endpoint } = await openSession(asked, context)
    const warning = program === 'aws' ? await olderClientWarning(context.environment) : undefined
    if (warning !== undefined) context.err(`Warning: ${warning(endpoint)}\n`)
    return runProgram({ program, words, environment: merged(context.environment, environment), context })
  },
}

/** The variables of a session. */
export function sessionEnvironment(
  session: AdminResult<'session'>,
  { endpoint, region }: { readonly endpoint: string; readonly region: string },
): Environment {
  return {
    set: {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: session.accessKeyId,
      AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
      AWS_SESSION_TOKEN: session.sessionToken,
      AWS_CREDENTIAL_EXPIRATION: new Date(session.expiresAt).toISOString(),
    },
    unset: IN_THE_WAY,
  }
}

async function openSession(
  { options, config: readConfig }: Asked,
  context: CliContext,
): Promise<{ readonly environment: Environment; readonly endpoint: string }> {
  const config: Config = readConfig()
  const durationSeconds = read(DURATION, 'duration', options.get('duration') ?? DEFAULT_DURATION) / 1_000
  const door = await openDoor(config, context)
  try {
    const session = await door.run('session', {
      accountId: options.get('account'),
      userName: options.get('user'),
      durationSeconds,
    })
    if (door.card === undefined) context.err(`No server runs on ${config.data} now. Start one with: keyreeve start\n`)
    const endpoint = config.publicUrl ?? door.card?.endpoint ?? endpointOf(config)
    return { environment: sessionEnvironment(session, { endpoint, region: config.region }), endpoint }
  } finally {
    await door.close()
  }
}

/** The master key and the database's address are the server's: a command that uses the server needs neither. */
const SECRETS: ReadonlySet<string> = new Set(
  Array.from(SETTING_NAMES).flatMap(([name, { secret }]) => (secret === true ? [environmentName(name)] : [])),
)

function merged(before: CliContext['environment'], { set, unset }: Environment): Record<string, string | undefined> {
  const kept = Object.entries(before).filter(([name]) => !unset.includes(name) && !SECRETS.has(name))
  return { ...Object.fromEntries(kept), ...set }
}
