/** What a password must be: the account's policy, else AWS's default (IAM User Guide, "Setting an account password policy"). Pure. */
import type { AccountRow } from './accounts.rows.ts'
import type { PasswordPolicyRow } from './password-policy.rows.ts'

/** The default policy: 8 characters, three of the four kinds, not the account's name or e-mail address. */
const DEFAULT_LENGTH = 8
const DEFAULT_KINDS = 3
/** A policy that says no length: 6 (IAM API reference, UpdateAccountPasswordPolicy). */
export const DEFAULT_POLICY_LENGTH = 6
const DAY_MS = 86_400_000

type Kind = {
  readonly required: (policy: PasswordPolicyRow) => boolean | undefined
  readonly present: RegExp
  readonly text: string
}

/** IAM API reference: the letters of the basic Latin alphabet, digits, and these symbols. The order is that of recorded texts. */
const KINDS: readonly Kind[] = [
  {
    required: (policy) => policy.RequireUppercaseCharacters,
    present: /[A-Z]/,
    text: 'Password should have at least one uppercase letter',
  },
  {
    required: (policy) => policy.RequireLowercaseCharacters,
    present: /[a-z]/,
    text: 'Password should have at least one lowercase letter',
  },
  { required: (policy) => policy.RequireNumbers, present: /[0-9]/, text: 'Password should have at least one number' },
  {
    required: (policy) => policy.RequireSymbols,
    present: /[!@#$%^&*()_+\-=[\]{}|']/,
    text: 'Password should have at least one symbol',
  },
]

const tooShort = (password: string, length: number): readonly string[] =>
  password.length < length ? [`Password should have a minimum length of ${length}`] : []

/** What is wrong with a password, in AWS's words; undefined where it conforms. `policy` is undefined where the account has none. */
export function passwordViolation(
  password: string,
  policy: PasswordPolicyRow | undefined,
  account: Pick<AccountRow, 'name' | 'email'>,
): string | undefined {
  const found = policy === undefined ? defaultViolations(password, account) : policyViolations(password, policy)
  return found.length === 0 ? undefined : found.join(', ')
}

function policyViolations(password: string, policy: PasswordPolicyRow): readonly string[] {
  const missing = KINDS.filter(({ required, present }) => required(policy) === true && !present.test(password))
  return [...tooShort(password, policy.MinimumPasswordLength ?? DEFAULT_POLICY_LENGTH), ...missing.map(({ text }) => text)]
}

/** Recorded from AWS in 2023: `Password should meet 1 more of the following requirements: Password should have at least one uppercase letter, …`. */
function defaultViolations(password: string, { name, email }: Pick<AccountRow, 'name' | 'email'>): readonly string[] {
  const missing = KINDS.filter(({ present }) => !present.test(password))
  const short = missing.length - (KINDS.length - DEFAULT_KINDS)
  return [
    ...tooShort(password, DEFAULT_LENGTH),
    ...(short > 0
      ? [`Password should meet ${short} more of the following requirements: ${missing.map(({ text }) => text).join(', ')}`]
      : []),
    // The words are ours; that it is refused is in the User Guide.
    ...([name, email].includes(password) ? ['Password should not be identical to the AWS account name or email address'] : []),
  ]
}

/** Whether a password is too old to sign in with; `hard`: then only an administrator can set a new one. Times in milliseconds. */
export function passwordAge(
  changedAt: number,
  policy: PasswordPolicyRow | undefined,
  now: number,
): { readonly expired: boolean; readonly hard: boolean } {
  const days = policy?.MaxPasswordAge
  const expired = days !== undefined && now - changedAt >= days * DAY_MS
  return { expired, hard: expired && policy?.HardExpiry === true }
}
