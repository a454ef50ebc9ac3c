/** Tags of the root, of units, accounts and policies. Keys differ by case. */
import { companions, leaders } from '../organization-trust.rows.ts'
import type { Tag } from '../../model/organizations.gen.ts'
import type { ReadTx, WriteTx } from '../../store/store.ts'
import { type Authorization, type Check, type ContextValue, readOperation, writeOperation } from '../operation.ts'
import { awsPolicy } from './aws-policies.ts'
import { invalidInput, noSuch, violates } from './errors.ts'
import { type OrganizationRow, findMember, mustReach, mustReachToWrite } from './organization.rows.ts'
import { page } from './pages.ts'
import { findPolicy } from './policies.rows.ts'
import { TAGS_PER_RESOURCE } from './quotas.ts'
import { findResourcePolicy } from './resource-policy.rows.ts'
import { directionOf, findTransfer, type TransferRow } from './transfers.rows.ts'
import { findUnit } from './units.rows.ts'

type Context = Readonly<Record<string, ContextValue | undefined>>

function parseTags(column: string): readonly Tag[] {
  const tags: readonly Tag[] = JSON.parse(column)
  return tags
}

/** Condition keys of a request that sets tags; none where it sets none. */
function requestTagKeys(tags: readonly Tag[] | undefined): Context {
  if (tags === undefined || tags.length === 0) return {}
  return {
    'aws:TagKeys': tags.map(({ Key }) => Key),
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:RequestTag/${Key}`, Value])),
  }
}

type Tagged = {
  /** What the tags will be on; what the check is about where nothing is said. */
  readonly on?: Check['resource']
  /** The request makes it: it has the tags while it is decided (IAM User Guide, aws:ResourceTag). */
  readonly isNew?: true
}

/**
 * The checks of an operation that tags what it makes or works on: "If the request includes tags, then the requester must have the
 * organizations:TagResource permission" (API reference).
 */
export function checksWithTags(check: Check, tags: readonly Tag[] | undefined, tagged: Tagged = {}): Authorization {
  if (tags === undefined || tags.length === 0) return check
  // Of an operation on something that is there, such as the parent of a new unit, the tags are that thing's.
  const isAboutIt = tagged.on === undefined || isAboutNothing(check)
  const own = { ...requestTagKeys(tags), ...(tagged.isNew === true && isAboutIt && keysOf(tags)) }
  return [{ ...check, context: { ...check.context, ...own } }, tagCheck(check, tags, tagged)]
}

const isAboutNothing = ({ resource }: Check): boolean => typeof resource !== 'string' && resource.kind === 'everything'

/** What tagging needs beside an operation. */
export function tagCheck({ resource, context }: Check, tags: readonly Tag[], { on = resource, isNew }: Tagged): Check {
  const keys = { ...context, ...requestTagKeys(tags), ...(isNew === true && keysOf(tags)) }
  return { action: 'organizations:TagResource', resource: on, context: keys }
}

const keysOf = (tags: readonly Tag[]): Context =>
  Object.fromEntries(tags.map(({ Key, Value }) => [`aws:ResourceTag/${Key}`, Value]))

export const resourceTagKeys = (column: string): Context => keysOf(parseTags(column))

/** Tags of a new thing, as the column holds them. Throws where a key stands twice or there are too many. */
export const newTags = (tags: readonly Tag[] | undefined): string => JSON.stringify(merged([], tags ?? []))

/** "You can't add, edit, or delete system tag keys because they're reserved for AWS use" (API reference, InvalidInputException). */
const SYSTEM_TAG = /^aws:/i
function mustBeOwn(keys: readonly string[]): void {
  if (keys.some((key) => SYSTEM_TAG.test(key)))
    throw invalidInput(
      'INVALID_SYSTEM_TAGS_PARAMETER',
      'You specified a tag key that is a system tag. System tag keys are reserved for AWS.',
    )
}

function merged(tags: readonly Tag[], set: readonly Tag[]): readonly Tag[] {
  mustBeOwn(set.map(({ Key }) => Key))
  if (new Set(set.map(({ Key }) => Key)).size < set.length)
    throw invalidInput('DUPLICATE_TAG_KEY', 'Duplicate tag keys found. Tag keys must be unique.')
  const all = new Map([...tags, ...set].map((tag) => [tag.Key, { Key: tag.Key, Value: tag.Value }]))
  if (all.size > TAGS_PER_RESOURCE)
    throw violates('MAX_TAG_LIMIT_EXCEEDED', 'You have exceeded the number of tags allowed on this resource.')
  return [...all.values()]
}

/** Where the tags of a thing stand. */
type Place = { readonly column: string; readonly sql: string; readonly keys: readonly string[] }

const SET_ROOT = 'UPDATE organization SET root_tags = $1 WHERE account = $2'
const SET_TRANSFER = {
  inbound: 'UPDATE organization_transfer SET tags = $1 WHERE account = $2 AND id = $3',
  outbound: 'UPDATE organization_transfer SET source_tags = $1 WHERE source = $2 AND id = $3',
} as const

/** Each side of a transfer has tags of its own. */
function placeOfTransfer(account: string, row: TransferRow): Place {
  const direction = directionOf(account, row)
  return { column: direction === 'inbound' ? row.tags : row.source_tags, sql: SET_TRANSFER[direction], keys: [account, row.id] }
}

const SET_RESOURCE_POLICY = 'UPDATE organization_resource_policy SET tags = $1 WHERE account = $2'
const SET = {
  unit: 'UPDATE organization_unit SET tags = $1 WHERE account = $2 AND id = $3',
  member: 'UPDATE organization_member SET tags = $1 WHERE account = $2 AND member = $3',
  policy: 'UPDATE organization_policy SET tags = $1 WHERE account = $2 AND id = $3',
} as const

/** Throws TargetNotFoundException; policies of AWS's own cannot be tagged. */
async function placeOf(tx: ReadTx, organization: OrganizationRow, id: string): Promise<Place> {
  const { account } = organization
  if (id === organization.root_id) return { column: organization.root_tags, sql: SET_ROOT, keys: [account] }
  if (awsPolicy(id) !== undefined) throw invalidInput('TARGET_NOT_SUPPORTED', 'You cannot tag a policy that AWS manages.')
  const unit = await findUnit(tx, account, id)
  if (unit !== undefined) return { column: unit.tags, sql: SET.unit, keys: [account, id] }
  const member = await findMember(tx, account, id)
  if (member !== undefined) return { column: member.tags, sql: SET.member, keys: [account, id] }
  const policy = await findPolicy(tx, account, id)
  if (policy !== undefined) return { column: policy.tags, sql: SET.policy, keys: [account, id] }
  const transfer = await findTransfer(tx, account, id)
  if (transfer !== undefined) return placeOfTransfer(account, transfer)
  const delegation = await findResourcePolicy(tx, account)
  if (delegation?.id === id) return { column: delegation.tags, sql: SET_RESOURCE_POLICY, keys: [account] }
  throw noSuch.target()
}

async function store(tx: WriteTx, { sql, keys }: Place, tags: readonly Tag[]): Promise<void> {
  await tx.run(sql, JSON.stringify(tags), ...keys)
}

export const tagResource = writeOperation('organizations', 'TagResource', {
  authorize: ({ ResourceId, Tags }) => ({
    action: 'organizations:TagResource',
    resource: { kind: 'tagged', name: ResourceId },
    context: requestTagKeys(Tags),
  }),
  async handle(tx, { ResourceId, Tags }, { accountId: caller }) {
    const place = await placeOf(tx, await mustReachToWrite(tx, caller), ResourceId)
    await store(tx, place, merged(parseTags(place.column), Tags))
    return {}
  },
  precedes: (tx, { accountId }) => leaders(tx, accountId),
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

export const untagResource = writeOperation('organizations', 'UntagResource', {
  authorize: ({ ResourceId, TagKeys }) => ({
    action: 'organizations:UntagResource',
    resource: { kind: 'tagged', name: ResourceId },
    context: { 'aws:TagKeys': TagKeys },
  }),
  async handle(tx, { ResourceId, TagKeys }, { accountId: caller }) {
    const place = await placeOf(tx, await mustReachToWrite(tx, caller), ResourceId)
    mustBeOwn(TagKeys)
    const gone = new Set(TagKeys)
    await store(
      tx,
      place,
      parseTags(place.column).filter(({ Key }) => !gone.has(Key)),
    )
    return {}
  },
  precedes: (tx, { accountId }) => leaders(tx, accountId),
  reaches: (tx, { accountId }) => companions(tx, accountId),
})

export const listTagsForResource = readOperation('organizations', 'ListTagsForResource', {
  authorize: ({ ResourceId }) => ({
    action: 'organizations:ListTagsForResource',
    resource: { kind: 'tagged', name: ResourceId },
  }),
  async handle(tx, input, { accountId: caller }) {
    const { column } = await placeOf(tx, await mustReach(tx, caller), input.ResourceId)
    const tags = parseTags(column).toSorted((one, other) => (one.Key < other.Key ? -1 : 1))
    const { items, next } = page('tags', tags, { ...input, MaxResults: TAGS_PER_RESOURCE }, ({ Key }) => Key)
    return { Tags: items, ...next }
  },
})

export const tagOperations = [tagResource, untagResource, listTagsForResource]
