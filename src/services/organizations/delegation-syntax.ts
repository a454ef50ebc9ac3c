/** What a delegation policy may say (Organizations User Guide, "Delegated administrator for AWS Organizations"). */
import { parseArn } from '../../aws/arn.ts'
import type { PrincipalElement, Statement, Texts } from '../../policy/document.ts'
import { matches, wildcardPattern } from '../../policy/glob.ts'
import { parsePolicy } from '../../policy/parse.ts'
import { checkDocument } from '../../policy/put.ts'
import { readAuthorization } from '../../protocol/model-files.ts'
import { invalidInput } from './errors.ts'

/** What can be delegated beside reading: the management of policies. */
const DELEGABLE_WRITES: ReadonlySet<string> = new Set([
  'attachpolicy',
  'createpolicy',
  'deletepolicy',
  'detachpolicy',
  'disablepolicytype',
  'enablepolicytype',
  'tagresource',
  'untagresource',
  'updatepolicy',
])
const READING: ReadonlySet<string> = new Set(['Read', 'List'])
const PREFIX = 'organizations:'

/** Throws InvalidInputException, with the reason that the model has for each. `members`: the accounts that may be let in. */
export function mustBeDelegable(content: string, organizationId: string, members: ReadonlySet<string>): void {
  if (checkDocument(content, 'resource') !== undefined)
    throw invalidInput('INVALID_RESOURCE_POLICY_JSON', 'The provided resource policy is not valid.')
  for (const statement of parsePolicy(content).statements) mustBeDelegableStatement(statement, organizationId, members)
}

function mustBeDelegableStatement(
  { action, principal, resource }: Statement,
  organizationId: string,
  members: ReadonlySet<string>,
): void {
  // User Guide: since 30 June 2026 NotAction and NotResource are refused, which could let in to more than was meant.
  if (action.negated || !action.values.every(({ text }) => isDelegable(text)))
    throw invalidInput(
      'UNSUPPORTED_ACTION_IN_RESOURCE_POLICY',
      'The resource policy contains an action that cannot be delegated.',
    )
  if (resource === undefined || !isOfOrganization(resource, organizationId))
    throw invalidInput(
      'UNSUPPORTED_RESOURCE_IN_RESOURCE_POLICY',
      'The resource policy contains a resource that is not supported.',
    )
  if (principal === undefined || !isMembers(principal, members))
    throw invalidInput('INVALID_PRINCIPAL', 'You specified an invalid principal in the policy.')
}

/** A pattern must mean actions that can all be delegated, and at least one. */
function isDelegable(text: string): boolean {
  const pattern = wildcardPattern(text.toLowerCase())
  const actions = readAuthorization().service('organizations')?.actions ?? new Map()
  const meant = [...actions.values()].filter(({ name }) => matches(pattern, `${PREFIX}${name.toLowerCase()}`))
  return (
    meant.length > 0 &&
    meant.every(({ name, accessLevel }) => READING.has(accessLevel) || DELEGABLE_WRITES.has(name.toLowerCase()))
  )
}

/** Everything, or things of Organizations: those of this one, or AWS's own policies. */
const isOfOrganization = ({ negated, values }: Texts, organizationId: string): boolean =>
  !negated &&
  values.every(({ text }) => {
    if (text === '*') return true
    const { service, accountId, resource = '' } = parseArn(text) ?? {}
    return service === 'organizations' && (accountId === 'aws' || isOwn(resource, organizationId))
  })

/** `KIND/ORGANIZATION/…`, the organization perhaps behind a wildcard. */
function isOwn(resource: string, organizationId: string): boolean {
  const [kind = '', organization = kind] = resource.split('/')
  return organization === organizationId || organization.includes('*')
}

/** Accounts of the organization, or users and roles in them. */
const isMembers = ({ negated, entries }: PrincipalElement, members: ReadonlySet<string>): boolean =>
  !negated &&
  entries.every(({ kind, text }) => kind === 'AWS' && (text === '*' || members.has(parseArn(text)?.accountId ?? text)))
