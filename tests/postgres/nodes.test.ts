/** Several servers on one PostgreSQL: a change is known to every live node before its write returns, whatever happens to the nodes. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, suite, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openPostgres } from '../../src/store/postgres.ts'
import type { Store } from '../../src/store/store.ts'
import { account, runScript, SCRIPT_RUNNER } from '../store/contract.ts'
import { type Cluster, query, startCluster } from './cluster.ts'

type Node = { readonly store: Store; readonly heard: Map<string, number> }

const ACCOUNT = '100000000001'
const OTHER = '100000000002'

async function join(url: string, hints: boolean): Promise<Node> {
  const heard = new Map<string, number>()
  // Versions of one account may be told in any order; the server, too, goes by the highest.
  const onAccountVersion = (id: string, version: number): void => void heard.set(id, Math.max(version, heard.get(id) ?? 0))
  const store = await openPostgres({ url, runner: SCRIPT_RUNNER, onAccountVersion, hints })
  return { store, heard }
}

/** Writes to the account; the version it has then. */
async function change({ store }: Node, id = ACCOUNT): Promise<number> {
  const { versions } = await runScript(store, { do: 'increment', account: id })
  return versions[0]?.[1] ?? 0
}

async function until(what: () => boolean): Promise<void> {
  while (!what()) await delay(5)
}

type LossyDoor = { readonly url: string; loseNextCommit(): void; close(): Promise<void> }

/** A way to the database on which the answer to a commit can be lost, the connection with it. */
async function lossyDoor(url: string): Promise<LossyDoor> {
  const straight = new URL(url)
  const name = '.s.PGSQL.5432'
  const folder = mkdtempSync(path.join(tmpdir(), 'keyreeve-door-'))
  const server = path.join(straight.searchParams.get('host') ?? '', name)
  let losing = false
  const door = createServer((client) => {
    const upstream = connect(server)
    let lost = false
    client.on('data', (chunk: Buffer) => {
      if (losing && chunk.includes('COMMIT\0')) [losing, lost] = [false, true]
      upstream.write(chunk)
    })
    upstream.on('data', (chunk: Buffer) => void (lost ? client.destroy() : client.write(chunk)))
    for (const [one, another] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('close', () => another.destroy())
      one.on('error', () => {})
    }
  })
  await once(door.listen(path.join(folder, name)), 'listening')
  straight.searchParams.set('host', folder)
  return {
    url: straight.href,
    loseNextCommit: () => void (losing = true),
    async close() {
      await new Promise((closed) => door.close(closed))
      rmSync(folder, { recursive: true })
    },
  }
}

suite('nodes', () => {
  let cluster: Cluster
  before(async () => {
    cluster = await startCluster()
  })
  after(() => cluster.stop())

  async function withNodes(
    name: string,
    { count, hints }: { readonly count: number; readonly hints: boolean },
    work: (nodes: readonly [Node, Node, ...Node[]], url: string) => Promise<void>,
  ): Promise<void> {
    const url = await cluster.database(name)
    const nodes: Node[] = []
    try {
      for (let index = 0; index < count; index += 1) nodes.push(await join(url, hints))
      const [first, second, ...others] = nodes
      assert.ok(first && second)
      await runScript(first.store, account(ACCOUNT), account(OTHER))
      await work([first, second, ...others], url)
    } finally {
      await Promise.all(nodes.map(({ store }) => store.close()))
    }
  }

  for (const { hints, rounds } of [
    { hints: true, rounds: 200 },
    { hints: false, rounds: 10 },
  ]) {
    test(`${rounds} changes on three nodes, each known to the other two when it returns, ${hints ? 'by hints' : 'by polling alone'}`, async () => {
      await withNodes(`told_${hints ? 'hints' : 'polls'}`, { count: 3, hints }, async (nodes) => {
        for (let round = 0; round < rounds; round += 1) {
          const writer = nodes[round % nodes.length]
          assert.ok(writer)
          const version = await change(writer)
          for (const node of nodes) if (node !== writer) assert.equal(node.heard.get(ACCOUNT), version)
        }
      })
    })
  }

  test('many changes at once: when each returns, the other node knows that version or a later one', async () => {
    await withNodes('many', { count: 2, hints: true }, async ([one, other]) => {
      const changes = Array.from({ length: 100 }, async (_, index) => {
        const [writer, reader] = index % 2 === 0 ? [one, other] : [other, one]
        const id = index % 3 === 0 ? OTHER : ACCOUNT
        const version = await change(writer, id)
        assert.ok((reader.heard.get(id) ?? 0) >= version)
      })
      await Promise.all(changes)
    })
  })

  test('a node hears of its own write too when the answer to its commit is lost', { timeout: 30_000 }, async () => {
    await withNodes('lost', { count: 2, hints: true }, async ([, other], url) => {
      const lossy = await lossyDoor(url)
      const node = await join(lossy.url, true)
      try {
        assert.equal(await change(node), 2)
        lossy.loseNextCommit()
        await assert.rejects(change(node))
        const [row] = await query<{ version: string }>(url, 'SELECT version FROM account WHERE id = $1', [ACCOUNT])
        assert.equal(row?.version, '3', 'it was committed')
        await until(() => node.heard.get(ACCOUNT) === 3 && other.heard.get(ACCOUNT) === 3)
      } finally {
        await node.store.close()
        await lossy.close()
      }
    })
  })

  test('a node that is cut off stops trusting its memory before the write it misses returns, and hears all of it when it is back', async () => {
    await withNodes('cut_off', { count: 2, hints: true }, async ([one, other], url) => {
      await change(one)
      const polling = await query<{ pid: number }>(
        url,
        `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'keyreeve %' ORDER BY backend_start`,
      )
      assert.equal(polling.length, 2)
      const admin = url.replace('/cut_off?', '/postgres?')
      await query(admin, 'ALTER DATABASE cut_off ALLOW_CONNECTIONS false')
      // The second of them belongs to the second node.
      await query(admin, 'SELECT pg_terminate_backend($1)', [polling[1]?.pid])
      const version = await change(one)
      assert.equal(other.store.current(), false)
      assert.equal(one.store.current(), true)
      assert.notEqual(other.heard.get(ACCOUNT), version)
      await query(admin, 'ALTER DATABASE cut_off ALLOW_CONNECTIONS true')
      await until(() => other.store.current())
      assert.equal(other.heard.get(ACCOUNT), version)
      const next = await change(one)
      assert.equal(other.heard.get(ACCOUNT), next)
    })
  })

  test('a node that stands still, or was killed, holds a write up for no longer than its lease', async () => {
    await withNodes('frozen', { count: 2, hints: true }, async ([one, other], url) => {
      for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
        const frozen = spawn(process.execPath, [fileURLToPath(new URL('./frozen-node.ts', import.meta.url)), url], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        await once(frozen.stdout, 'data')
        const ended = once(frozen, 'exit')
        frozen.kill(signal)
        if (signal === 'SIGKILL') await ended
        const begun = performance.now()
        const version = await change(one)
        // The lease is two seconds; the rest is for a busy machine.
        assert.ok(performance.now() - begun < 6_000)
        assert.equal(other.heard.get(ACCOUNT), version)
        frozen.kill('SIGKILL')
        await ended
      }
    })
  })

  test('a node that leaves in order is not waited for', async () => {
    await withNodes('leaving', { count: 2, hints: true }, async ([one], url) => {
      const third = await join(url, true)
      await third.store.close()
      assert.equal((await query(url, 'SELECT id FROM node')).length, 2)
      await change(one)
    })
  })
})
