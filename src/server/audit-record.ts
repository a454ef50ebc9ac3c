/** Audit records in CloudTrail's event shape (CloudTrail User Guide, "CloudTrail record contents"). Pure: no secret enters a record. */
import type { Principal } from '../aws/principal.ts'
import type { FaultOutcome } from './jobs.ts'

const EVENT_VERSION = '1.11'
/** CloudTrail leaves parameters out over 100 KB. */
const MAX_PARAMETERS_LENGTH = 102_400
const MAX_TEXT_LENGTH = 1_024
const MAX_DEPTH = 20

/** Members whose values never enter a record, whatever the operation. A test holds this list against the models' sensitive members. */
const SECRET_MEMBERS: ReadonlySet<string> = new Set([
  'Password',
  'OldPassword',
  'NewPassword',
  'SecretAccessKey',
  'SessionToken',
  'PrivateKey',
  'Base32StringSeed',
  'QRCodePNG',
  'ServicePassword',
  'ServiceCredentialSecret',
  'SAMLAssertion',
  'WebIdentityToken',
  'TradeInToken',
  'AddPrivateKey',
  'AuthenticationCode1',
  'AuthenticationCode2',
  'TokenCode',
  'DelegationToken',
  // Whom an account of an organization belongs to: CloudTrail hides it in CreateAccount.
  'Email',
  'AccountName',
  'MasterAccountEmail',
  'ManagementAccountEmail',
  'SourceName',
  'Notes',
])

/** CloudTrail's own words for a value it leaves out. */
const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS'

export const isSecretMember = (name: string): boolean => SECRET_MEMBERS.has(name)

/** What is known of a call before it ended. Plain data. */
export type AuditDraft = {
  readonly eventId: string
  readonly requestId: string
  readonly eventTime: number
  readonly eventSource: string
  readonly eventName: string
  readonly region: string
  readonly sourceIp: string
  readonly userAgent: string
  readonly readOnly: boolean
  readonly principal?: Principal | undefined
  readonly accessKeyId?: string | undefined
  readonly input?: object | undefined
  /** An administrative command: nobody signed it. The account whose chain it goes to. */
  readonly operator?: { readonly accountId: string }
}

/** The record of a call that was done. Reading operations record no response elements, as in CloudTrail, unless they hand out credentials. */
export function succeededRecord(draft: AuditDraft, output: object): string {
  const silent = (draft.readOnly && !('Credentials' in output)) || Object.keys(output).length === 0
  return recordOf(draft, { responseElements: silent ? null : presentable(output) })
}

/** The record of a call that was refused. */
export function failedRecord(draft: AuditDraft, fault: Pick<FaultOutcome, 'code' | 'message'>): string {
  // Where AWS quotes the canonical request, which may hold a session token, it does so behind a blank line. No text of ours does.
  const [message = ''] = fault.message.split('\n\n', 1)
  return recordOf(draft, { errorCode: fault.code, errorMessage: bounded(message), responseElements: null })
}

type Ending = { readonly errorCode?: string; readonly errorMessage?: string; readonly responseElements: unknown }

/** Written piece by piece: this runs for every call, and JSON.stringify of the whole costs as much as the decision and the signature. */
function recordOf(draft: AuditDraft, { errorCode, errorMessage, responseElements }: Ending): string {
  const error = errorCode === undefined ? '' : `"errorCode":${text(errorCode)},"errorMessage":${text(errorMessage ?? '')},`
  const accountId = draft.principal?.accountId ?? draft.operator?.accountId
  const account = accountId === undefined ? '' : `"recipientAccountId":"${accountId}",`
  const type = draft.operator === undefined ? 'AwsApiCall' : 'KeyreeveOperatorCommand'
  return (
    `{"eventVersion":"${EVENT_VERSION}","userIdentity":${identityText(draft)},"eventTime":"${timeText(draft.eventTime)}",` +
    `"eventSource":"${draft.eventSource}","eventName":"${draft.eventName}","awsRegion":${text(draft.region)},` +
    `"sourceIPAddress":${addressText(draft.sourceIp)},"userAgent":${agentText(draft.userAgent)},${error}` +
    `"requestParameters":${parametersText(draft.input)},"responseElements":${responseElements === null ? 'null' : JSON.stringify(responseElements)},` +
    `"requestID":"${draft.requestId}","eventID":"${draft.eventId}","readOnly":${draft.readOnly},"eventType":"${type}",` +
    `"managementEvent":true,${account}"eventCategory":"Management"}`
  )
}

const text = (value: string): string => JSON.stringify(value)

/** A way to write texts of which one often comes several times in a row. */
function remembering(write: (value: string) => string): (value: string) => string {
  let last = ''
  let written = write(last)
  return (value) => {
    if (value !== last) [last, written] = [value, write(value)]
    return written
  }
}
const addressText = remembering(text)
const agentText = remembering((value) => text(bounded(value)))

