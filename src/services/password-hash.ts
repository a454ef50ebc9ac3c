/** Password hashes: argon2id in PHC strings, computed off the event loop, a few at a time. Shared by all services that know passwords. */
import { argon2, timingSafeEqual } from 'node:crypto'
import { Fault } from '../aws/fault.ts'

/** OWASP, Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. `memory` is in KiB. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const
const SALT_BYTES = 16
const HASH_BYTES = 32
/** Hashes computed at a time: each takes 19 MiB and a thread of the pool, which other work needs too. */
const MAX_RUNNING = 2
/** Hashes that may wait. More are refused: some seconds of waiting help nobody. */
const MAX_WAITING = 64
/** What verification accepts of a stored hash: a broken row must not cost more than this. */
const MAX_COST = { memory: 262_144, passes: 16, parallelism: 8 } as const

type Cost = { readonly memory: number; readonly passes: number; readonly parallelism: number }
type Hash = Cost & { readonly salt: Uint8Array; readonly hash: Uint8Array }

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/

/** The hash of nothing that anybody could type: checked in place of the hash of a user who is unknown or has no password. */
const DUMMY: Hash = { ...COST, salt: new Uint8Array(SALT_BYTES), hash: new Uint8Array(HASH_BYTES) }

/** The PHC string `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. Throws Throttling where too many hashes wait. */
export async function hashPassword(password: string, random: (count: number) => Uint8Array): Promise<string> {
  const salt = random(SALT_BYTES)
  const hash = await derive(password, { ...COST, salt, hash: new Uint8Array(HASH_BYTES) })
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${unpadded(salt)}$${unpadded(hash)}`
}

/** Whether the password is the hash's. Where there is no hash the work is done all the same, so that the answer's time tells nothing. Throws Throttling. */
export async function verifyPassword(password: string, phc: string | undefined): Promise<boolean> {
  const known = phc === undefined ? DUMMY : parse(phc)
  const hash = await derive(password, known)
  return timingSafeEqual(hash, known.hash) && phc !== undefined
}

/** A stored text that is no hash of ours is a broken row, never a password that fits. */
function parse(phc: string): Hash {
  const [, memory, passes, parallelism, salt = '', hash = ''] = PHC.exec(phc) ?? []
  const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  const known = cost.memory <= MAX_COST.memory && cost.passes <= MAX_COST.passes && cost.parallelism <= MAX_COST.parallelism
  if (!known) throw new Error('a stored password hash is not an argon2id string')
  return { ...cost, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') }
}

const unpadded = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '')

let running = 0
const waiting: (() => void)[] = []

async function derive(password: string, { salt, hash, ...cost }: Hash): Promise<Buffer> {
  if (running >= MAX_RUNNING) {
    if (waiting.length >= MAX_WAITING) throw new Fault('Throttling', 'Rate exceeded', { status: 400 })
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else running += 1
  try {
    return await compute(password, salt, hash.byteLength, cost)
  } finally {
    // Whoever waits takes the place over: `running` stays as it is.
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
}

function compute(password: string, nonce: Uint8Array, tagLength: number, cost: Cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parameters = { message: Buffer.from(password, 'utf8'), nonce, tagLength, ...cost }
    argon2('argon2id', parameters, (error, hash) => (error === null ? resolve(hash) : reject(error)))
  })
}
