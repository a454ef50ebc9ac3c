/** AWS managed policies: the newest version of each, as published. Documents stay compressed until they are asked for. */
import { openArchive, type Decompress } from './archive.ts'

export type ManagedPolicy = {
  readonly name: string
  /** `/`, `/service-role/`, `/job-function/`, `/aws-service-role/` or `/root-task/`. */
  readonly path: string
  readonly arn: string
  readonly defaultVersionId: string
  readonly createDate: Date
  /** When the newest version was published. */
  readonly updateDate: Date
}

export type ManagedPolicies = {
  /** Ordered by name. */
  readonly list: readonly ManagedPolicy[]
  find(arn: string): ManagedPolicy | undefined
  /** The document's JSON without white space; undefined where there is no such policy. */
  document(arn: string): string | undefined
}

type Row = readonly [name: string, path: string, version: number, created: number, updated: number]
type Index = { readonly perBlock: number; readonly policies: readonly Row[] }

/** AWS's own account in the ARNs of managed policies. */
const ARN_PREFIX = 'arn:aws:iam::aws:policy'

/** `bytes` is the content of `models/managed-policies.archive`. */
export function decodeManagedPolicies(bytes: Uint8Array, decompress: Decompress): ManagedPolicies {
  const archive = openArchive<Index>(bytes, decompress)
  const { perBlock, policies } = archive.index
  const list = policies.map(decodeRow)
  const numbers = new Map(list.map((policy, number) => [policy.arn, number]))
  const numberOf = (arn: string): number => numbers.get(arn) ?? -1
  return {
    list,
    find: (arn) => list[numberOf(arn)],
    document(arn) {
      const number = numberOf(arn)
      if (number < 0) return undefined
      const documents: readonly unknown[] = JSON.parse(archive.block(Math.floor(number / perBlock)))
      return JSON.stringify(documents[number % perBlock])
    },
  }
}

function decodeRow([name, path, version, created, updated]: Row): ManagedPolicy {
  return {
    name,
    path,
    arn: `${ARN_PREFIX}${path}${name}`,
    defaultVersionId: `v${version}`,
    createDate: new Date(created * 1000),
    updateDate: new Date(updated * 1000),
  }
}
