/** Whole servers on PostgreSQL: the same calls as on SQLite, and a revoked key that no other server accepts any more. */
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import {
  CreateAccessKeyCommand,
  CreateLoginProfileCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  GenerateServiceLastAccessedDetailsCommand,
  GetServiceLastAccessedDetailsCommand,
  GetUserCommand,
  ListUsersCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { randomBytes } from 'node:crypto'
import { startTestServer, type TestServer } from '../server.ts'
import { type Cluster, startCluster } from './cluster.ts'

const ALLOW = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iam:GetUser', Resource: '*' }] })

suite('servers on PostgreSQL', () => {
  let cluster: Cluster
  let servers: readonly [TestServer, TestServer]
  let root: { readonly accessKeyId: string; readonly secretAccessKey: string }

  before(async () => {
    cluster = await startCluster()
    const database = await cluster.database('servers')
    // Nodes of one database share the operator's key.
    const key = randomBytes(32).toString('base64')
    servers = [await startTestServer({ database, key }), await startTestServer({ database, key })]
    ;({ root } = await servers[0].account('postgres', '111122223333'))
  })
  after(async () => {
    await Promise.all(servers.map((server) => server.close()))
    await cluster.stop()
  })

  test('what one server wrote the other one answers', async () => {
    const [one, other] = servers
    await one.iam(root).send(new CreateUserCommand({ UserName: 'alice', Path: '/staff/' }))
    const { User } = await other.iam(root).send(new GetUserCommand({ UserName: 'alice' }))
    assert.equal(User?.Arn, 'arn:aws:iam::111122223333:user/staff/alice')
    const { Account } = await other.sts(root).send(new GetCallerIdentityCommand({}))
    assert.equal(Account, '111122223333')
    await assert.rejects(other.iam(root).send(new CreateUserCommand({ UserName: 'ALICE' })), {
      name: 'EntityAlreadyExistsException',
    })
  })

  test('what was attempted on either server both tell', async () => {
    const [one, other] = servers
    await one.iam(root).send(new CreateUserCommand({ UserName: 'seen' }))
    await one.iam(root).send(new PutUserPolicyCommand({ UserName: 'seen', PolicyName: 'own', PolicyDocument: ALLOW }))
    const { AccessKey } = await one.iam(root).send(new CreateAccessKeyCommand({ UserName: 'seen' }))
    const seen = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
    const started = Math.floor(Date.now() / 1_000) * 1_000
    // Both note the same rows, again and again.
    for (let round = 0; round < 20; round += 1)
      await Promise.all(servers.map((server) => server.iam(seen).send(new GetUserCommand({ UserName: 'seen' }))))
    const lastOn = async (server: TestServer): Promise<number> => {
      const Arn = 'arn:aws:iam::111122223333:user/seen'
      const { JobId } = await server.iam(root).send(new GenerateServiceLastAccessedDetailsCommand({ Arn }))
      const { ServicesLastAccessed: [iam] = [] } = await server
        .iam(root)
        .send(new GetServiceLastAccessedDetailsCommand({ JobId }))
      return iam?.LastAuthenticated?.getTime() ?? 0
    }
    // The last group is written a moment later.
    for (let asked = 0; asked < 1_000 && (await lastOn(one)) < started; asked += 1);
    assert.ok((await lastOn(other)) >= started)
  })

  test('a list is the same page by page: nothing twice, nothing left out', async () => {
    const names = ['b-2', 'B-1', 'a_1', 'a-1', 'A.1']
    for (const UserName of names) await servers[0].iam(root).send(new CreateUserCommand({ UserName, Path: '/order/' }))
    const found: (string | undefined)[] = []
    let Marker: string | undefined
    do {
      const page = await servers[1]
        .iam(root)
        .send(new ListUsersCommand({ PathPrefix: '/order/', MaxItems: 2, ...(Marker !== undefined && { Marker }) }))
      found.push(...(page.Users ?? []).map(({ UserName }) => UserName))
      Marker = page.Marker
    } while (Marker !== undefined)
    assert.deepEqual(new Set(found), new Set(names))
    assert.equal(found.length, names.length)
  })

  test('25 keys, each refused by the other server as soon as it is deleted', async () => {
    const [one, other] = servers
    await one.iam(root).send(new CreateUserCommand({ UserName: 'bob' }))
    await one.iam(root).send(new PutUserPolicyCommand({ UserName: 'bob', PolicyName: 'read', PolicyDocument: ALLOW }))
    for (let round = 0; round < 25; round += 1) {
      const { AccessKey } = await one.iam(root).send(new CreateAccessKeyCommand({ UserName: 'bob' }))
      assert.ok(AccessKey?.AccessKeyId !== undefined && AccessKey.SecretAccessKey !== undefined)
      const bob = other.iam({ accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey })
      // Now the other server remembers the key.
      await bob.send(new GetUserCommand({ UserName: 'bob' }))
      await one.iam(root).send(new DeleteAccessKeyCommand({ UserName: 'bob', AccessKeyId: AccessKey.AccessKeyId }))
      await assert.rejects(bob.send(new GetUserCommand({ UserName: 'bob' })), { name: 'InvalidClientTokenId' })
    }
  })

  test('work that waits, such as passwords to be hashed, holds up no other call', async () => {
    const names = Array.from({ length: 60 }, (_, index) => `waits-${index}`)
    const iam = servers[0].iam(root)
    for (const UserName of names) await iam.send(new CreateUserCommand({ UserName }))
    let hashed = 0
    const profiles = names.map(async (UserName) => {
      await iam.send(new CreateLoginProfileCommand({ UserName, Password: `Correct-horse-9-${UserName}` }))
      hashed += 1
    })
    await Promise.race(profiles)
    // There are fewer connections to read on than passwords that wait.
    await servers[0].iam(root).send(new ListUsersCommand({}))
    assert.ok(hashed < 30, `${hashed} passwords were hashed before a list was read`)
    await Promise.all(profiles)
  })

  test('one of many users made at the same time on both servers, and each record in its chain', async () => {
    const made = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        servers[index % 2 === 0 ? 0 : 1].iam(root).send(new CreateUserCommand({ UserName: 'carol' })),
      ),
    )
    assert.equal(made.filter(({ status }) => status === 'fulfilled').length, 1)
    await servers[0].iam(root).send(new DeleteUserCommand({ UserName: 'carol' }))
    const { accounts } = await servers[0].admin('verifyAudit', {})
    assert.deepEqual(
      accounts.map(({ accountId, problem }) => ({ accountId, problem })),
      [
        { accountId: '000000000000', problem: undefined },
        { accountId: '111122223333', problem: undefined },
      ],
    )
  })
})
