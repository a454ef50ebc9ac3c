/** A Terraform resource as a test: made, planned again, changed, destroyed; a plan after each apply must be empty. */
import assert from 'node:assert/strict'

/** Arguments of a resource as its configuration gives them; what is not set is absent. */
export type Config = Readonly<Record<string, unknown>>

export type Lifecycle<C extends Config> = {
  /** The first is applied to nothing, each other one to its predecessor. */
  readonly configs: readonly [C, ...C[]]
  /** The calls of a create, in the provider's order; the id. */
  readonly create: (config: C) => Promise<string>
  /** The calls of a refresh; undefined where the provider would forget the resource. */
  readonly read: (id: string) => Promise<Config | undefined>
  /** The calls of an update; the id, which a rename changes. */
  readonly update?: (id: string, before: C, after: C) => Promise<string>
  readonly destroy: (id: string, last: C) => Promise<void>
  /** What it configures is there before and behind it. */
  readonly outlives?: true
}

export async function assertLifecycle<C extends Config>({
  configs,
  create,
  read,
  update,
  destroy,
  outlives,
}: Lifecycle<C>): Promise<void> {
  const [first, ...changes] = configs
  let before = first
  let id = await create(first)
  await assertNoDiff(first)
  for (const after of changes) {
    assert.ok(update, 'a resource that is changed in place')
    id = await update(id, before, after)
    await assertNoDiff(after)
    before = after
  }
  await destroy(id, before)
  if (outlives === undefined) assert.equal(await read(id), undefined)

  async function assertNoDiff(config: C): Promise<void> {
    assert.deepEqual(await read(id), config, 'plan after apply')
    assert.deepEqual(await read(id), config, 'plan after plan')
  }
}

/** The members that are set. */
export const set = <T extends object>(members: T): Config =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))

type Tag = { readonly Key?: string | undefined; readonly Value?: string | undefined }
export type Tags = Readonly<Record<string, string>>

/** Tags as Terraform keeps them: a map; absent where there are none. */
export function tagMap(tags: readonly Tag[] | undefined): Tags | undefined {
  return tags === undefined || tags.length === 0
    ? undefined
    : Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]))
}
export const tagList = (tags: Tags | undefined): { Key: string; Value: string }[] | undefined =>
  tags && Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))

/** What the provider does about tags: it takes away what is gone or changed, then sets what is new or changed. */
export async function changeTags(
  [before = {}, after = {}]: readonly [Tags | undefined, Tags | undefined],
  calls: {
    readonly untag: (TagKeys: string[]) => Promise<unknown>
    readonly tag: (Tags: { Key: string; Value: string }[]) => Promise<unknown>
  },
): Promise<void> {
  const gone = Object.keys(before).filter((key) => before[key] !== after[key])
  const fresh = Object.entries(after).filter(([key, value]) => before[key] !== value)
  if (gone.length > 0) await calls.untag(gone)
  if (fresh.length > 0) await calls.tag(fresh.map(([Key, Value]) => ({ Key, Value })))
}

/** Go's `url.QueryUnescape`, which reads a plus as a space, then the document as a value. */
export const documentOf = (text: string | undefined): unknown => JSON.parse(decodeURIComponent((text ?? '').replaceAll('+', ' ')))

/** The answer; undefined where the provider reads that the resource is gone. It asks for the code, the SDK for its name. */
export async function orGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (hasCode(error, 'NoSuchEntity')) return undefined
    throw error
  }
}

/** Whether an error is this one by its name in the SDK, its code on the wire, and the HTTP status that belongs to it. */
export function hasCode(error: unknown, code: keyof typeof STATUS): boolean {
  const { name, Code, $metadata } = error as { name?: string; Code?: string; $metadata?: { httpStatusCode?: number } }
  return name === `${code}Exception` && Code === code && $metadata?.httpStatusCode === STATUS[code]
}
const STATUS = {
  NoSuchEntity: 404,
  EntityAlreadyExists: 409,
  DeleteConflict: 409,
  LimitExceeded: 409,
  MalformedPolicyDocument: 400,
  InvalidInput: 400,
  UnmodifiableEntity: 400,
} as const
