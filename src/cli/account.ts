/** `keyreeve account`: makes and lists accounts. */
import type { AdminResult } from '../server/admin-contract.ts'
import { runAdmin } from './admin-client.ts'
import type { Command } from './command.ts'
import { isOn, required } from './option.ts'
import { columns } from './text.ts'

const JSON_OPTION = { about: 'Print the answer as JSON.' }

export const createAccount: Command = {
  name: 'account create',
  summary: 'Make an account with its root user',
  details: [
    'The root user may do everything in its account. Use it to make the first IAM user, then put its keys away.',
    'Account numbers have 12 digits and are unique in a server. Without `--account-id` a free one is drawn.',
  ],
  options: {
    name: { form: 'TEXT', about: 'The name of the account. Required.' },
    email: { form: 'ADDRESS', about: "The root user's e-mail address, unique in this server. Required." },
    'account-id': { form: 'NUMBER', about: 'The account number, 12 digits. Default: a free one.' },
    'root-access-key': { about: 'Also make a long-term access key for the root user, and print it. It is shown this once.' },
    json: JSON_OPTION,
  },
  configured: true,
  examples: [
    'keyreeve account create --name "Example" --email root@example.com',
    'keyreeve account create --name "Example" --email root@example.com --account-id 111122223333 --root-access-key',
  ],
  async run({ options, config }, context) {
    const result = await runAdmin(
      config(),
      'createAccount',
      {
        name: required(options, 'name'),
        email: required(options, 'email'),
        accountId: options.get('account-id'),
        rootAccessKey: isOn(options, 'root-access-key'),
      },
      context,
    )
    context.out(isOn(options, 'json') ? `${JSON.stringify(result)}\n` : createdText(result))
    return 0
  },
}

export const listAccounts: Command = {
  name: 'account list',
  summary: 'List the accounts of this server',
  options: { json: JSON_OPTION },
  configured: true,
  examples: ['keyreeve account list'],
  async run({ options, config }, context) {
    const result = await runAdmin(config(), 'listAccounts', {}, context)
    context.out(isOn(options, 'json') ? `${JSON.stringify(result)}\n` : accountsText(result))
    return 0
  },
}

/** What `account create` prints. */
export function createdText({ accountId, name, email, rootAccessKey }: AdminResult<'createAccount'>): string {
  const key =
    rootAccessKey === undefined
      ? ''
      : `
Root access key. It is shown this once and cannot be shown again; whoever has it
may do everything in this account. Delete it when it is no longer needed.
  Access key ID      ${rootAccessKey.accessKeyId}
  Secret access key  ${rootAccessKey.secretAccessKey}
`
  return `Account ${accountId} is made: ${name}, root user ${email}.
${key}
Next, work as its root user in this shell:
  eval "$(keyreeve env --account ${accountId})"
  aws sts get-caller-identity
`
}

/** What `account list` prints. */
export function accountsText({ accounts }: AdminResult<'listAccounts'>): string {
  if (accounts.length === 0)
    return 'There is no account yet. Make one with: keyreeve account create --name NAME --email ADDRESS\n'
  const rows = accounts.map(({ accountId, name, email, status, createdAt }) => [
    accountId,
    status,
    new Date(createdAt).toISOString().slice(0, 10),
    email,
    name,
  ])
  return columns([['ACCOUNT', 'STATUS', 'SINCE', 'ROOT USER', 'NAME'], ...rows])
}
