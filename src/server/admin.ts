/** The administrator's door: a local socket in the data directory. Only the owner of the directory can read the token that opens it. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../aws/fault.ts'
import { type AdminRun, isAdminName, isArguments, misfitOf } from './admin-contract.ts'
import type { Logger } from './logger.ts'
import { Refusal } from './refusal.ts'

/** The card that tells where the door is; its owner alone can read it. It goes when the server stops. */
const CARD_FILE = 'admin.json'
const SOCKET_FILE = 'admin.sock'
const TOKEN_BYTES = 32
/** The shortest of the limits for a socket's path: macOS has 104 bytes with the closing zero (unix(4)); Linux 108. */
const MAX_SOCKET_PATH_BYTES = 103
/** One request is one line; the longest names and addresses fit many times over. */
export const MAX_LINE_BYTES = 65_536
const IDLE_TIMEOUT_MS = 60_000
const MAX_CONNECTIONS = 64

export type AdminCard = { readonly socket: string; readonly token: string; readonly endpoint: string }

export type AdminAnswer =
  | { readonly ok: true; readonly result: object }
  | { readonly ok: false; readonly code: string; readonly message: string }

export type AdminSettings = {
  /** The data directory, absolute. It is made, for its owner only, where it does not exist. */
  readonly data: string
  /** What clients of the server use; `env` and `doctor` learn it here. */
  readonly endpoint: string
  readonly run: AdminRun
  readonly logger: Logger
}

/** Opens the door. Whoever calls holds the lock of the data directory: a socket that lies there is a leftover. */
export async function openAdmin({ data, endpoint, run, logger }: AdminSettings): Promise<{ close(): Promise<void> }> {
  await mkdir(data, { recursive: true, mode: 0o700 })
  const { socket, remove } = await socketPlace(data)
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const { server, sockets } = listener(token, run, logger)
  await rm(socket, { force: true })
  await new Promise<void>((listening, failed) => {
    server.once('error', failed)
    server.listen(socket, listening)
  })
  if (process.platform !== 'win32') await chmod(socket, 0o600)
  const card = join(data, CARD_FILE)
  await writeCard(card, { socket, token, endpoint })
  return {
    async close() {
      await rm(card, { force: true })
      for (const open of sockets) open.destroy()
      await new Promise<void>((closed) => {
        server.close(() => closed())
      })
      await remove()
    },
  }
}

/** The card of the server that runs on this data directory; undefined where none does, or its card cannot be read. */
export async function readAdminCard(data: string): Promise<AdminCard | undefined> {
  try {
    const card: unknown = JSON.parse(await readFile(join(data, CARD_FILE), 'utf8'))
    return isCard(card) ? card : undefined
  } catch {
    // No card, an unreadable one, half a one: in each case there is nobody to talk to.
    return undefined
  }
}

function isCard(value: unknown): value is AdminCard {
  if (typeof value !== 'object' || value === null) return false
  return ['socket', 'token', 'endpoint'].every((name) =>
    Object.entries(value).some(([member, text]) => member === name && typeof text === 'string'),
  )
}

/** A path that the system accepts for a socket; a folder of its own, for the owner only, where the data directory's path is too long. */
async function socketPlace(data: string): Promise<{ readonly socket: string; readonly remove: () => Promise<void> }> {
  if (process.platform === 'win32') {
    const name = createHash('sha256').update(data).digest('hex').slice(0, 32)
    return { socket: `\\\\.\\pipe\\keyreeve-${name}`, remove: async () => {} }
  }
  const inside = join(data, SOCKET_FILE)
  if (Buffer.byteLength(inside) <= MAX_SOCKET_PATH_BYTES) return { socket: inside, remove: () => rm(inside, { force: true }) }
  const folder = await mkdtemp(join(tmpdir(), 'keyreeve-'))
  return { socket: join(folder, SOCKET_FILE), remove: () => rm(folder, { recursive: true, force: true }) }
}

async function writeCard(file: string, card: AdminCard): Promise<void> {
  const draft = `${file}.new`
  await rm(draft, { force: true })
  await writeFile(draft, JSON.stringify(card), { mode: 0o600, flag: 'wx' })
  await rename(draft, file)
}

function listener(
  token: string,
  run: AdminRun,
  logger: Logger,
): { readonly server: Server; readonly sockets: ReadonlySet<Socket> } {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    socket.setTimeout(IDLE_TIMEOUT_MS, () => socket.destroy())
    let received = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      const end = received.indexOf(0x0a)
      if (end < 0 && received.length <= MAX_LINE_BYTES) return
      // One line, one answer: what comes behind the line is not read.
      socket.removeAllListeners('data')
      const line = end < 0 || end > MAX_LINE_BYTES ? '' : received.toString('utf8', 0, end)
      void answerTo(line, { token, run, logger }).then((answer) => socket.end(`${JSON.stringify(answer)}\n`))
    })
  })
  server.maxConnections = MAX_CONNECTIONS
  return { server, sockets }
}

type Answering = { readonly token: string; readonly run: AdminRun; readonly logger: Logger }

async function answerTo(line: string, { token, run, logger }: Answering): Promise<AdminAnswer> {
  const request = parseRequest(line)
  if (request === undefined)
    return refused('MalformedRequest', 'The request is not one line of JSON with a token, a command and its arguments.')
  if (!sameToken(request.token, token)) {
    logger.warn('an administrative command came with a wrong token')
    return refused('AccessDenied', 'The token is wrong.')
  }
  const { command, arguments: given } = request
  if (!isAdminName(command))
    return refused(
      'UnknownCommand',
      'The server does not know this command. Is it of another version than the program that asks?',
    )
  if (!isArguments(command, given)) return refused('ValidationError', `${command}: ${misfitOf(command, given)}.`)
  try {
    const result = await run(command, given)
    logger.info('administrative command', { command })
    return { ok: true, result }
  } catch (error) {
    if (error instanceof Fault) return refused(error.code, error.message)
    if (error instanceof Refusal) return refused('Refused', error.message)
    logger.error('an administrative command failed', { command, error })
    return refused('InternalFailure', "The command failed inside the server. The server's log says why.")
  }
}

function refused(code: string, message: string): AdminAnswer {
  return { ok: false, code, message }
}

type Request = { readonly token: string; readonly command?: unknown; readonly arguments?: unknown }

function parseRequest(line: string): Request | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && 'token' in value && typeof value.token === 'string'
      ? { ...value, token: value.token }
      : undefined
  } catch {
    return undefined
  }
}

/** Compares digests, so that neither content nor length of the true token can be timed. */
function sameToken(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
