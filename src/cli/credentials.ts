/** `keyreeve credentials`: a role's credentials on standard output, for `credential_process` in a configuration file of AWS's. */
import type { RoleCredentials } from '../server/admin-contract.ts'
import { duration } from '../server/setting.ts'
import { runAdmin } from './admin-client.ts'
import type { Command } from './command.ts'
import { readOption, required } from './option.ts'

/** STS API reference, AssumeRole: 15 minutes to 12 hours, one hour by default. */
const DURATION = duration('15m', '12h')
const DEFAULT_DURATION = '1h'

export const credentials: Command = {
  name: 'credentials',
  summary: 'Print credentials of a role, as credential_process wants them',
  details: [
    "The user asks for the role with AssumeRole, without a key: whoever may open the data directory may ask for any user. Both sides must allow it as on AWS: the user's policies, and the role's trust policy. Standard output holds nothing but the JSON; a refusal stands on standard error, and the exit code is not zero.",
    'In `~/.aws/config`: `credential_process = keyreeve credentials --data /path/to/.keyreeve --role deploy --user alice`. See docs/guide/workload-credentials.md.',
  ],
  options: {
    role: { form: 'NAME', about: "The role: its name, or its ARN where it is another account's. Required." },
    user: { form: 'NAME', about: 'The IAM user who asks. Required: the root user may not assume roles.' },
    account: { form: 'ID', about: "The user's account. Default: the only account of this server." },
    'session-name': { form: 'NAME', about: 'The name of the session. Default: keyreeve- and the name of the user.' },
    duration: {
      form: 'TIME',
      about: `How long the credentials last, from 15m to what the role allows. Default: ${DEFAULT_DURATION}.`,
    },
  },
  configured: true,
  examples: [
    'keyreeve credentials --role deploy --user alice',
    'keyreeve credentials --role arn:aws:iam::444455556666:role/audit --user alice --account 111122223333 --duration 15m',
  ],
  async run({ options, config: readConfig }, context) {
    const config = readConfig()
    const given = {
      role: required(options, 'role'),
      userName: required(options, 'user'),
      accountId: options.get('account'),
      sessionName: options.get('session-name'),
      region: config.region,
      durationSeconds: readOption(DURATION, 'duration', options.get('duration') ?? DEFAULT_DURATION) / 1_000,
    }
    context.out(processText(await runAdmin(config, 'roleCredentials', given, context)))
    return 0
  },
}

/** AWS SDKs and Tools Reference Guide, "Process credential provider". */
function processText({ accessKeyId, secretAccessKey, sessionToken, expiresAt }: RoleCredentials): string {
  return `${JSON.stringify({
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: new Date(expiresAt).toISOString(),
  })}\n`
}
