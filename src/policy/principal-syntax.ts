/** How principals are written (IAM JSON policy elements: Principal). Whether they exist is not known here. */
import { PARTITION, parseArn } from '../aws/arn.ts'
import type { PrincipalEntry, PrincipalKind } from './document.ts'
import { hasWildcard } from './glob.ts'

/** Whether an entry of `Principal` or `NotPrincipal` is well formed. A wildcard is `*` alone, never a part of a name. */
export function isPrincipal({ kind, text }: Pick<PrincipalEntry, 'kind' | 'text'>): boolean {
  return TESTS[kind](text)
}

const ACCOUNT = /^[0-9]{12}$/
/** A user's or a role's unique id, which stands for one that was named by its ARN. */
const UNIQUE_ID = /^A(?:IDA|ROA)[A-Z0-9]{12,}$/
const IAM_PRINCIPAL = /^(?:root|(?:user|role)\/[!-~]+)$/
const STS_PRINCIPAL = /^(?:assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]+|federated-user\/[\w+=,.@-]+)$/
const PROVIDER = /^(?:saml-provider|oidc-provider)\/[!-~]+$/
const SERVICE = /^(?:[a-z0-9][a-z0-9-]*\.)+amazonaws\.com(?:\.cn)?$/
const CANONICAL_USER = /^[0-9a-f]{64}$/
/** Web identity providers that need no entry in IAM (IAM User Guide, "OIDC federation"). */
export const BUILT_IN_PROVIDERS: ReadonlySet<string> = new Set([
  'cognito-identity.amazonaws.com',
  'accounts.google.com',
  'graph.facebook.com',
  'www.amazon.com',
])

const TESTS: Readonly<Record<PrincipalKind, (text: string) => boolean>> = {
  AWS: (text) => text === '*' || ACCOUNT.test(text) || UNIQUE_ID.test(text) || isPrincipalArn(text),
  Federated: (text) => BUILT_IN_PROVIDERS.has(text) || isProviderArn(text),
  Service: (text) => SERVICE.test(text),
  CanonicalUser: (text) => CANONICAL_USER.test(text),
}

function isPrincipalArn(text: string): boolean {
  const arn = parseArn(text)
  if (arn?.partition !== PARTITION || arn.region !== '' || !ACCOUNT.test(arn.accountId) || hasWildcard(arn.resource)) return false
  if (arn.service === 'iam') return IAM_PRINCIPAL.test(arn.resource)
  return arn.service === 'sts' && STS_PRINCIPAL.test(arn.resource)
}

function isProviderArn(text: string): boolean {
  const arn = parseArn(text)
  return (
    arn?.partition === PARTITION &&
    arn.service === 'iam' &&
    arn.region === '' &&
    ACCOUNT.test(arn.accountId) &&
    PROVIDER.test(arn.resource) &&
    !hasWildcard(arn.resource)
  )
}
