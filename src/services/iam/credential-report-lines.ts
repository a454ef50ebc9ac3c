/** The lines of the credential report, column by column. Pure. */
import { rootArn, userArn } from '../../aws/arn.ts'
import type { Credentials, ReportCertificate, ReportKey, ReportUser } from './credential-report.rows.ts'
import { ROOT_NAME } from './implicit-user.ts'

/** One line: whose credentials it tells of. */
type Subject = {
  readonly accountId: string
  readonly owner: string
  readonly user: ReportUser | undefined
  readonly credentials: Credentials
}

type Column = readonly [name: string, value: (subject: Subject) => string]

const NONE = 'N/A'
const DAY_MS = 86_400_000

/** As AWS writes times: to the second, with a zone. */
const time = (at: number): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, '+00:00')
const key = ({ credentials, owner }: Subject, index: number): ReportKey | undefined => credentials.keys.get(owner)?.[index]
const certificate = ({ credentials, owner }: Subject, index: number): ReportCertificate | undefined =>
  credentials.certificates.get(owner)?.[index]

function passwordEnabled({ user, credentials, owner }: Subject): string {
  // The IAM User Guide's "always not_supported" for the root user gave way to "FALSE for new member accounts", whose root users have no password.
  return String(user === undefined ? credentials.root.password_hash !== null : credentials.passwords.has(owner))
}

function passwordLastUsed({ user, credentials, owner }: Subject): string {
  if (user === undefined) return credentials.root.password_hash === null ? NONE : 'no_information'
  if (!credentials.passwords.has(owner)) return NONE
  return user.password_used_at === null ? 'no_information' : time(user.password_used_at)
}

function passwordLastChanged({ user, credentials, owner }: Subject): string {
  if (user === undefined) return 'not_supported'
  const password = credentials.passwords.get(owner)
  return password === undefined ? NONE : time(password.changed_at)
}

function passwordNextRotation({ user, credentials, owner }: Subject): string {
  if (user === undefined) return 'not_supported'
  const password = credentials.passwords.get(owner)
  const { maxPasswordAge } = credentials
  return password === undefined || maxPasswordAge === undefined ? NONE : time(password.changed_at + maxPasswordAge * DAY_MS)
}

const keyColumns = (index: number): readonly Column[] => [
  [`access_key_${index + 1}_active`, (subject) => String(key(subject, index)?.status === 'Active')],
  [`access_key_${index + 1}_last_rotated`, (subject) => atOf(key(subject, index)?.created_at)],
  [`access_key_${index + 1}_last_used_date`, (subject) => atOf(key(subject, index)?.used_at)],
  [`access_key_${index + 1}_last_used_region`, (subject) => key(subject, index)?.region ?? NONE],
  [`access_key_${index + 1}_last_used_service`, (subject) => key(subject, index)?.service ?? NONE],
]

const certificateColumns = (index: number): readonly Column[] => [
  [`cert_${index + 1}_active`, (subject) => String(certificate(subject, index)?.status === 'Active')],
  [`cert_${index + 1}_last_rotated`, (subject) => atOf(certificate(subject, index)?.created_at)],
]

const atOf = (at: number | null | undefined): string => (at === null || at === undefined ? NONE : time(at))

const COLUMNS: readonly Column[] = [
  ['user', ({ user }) => user?.name ?? ROOT_NAME],
  ['arn', ({ accountId, user }) => (user === undefined ? rootArn(accountId) : userArn(accountId, user.path, user.name))],
  ['user_creation_time', ({ user, credentials }) => time(user?.created_at ?? credentials.root.created_at)],
  ['password_enabled', passwordEnabled],
  ['password_last_used', passwordLastUsed],
  ['password_last_changed', passwordLastChanged],
  ['password_next_rotation', passwordNextRotation],
  ['mfa_active', ({ credentials, owner }) => String(credentials.mfaOwners.has(owner))],
  ...keyColumns(0),
  ...keyColumns(1),
  ...certificateColumns(0),
  ...certificateColumns(1),
]

/** The whole report. Names may hold commas, which are quoted as CSV quotes them (RFC 4180). */
export function reportOf(accountId: string, credentials: Credentials): string {
  const root: Subject = { accountId, owner: accountId, user: undefined, credentials }
  const subjects = [root, ...credentials.users.map((user): Subject => ({ accountId, owner: user.id, user, credentials }))]
  const lines = subjects.map((subject) => COLUMNS.map(([, value]) => quoted(value(subject))).join(','))
  return [COLUMNS.map(([name]) => name).join(','), ...lines].join('\n')
}

const quoted = (text: string): string => (text.includes(',') || text.includes('"') ? `"${text.replaceAll('"', '""')}"` : text)
