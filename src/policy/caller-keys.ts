/** What the condition keys about the principal say of a caller, whatever its request is (IAM User Guide, "Properties of the principal"). */
import type { Caller, CallerType } from './caller.ts'
import { InputError } from './input-error.ts'
import { principalKeys } from './compare/callers.ts'

const PRINCIPAL_TYPES: Readonly<Record<CallerType, string | undefined>> = {
  root: 'Account',
  user: 'User',
  'assumed-role': 'AssumedRole',
  'federated-user': 'FederatedUser',
  'web-identity': undefined,
  saml: undefined,
  service: undefined,
  anonymous: 'Anonymous',
}

const USER = /^arn:[^:]+:iam::\d{12}:user\/(?:.*\/)?([^/]+)$/

/** By key in lower case; undefined where the caller has none. Keys about tags, sessions and organizations are not among them, nor is an id that is empty. */
export function callerKeys(caller: Caller): ReadonlyMap<string, string | undefined> {
  const { type, arn, id } = caller
  return new Map<string, string | undefined>([
    ...principalKeys(caller),
    ['aws:principaltype', PRINCIPAL_TYPES[type]],
    ...(id === '' ? [] : [['aws:userid', id] as const]),
    ['aws:username', type === 'user' ? USER.exec(arn)?.[1] : undefined],
    ['aws:principalservicename', type === 'service' ? arn : undefined],
  ])
}

const ROLE = /^arn:([^:]+):iam::(\d{12}):role\/((?:.*\/)?([^/]+))$/
const SESSION = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\/([^/]+)$/
const FEDERATED = /^arn:[^:]+:sts::(\d{12}):federated-user\/([^/]+)$/
const ROOT = /^arn:[^:]+:iam::(\d{12}):root$/
const USER_OF = /^arn:[^:]+:iam::(\d{12}):user\/.+$/
const PROVIDER = /^arn:[^:]+:iam::(\d{12}):(oidc|saml)-provider\/.+$/
const SERVICE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/

/** The session name of a role that is asked about without a session. */
const SESSION_NAME = 'session'

/**
 * The caller that an ARN names: a user, a role (some session of it), a session, a federated user, a root user, an identity provider; a
 * service by its name, and `anonymous`. Unique ids are not in ARNs, and are left empty. The path of a session's role is not in its ARN: pass the role's ARN where it has one.
 * Throws `InputError` where the text names nobody.
 */
export function callerNamed(name: string): Caller {
  const caller = CALLERS.reduce<Caller | undefined>((found, read) => found ?? read(name), undefined)
  if (caller === undefined) throw new InputError('caller', `\`${name}\` names no caller`)
  return caller
}

type Read = (name: string) => Caller | undefined

const CALLERS: readonly Read[] = [
  (arn) => {
    const [, accountId] = USER_OF.exec(arn) ?? []
    return accountId === undefined ? undefined : { type: 'user', accountId, arn, id: '', userArn: arn }
  },
  (roleArn) => {
    const [, partition, accountId, , name] = ROLE.exec(roleArn) ?? []
    if (accountId === undefined) return undefined
    const arn = `arn:${partition}:sts::${accountId}:assumed-role/${name}/${SESSION_NAME}`
    return { type: 'assumed-role', accountId, arn, id: '', roleArn }
  },
  (arn) => {
    const [, partition, accountId, role] = SESSION.exec(arn) ?? []
    if (accountId === undefined) return undefined
    const roleArn = `arn:${partition}:iam::${accountId}:role/${role}`
    return { type: 'assumed-role', accountId, arn, id: '', roleArn }
  },
  (arn) => {
    const [, accountId, name] = FEDERATED.exec(arn) ?? []
    return accountId === undefined ? undefined : { type: 'federated-user', accountId, arn, id: `${accountId}:${name}` }
  },
  (arn) => {
    const [, accountId] = ROOT.exec(arn) ?? []
    return accountId === undefined ? undefined : { type: 'root', accountId, arn, id: accountId }
  },
  (arn) => {
    const [, , kind] = PROVIDER.exec(arn) ?? []
    if (kind === undefined) return undefined
    return { type: kind === 'saml' ? 'saml' : 'web-identity', accountId: '', arn, id: arn, providerArn: arn }
  },
  (arn) => (SERVICE.test(arn) ? { type: 'service', accountId: '', arn, id: arn } : undefined),
  (name) => (name === 'anonymous' ? { type: 'anonymous', accountId: '', arn: name, id: name } : undefined),
]