/** Times of calls come in order, many to a second. */
let lastSecond = { second: Number.NaN, text: '' }
function timeText(at: number): string {
  const second = Math.floor(at / 1000)
  if (lastSecond.second !== second) lastSecond = { second, text: new Date(second * 1000).toISOString().replace('.000Z', 'Z') }
  return lastSecond.text
}

/** The same principal calls again and again. */
const identities = new WeakMap<Principal, string>()
function identityText(draft: AuditDraft): string {
  const { principal } = draft
  const known = principal === undefined ? undefined : identities.get(principal)
  if (known !== undefined) return known
  const written = JSON.stringify(userIdentity(draft))
  if (principal !== undefined && principal.type !== 'anonymous') identities.set(principal, written)
  return written
}

/** CloudTrail User Guide, "CloudTrail userIdentity element". */
const IDENTITY_TYPES: Readonly<Record<Principal['type'], string>> = {
  root: 'Root',
  user: 'IAMUser',
  'assumed-role': 'AssumedRole',
  'federated-user': 'FederatedUser',
  'web-identity': 'WebIdentityUser',
  saml: 'SAMLUser',
  service: 'AWSService',
  anonymous: 'Unknown',
}

function userIdentity({ principal, accessKeyId, operator }: AuditDraft): object {
  if (operator !== undefined) return { type: 'Operator' }
  if (principal === undefined || principal.type === 'anonymous') {
    return { type: 'Unknown', ...(accessKeyId !== undefined && { accessKeyId: bounded(accessKeyId) }) }
  }
  const type = IDENTITY_TYPES[principal.type]
  if (principal.type === 'service') return { type, invokedBy: principal.arn }
  if (principal.type === 'web-identity' || principal.type === 'saml') {
    return { type, principalId: bounded(principal.id), identityProvider: principal.provider }
  }
  return {
    type,
    principalId: principal.id,
    arn: principal.arn,
    accountId: principal.accountId,
    // Nobody signed what the operator asked for at the machine.
    ...(principal.credential.accessKeyId !== '' && { accessKeyId: principal.credential.accessKeyId }),
    ...(principal.type === 'user' && { userName: principal.userName }),
    ...sessionContext(principal),
    ...invokedByDelegate(principal),
  }
}

function sessionContext(principal: Principal): object {
  const { session } = principal.credential
  if (session === undefined) return {}
  const ec2RoleDelivery = session.context?.['ec2:RoleDelivery']
  const attributes = {
    creationDate: new Date(session.issuedAt).toISOString(),
    mfaAuthenticated: String(session.mfaAt !== undefined),
  }
  return {
    sessionContext: {
      ...sessionIssuer(principal),
      attributes,
      ...(session.assumedRoot === true && { assumedRoot: 'true' }),
      ...(ec2RoleDelivery !== undefined && { ec2RoleDelivery }),
      ...(session.sourceIdentity !== undefined && { sourceIdentity: session.sourceIdentity }),
    },
  }
}

/** IAM User Guide, "Temporary delegation", "CloudTrail": the account of the product provider that acts with what was delegated to it. */
function invokedByDelegate({ credential }: Principal): object {
  const accountId = credential.session?.delegate?.accountId
  return accountId === undefined ? {} : { invokedByDelegate: { accountId } }
}

function sessionIssuer(principal: Principal): object {
  if (principal.type !== 'assumed-role') return {}
  const { roleId, roleArn, accountId, roleName } = principal
  return { sessionIssuer: { type: 'Role', principalId: roleId, arn: roleArn, accountId, userName: roleName } }
}

function parametersText(input: object | undefined): string {
  if (input === undefined || Object.keys(input).length === 0) return 'null'
  const parameters = presentableText(input)
  return parameters.length > MAX_PARAMETERS_LENGTH ? '{"omitted":true}' : parameters
}

/** `JSON.stringify` of what is presentable of a record of members: most inputs are a few strings. */
function presentableText(input: object): string {
  let members = ''
  for (const [name, member] of Object.entries(input)) {
    const shown = isSecretMember(name) ? HIDDEN : typeof member === 'string' ? member : presentable(member, 1)
    if (shown === undefined) continue
    members += `${members === '' ? '' : ','}${text(lowerFirst(name))}:${JSON.stringify(shown)}`
  }
  return `{${members}}`
}

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)

/** The same value with lower-case initials, as CloudTrail writes members, and without secrets. */
function presentable(value: unknown, depth = 0): unknown {
  if (depth > MAX_DEPTH) return null
  if (Array.isArray(value)) return value.map((item) => presentable(item, depth + 1))
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return HIDDEN
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      lowerFirst(name),
      isSecretMember(name) ? HIDDEN : presentable(member, depth + 1),
    ]),
  )
}

function bounded(text: string): string {
  return text.length > MAX_TEXT_LENGTH ? text.slice(0, MAX_TEXT_LENGTH) : text
}
