/** A whole server for tests: in memory, on a free loopback port, with accounts and credentials to call it. */
import { AccessAnalyzerClient } from '@aws-sdk/client-accessanalyzer'
import { IAMClient } from '@aws-sdk/client-iam'
import { OrganizationsClient } from '@aws-sdk/client-organizations'
import { STSClient } from '@aws-sdk/client-sts'
import type { AdminRun } from '../src/server/admin-contract.ts'
import type { Config } from '../src/server/config.ts'
import { openLogger } from '../src/server/logger.ts'
import { startServer } from '../src/server/start.ts'
import { openServerMetrics } from '../src/server/server-metrics.ts'

export type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }

export type TestServer = {
  readonly endpoint: string
  /** All log lines so far. */
  readonly log: readonly string[]
  readonly admin: AdminRun
  /** A new account; its root user's long-term key. */
  account(name: string, accountId?: string): Promise<{ readonly accountId: string; readonly root: Credentials }>
  iam(credentials: Credentials): IAMClient
  sts(credentials: Credentials, region?: string): STSClient
  organizations(credentials: Credentials): OrganizationsClient
  accessAnalyzer(credentials: Credentials): AccessAnalyzerClient
  close(): Promise<void>
}

const REGION = 'us-east-1'

export const testConfig: Config = {
  host: '127.0.0.1',
  port: 0,
  data: '',
  memory: true,
  database: undefined,
  publicUrl: undefined,
  trustedProxies: [],
  region: REGION,
  audit: 'grouped',
  ca: undefined,
  outboundPrivate: false,
  key: undefined,
  logFormat: 'json',
  logLevel: 'info',
  shutdownTimeout: 1_000,
}

export async function startTestServer(config: Partial<Config> = {}): Promise<TestServer> {
  const log: string[] = []
  const logger = openLogger({ level: 'info', format: 'json', write: (line) => log.push(line), clock: Date.now })
  const server = await startServer({ ...testConfig, ...config }, { logger, metrics: openServerMetrics(), clock: Date.now })
  const clients: { destroy(): void }[] = []
  const settings = (credentials: Credentials, region = REGION) => ({
    endpoint: server.endpoint,
    region,
    credentials,
    maxAttempts: 1,
  })
  const keep = <C extends { destroy(): void }>(client: C): C => {
    clients.push(client)
    return client
  }
  return {
    endpoint: server.endpoint,
    log,
    admin: server.admin,
    async account(name, accountId) {
      const created = await server.admin('createAccount', {
        name,
        email: `${name}@example.com`,
        rootAccessKey: true,
        ...(accountId !== undefined && { accountId }),
      })
      if (created.rootAccessKey === undefined) throw new Error('no root key')
      return { accountId: created.accountId, root: created.rootAccessKey }
    },
    iam: (credentials) => keep(new IAMClient(settings(credentials))),
    sts: (credentials, region) => keep(new STSClient(settings(credentials, region))),
    accessAnalyzer: (credentials) => keep(new AccessAnalyzerClient(settings(credentials))),
    organizations: (credentials) => keep(new OrganizationsClient(settings(credentials))),
    async close() {
      for (const client of clients) client.destroy()
      await server.close()
    },
  }
}
