/** `keyreeve who-can`: which principals of an account may do something, and under which conditions. */
import type { AdminResult, ShownAbility } from '../server/admin-contract.ts'
import { Refusal } from '../server/refusal.ts'
import { runAdmin } from './admin-client.ts'
import type { Command } from './command.ts'
import { isOn } from './option.ts'
import { printable, wrapped } from './text.ts'

export const whoCan: Command = {
  name: 'who-can',
  summary: 'Say which users and roles may do something, and under which conditions',
  details: [
    'Asks the policy engine about the root user, every user and every role of the account, with all policies that bind them: their own, their groups’, boundaries, service control policies and, where a role would be assumed, its trust policy. What only a request would tell, such as its address, is left open: such a principal may under the conditions that are printed.',
  ],
  options: {
    account: { form: 'ID', about: 'The account number. Default: the only account of this server.' },
    json: { about: 'Print the answer as JSON.' },
  },
  operands: { form: 'ACTION [RESOURCE]', max: 2 },
  configured: true,
  examples: ['keyreeve who-can iam:CreateUser', 'keyreeve who-can sts:AssumeRole arn:aws:iam::111122223333:role/deploy'],
  async run({ options, operands: [action, resource = '*'], config }, context) {
    if (action === undefined) throw new Refusal('usage', 'Which action? For example: keyreeve who-can iam:CreateUser')
    const result = await runAdmin(config(), 'whoCan', { accountId: options.get('account'), action, resource }, context)
    context.out(isOn(options, 'json') ? `${JSON.stringify(result)}\n` : abilitiesText(result))
    return 0
  },
}

const WORDS: Readonly<Record<ShownAbility['can'], string>> = {
  always: 'always',
  sometimes: 'under conditions',
  maybe: 'perhaps: the values of variables decide',
  never: 'never',
  unknown: 'unknown',
}

function abilitiesText({ abilities, asked }: AdminResult<'whoCan'>): string {
  if (abilities.length === 0) return `Nobody: none of ${asked} principals may.\n`
  return `${abilities.map(abilityText).join('')}${abilities.length} of ${asked} principals.\n`
}

function abilityText({ principal, can, when, unless, why }: ShownAbility): string {
  const lists = when.filter((list) => list.length > 0)
  return [
    `${printable(principal)}: ${WORDS[can]}\n`,
    ...(why === undefined ? [] : [bullet(why)]),
    ...lists.map((list, index) => bullet(`${index === 0 ? 'if' : 'or if'} ${list.join('; and ')}`)),
    ...unless.map((text) => bullet(`unless ${text}`)),
  ].join('')
}

const bullet = (text: string): string => wrapped(printable(text), 4, '  - ')
