/** `npm run bench`: what a call costs, as a ratio to a bare node:http server in the same run; start-up and idle memory; decisions a second. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { queryRequest } from '../../tests/calls.ts'
import type { Credentials } from '../../tests/server.ts'
import { type Child, startChild } from './child.ts'
import { load, requestBytes } from './load.ts'

const ROUNDS = 7
const REQUESTS = 10_000
const CONNECTIONS = 16
/** Long enough for the compiler to have seen everything: what is measured is a server that has run for a while. */
const WARM_UP = 40_000
const STARTS = 5

type Measured = {
  readonly name: string
  readonly child: Child
  readonly port: number
  readonly request: () => Buffer
  cpu: number[]
  rate: number[]
}

const floor = await startChild(new URL('floor.ts', import.meta.url))
const idle = { floor: (await floor.usage()).resident, keyreeve: 0 }
const keyreeve = await startChild(new URL('keyreeve.ts', import.meta.url))
const port = Number(keyreeve.hello['port'])
const credentials: Credentials = {
  accessKeyId: String(keyreeve.hello['accessKeyId']),
  secretAccessKey: String(keyreeve.hello['secretAccessKey']),
}

/** The bytes of a signed call; signed anew each round, because signatures age. */
function signed(service: 'iam' | 'sts', action: string, input: object): Buffer {
  const { rawHeaders, body } = queryRequest(service, action, input, { credentials })
  return requestBytes(rawHeaders, Buffer.from(body).toString())
}

const getUser = () => signed('iam', 'GetUser', { UserName: 'bench' })
const measured: readonly Measured[] = [
  { name: 'bare node:http', child: floor, port: Number(floor.hello['port']), request: getUser, cpu: [], rate: [] },
  { name: 'GetUser', child: keyreeve, port, request: getUser, cpu: [], rate: [] },
  { name: 'GetCallerIdentity', child: keyreeve, port, request: () => signed('sts', 'GetCallerIdentity', {}), cpu: [], rate: [] },
]

for (const { port: at, request } of measured)
  await load({ port: at, request: request(), count: WARM_UP, connections: CONNECTIONS })
for (let round = 0; round < ROUNDS; round += 1) {
  for (const one of measured) {
    const before = await one.child.usage()
    const seconds = await load({ port: one.port, request: one.request(), count: REQUESTS, connections: CONNECTIONS })
    const after = await one.child.usage()
    one.cpu.push((after.cpu - before.cpu) / REQUESTS)
    one.rate.push(REQUESTS / seconds)
  }
}

const [bare] = measured
console.log('call                 CPU us   ratio   median ratio of rounds   requests/s (one core, this load)')
for (const { name, cpu, rate } of measured) {
  const best = Math.min(...cpu)
  const ratios = cpu.map((value, round) => value / (bare?.cpu[round] ?? value)).toSorted((one, other) => one - other)
  const ratio = best / Math.min(...(bare?.cpu ?? [best]))
  console.log(
    `${name.padEnd(20)} ${best.toFixed(1).padStart(6)}  ${ratio.toFixed(2).padStart(6)}   ${(ratios[Math.floor(ROUNDS / 2)] ?? 0).toFixed(2).padStart(22)}   ${Math.max(
      ...rate,
    )
      .toFixed(0)
      .padStart(10)}`,
  )
}
await floor.stop()
await keyreeve.stop()

const { readyMs, resident } = await measureStart()
idle.keyreeve = resident
console.log(
  `\nstart: ready ${readyMs.map((ms) => ms.toFixed(0)).join(', ')} ms after the process began (best ${Math.min(...readyMs).toFixed(0)})`,
)
console.log(
  `idle memory: ${(idle.keyreeve / 1e6).toFixed(1)} MB, bare node:http ${(idle.floor / 1e6).toFixed(1)} MB, ratio ${(idle.keyreeve / idle.floor).toFixed(2)}`,
)

const policy = await promisify(execFile)(process.execPath, [fileURLToPath(new URL('policy.ts', import.meta.url))])
console.log(`\n${policy.stdout}`)
const signature = await promisify(execFile)(process.execPath, [fileURLToPath(new URL('signature.ts', import.meta.url))])
console.log(signature.stdout)

/** Starts the real program, and waits for its ready line. */
async function measureStart(): Promise<{ readonly readyMs: readonly number[]; readonly resident: number }> {
  const times: number[] = []
  let memory = Infinity
  for (let start = 0; start < STARTS; start += 1) {
    const data = await mkdtemp(join(tmpdir(), 'keyreeve-start-'))
    const began = performance.now()
    const program = fileURLToPath(new URL('../../bin/keyreeve.js', import.meta.url))
    const child = spawn(process.execPath, [program, 'start', '--port', '0', '--data', data], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for await (const chunk of child.stdout) if (String(chunk).includes('Ready.')) break
    times.push(performance.now() - began)
    memory = Math.min(memory, await residentBytes(child.pid ?? 0))
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
    await rm(data, { recursive: true, force: true })
  }
  return { readyMs: times, resident: memory }
}

async function residentBytes(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])
  return Number(stdout.trim()) * 1024
}
