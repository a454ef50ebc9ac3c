/** The administrative command about abilities: which principals of an account may do something, and under which conditions. */
import { setImmediate as turn } from 'node:timers/promises'
import { parseArn, PARTITION, roleArn } from '../aws/arn.ts'
import { Fault } from '../aws/fault.ts'
import { callerNamed } from '../policy/caller-keys.ts'
import type { ConditionTest } from '../policy/document.ts'
import { type Ability, type Deed, type Requirement, type Subject, whoCan as abilities } from '../policy/who-can.ts'
import { listRoles, type RoleRow } from '../services/iam/roles.rows.ts'
import { listUsers } from '../services/iam/users.rows.ts'
import { parseTags } from '../services/iam/tags.ts'
import { services } from '../services/index.ts'
import type { ReadTx } from '../store/store.ts'
import { listAccounts } from './account-jobs.ts'
import type { AdminArguments, AdminResult, ShownAbility } from './admin-contract.ts'
import { chosenAccount } from './chosen-account.ts'
import { knownEntity, type KnownEntity, toldTo } from './entities.ts'
import type { Opened } from './open.ts'
import { loadOrganization, withResourceControls } from './organization.ts'
import { nameOfPolicy } from './policy-name.ts'
import { loadPolicies } from './principal-policies.ts'
import { loadRootPrincipal, loadUserPrincipal } from './principals.ts'

const ACTION = /^[a-z0-9-]{1,64}:[a-zA-Z0-9]{1,128}$/
/** AWS's largest quotas: 5,000 users and 5,000 roles an account. */
const MAX_OF_KIND = 5_000
/** So many principals are asked about in one turn of the event loop: the server goes on meanwhile. */
const PER_TURN = 20

/** The root user, all users and all roles; roles stand for their sessions. Throws ValidationError where the action or the resource is none. */
export async function whoCan(
  { context }: Opened,
  { accountId, action, resource }: AdminArguments<'whoCan'>,
): Promise<AdminResult<'whoCan'>> {
  if (!ACTION.test(action))
    throw new Fault('ValidationError', `${JSON.stringify(action)} is no action. Write it like iam:GetUser.`)
  if (resource !== '*' && parseArn(resource) === undefined)
    throw new Fault(
      'ValidationError',
      `${JSON.stringify(resource)} is no resource. Give an ARN, or * for an action that knows none.`,
    )
  const account = await chosenAccount(await context.store.read(listAccounts), accountId)
  const { subjects, entity } = await context.store.read(async (tx) => ({
    subjects: await subjectsOf(tx, account.id),
    entity: await entityOf(tx, action, { arn: resource, accountId: account.id }),
  }))
  const deed: Deed = {
    action,
    resource,
    resourceAccountId: entity.accountId,
    ...(entity.policy !== undefined && { resourcePolicy: entity.policy }),
    ...(entity.context !== undefined && { known: entity.context.record }),
  }
  const found: ShownAbility[] = []
  for (const [index, subject] of subjects.entries()) {
    if (index % PER_TURN === 0) await turn()
    const policies = withResourceControls(subject.policies, { action, resource: entity.arn, owner: entity.organization })
    for (const ability of abilities(deed, [{ ...subject, policies }])) found.push(shown(ability, subject.arn))
  }
  return { accountId: account.id, asked: found.length, abilities: found.filter(({ can }) => can !== 'never') }
}

/** A principal, and the ARN that people know it by. */
type Named = Subject & { readonly arn: string }

async function subjectsOf(tx: ReadTx, accountId: string): Promise<readonly Named[]> {
  const found: Named[] = []
  const root = await loadRootPrincipal(tx, accountId)
  if (root === undefined) return []
  found.push({ arn: root.caller.arn, caller: root.caller, policies: root.policies, known: root.context.record })
  const all = { after: undefined, limit: MAX_OF_KIND }
  for (const { id } of await listUsers(tx, accountId, undefined, all)) {
    const user = await loadUserPrincipal(tx, accountId, id)
    if (user !== undefined)
      found.push({ arn: user.caller.arn, caller: user.caller, policies: user.policies, known: user.context.record })
  }
  const scps = root.organization?.scps
  for (const row of await listRoles(tx, accountId, undefined, all)) {
    const policies = { ...(await loadPolicies(tx, accountId, row.id)), ...(scps !== undefined && { scps }) }
    found.push({ ...roleSubject(accountId, row), policies })
  }
  return found
}

/** Any session of a role: what differs from session to session is not known. */
function roleSubject(accountId: string, { id, path, name, tags }: RoleRow): Omit<Named, 'policies'> {
  const arn = roleArn(accountId, path, name)
  return {
    arn,
    caller: { ...callerNamed(arn), uniqueId: id },
    known: Object.fromEntries(parseTags(tags).map(({ Key, Value }) => [`aws:PrincipalTag/${Key}`, Value])),
  }
}

const ROLE = /^role\/(?:[!-~]+\/)?([\w+=,.@-]+)$/

/** What is known of the resource: for a role its tags and, where it would be assumed, its trust policy. */
async function entityOf(
  tx: ReadTx,
  action: string,
  asked: { readonly arn: string; readonly accountId: string },
): Promise<KnownEntity> {
  const parsed = parseArn(asked.arn)
  const accountId = parsed === undefined || parsed.accountId === '' ? asked.accountId : parsed.accountId
  const organization = await loadOrganization(tx, accountId)
  const [, role] = (parsed?.partition === PARTITION && parsed.service === 'iam' && ROLE.exec(parsed.resource)) || []
  const { entities: lookups, actionsOfKey } = services.get('iam') ?? {}
  const lookup = lookups?.['role']
  if (role === undefined || lookup === undefined)
    return { arn: asked.arn, accountId, ...(organization !== undefined && { organization }) }
  const found = knownEntity(await lookup(tx, accountId, role), accountId, organization)
  const { policy, ...entity } = toldTo(action, found, actionsOfKey)
  return policy !== undefined && action.toLowerCase().startsWith('sts:') ? { ...entity, policy } : entity
}

function shown({ can, when, unless, why }: Ability, principal: string): ShownAbility {
  return {
    principal,
    can,
    when: when.map((list) => list.flatMap(requirementTexts)),
    unless: unless.map((requirement) => requirementTexts(requirement).join(' and ')),
    ...(why !== undefined && { why }),
  }
}

/** `aws:SourceIp IpAddress 203.0.113.0/24 (statement 1 of …)`: each condition that is left of a statement. */
function requirementTexts({ statement, conditions, isResourceOpen }: Requirement): readonly string[] {
  const { index, sid } = statement.source
  const where = `statement ${index + 1}${sid === undefined || sid.text === '' ? '' : ` (${sid.text})`} of ${nameOfPolicy(statement.policy)}`
  const texts = conditions.map(conditionText)
  if (isResourceOpen) texts.push('the resource matches by the values of its variables')
  return texts.length === 0 ? [where] : texts.map((text) => `${text}, ${where}`)
}

const conditionText = ({ key, operator, values }: ConditionTest): string =>
  `${key.text} ${operator.text} ${values.map(({ text }) => (text === '' ? '""' : text)).join(' or ')}`
