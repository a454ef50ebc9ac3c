/** Account properties: settings of IAM features, as `Namespace/PropertyName`. */
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { readOperation, writeOperation } from '../operation.ts'
import { invalidInput } from './errors.ts'

const LIST = 'SELECT name, value FROM iam_account_property WHERE account = $1'
const SET = `INSERT INTO iam_account_property (account, name, value) VALUES ($1, $2, $3)
  ON CONFLICT (account, name) DO UPDATE SET value = excluded.value`

type Property = {
  /** The only value types that are known. */
  readonly values: readonly string[]
  /** Where nobody set it. */
  readonly unset: string
}

/**
 * The properties that are documented. IAM User Guide, "Create roles automatically with role manager": "For most AWS accounts, role manager
 * is disabled by default." It is for service consoles, which are not here: the property is kept and told, and AcquireRole works either way,
 * as on AWS ("you can also use role templates without role manager").
 */
const PROPERTIES: ReadonlyMap<string, Property> = new Map([
  ['RoleManager/Enabled', { values: ['true', 'false'], unset: 'false' }],
])
const NAMESPACES = [...new Set([...PROPERTIES.keys()].map(namespaceOf))]

function namespaceOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf('/')))
}

/** All namespaces are answered, so all are asked for. That properties nobody set are among the answers is inferred. */
export const getAccountProperties = readOperation('iam', 'GetAccountProperties', {
  authorize: () => ({
    action: 'iam:GetAccountProperties',
    resource: '*',
    context: { 'iam:AccountPropertyNamespaces': NAMESPACES },
  }),
  handle: async (tx, _input, { accountId }) => ({ Properties: await readProperties(tx, accountId) }),
})

/** Enabling role manager on AWS also takes iam:CreateServiceLinkedRole. For which role is not documented, so that none is made here. */
export const putAccountProperties = writeOperation('iam', 'PutAccountProperties', {
  authorize: ({ Properties }) => ({
    action: 'iam:PutAccountProperties',
    resource: '*',
    context: { 'iam:AccountPropertyNamespaces': [...new Set(Object.keys(Properties).map(namespaceOf))] },
  }),
  async handle(tx, { Properties }, { accountId }) {
    mustBeKnown(Properties)
    await writeProperties(tx, accountId, Properties)
    return {}
  },
})

/** API reference: exactly one slash, one namespace a request, values of the property's type. The texts are ours. */
function mustBeKnown(properties: Readonly<Record<string, string>>): void {
  const names = Object.keys(properties)
  if (names.length === 0) throw invalidInput('Properties must hold at least one property.')
  for (const name of names) {
    const [namespace, property, ...more] = name.split('/')
    if (!namespace || !property || more.length > 0)
      throw invalidInput(`The property key ${name} must have the form Namespace/PropertyName.`)
  }
  if (new Set(names.map(namespaceOf)).size > 1)
    throw invalidInput('All properties of a request must belong to the same namespace.')
  for (const [name, value] of Object.entries(properties)) {
    const known = PROPERTIES.get(name)
    if (known === undefined) throw invalidInput(`The property ${name} is not known.`)
    if (!known.values.includes(value)) throw invalidInput(`The value of ${name} must be one of: ${known.values.join(', ')}.`)
  }
}

async function readProperties(tx: ReadTx, account: string): Promise<Readonly<Record<string, string>>> {
  const rows = await tx.all<{ readonly name: string; readonly value: string }>(LIST, account)
  const set = new Map(rows.map(({ name, value }) => [name, value]))
  return Object.fromEntries([...PROPERTIES].map(([name, { unset }]) => [name, set.get(name) ?? unset]))
}

async function writeProperties(tx: WriteTx, account: string, properties: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(properties)) await tx.run(SET, account, name, value)
}

export const accountPropertyOperations = [getAccountProperties, putAccountProperties]
