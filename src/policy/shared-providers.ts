/** Identity providers that many customers of AWS share: a trust policy must look at the claim that says whose token it is. */
import type { ConditionTest, Statement } from './document.ts'
import { isStars } from './glob.ts'

const GITHUB = 'token.actions.githubusercontent.com'

/**
 * By issuer without its scheme, the condition keys of which one must be tested (IAM User Guide, "Identity-provider controls for shared
 * OIDC providers", 2026; the second of GitHub's stands in AWS's refusals).
 */
const CONTROLS: ReadonlyMap<string, readonly string[]> = new Map([
  ...[
    'agent.buildkite.com',
    'app.terraform.io',
    'gitlab.com',
    'oidc-configuration.audit-log.githubusercontent.com',
    'oidc.codefresh.io',
    'oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu',
    'oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb',
    'proidc.upbound.io',
    'rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7',
    'rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr',
    'rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg',
    'rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26',
    'scalr.io',
    'studio.datachain.ai/api',
    'tokens.cloud.shisho.dev',
    'vstoken.actions.githubusercontent.com',
  ].map((issuer): [string, string[]] => [issuer, [`${issuer}:sub`]]),
  ...['api.pulumi.com/oidc', 'cognito-identity.amazonaws.com', 'oidc.vercel.com', 'sandboxes.cloud'].map(
    (issuer): [string, string[]] => [issuer, [`${issuer}:aud`]],
  ),
  [GITHUB, [`${GITHUB}:sub`, `${GITHUB}:job_workflow_ref`]],
  ['sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d', ['sts:RoleSessionName']],
])

const PROVIDER = /^arn:[^:]*:iam::[^:]*:oidc-provider\/(.+)$/

/** What AWS says of a statement that lets in whoever has a token of a shared provider, or undefined (recorded of CreateRole and UpdateAssumeRolePolicy). */
export function sharedProviderFlaw({ effect, principal, conditions }: Statement): string | undefined {
  if (effect !== 'Allow' || principal === undefined) return undefined
  for (const { kind, text } of principal.entries) {
    const keys = kind === 'Federated' ? CONTROLS.get(PROVIDER.exec(text)?.[1] ?? text) : undefined
    if (keys !== undefined && !conditions.some((condition) => isControl(condition, keys)))
      return `Trust policy with trusted principal ${text} must evaluate, using StringEquals, StringLike or StringEqualsIgnoreCase, ${keys.join(' or ')} which is not scoped to all.`
  }
  return undefined
}

const OPERATORS: ReadonlySet<string> = new Set(['stringequals', 'stringlike', 'stringequalsignorecase'])

/** AWS looks at what is written: `*` is refused, `repo:*` is taken, and so is `*` beside another value (all recorded). That the operators of sets count is inferred. */
function isControl({ operator, key, values }: ConditionTest, keys: readonly string[]): boolean {
  const name = operator.text.replace(/^For(?:Any|All)Values?:/, '').toLowerCase()
  return (
    OPERATORS.has(name) &&
    keys.some((control) => control.toLowerCase() === key.text.toLowerCase()) &&
    values.some(({ text }) => !isStars(text))
  )
}
