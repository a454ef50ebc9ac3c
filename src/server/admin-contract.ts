/** The administrative commands: what each takes and gives. Both ends of the local socket read it, and so does the code that does the work. */

/** The fields of a command's arguments: `?` after a kind means it may be left out. */
type FieldKind = 'text' | 'text?' | 'document' | 'number' | 'number?' | 'flag'
type Fields = Readonly<Record<string, FieldKind>>

/** Account numbers are 12 digits (AWS Account Management, "Account identifiers"). Times are milliseconds since 1970. */
const ADMIN_COMMANDS = {
  createAccount: { name: 'text', email: 'text', accountId: 'text?', rootAccessKey: 'flag' },
  listAccounts: {},
  session: { accountId: 'text?', userName: 'text?', durationSeconds: 'number' },
  roleCredentials: {
    accountId: 'text?',
    userName: 'text',
    role: 'text',
    sessionName: 'text?',
    region: 'text',
    durationSeconds: 'number',
  },
  instanceProfile: { accountId: 'text?', name: 'text' },
  instanceRole: { accountId: 'text', profileId: 'text' },
  instanceCredentials: {
    accountId: 'text',
    profileId: 'text',
    instanceId: 'text',
    region: 'text',
    roleDelivery: 'text',
    durationSeconds: 'number',
  },
  taskRole: { accountId: 'text?', name: 'text' },
  taskCredentials: { accountId: 'text', roleId: 'text', taskId: 'text', region: 'text', durationSeconds: 'number' },
  rotateKeys: {},
  verifyAudit: { accountId: 'text?' },
  tailAudit: { accountId: 'text?', after: 'number?', limit: 'number' },
  explainDenial: { id: 'text' },
  listDenials: { accountId: 'text?', limit: 'number' },
  whoCan: { accountId: 'text?', action: 'text', resource: 'text' },
  registerProvider: { accountId: 'text', domain: 'text', name: 'text' },
  removeProvider: { accountId: 'text' },
  listProviders: {},
  registerPolicy: { accountId: 'text', kind: 'text', name: 'text', document: 'document' },
  providerNotices: { accountId: 'text', after: 'text?', limit: 'number' },
  revokeDelegation: { requestId: 'text' },
} as const satisfies Readonly<Record<string, Fields>>

export type AdminName = keyof typeof ADMIN_COMMANDS

type Given<F extends Fields> = {
  readonly [N in keyof F as F[N] extends `${string}?` ? never : N]: KindOf<F[N]>
} & { readonly [N in keyof F as F[N] extends `${string}?` ? N : never]?: KindOf<F[N]> | undefined }
type KindOf<K extends FieldKind> = K extends 'flag' ? boolean : K extends `number${string}` ? number : string

export type AdminArguments<N extends AdminName> = Given<(typeof ADMIN_COMMANDS)[N]>

export type LongTermKey = { readonly accessKeyId: string; readonly secretAccessKey: string }

export type AccountSummary = {
  readonly accountId: string
  readonly name: string
  readonly email: string
  readonly status: string
  readonly createdAt: number
}

/** Credentials of a role. */
export type RoleCredentials = LongTermKey & {
  readonly sessionToken: string
  readonly issuedAt: number
  readonly expiresAt: number
  readonly roleArn: string
}

/** Credentials for a workload: `refusal` says why its service may not assume the role. */
export type Delivered = { readonly credentials: RoleCredentials } | { readonly refusal: string }

export type DenialSummary = {
  /** The authorization id. */
  readonly id: string
  readonly requestId: string
  /** Milliseconds since 1970. */
  readonly at: number
  readonly caller: string
  readonly action: string
  readonly resource: string
}

/** A statement as people find it: its policy, its number (from 1), its Sid, its line. */
export type ShownStatement = {
  readonly policy: string
  readonly number: number
  readonly sid?: string | undefined
  readonly line: number
  readonly effect: 'Allow' | 'Deny'
}

/** What one set of policies said. */
export type ShownPart = {
  readonly policyType: string
  /** Levels of an organization, or of a session and its scopes, from 0; others have one. */
  readonly level: number
  readonly attachedTo: readonly string[]
  readonly verdict: 'allows' | 'denies' | 'silent' | 'broken'
  readonly matched: readonly ShownStatement[]
  readonly nearMisses: readonly (ShownStatement & { readonly why: string })[]
  readonly problems: readonly { readonly policy: string; readonly problem: string }[]
}

/** What would lift the refusal. `denied`: a deny is met, which nothing that is added lifts. */
export type ShownFlip =
  | { readonly kind: 'add'; readonly additions: readonly ShownAddition[] }
  | {
      readonly kind: 'denied'
      readonly policyType: string
      readonly policy: string
      readonly statement?: ShownStatement | undefined
    }
  | { readonly kind: 'none'; readonly policyType: string }
export type ShownAddition = {
  readonly policyType: string
  readonly attachedTo: readonly string[]
  readonly document: string
  readonly reach: 'exact' | 'wider'
}

/** Whether a principal may. All of one list of `when` must hold, and nothing of `unless`. */
export type ShownAbility = {
  readonly principal: string
  readonly can: 'always' | 'sometimes' | 'maybe' | 'never' | 'unknown'
  readonly when: readonly (readonly string[])[]
  readonly unless: readonly string[]
  readonly why?: string | undefined
}

export type DenialExplanation = DenialSummary & {
  readonly accountId: string
  readonly decision: 'explicitDeny' | 'implicitDeny'
  readonly policyType: string
  readonly parts: readonly ShownPart[]
  /** The condition keys that the policies looked at; null where the request has none. */
  readonly context: Readonly<Record<string, string | readonly string[] | null>>
  readonly flip: ShownFlip
}
/** An account that may ask for temporary delegation. */
export type ProviderSummary = { readonly accountId: string; readonly domain: string; readonly name: string }

