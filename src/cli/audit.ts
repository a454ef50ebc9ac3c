/** `keyreeve audit`: checks the audit trail, and shows its newest records. */
import { setTimeout as wait } from 'node:timers/promises'
import type { AdminResult } from '../server/admin-contract.ts'
import { Refusal } from '../server/refusal.ts'
import { isOn } from './option.ts'
import { openDoor, runAdmin } from './admin-client.ts'
import type { CliContext, Command } from './command.ts'
import { columns } from './text.ts'

const ACCOUNT_OPTION = { form: 'ID', about: 'The account number. Default: all accounts.' }
const DEFAULT_LINES = 10
const MAX_LINES = 1_000
const POLL_MS = 500

export const verifyAudit: Command = {
  name: 'audit verify',
  summary: 'Check that no audit record was changed, dropped or swapped',
  details: [
    "Walks each account's chain of records from its first to its newest. Exit code 1: a chain is broken, and the answer says where.",
  ],
  options: { account: ACCOUNT_OPTION, json: { about: 'Print the answer as JSON.' } },
  configured: true,
  examples: ['keyreeve audit verify', 'keyreeve audit verify --account 111122223333'],
  async run({ options, config }, context) {
    const result = await runAdmin(config(), 'verifyAudit', { accountId: options.get('account') }, context)
    context.out(isOn(options, 'json') ? `${JSON.stringify(result)}\n` : verifiedText(result))
    return result.accounts.every(({ problem }) => problem === undefined) ? 0 : 1
  },
}

export const tailAudit: Command = {
  name: 'audit tail',
  summary: 'Print the newest audit records, one JSON object a line',
  details: ["The records have the shape of CloudTrail's events."],
  options: {
    account: { form: 'ID', about: 'The account number. Default: the only account of this server.' },
    lines: { form: 'NUMBER', about: `How many records, from 1 to ${MAX_LINES}. Default: ${DEFAULT_LINES}.` },
    follow: { about: 'Go on with new records as they come, until interrupted.' },
  },
  configured: true,
  examples: ['keyreeve audit tail', 'keyreeve audit tail --follow | jq .eventName'],
  async run({ options, config: readConfig }, context) {
    const limit = lineCount(options.get('lines'))
    const follow = isOn(options, 'follow')
    const config = readConfig()
    const door = await openDoor(config, context)
    try {
      if (follow && door.card === undefined)
        throw new Refusal(
          'failed',
          `No server runs on ${config.data}, so no new record will come. Leave out --follow, or start one with: keyreeve start`,
        )
      const first = await door.run('tailAudit', { accountId: options.get('account'), limit })
      print(first, context)
      if (follow)
        await followFrom(first, (accountId, after) => door.run('tailAudit', { accountId, after, limit: MAX_LINES }), context)
      return 0
    } finally {
      await door.close()
    }
  },
}

type Tail = AdminResult<'tailAudit'>

/** Polls for what is new until an interrupt. */
async function followFrom(
  first: Tail,
  next: (accountId: string, after: number) => Promise<Tail>,
  context: CliContext,
): Promise<void> {
  const stop = new AbortController()
  const interrupt = (): void => stop.abort()
  context.signals.on('SIGINT', interrupt)
  context.signals.on('SIGTERM', interrupt)
  let { last } = first
  while (!stop.signal.aborted) {
    const tail = await next(first.accountId, last)
    print(tail, context)
    last = tail.last
    if (tail.records.length === 0) await wait(POLL_MS, undefined, { signal: stop.signal }).catch(() => {})
  }
  context.signals.off('SIGINT', interrupt)
  context.signals.off('SIGTERM', interrupt)
}

function print({ records }: Tail, { out }: CliContext): void {
  for (const record of records) out(`${record}\n`)
}

/** What `audit verify` prints. */
export function verifiedText({ accounts }: AdminResult<'verifyAudit'>): string {
  if (accounts.length === 0) return 'There is no account yet, so there is nothing to check.\n'
  const rows = accounts.map(({ accountId, records, problem }) => [
    accountId,
    String(records),
    problem === undefined ? 'whole' : `BROKEN: ${problem}`,
  ])
  const broken = accounts.filter(({ problem }) => problem !== undefined).length
  const verdict =
    broken === 0
      ? 'Every chain is whole.\n'
      : `${broken} of ${accounts.length} chains are broken. Keep the data directory as it is, and compare it with a backup.\n`
  return columns([['ACCOUNT', 'RECORDS', 'CHAIN'], ...rows]) + verdict
}

function lineCount(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LINES
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (count < 1 || count > MAX_LINES) throw new Refusal('usage', `--lines must be a number from 1 to ${MAX_LINES}.`)
  return count
}
