/** Runs administrative commands: through the socket of the server that runs on the data directory, else on the store itself. */
import { connect } from 'node:net'
import { type AdminAnswer, type AdminCard, readAdminCard } from '../server/admin.ts'
import type { AdminArguments, AdminName, AdminResult, AdminRun } from '../server/admin-contract.ts'
import type { Config } from '../server/config.ts'
import { Refusal } from '../server/refusal.ts'
import type { CliContext } from './command.ts'

/** A key rotation seals every secret anew: minutes, in a large store. */
const ANSWER_TIMEOUT_MS = 600_000
const MAX_ANSWER_BYTES = 64 * 1_048_576

export type AdminDoor = {
  readonly run: AdminRun
  /** The card of the running server; undefined where the store was opened here. */
  readonly card: AdminCard | undefined
  close(): Promise<void>
}

/** Opens a door for several commands. Close it: without a server it holds the lock of the data directory. */
export async function openDoor(config: Config, { openServices }: Pick<CliContext, 'openServices'>): Promise<AdminDoor> {
  const card = await runningServer(config.data)
  if (card !== undefined) return { run: (command, given) => askServer(card, command, given), card, close: async () => {} }
  if (config.memory)
    throw new Refusal(
      'failed',
      `No server runs on ${config.data}, and a store in memory exists only inside a running server. Start one with: keyreeve start --memory`,
    )
  const services = await openServices(config)
  return { run: services.admin, card: undefined, close: () => services.close() }
}

/** Runs one command. Throws `Refusal` or `Fault`, in the same words either way. */
export async function runAdmin<N extends AdminName>(
  config: Config,
  command: N,
  given: AdminArguments<N>,
  context: Pick<CliContext, 'openServices'>,
): Promise<AdminResult<N>> {
  const door = await openDoor(config, context)
  try {
    return await door.run(command, given)
  } finally {
    await door.close()
  }
}

/** The card of the server that runs on this data directory and answers; undefined where a card is missing or was left behind by a crash. */
export async function runningServer(data: string): Promise<AdminCard | undefined> {
  const card = await readAdminCard(data)
  if (card === undefined) return undefined
  const listening = await new Promise<boolean>((answer) => {
    const socket = connect(card.socket)
    socket.once('connect', () => {
      socket.destroy()
      answer(true)
    })
    socket.once('error', () => answer(false))
  })
  return listening ? card : undefined
}

/** Asks the server behind this card. */
export async function askServer<N extends AdminName>(
  card: AdminCard,
  command: N,
  given: AdminArguments<N>,
): Promise<AdminResult<N>> {
  const line = await converse(card.socket, `${JSON.stringify({ token: card.token, command, arguments: given })}\n`)
  // The other end is this program too, and its answers are typed by the same contract.
  const answer: Exclude<AdminAnswer, { ok: true }> | { readonly ok: true; readonly result: AdminResult<N> } = JSON.parse(line)
  if (answer.ok) return answer.result
  throw new Refusal('failed', answer.message)
}

/** Sends one line, and returns the line that comes back. */
function converse(path: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const fail = (reason: string, cause?: Error): void => {
      socket.destroy()
      reject(new Refusal('failed', `The running server did not answer: ${reason}.`, { cause }))
    }
    const socket = connect(path, () => socket.write(line))
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => fail('it took too long'))
    socket.on('error', (error) => fail('the connection broke', error))
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size > MAX_ANSWER_BYTES) fail('its answer is too long')
    })
    socket.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      if (text.endsWith('\n')) resolve(text)
      else fail('it closed the connection')
    })
  })
}
