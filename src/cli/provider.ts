/** `keyreeve provider` and `keyreeve delegation`: who may ask for temporary delegation, with which policies, and taking access back. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Refusal } from '../server/refusal.ts'
import { required } from './option.ts'
import { runAdmin } from './admin-client.ts'
import type { Command } from './command.ts'
import { columns } from './text.ts'

const ACCOUNT = { form: 'ID', about: "The provider's account number. Required." }
const NAME = { form: 'TEXT', about: 'The name of the policy. Required.' }
const FILE = { form: 'FILE', about: 'The file with the policy, JSON. Required.' }

export const registerProvider: Command = {
  name: 'provider register',
  summary: 'Let an account ask for temporary delegation as a product provider',
  details: [
    'AWS registers its partners; here the operator does. Accounts of one domain are one provider: they share their policies. Registering an account again changes its domain and name.',
  ],
  options: {
    account: ACCOUNT,
    domain: { form: 'DOMAIN', about: "The provider's domain. Required." },
    name: { form: 'TEXT', about: 'The name that customers see, up to 30 characters. Required.' },
  },
  configured: true,
  examples: ['keyreeve provider register --account 111122223333 --domain example.com --name "Example"'],
  async run({ options, config }, context) {
    const given = {
      accountId: required(options, 'account'),
      domain: required(options, 'domain'),
      name: required(options, 'name'),
    }
    const { accountId, domain, name } = await runAdmin(config(), 'registerProvider', given, context)
    context.out(`Account ${accountId} may ask for temporary delegation as ${name} (${domain}).\n`)
    return 0
  },
}

export const removeProvider: Command = {
  name: 'provider remove',
  summary: 'Take an account off the list of product providers',
  details: ['It can neither ask for delegation nor redeem a token any more. Sessions that it has go on until they end.'],
  options: { account: ACCOUNT },
  configured: true,
  examples: ['keyreeve provider remove --account 111122223333'],
  async run({ options, config }, context) {
    const { accountId } = await runAdmin(config(), 'removeProvider', { accountId: required(options, 'account') }, context)
    context.out(`Account ${accountId} is no product provider any more.\n`)
    return 0
  },
}

export const listProviders: Command = {
  name: 'provider list',
  summary: 'List the accounts that may ask for temporary delegation',
  configured: true,
  examples: ['keyreeve provider list'],
  async run({ config }, context) {
    const { providers } = await runAdmin(config(), 'listProviders', {}, context)
    const rows = providers.map(({ accountId, domain, name }) => [accountId, domain, name])
    context.out(rows.length === 0 ? 'There is no product provider yet.\n' : columns([['ACCOUNT', 'DOMAIN', 'NAME'], ...rows]))
    return 0
  },
}

/** A command that registers a policy from a file, and prints its ARN. */
function registerPolicy(kind: 'template' | 'boundary', command: Omit<Command, 'run' | 'options' | 'configured'>): Command {
  return {
    ...command,
    options: { account: ACCOUNT, name: NAME, file: FILE },
    configured: true,
    async run({ options, config }, context) {
      const file = resolve(context.workingDirectory, required(options, 'file'))
      const document = await readFile(file, 'utf8').catch((cause: unknown) => {
        throw new Refusal('failed', `The file ${file} cannot be read.`, { cause })
      })
      const given = { accountId: required(options, 'account'), kind, name: required(options, 'name'), document }
      context.out(`${(await runAdmin(config(), 'registerPolicy', given, context)).arn}\n`)
      return 0
    },
  }
}

export const registerTemplate = registerPolicy('template', {
  name: 'provider template',
  summary: "Register a policy template for a product provider's requests, and print its ARN",
  details: [
    'A template is a policy with `@{parameter}` in its texts and `@Enabled` on its statements, as the IAM User Guide describes. It is never changed: another version has another name.',
  ],
  examples: ['keyreeve provider template --account 111122223333 --name setup --file template.json'],
})

export const registerBoundary = registerPolicy('boundary', {
  name: 'provider boundary',
  summary: 'Register a permissions boundary for roles that a product provider makes, and print its ARN',
  details: ['The boundary is the same in all accounts and is never changed. Today’s date becomes a part of its name.'],
  examples: ['keyreeve provider boundary --account 111122223333 --name Operations --file boundary.json'],
})

const NOTICES = 100

export const providerNotices: Command = {
  name: 'provider notices',
  summary: 'Print what a product provider is told of its requests, one JSON object a line',
  details: [
    'On AWS these are messages to the SNS topic of the request. There is no SNS here yet: the operator hands them on. A message of the type ExchangeToken holds a secret: whoever has it and a key of the provider’s account may act for the customer.',
  ],
  options: {
    account: ACCOUNT,
    after: { form: 'ID', about: 'Only notices behind the one of this id.' },
  },
  configured: true,
  examples: ['keyreeve provider notices --account 111122223333'],
  async run({ options, config }, context) {
    const given = { accountId: required(options, 'account'), after: options.get('after'), limit: NOTICES }
    const { notices } = await runAdmin(config(), 'providerNotices', given, context)
    for (const notice of notices) context.out(`${JSON.stringify(notice)}\n`)
    return 0
  },
}

export const revokeDelegation: Command = {
  name: 'delegation revoke',
  summary: 'Take back, at once, the access that a delegation request gave',
  details: ['All sessions of the request end, and its token cannot be exchanged any more. Roles that were made with them stay.'],
  options: { request: { form: 'ID', about: 'The id of the delegation request. Required.' } },
  configured: true,
  examples: ['keyreeve delegation revoke --request e4bdcdae-4f66-41ed-8e1e-a710ea8a3c1e'],
  async run({ options, config }, context) {
    const given = { requestId: required(options, 'request') }
    const { requestId, accountId } = await runAdmin(config(), 'revokeDelegation', given, context)
    context.out(`The access to account ${accountId} by the delegation request ${requestId} is revoked.\n`)
    return 0
  },
}
