/** An account that calls race in: made through the AWS SDK, called through it, and looked at through every list it has. */
import assert from 'node:assert/strict'
import type * as Iam from '@aws-sdk/client-iam'
import type { TestServer } from '../server.ts'
import { FILLING_GROUPS, FILLING_POLICIES, FIRST_ENTITIES, FULL, KEY_PLACE } from './arbitrary.ts'
import type { RaceCall, Raced, Told } from './explain.ts'
import { callIam, codeOf } from '../iam-call.ts'
import { RULES } from './rules.ts'
import { emptyState, newOwner, newUser, type State } from './state.ts'

/** Each call goes to the next one: servers on one database. */
export type Clients = { readonly next: () => Iam.IAMClient; readonly count: () => number }

export function clientsOf(servers: readonly TestServer[], root: Parameters<TestServer['iam']>[0]): Clients {
  const clients = servers.map((server) => server.iam(root))
  let calls = 0
  return {
    count: () => calls,
    next() {
      const client = clients[calls % clients.length]
      calls += 1
      assert.ok(client)
      return client
    },
  }
}

export const call = (clients: Clients, action: string, input: object): Promise<Record<string, unknown>> =>
  callIam(clients.next(), action, input)

async function told(clients: Clients, { action, input }: RaceCall): Promise<Told> {
  try {
    return { answer: await call(clients, action, input) }
  } catch (error) {
    return { code: codeOf(error), answer: {} }
  }
}

/** Runs calls at the same time. Keys are named by their place (see arbitrary.ts): here they become those that the user has. */
export function race(clients: Clients, state: State, round: readonly RaceCall[]): Promise<readonly Raced[]> {
  const calls = round.map(({ action, input }): RaceCall => {
    const place = input['AccessKeyId']
    if (typeof place !== 'string' || !place.startsWith(KEY_PLACE)) return { action, input }
    const keys = [...(state.users.get(String(input['UserName']).toLowerCase())?.keys ?? [])].toSorted()
    return { action, input: { ...input, AccessKeyId: keys[Number(place.slice(KEY_PLACE.length))] ?? 'AKIANOBODYHASTHISKEY' } }
  })
  return Promise.all(calls.map(async (one) => ({ call: one, told: await told(clients, one) })))
}

/** A user one short of each quota: 9 groups, 9 policies, 1 key, 49 tags; and one of each of the entities that the calls name. */
export async function fill(clients: Clients): Promise<State> {
  const state = emptyState()
  const full = newUser(FULL)
  state.users.set(FULL, full)
  const tags = Array.from({ length: 49 }, (_, index) => `t${index}`)
  await call(clients, 'CreateUser', { UserName: FULL, Tags: tags.map((Key) => ({ Key, Value: '' })) })
  for (const key of tags) full.tags.add(key)
  for (const name of FILLING_GROUPS) state.groups.set(name, newOwner(name))
  await Promise.all(FILLING_GROUPS.map((GroupName) => call(clients, 'CreateGroup', { GroupName })))
  for (const name of FILLING_GROUPS.slice(0, 9)) full.groups.add(name)
  for (const arn of FILLING_POLICIES.slice(0, 9)) full.attached.add(arn)
  const { AccessKey } = await call(clients, 'CreateAccessKey', { UserName: FULL })
  full.keys.add((AccessKey as Iam.AccessKey).AccessKeyId ?? '')
  await Promise.all([
    ...[...full.groups].map((GroupName) => call(clients, 'AddUserToGroup', { GroupName, UserName: FULL })),
    ...[...full.attached].map((PolicyArn) => call(clients, 'AttachUserPolicy', { PolicyArn, UserName: FULL })),
  ])
  for (const { action, input } of FIRST_ENTITIES) {
    const told = await callIam(clients.next(), action, input)
    RULES[action]?.(state, input, told)
  }
  return state
}
