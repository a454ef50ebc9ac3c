/** A server's inside for tests: everything but the socket, in memory. */
import { administration } from '../src/server/administration.ts'
import type { Config } from '../src/server/config.ts'
import { openLogger } from '../src/server/logger.ts'
import { open, type Opened } from '../src/server/open.ts'
import { openServerMetrics } from '../src/server/server-metrics.ts'
import { type Credentials, testConfig } from './server.ts'

export function openTestContext(config: Partial<Config> = {}): Promise<Opened> {
  const logger = openLogger({ level: 'error', format: 'json', write: () => {}, clock: Date.now })
  return open({ ...testConfig, ...config }, { logger, metrics: openServerMetrics(), clock: Date.now })
}

/** A new account; the credentials of its root user. */
export async function createAccount(opened: Opened, name: string, accountId: string): Promise<Credentials> {
  const { rootAccessKey } = await administration.createAccount(opened, {
    name,
    email: `${name}@example.com`,
    accountId,
    rootAccessKey: true,
  })
  if (rootAccessKey === undefined) throw new Error('no root key')
  return rootAccessKey
}
