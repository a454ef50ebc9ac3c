/** Delegation requests when many act on them at the same moment, on whatever server: one owner, one approval, one token; and the provider misses nothing. */
import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { IAM } from '@aws-sdk/client-iam'
import type { TestServer } from '../server.ts'
import { contend, losers, settings, TRIES } from './claims.ts'

type Servers = readonly [TestServer, TestServer]
const ROUNDS = 3

export async function assertDelegation(first: TestServer, second: TestServer = first): Promise<void> {
  const servers = [first, second] as const
  const opened: IAM[] = []
  const clientOf = async (name: string, server: TestServer): Promise<{ readonly id: string; readonly iam: IAM }> => {
    const { accountId: id, root } = await server.account(name)
    const iam = new IAM(settings(server, root))
    opened.push(iam)
    return { id, iam }
  }
  const provider = await clientOf('provider', first)
  const customers = await Promise.all(
    Array.from(
      { length: TRIES },
      async (_, rival) => (await clientOf(`customer-${rival}`, servers[rival % 2 === 0 ? 0 : 1])).iam,
    ),
  )
  const request = await requesting(first, provider)
  const id = await assertWay(servers, customers, request)
  const told = (await noticesAfter(first, provider.id, '')).map(({ message }) => JSON.parse(message))
  assert.deepEqual(
    told.map(({ RequestId, Type, State }) => [RequestId, Type, State]),
    [
      [id, 'StateChange', 'ASSIGNED'],
      [id, 'StateChange', 'ACCEPTED'],
      [id, 'StateChange', 'FINALIZED'],
      [id, 'ExchangeToken', 'FINALIZED'],
    ],
  )
  await assertReading(servers, { accountId: provider.id, customers, request })
  await assertAcquired(customers[0] ?? provider.iam)
  for (const one of opened) one.destroy()
}

type Request = (workflow: string) => Promise<string>

/** Makes a provider of an account: what makes a request of a workflow, and gives its id. */
async function requesting(
  server: TestServer,
  { id: accountId, iam }: { readonly id: string; readonly iam: IAM },
): Promise<Request> {
  await server.admin('registerProvider', { accountId, domain: 'races.example', name: 'Races' })
  const document = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}'
  const { arn } = await server.admin('registerPolicy', { accountId, kind: 'template', name: 'races', document })
  return async (workflow) => {
    const { DelegationRequestId = '' } = await iam.createDelegationRequest({
      Description: 'races',
      Permissions: { PolicyTemplateArn: arn },
      RequestorWorkflowId: `workflow-${workflow}`,
      NotificationChannel: `arn:aws:sns:us-east-1:${accountId}:races`,
      SessionDuration: 3_600,
    })
    return DelegationRequestId
  }
}

/** One of many gets each step. Returns the id of the request. */
async function assertWay(servers: Servers, customers: readonly IAM[], request: Request): Promise<string> {
  const ids: string[] = []
  const twice = await contend(async () => void ids.push(await request('one')), servers)
  assert.deepEqual(twice, losers(TRIES - 1, 'EntityAlreadyExistsException'), 'a workflow has one request')
  const [DelegationRequestId = ''] = ids
  const owners: IAM[] = []
  const late = await contend(async (_server, rival) => {
    const customer = customers[rival]
    await customer?.associateDelegationRequest({ DelegationRequestId })
    if (customer !== undefined) owners.push(customer)
  }, servers)
  assert.deepEqual(late, losers(TRIES - 1, 'NoSuchEntityException'), 'a request has one owner')
  const [owner] = owners
  const accepted = await contend(() => Promise.resolve(owner?.acceptDelegationRequest({ DelegationRequestId })), servers)
  assert.deepEqual(accepted, losers(TRIES - 1, 'ConcurrentModificationException'), 'a request is accepted once')
  const sent = await contend(() => Promise.resolve(owner?.sendDelegationToken({ DelegationRequestId })), servers)
  assert.deepEqual(sent, losers(TRIES - 1, 'InvalidInputException'), 'a token is sent once')
  return DelegationRequestId
}

type Notices = readonly { readonly id: string; readonly message: string }[]

/** All notices behind one, a few at a time. */
async function noticesAfter(server: TestServer, accountId: string, after: string): Promise<Notices> {
  const { notices } = await server.admin('providerNotices', { accountId, after, limit: 2 })
  const last = notices.at(-1)
  return last === undefined ? [] : [...notices, ...(await noticesAfter(server, accountId, last.id))]
}

type Reading = { readonly accountId: string; readonly customers: readonly IAM[]; readonly request: Request }

/** Who reads on from the last notice while many accounts take requests has read all of them in the end. */
async function assertReading([first, second]: Servers, { accountId, customers, request }: Reading): Promise<void> {
  const seen = [...(await noticesAfter(first, accountId, ''))]
  const waiting = await Promise.all(
    customers.map((_, rival) => Promise.all(Array.from({ length: ROUNDS }, (__, round) => request(`${rival}-${round}`)))),
  )
  let isOver = false
  const taken = Promise.all(
    customers.map(async (customer, rival) => {
      for (const DelegationRequestId of waiting[rival] ?? []) await customer.associateDelegationRequest({ DelegationRequestId })
    }),
  ).finally(() => {
    isOver = true
  })
  let isLast = false
  while (!isLast) {
    // Reads of a store in memory are done at once: the others would never have their turn.
    await setImmediate()
    isLast = isOver
    seen.push(...(await noticesAfter(second, accountId, seen.at(-1)?.id ?? '')))
  }
  await taken
  const all = await noticesAfter(first, accountId, '')
  assert.deepEqual(seen, all)
  assert.equal(all.length, 4 + ROUNDS * TRIES)
}

async function assertAcquired(iam: IAM): Promise<void> {
  const TemplateArn = 'arn:aws:iam::aws:role-template/iam.amazonaws.com/PowerUserRoleTemplate:1'
  const ReplacementValues = { AWSServiceName: { Values: ['lambda.amazonaws.com'] } }
  const acquire = async (): Promise<string | undefined> =>
    (await iam.acquireRole({ TemplateArn, ReplacementValues })).Role?.RoleId
  // Whoever was allowed to make the role, and finds it made, is told so and asks again.
  const again = (error: unknown): Promise<string | undefined> => {
    assert.equal(error instanceof Error && error.name, 'ConcurrentModificationException')
    return acquire()
  }
  const acquired = await Promise.all(Array.from({ length: TRIES }, () => acquire().catch(again)))
  assert.equal(new Set(acquired).size, 1, 'a role is acquired by all, and made once')
}
