/** The server under measure: a whole Keyreeve on a new data directory, with one user that has five policies of eight statements. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  IAMClient,
} from '@aws-sdk/client-iam'
import { openLogger } from '../../src/server/logger.ts'
import { openServerMetrics } from '../../src/server/server-metrics.ts'
import { startServer } from '../../src/server/start.ts'
import { reportWhenAsked } from './child.ts'

const started = performance.now()
const data = await mkdtemp(join(tmpdir(), 'keyreeve-bench-'))
const logger = openLogger({ level: 'info', format: 'json', write: () => {}, clock: Date.now })
const server = await startServer(
  {
    host: '127.0.0.1',
    port: 0,
    data,
    memory: false,
    database: undefined,
    publicUrl: undefined,
    trustedProxies: [],
    region: 'us-east-1',
    audit: 'grouped',
    ca: undefined,
    outboundPrivate: false,
    key: undefined,
    logFormat: 'json',
    logLevel: 'info',
    shutdownTimeout: 1_000,
  },
  { logger, metrics: openServerMetrics(), clock: Date.now },
)
const readyMs = performance.now() - started

const { rootAccessKey } = await server.admin('createAccount', { name: 'bench', email: 'bench@example.com', rootAccessKey: true })
if (rootAccessKey === undefined) throw new Error('no root key')
const iam = new IAMClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: rootAccessKey })
await iam.send(new CreateUserCommand({ UserName: 'bench' }))
for (let policy = 0; policy < 5; policy += 1) {
  const Statement = Array.from({ length: 8 }, (_, number) => ({
    Effect: 'Allow',
    Action: policy === 4 && number === 7 ? 'iam:GetUser' : `s${number}:Get${policy}*`,
    Resource: '*',
  }))
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: `p${policy}`, PolicyDocument }))
  await iam.send(new AttachUserPolicyCommand({ UserName: 'bench', PolicyArn: Policy?.Arn }))
}
const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'bench' }))
iam.destroy()
reportWhenAsked({
  port: Number(new URL(server.endpoint).port),
  readyMs,
  accessKeyId: AccessKey?.AccessKeyId,
  secretAccessKey: AccessKey?.SecretAccessKey,
})
process.on('exit', () => {})
process.on('SIGTERM', () => {
  void server
    .close()
    .then(() => rm(data, { recursive: true, force: true }))
    .then(() => process.exit(0))
})