type Results = {
  /** `rootAccessKey` is there where it was asked for; its secret can never be shown again. */
  createAccount: {
    readonly accountId: string
    readonly name: string
    readonly email: string
    readonly rootAccessKey?: LongTermKey | undefined
  }
  listAccounts: { readonly accounts: readonly AccountSummary[] }
  /** A new temporary session for an IAM user, or for the root user where no user is named. Without `accountId`: the only account. */
  session: LongTermKey & {
    readonly sessionToken: string
    readonly accountId: string
    readonly arn: string
    readonly expiresAt: number
  }
  /** A session of a role for an IAM user who asked for it with AssumeRole. */
  roleCredentials: RoleCredentials
  /** An instance profile by its name, whose unique id binds a workload to this one and no later one of the same name. */
  instanceProfile: { readonly accountId: string; readonly arn: string; readonly profileId: string }
  /** What an instance's profile holds now. Without `profile`: it was deleted. Without `role`: it is empty. */
  instanceRole: {
    readonly profile?: { readonly arn: string } | undefined
    readonly role?: { readonly name: string; readonly roleId: string } | undefined
  }
  /** A session of the role in the profile, made by ec2.amazonaws.com. `roleDelivery`: 1.0 or 2.0, the version of the metadata service. */
  instanceCredentials: Delivered
  taskRole: { readonly accountId: string; readonly arn: string; readonly roleId: string }
  /** A session of the role, made by ecs-tasks.amazonaws.com. */
  taskCredentials: Delivered
  /** A new key seals from now on; `resealed` secrets were moved to it. */
  rotateKeys: { readonly keyId: string; readonly resealed: number }
  /** `problem` says where a chain is broken; it is absent where the chain is whole. */
  verifyAudit: {
    readonly accounts: readonly { readonly accountId: string; readonly records: number; readonly problem?: string | undefined }[]
  }
  /** Without `after`: the last `limit` records. With it: the first `limit` records behind that sequence number. `records` are JSON lines. */
  tailAudit: { readonly accountId: string; readonly records: readonly string[]; readonly last: number }
  /** By authorization id or request id. */
  explainDenial: DenialExplanation
  /** The newest first. */
  listDenials: { readonly denials: readonly DenialSummary[] }
  /** Of `asked` principals those that may, and those of which it is not known. */
  whoCan: { readonly accountId: string; readonly asked: number; readonly abilities: readonly ShownAbility[] }
  registerProvider: ProviderSummary
  removeProvider: { readonly accountId: string }
  listProviders: { readonly providers: readonly ProviderSummary[] }
  /** `kind` is `template` or `boundary`. */
  registerPolicy: { readonly arn: string }
  /** Oldest first. `message` is JSON, and may hold an exchange token. */
  providerNotices: {
    readonly notices: readonly { readonly id: string; readonly topicArn: string; readonly message: string }[]
  }
  /** `accountId`: the account that the access was to. */
  revokeDelegation: { readonly requestId: string; readonly accountId: string }
}

export type AdminResult<N extends AdminName> = Results[N]

/** Does one administrative command. Throws `Fault` or `Refusal`. */
export type AdminRun = <N extends AdminName>(command: N, given: AdminArguments<N>) => Promise<AdminResult<N>>

/** The table of the commands' implementations. */
export type AdminCommands<Context> = {
  readonly [N in AdminName]: (context: Context, given: AdminArguments<N>) => Promise<AdminResult<N>>
}

/** The table, ready to be asked. */
export function adminRun<Context>(commands: AdminCommands<Context>, context: Context): AdminRun {
  return (command, given) => commands[command](context, given)
}

export function isAdminName(name: unknown): name is AdminName {
  return typeof name === 'string' && Object.hasOwn(ADMIN_COMMANDS, name)
}

const MAX_TEXT = 4_096
/** Policies: a permissions boundary has 6,144 characters beside its white space. */
const MAX_DOCUMENT = 8_192
const KIND_IN_WORDS: Readonly<Record<FieldKind, string>> = {
  text: 'a text',
  document: 'a document',
  'text?': 'a text, or left out',
  number: 'a whole number',
  'number?': 'a whole number, or left out',
  flag: 'true or false',
}

/** Whether these are arguments of the command. `misfitOf` says why not. */
export function isArguments<N extends AdminName>(command: N, given: unknown): given is AdminArguments<N> {
  return misfitOf(command, given) === undefined
}

/** What is wrong with a command's arguments, or undefined where they fit the table. */
export function misfitOf(command: AdminName, given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return 'arguments must be an object'
  const fields: Fields = ADMIN_COMMANDS[command]
  const stranger = Object.keys(given).find((name) => !Object.hasOwn(fields, name))
  if (stranger !== undefined) return 'there is an argument that the command does not take'
  for (const [name, kind] of Object.entries(fields)) {
    const value: unknown = Object.entries(given).find(([member]) => member === name)?.[1]
    if (!fits(kind, value)) return `${name} must be ${KIND_IN_WORDS[kind]}`
  }
  return undefined
}

function fits(kind: FieldKind, value: unknown): boolean {
  if (value === undefined) return kind.endsWith('?')
  if (kind === 'flag') return typeof value === 'boolean'
  if (kind.startsWith('number')) return Number.isSafeInteger(value)
  return typeof value === 'string' && value.length <= (kind === 'document' ? MAX_DOCUMENT : MAX_TEXT)
}
