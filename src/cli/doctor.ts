/** `keyreeve doctor`: looks at everything between a client and the server, and says what to do about what is wrong. */
import { stat } from 'node:fs/promises'
import { type Config, endpointOf } from '../server/config.ts'
import { runningServer } from './admin-client.ts'
import { awsVersion, olderClientText } from './aws-version.ts'
import type { CliContext, Command } from './command.ts'
import { checkClock, checkEndpoint, checkHostnames } from './doctor-network.ts'

/** `advice` is there where something is not as it should be. Only `wrong` makes the command fail. */
export type Finding = { readonly level: 'fine' | 'note' | 'wrong'; readonly text: string; readonly advice?: string }

export type Examined = {
  readonly config: Config
  readonly endpoint: string
  readonly context: Pick<CliContext, 'environment' | 'clock' | 'platform'>
}

const MARKS: Readonly<Record<Finding['level'], string>> = { fine: 'ok   ', note: 'note ', wrong: 'WRONG' }

/** What is looked at, in this order. */
const CHECKS: readonly ((examined: Examined) => Promise<readonly Finding[]>)[] = [
  checkData,
  checkServer,
  checkEndpoint,
  checkClock,
  checkHostnames,
  checkClient,
  async ({ endpoint, context }) => checkEnvironment(endpoint, context.environment),
]

export const doctor: Command = {
  name: 'doctor',
  summary: 'Check endpoint, clock, host names and the AWS CLI on the path',
  details: ['Prints one line for each thing that it looked at, and below it what to do. Exit code 1: something is wrong.'],
  configured: true,
  examples: ['keyreeve doctor'],
  async run({ config: readConfig }, context) {
    const config = readConfig()
    const card = await runningServer(config.data)
    const examined = { config, endpoint: config.publicUrl ?? card?.endpoint ?? endpointOf(config), context }
    const findings = (await Promise.all(CHECKS.map((check) => check(examined)))).flat()
    context.out(findings.map(findingText).join(''))
    return findings.some(({ level }) => level === 'wrong') ? 1 : 0
  },
}

/** One finding as it is printed. */
export function findingText({ level, text, advice }: Finding): string {
  const below =
    advice === undefined
      ? ''
      : advice
          .split('\n')
          .map((line) => `       ${line}\n`)
          .join('')
  return `${MARKS[level]}  ${text}\n${below}`
}

async function checkData({ config, context }: Examined): Promise<readonly Finding[]> {
  const found = await stat(config.data).catch(() => undefined)
  if (found === undefined)
    return [
      { level: 'note', text: `There is no data directory ${config.data} yet.`, advice: 'The first `keyreeve start` makes it.' },
    ]
  if (!found.isDirectory())
    return [{ level: 'wrong', text: `${config.data} is not a directory.`, advice: 'Name another one with --data.' }]
  if (context.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    return [
      {
        level: 'wrong',
        text: `Other users of this machine can look into ${config.data}.`,
        advice: `It holds keys. Run: chmod 700 ${config.data}`,
      },
    ]
  }
  return [{ level: 'fine', text: `The data directory is ${config.data}, for its owner only.` }]
}

async function checkServer({ config }: Examined): Promise<readonly Finding[]> {
  const card = await runningServer(config.data)
  if (card === undefined)
    return [{ level: 'note', text: `No server runs on ${config.data}.`, advice: 'Start one with: keyreeve start' }]
  return [{ level: 'fine', text: `A server runs on ${config.data}.` }]
}

async function checkClient({ endpoint, context }: Examined): Promise<readonly Finding[]> {
  const version = await awsVersion(context.environment)
  if (version === undefined)
    return [
      {
        level: 'note',
        text: 'There is no AWS CLI on the path.',
        advice: 'Any SDK works too. The CLI must be 2.13 or newer to honour AWS_ENDPOINT_URL.',
      },
    ]
  if (version.honoursEndpoint)
    return [{ level: 'fine', text: `The aws on the path is ${version.text}. It honours AWS_ENDPOINT_URL.` }]
  return [{ level: 'wrong', text: 'The aws on the path is too old.', advice: olderClientText(version, endpoint) }]
}

/** Variables that decide where clients go. */
export function checkEnvironment(
  endpoint: string,
  environment: Readonly<Record<string, string | undefined>>,
): readonly Finding[] {
  const findings: Finding[] = []
  const set = (name: string): boolean => (environment[name] ?? '') !== ''
  const pointed = environment['AWS_ENDPOINT_URL']
  if (pointed === undefined)
    findings.push({
      level: 'note',
      text: 'AWS_ENDPOINT_URL is not set in this shell: clients would call the real AWS.',
      advice: 'Run: eval "$(keyreeve env)"',
    })
  else if (pointed.replace(/\/$/, '') !== endpoint)
    findings.push({
      level: 'wrong',
      text: 'AWS_ENDPOINT_URL names another address.',
      advice: `This server is ${endpoint}. Run: eval "$(keyreeve env)"`,
    })
  else findings.push({ level: 'fine', text: `AWS_ENDPOINT_URL is ${endpoint}.` })
  if (set('AWS_REGION') !== set('AWS_DEFAULT_REGION')) {
    findings.push({
      level: 'note',
      text: 'Only one of AWS_REGION and AWS_DEFAULT_REGION is set.',
      advice: 'The SDK for JavaScript reads the first, boto3 the second. Set both.',
    })
  }
  for (const name of ['AWS_PROFILE', 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'].filter(set)) {
    findings.push({
      level: 'note',
      text: `${name} is set.`,
      advice: `Some clients then do not use the keys or the endpoint of this shell. Run: unset ${name}`,
    })
  }
  const elsewhere = Object.keys(environment).filter((name) => name.startsWith('AWS_ENDPOINT_URL_') && set(name))
  if (elsewhere.length > 0)
    findings.push({
      level: 'note',
      text: `${elsewhere.join(', ')} wins over AWS_ENDPOINT_URL for its service.`,
      advice: 'Unset it, or give it the same address.',
    })
  return [...findings, ...checkProxy(endpoint, environment)]
}

/** Clients send even loopback requests to a proxy, unless it is told otherwise. */
function checkProxy(endpoint: string, environment: Readonly<Record<string, string | undefined>>): readonly Finding[] {
  const variable = (name: string): string => environment[name.toLowerCase()] ?? environment[name] ?? ''
  const { hostname, protocol } = new URL(endpoint)
  const proxy = protocol === 'http:' ? variable('HTTP_PROXY') : variable('HTTPS_PROXY')
  const exempt = variable('NO_PROXY')
    .split(',')
    .map((name) => name.trim())
  if (proxy === '' || exempt.includes('*') || exempt.includes(hostname)) return []
  return [
    {
      level: 'note',
      text: 'A proxy is set, and it is not told to leave this server alone.',
      advice: `Run: export NO_PROXY=${hostname}`,
    },
  ]
}
