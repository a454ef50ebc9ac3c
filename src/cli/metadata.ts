/** `keyreeve metadata`: the instance metadata service for one workload, as EC2 has it for an instance with an instance profile. */
import { randomBytes } from 'node:crypto'
import { Refusal } from '../server/refusal.ts'
import { oneOf } from '../server/setting.ts'
import type { Command } from './command.ts'
import { readOption, required } from './option.ts'
import {
  endpointOfServer,
  runningAdmin,
  serveUntilStopped,
  troubleTeller,
  WORKLOAD_OPTIONS,
  workloadEnvironment,
  workloadSettings,
} from './workload.ts'

const HTTP_TOKENS = oneOf('required', 'optional')
/** EC2 User Guide, "Resource IDs". */
const INSTANCE_ID = /^i-[0-9a-f]{17}$/
const ZONE = /^[a-z0-9-]{1,64}$/
/** Names that EC2 has for what Node calls otherwise. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'x86_64' }

export const metadata: Command = {
  name: 'metadata',
  summary: 'Serve instance metadata with the credentials of an instance profile, as EC2 does',
  details: [
    "Programs that find credentials on EC2 find them here: `AWS_EC2_METADATA_SERVICE_ENDPOINT` points their SDK to this service. It speaks IMDSv2 on a port of its own on loopback. The credentials are sessions of the role in the instance profile, assumed by `ec2.amazonaws.com` through the role's trust policy, recorded, and renewed. They end at once when the role is deleted or taken out of the profile.",
    'It asks the server that runs on the data directory, so it is for the owner of that directory. It runs until it is stopped. See docs/guide/workload-credentials.md.',
  ],
  options: {
    'instance-profile': { form: 'NAME', about: 'The instance profile. Required.' },
    'instance-id': {
      form: 'ID',
      about: 'The instance: i- and 17 hexadecimal digits. It names the sessions. Default: a random one.',
    },
    'availability-zone': { form: 'ZONE', about: "The instance's availability zone. Default: the region with an a behind it." },
    'http-tokens': {
      form: HTTP_TOKENS.form,
      about: "AWS's HttpTokens. required: IMDSv2 only. optional: requests without a session token too. Default: required.",
    },
    ...WORKLOAD_OPTIONS,
  },
  configured: true,
  examples: [
    'keyreeve metadata --instance-profile web',
    'keyreeve metadata --instance-profile web --account 111122223333 --port 1338',
  ],
  async run({ options, config: readConfig }, context) {
    const config = readConfig()
    const { port, durationSeconds, shell } = workloadSettings(options, context)
    const httpTokens = readOption(HTTP_TOKENS, 'http-tokens', options.get('http-tokens') ?? 'required')
    const instanceId = matching(
      INSTANCE_ID,
      options.get('instance-id') ?? newInstanceId(),
      '--instance-id must be i- and 17 hexadecimal digits.',
    )
    const availabilityZone = matching(
      ZONE,
      options.get('availability-zone') ?? `${config.region}a`,
      '--availability-zone must be the name of a zone.',
    )
    const name = required(options, 'instance-profile')
    const endpoint = await endpointOfServer(config)
    const admin = runningAdmin(config)
    const { accountId, arn, profileId } = await admin('instanceProfile', { name, accountId: options.get('account') })
    const { region } = config
    // Loaded when it is asked for: no other command needs a listener.
    const [{ instanceMetadata }, { listenOnLoopback }, { errorPage }] = await Promise.all([
      import('../server/workload/instance-metadata.ts'),
      import('../server/workload/loopback.ts'),
      import('../server/workload/metadata-pages.ts'),
    ])
    const respond = instanceMetadata({
      instance: {
        accountId,
        instanceId,
        region,
        availabilityZone,
        architecture: ARCHITECTURES[process.arch] ?? process.arch,
        profileArn: arn,
        profileId,
        startedAt: context.clock(),
      },
      httpTokens,
      role: () => admin('instanceRole', { accountId, profileId }),
      credentials: (roleDelivery) =>
        admin('instanceCredentials', { accountId, profileId, instanceId, region, roleDelivery, durationSeconds }),
      random: (count) => randomBytes(count),
      clock: context.clock,
    })
    const listener = await listenOnLoopback({
      port,
      respond,
      trouble: errorPage(503),
      onTrouble: troubleTeller(context),
      clock: context.clock,
    })
    // With the slash: older botocores (AWS CLI 2.9) put the path behind it as it is.
    const own = { AWS_EC2_METADATA_SERVICE_ENDPOINT: `${listener.endpoint}/` }
    const environment = workloadEnvironment(own, { endpoint, region })
    const facts = [
      ['Endpoint', listener.endpoint],
      ['Instance', instanceId],
      ['Instance profile', arn],
    ] as const
    return serveUntilStopped(listener, { title: 'Instance metadata service', facts, environment, shell }, context)
  },
}

const newInstanceId = (): string => `i-${randomBytes(9).toString('hex').slice(0, 17)}`

function matching(pattern: RegExp, text: string, complaint: string): string {
  if (!pattern.test(text)) throw new Refusal('usage', complaint)
  return text
}
