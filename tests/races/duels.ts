/** Duels: one call made several times at the same moment, where there is room for one winner. */
import assert from 'node:assert/strict'
import type { TestServer } from '../server.ts'
import { callIam, codeOf } from '../iam-call.ts'

const TRIES = 6
const USER = { UserName: 'rival' }
const DOCUMENT = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}'
const PASSWORD = 'Correct-Horse-7'

type Send = (action: string, input: object) => Promise<Record<string, unknown>>
type Duel = {
  /** Made before, once. */
  readonly before?: (send: Send) => Promise<unknown>
  /** The call of one rival of several, counted from 0. */
  readonly call: (send: Send, rival: number, accountId: string) => Promise<unknown>
  /** How many of the rivals win, and what the others hear. */
  readonly winners?: number
  readonly others: string
}

const makeRival = (send: Send): Promise<object> => send('CreateUser', USER)

const DUELS: Readonly<Record<string, Duel>> = {
  'a user by several spellings': {
    call: (send, rival) => send('CreateUser', { UserName: rival % 2 === 0 ? 'rival' : 'RIVAL' }),
    others: 'EntityAlreadyExists',
  },
  'a login profile, whose password is hashed before': {
    before: makeRival,
    call: (send) => send('CreateLoginProfile', { ...USER, Password: PASSWORD }),
    others: 'EntityAlreadyExists',
  },
  'the two slots of access keys': {
    before: makeRival,
    call: (send) => send('CreateAccessKey', USER),
    winners: 2,
    others: 'LimitExceeded',
  },
  'the two service-specific credentials of a service': {
    before: makeRival,
    call: (send) => send('CreateServiceSpecificCredential', { ...USER, ServiceName: 'codecommit.amazonaws.com' }),
    winners: 2,
    others: 'LimitExceeded',
  },
  'a virtual MFA device': {
    call: (send) => send('CreateVirtualMFADevice', { VirtualMFADeviceName: 'rival' }),
    others: 'EntityAlreadyExists',
  },
  'an OpenID Connect provider': {
    call: (send) => send('CreateOpenIDConnectProvider', { Url: 'https://rival.example', ThumbprintList: ['a'.repeat(40)] }),
    others: 'EntityAlreadyExists',
  },
  'a service-linked role': {
    call: (send) => send('CreateServiceLinkedRole', { AWSServiceName: 'ecs.amazonaws.com' }),
    others: 'InvalidInput',
  },
  'the four free versions of a policy': {
    before: (send) => send('CreatePolicy', { PolicyName: 'rival', PolicyDocument: DOCUMENT }),
    call: (send, _rival, accountId) =>
      send('CreatePolicyVersion', { PolicyArn: `arn:aws:iam::${accountId}:policy/rival`, PolicyDocument: DOCUMENT }),
    winners: 4,
    others: 'LimitExceeded',
  },
  'the deletion of a user': {
    before: makeRival,
    call: (send) => send('DeleteUser', USER),
    others: 'NoSuchEntity',
  },
}

/** The codes of those who lost; an answer that is no refusal of IAM is thrown. */
const lostOf = (settled: readonly PromiseSettledResult<unknown>[]): readonly string[] =>
  settled.flatMap((one) => (one.status === 'rejected' ? [codeOf(one.reason)] : []))
const times = (count: number, code: string): readonly string[] => Array.from({ length: count }, () => code)

/** Runs every duel, each in an account of its own, its rivals spread over the servers. */
export async function assertDuels(first: TestServer, second: TestServer = first): Promise<void> {
  for (const [index, [what, { before, call, winners = 1, others }]] of Object.entries(DUELS).entries()) {
    const { accountId, root } = await first.account(`duel-${index}`)
    const sendTo = (server: TestServer): Send => {
      const client = server.iam(root)
      return (action, input) => callIam(client, action, input)
    }
    const [one, other] = [sendTo(first), sendTo(second)]
    await before?.(one)
    const settled = await Promise.allSettled(
      Array.from({ length: TRIES }, (_, rival) => call(rival % 2 === 0 ? one : other, rival, accountId)),
    )
    assert.deepEqual(lostOf(settled), times(TRIES - winners, others), what)
    const { accounts } = await first.admin('verifyAudit', { accountId })
    assert.equal(accounts[0]?.problem, undefined)
  }
}

/** An alias belongs to one account, though each account is locked alone. */
export async function assertAliasDuel(first: TestServer, second: TestServer = first): Promise<void> {
  const rivals = await Promise.all(Array.from({ length: TRIES }, (_, rival) => first.account(`alias-${rival}`)))
  const settled = await Promise.allSettled(
    rivals.map(({ root }, rival) =>
      callIam((rival % 2 === 0 ? first : second).iam(root), 'CreateAccountAlias', { AccountAlias: 'rival' }),
    ),
  )
  assert.deepEqual(lostOf(settled), times(TRIES - 1, 'EntityAlreadyExists'))
  const aliases = await Promise.all(rivals.map(({ root }) => callIam(first.iam(root), 'ListAccountAliases', {})))
  assert.deepEqual(
    aliases.flatMap(({ AccountAliases }) => AccountAliases),
    ['rival'],
  )
}
