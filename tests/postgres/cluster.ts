/** A PostgreSQL server for one test file: made in a temporary folder, reached through a socket there, stopped by its process id. */
import assert from 'node:assert/strict'
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chownSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'

export type Cluster = {
  /** Makes an empty database; its URL. */
  database(name: string): Promise<string>
  stop(): Promise<void>
}

/** Where Debian's packages put the servers, newest last; elsewhere initdb is on the path. */
const SERVERS = '/usr/lib/postgresql/*/bin/initdb'
const STARTED = 'database system is ready to accept connections'

/** Starts a server. Fails where PostgreSQL is not installed: without it these tests prove nothing. */
export async function startCluster(): Promise<Cluster> {
  const initdb = globSync(SERVERS).toSorted().at(-1) ?? 'initdb'
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-pg-'))
  const owner = ownerOf()
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid)
  const data = join(folder, 'data')
  try {
    // A locale whose order is not that of the bytes, so that only our schema can bring that order.
    execFileSync(
      initdb,
      [
        '-D',
        data,
        '-U',
        'keyreeve',
        '-A',
        'trust',
        '-E',
        'UTF8',
        '--locale=C.UTF-8',
        '--locale-provider=icu',
        '--icu-locale=en-US',
      ],
      { ...owner, cwd: folder },
    )
    const server = spawn(
      join(dirname(initdb), 'postgres'),
      ['-D', data, '-k', folder, '-c', 'listen_addresses=', '-c', 'max_connections=500'],
      {
        ...owner,
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    await started(server)
    return clusterOf(folder, server)
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw new Error('these tests need PostgreSQL: install the package postgresql', { cause: error })
  }
}

function clusterOf(folder: string, server: ChildProcess): Cluster {
  const url = (name: string): string => `postgresql://keyreeve@localhost/${name}?host=${encodeURIComponent(folder)}`
  return {
    async database(name) {
      await query(url('postgres'), `CREATE DATABASE ${name}`)
      return url(name)
    },
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      // SIGINT is PostgreSQL's fast shutdown.
      server.kill('SIGINT')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** One statement on a connection of its own. */
export async function query<Row extends object>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(sql, [...values])).rows
  } finally {
    await client.end()
  }
}

/** PostgreSQL refuses to run as root: then it runs as the user its package made, or as nobody. */
function ownerOf(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const number = (flag: string, user: string): number =>
    Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
  try {
    return { uid: number('-u', 'postgres'), gid: number('-g', 'postgres') }
  } catch {
    return { uid: number('-u', 'nobody'), gid: number('-g', 'nobody') }
  }
}

function started(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    assert.ok(server.stderr)
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text
      if (log.includes(STARTED)) resolve()
    })
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`postgres ended with ${code}: ${log}`)))
  })
}
