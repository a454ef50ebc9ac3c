/** `keyreeve container-credentials`: the credential endpoint for one container, as ECS has it for a task with a task role. */
import { randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Refusal } from '../server/refusal.ts'
import type { CliContext, Command } from './command.ts'
import { required } from './option.ts'
import {
  endpointOfServer,
  runningAdmin,
  serveUntilStopped,
  troubleTeller,
  WORKLOAD_OPTIONS,
  workloadEnvironment,
  workloadSettings,
} from './workload.ts'

const TOKEN_BYTES = 32
const TASK_ID_BYTES = 16

export const containerCredentials: Command = {
  name: 'container-credentials',
  summary: 'Serve the credentials of a role to a container, as ECS does for a task',
  details: [
    "Programs that find credentials on ECS find them here: `AWS_CONTAINER_CREDENTIALS_FULL_URI` points their SDK to this endpoint, and the file of `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE` holds the token that opens it. The credentials are sessions of the role, assumed by `ecs-tasks.amazonaws.com` through the role's trust policy, recorded, and renewed. They end at once when the role is deleted.",
    'It asks the server that runs on the data directory, so it is for the owner of that directory. It runs until it is stopped; the token ends with it. See docs/guide/workload-credentials.md.',
  ],
  options: {
    role: { form: 'NAME', about: 'The role. Required.' },
    'token-file': {
      form: 'PATH',
      about: 'Where to write the token, for its owner only; the file must not exist. Default: a file in the data directory.',
    },
    ...WORKLOAD_OPTIONS,
  },
  configured: true,
  examples: [
    'keyreeve container-credentials --role worker',
    'keyreeve container-credentials --role worker --token-file ./token --port 1339',
  ],
  async run({ options, config: readConfig }, context) {
    const config = readConfig()
    const { port, durationSeconds, shell } = workloadSettings(options, context)
    const name = required(options, 'role')
    const endpoint = await endpointOfServer(config)
    const admin = runningAdmin(config)
    const { accountId, arn, roleId } = await admin('taskRole', { name, accountId: options.get('account') })
    const { region } = config
    // Loaded when it is asked for: no other command needs a listener.
    const [endpointModule, { listenOnLoopback }] = await Promise.all([
      import('../server/workload/container-endpoint.ts'),
      import('../server/workload/loopback.ts'),
    ])
    const taskId = randomBytes(TASK_ID_BYTES).toString('hex')
    const token = randomBytes(TOKEN_BYTES).toString('base64url')
    const file = tokenFile(options.get('token-file'), { data: config.data, taskId, context })
    await writeToken(file, token)
    try {
      const listener = await listenOnLoopback({
        port,
        respond: endpointModule.containerCredentials({
          token,
          credentials: () => admin('taskCredentials', { accountId, roleId, taskId, region, durationSeconds }),
          clock: context.clock,
        }),
        trouble: endpointModule.TROUBLE,
        onTrouble: troubleTeller(context),
        clock: context.clock,
      })
      const uri = `${listener.endpoint}${endpointModule.CREDENTIALS_PATH}`
      const own = { AWS_CONTAINER_CREDENTIALS_FULL_URI: uri, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file }
      const facts = [
        ['Endpoint', uri],
        ['Task', taskId],
        ['Role', arn],
      ] as const
      const environment = workloadEnvironment(own, { endpoint, region })
      return await serveUntilStopped(listener, { title: 'Container credentials', facts, environment, shell }, context)
    } finally {
      await rm(file, { force: true })
    }
  },
}

type Place = { readonly data: string; readonly taskId: string; readonly context: Pick<CliContext, 'workingDirectory'> }

const tokenFile = (given: string | undefined, { data, taskId, context }: Place): string =>
  given === undefined ? join(data, `container-token-${taskId}`) : resolve(context.workingDirectory, given)

/** A new file, so that nobody else can have it open. */
async function writeToken(file: string, token: string): Promise<void> {
  try {
    await writeFile(file, token, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    throw new Refusal('failed', `The token file ${file} could not be made. It must not exist, and its folder must.`, {
      cause: error,
    })
  }
}
