/** The parts of `keyreeve doctor` that ask the network: endpoint, clock, host names. */
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Examined, Finding } from './doctor.ts'

const TIMEOUT_MS = 5_000
/** Alive is not enough: this one answers 503 while the server refuses calls. */
const HEALTH_PATH = '/_keyreeve/health/ready'
/** Signatures are refused 15 minutes off (IAM User Guide, "Signature Version 4"); some services refuse at 5. */
const CLOCK_REFUSED_MS = 900_000
const CLOCK_NOTED_MS = 60_000

type Health = { readonly status: number; readonly date: number; readonly ours: boolean }

async function askHealth(endpoint: string): Promise<Health | undefined> {
  try {
    const answer = await fetch(`${endpoint}${HEALTH_PATH}`, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'manual' })
    const text = await answer.text()
    return { status: answer.status, date: Date.parse(answer.headers.get('date') ?? ''), ours: text.includes('"status"') }
  } catch {
    return undefined
  }
}

export async function checkEndpoint({ endpoint }: Examined): Promise<readonly Finding[]> {
  const health = await askHealth(endpoint)
  if (health === undefined)
    return [
      {
        level: 'wrong',
        text: `Nothing answers at ${endpoint}.`,
        advice: 'Start the server with: keyreeve start\nIf it has another address, name it with --port or --public-url.',
      },
    ]
  if (!health.ours)
    return [
      {
        level: 'wrong',
        text: `What answers at ${endpoint} is not Keyreeve.`,
        advice: 'Another program uses this port, or a proxy stands between. Choose another port with --port.',
      },
    ]
  if (health.status !== 200)
    return [
      { level: 'wrong', text: `The server at ${endpoint} is not ready (HTTP ${health.status}).`, advice: 'Its log says why.' },
    ]
  return [{ level: 'fine', text: `The server at ${endpoint} is ready.` }]
}

export async function checkClock({ endpoint, context }: Examined): Promise<readonly Finding[]> {
  const health = await askHealth(endpoint)
  return health === undefined || Number.isNaN(health.date) ? [] : [clockFinding(context.clock() - health.date)]
}

/** `ahead`: by how many milliseconds the clock here is ahead of the server's. */
export function clockFinding(ahead: number): Finding {
  const off = Math.abs(ahead)
  const words = `The clock here is ${Math.round(off / 1_000)} seconds ${ahead < 0 ? 'behind' : 'ahead of'} the server's.`
  if (off >= CLOCK_REFUSED_MS)
    return {
      level: 'wrong',
      text: words,
      advice: 'Signatures are refused when the clocks differ by 15 minutes. Set both clocks by a time service.',
    }
  if (off >= CLOCK_NOTED_MS)
    return { level: 'note', text: words, advice: 'Signatures are refused when the clocks differ by 15 minutes.' }
  return { level: 'fine', text: "The clock here agrees with the server's." }
}

export async function checkHostnames({ endpoint }: Examined): Promise<readonly Finding[]> {
  const { hostname } = new URL(endpoint)
  const name = hostname.replaceAll(/^\[|\]$/g, '')
  const findings = isIP(name) !== 0 || (await resolves(name)) ? [] : [unresolved(name)]
  return (await resolves(`sync-${name}`)) ? findings : [...findings, syncNote(name)]
}

function unresolved(name: string): Finding {
  return {
    level: 'wrong',
    text: `The name ${name} does not resolve here.`,
    advice: `Add it to the hosts file or to your DNS, for example: 127.0.0.1 ${name}`,
  }
}

/** Measured: every SDK puts `sync-` before the host for StartSyncExecution, and no server can answer for a name that does not resolve. */
function syncNote(name: string): Finding {
  const example = isIP(name) === 0 ? name : 'keyreeve.test'
  return {
    level: 'note',
    text: `sync-${name} does not resolve. Only Step Functions' StartSyncExecution needs it; this version does not serve it yet.`,
    advice: `When you need it, add to the hosts file: 127.0.0.1 ${example} sync-${example}\nand use --public-url http://${example}:PORT`,
  }
}

async function resolves(name: string): Promise<boolean> {
  return lookup(name).then(
    () => true,
    () => false,
  )
}
