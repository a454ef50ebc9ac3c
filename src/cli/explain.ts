/** `keyreeve explain`: why a request was refused, and what would have to be said for it to be allowed. */
import type { AdminResult, DenialExplanation, ShownFlip, ShownPart, ShownStatement } from '../server/admin-contract.ts'
import { Refusal } from '../server/refusal.ts'
import { runAdmin } from './admin-client.ts'
import type { Command } from './command.ts'
import { isOn } from './option.ts'
import { columns, printable, wrapped } from './text.ts'

const DEFAULT_LINES = 10
const MAX_LINES = 1_000

export const explain: Command = {
  name: 'explain',
  summary: 'Say why a request was refused',
  details: [
    'With an authorization id (it stands behind denials of IAM) or a request id: for each set of policies that was asked, the statements that matched and those that nearly did, with the test that failed; then the smallest statement that would lift the refusal, and whether it grants anything else. The policies are those of then, whatever became of them.',
    'Without an id: the newest refusals. They are kept for a day.',
  ],
  options: {
    account: { form: 'ID', about: 'The account number, for the list. Default: the only account of this server.' },
    lines: { form: 'NUMBER', about: `How many refusals to list, from 1 to ${MAX_LINES}. Default: ${DEFAULT_LINES}.` },
    json: { about: 'Print the answer as JSON.' },
  },
  operands: { form: '[AUTHORIZATION-ID|REQUEST-ID]', max: 1 },
  configured: true,
  examples: ['keyreeve explain', 'keyreeve explain 9fwl8rk7s35sljltb3mkkdi7f'],
  async run({ options, operands: [id], config }, context) {
    const asJson = isOn(options, 'json')
    const print = (result: object, text: string): void => context.out(asJson ? `${JSON.stringify(result)}\n` : text)
    if (id === undefined) {
      const limit = lineCount(options.get('lines'))
      const list = await runAdmin(config(), 'listDenials', { accountId: options.get('account'), limit }, context)
      print(list, listText(list))
    } else {
      const explanation = await runAdmin(config(), 'explainDenial', { id }, context)
      print(explanation, explanationText(explanation))
    }
    return 0
  },
}

function lineCount(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LINES
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (count < 1 || count > MAX_LINES) throw new Refusal('usage', `--lines must be a number from 1 to ${MAX_LINES}.`)
  return count
}

const timeOf = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z')

export function listText({ denials }: AdminResult<'listDenials'>): string {
  if (denials.length === 0) return 'Nothing was refused in the last day.\n'
  const rows = denials.map(({ id, at, caller, action, resource }) => [timeOf(at), id, caller, action, resource])
  return `${columns([['TIME', 'AUTHORIZATION ID', 'CALLER', 'ACTION', 'RESOURCE'], ...rows])}Explain one with: keyreeve explain ID\n`
}

const NAMES: Readonly<Record<string, string>> = {
  identity: 'identity-based policies',
  resource: 'resource-based policy',
  trust: 'role trust policy',
  boundary: 'permissions boundary',
  session: 'session policies',
  scp: 'service control policies',
  rcp: 'resource control policies',
  endpoint: 'VPC endpoint policy',
}
const nameOf = (policyType: string): string => NAMES[policyType] ?? policyType

/** What `keyreeve explain ID` prints. */
export function explanationText(explanation: DenialExplanation): string {
  const { caller, action, resource, at, id, requestId, decision, policyType, parts, flip } = explanation
  const facts = columns([
    ['Caller', caller],
    ['Action', action],
    ['Resource', resource],
    ['Time', timeOf(at)],
    ['Request', requestId],
    ['Authorization', id],
  ])
  const verdict =
    decision === 'explicitDeny'
      ? `Refused by an explicit deny: ${nameOf(policyType)}.\n`
      : `Refused because nothing allows it: ${nameOf(policyType)}.\n`
  return [facts, verdict, ...parts.map(partText), contextText(explanation), flipText(flip, parts)]
    .filter((text) => text !== '')
    .join('\n')
}

const VERDICTS: Readonly<Record<ShownPart['verdict'], string>> = {
  allows: 'allowed',
  denies: 'DENIED',
  silent: 'nothing allows it',
  broken: 'DENIED: a policy cannot be read',
}

function partText({ policyType, level, attachedTo, verdict, matched, nearMisses, problems }: ShownPart): string {
  const of =
    policyType === 'scp' || policyType === 'rcp'
      ? ` of ${attachedTo.join(', ') || `level ${level + 1}`}`
      : scopeText(policyType, level)
  const lines = [
    ...problems.map(({ policy, problem }) => bullet(`${policy}: ${problem}`)),
    ...matched.map((one) => bullet(`${one.effect === 'Deny' ? 'denies' : 'allows'}: ${statementText(one)}`)),
    ...nearMisses.map((one) => bullet(`near: ${one.effect} in ${statementText(one)}: ${one.why}`)),
  ]
  const said = isMissing(policyType, attachedTo) ? 'there is no such role' : VERDICTS[verdict]
  return `${capital(nameOf(policyType))}${of}: ${said}\n${lines.join('')}`
}

/** A role has a trust policy; without one there is no role. */
const isMissing = (policyType: string, attachedTo: readonly string[]): boolean =>
  policyType === 'trust' && attachedTo.length === 0

/** A session that was scoped down has several session policies, one behind the other. */
const scopeText = (policyType: string, level: number): string => (policyType === 'session' && level > 0 ? `, scope ${level}` : '')

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
const bullet = (text: string): string => wrapped(printable(text), 4, '  - ')

const statementText = ({ policy, number, sid, line }: ShownStatement): string =>
  `statement ${number}${sid === undefined || sid === '' ? '' : ` (${sid})`} of ${policy}, line ${line}`

function contextText({ context }: DenialExplanation): string {
  const rows = Object.entries(context).map(([key, value]) => [
    `  ${key}`,
    value === null ? 'not in the request' : [value].flat().join(', '),
  ])
  return rows.length === 0 ? '' : `Condition keys that the policies asked for\n${columns(rows)}`
}

function flipText(flip: ShownFlip, parts: readonly ShownPart[]): string {
  if (flip.kind === 'none')
    return `No statement lifts the refusal for this caller alone: it cannot be named in the ${nameOf(flip.policyType)}.\n`
  if (flip.kind === 'denied') {
    const why =
      flip.statement === undefined
        ? `A policy that cannot be read denies everything, whatever is added. It has to be mended or taken away: ${flip.policy}.`
        : `Nothing that is added lifts a deny. The request is allowed only where it is not met any more: ${statementText(flip.statement)}.`
    return wrapped(printable(why), 0)
  }
  const blocks = flip.additions.map(({ policyType, attachedTo, document, reach }) => {
    const where = attachedTo.length === 0 ? '' : ` of ${attachedTo.join(', ')}`
    const told =
      reach === 'exact'
        ? 'It grants this and nothing else.'
        : 'It grants more than this: no policy can name the caller or the resource by itself.'
    const isThere = !parts.some((part) => part.policyType === policyType && isMissing(part.policyType, part.attachedTo))
    return `In the ${nameOf(policyType)}${where}${isThere ? '' : ', once there is such a role'}:\n${printable(document)}\n${told}\n`
  })
  return `The smallest change that lifts the refusal\n${blocks.join('')}`
}
