/** AcquireRole and GetRoleTemplateVersion: roles made from templates, or found where they were made before. */
import { parseArn, PARTITION } from '../../aws/arn.ts'
import type { AcquireRoleRequest } from '../../model/iam.gen.ts'
import type { ReadTx } from '../../store/store.ts'
import { type Check, type HandlingCall, readOperation, writeOperation } from '../operation.ts'
import { listAttached, attach } from './attachments.rows.ts'
import { concurrentModification, invalidInput, nameConflict, noSuchEntity } from './errors.ts'
import { allInlinePolicies } from './inline-policies.rows.ts'
import { createdRole } from './role-shape.ts'
import { ROLE_TEMPLATES, type RoleTemplate } from './role-templates.ts'
import { DEFAULT_MAX_SESSION_SECONDS, makeRole } from './roles.ts'
import { findRole, insertRoleSource, type RoleRow } from './roles.rows.ts'
import { storedTrustPolicy } from './trust-policy.ts'

export const getRoleTemplateVersion = readOperation('iam', 'GetRoleTemplateVersion', {
  authorize: ({ TemplateArn }) => ({ action: 'iam:GetRoleTemplateVersion', resource: TemplateArn }),
  handle: async (_tx, { TemplateArn, MinorVersion }) => ({ RoleTemplateVersion: mustFindTemplate(TemplateArn, MinorVersion) }),
})

/** A role as a template and the values of its parameters make it. */
type Wanted = { readonly template: RoleTemplate; readonly name: string; readonly path: string; readonly trust: string }

/**
 * There is no action of this name: it "evaluates each underlying IAM action against the user's permissions" (IAM User Guide, "Permissions for
 * role manager"): iam:GetRole where the role is there, else iam:CreateRole and what the template attaches.
 */
export const acquireRole = writeOperation('iam', 'AcquireRole', {
  authorize(input: AcquireRoleRequest): readonly Check[] {
    const { template, name, path } = wanted(input)
    const resource = { kind: 'role', name: `${path}${name}` }
    const context = { 'iam:RoleTemplateARN': template.TemplateArn }
    const making: Pick<Check, 'resource' | 'when'> = { resource, when: 'missing' }
    return [
      { action: 'iam:GetRole', resource, when: 'exists', context },
      { action: 'iam:CreateRole', ...making, context },
      ...template.ManagedPolicyArns.map((arn) => ({
        action: 'iam:AttachRolePolicy',
        ...making,
        context: { ...context, 'iam:PolicyARN': arn },
      })),
    ]
  },
  async handle(tx, input, call) {
    const { accountId, now } = call
    const { template, name, path, trust: document } = wanted(input)
    const trust = await storedTrustPolicy(tx, document)
    const there = await findRole(tx, accountId, name)
    if (there !== undefined) {
      if (!(await isAsWanted(tx, accountId, there, { template, name, path, trust }))) throw nameConflict(there.name)
      return { Role: await createdRole(tx, accountId, there) }
    }
    mustBeAllowedToMake(call)
    const row = await makeRole(tx, { RoleName: name, Path: path, trust }, call)
    for (const policyArn of template.ManagedPolicyArns) await attach(tx, accountId, { ownerId: row.id, policyArn }, now)
    await insertRoleSource(tx, accountId, row.id, { template_arn: template.TemplateArn, minor_version: template.MinorVersion })
    return { Role: await createdRole(tx, accountId, row) }
  },
})

/**
 * Who was allowed to see the role that was there may not make it. Who was allowed to make it may see what somebody else made meanwhile: it is
 * what the template says. Throws ConcurrentModification; the text is ours.
 */
function mustBeAllowedToMake({ found = [] }: Pick<HandlingCall, 'found'>): void {
  if (found.includes('exists'))
    throw concurrentModification('The role was deleted by another request meanwhile. Please try again.')
}

/** "If a role that matches the template already exists": one that is in every part as the template would make it (inferred). */
async function isAsWanted(
  tx: ReadTx,
  accountId: string,
  role: RoleRow,
  { template, name, path, trust }: Wanted,
): Promise<boolean> {
  const attached = await listAttached(tx, accountId, role.id)
  const policies = new Set(attached)
  return (
    role.name === name &&
    role.path === path &&
    role.trust_policy === trust &&
    role.boundary_arn === null &&
    role.max_session_seconds === DEFAULT_MAX_SESSION_SECONDS &&
    attached.length === template.ManagedPolicyArns.length &&
    template.ManagedPolicyArns.every((arn) => policies.has(arn)) &&
    (await allInlinePolicies(tx, accountId, role.id)).length === 0
  )
}

const TEMPLATE = /^role-template\/[\w.-]+\/[\w+=,.@-]+:\d+$/

/** Throws InvalidInput for what is no template's ARN, NoSuchEntity for one that is not known. */
function mustFindTemplate(arn: string, minor: number | undefined): RoleTemplate {
  const { partition, service, accountId, resource = '' } = parseArn(arn) ?? {}
  if (partition !== PARTITION || service !== 'iam' || accountId !== 'aws' || !TEMPLATE.test(resource))
    throw invalidInput(`ARN ${arn} is not valid.`)
  const template = ROLE_TEMPLATES.get(arn)
  if (template === undefined) throw noSuchEntity.roleTemplate(arn)
  if (minor !== undefined && minor !== template.MinorVersion) throw noSuchEntity.roleTemplateVersion(arn, minor)
  return template
}

const ROLE_NAME = /^[\w+=,.@-]{1,64}$/
const PLACEHOLDER = /@\{([^{}]*)\}/g

/** Throws NoSuchEntity and InvalidInput. */
function wanted({ TemplateArn, TemplateMinorVersion, ReplacementValues = {} }: AcquireRoleRequest): Wanted {
  const template = mustFindTemplate(TemplateArn, TemplateMinorVersion)
  const values = valuesFor(template, ReplacementValues)
  const fill = (pattern: string): string => pattern.replaceAll(PLACEHOLDER, (_, name: string) => values.get(name) ?? '')
  const name = fill(template.RoleNamePattern)
  if (!ROLE_NAME.test(name))
    throw invalidInput(`The role template would make a role of the name ${name}, which is no name of a role.`)
  return {
    template,
    name,
    path: fill(template.RolePathPattern),
    // Values go into the texts of the document, never between them.
    trust: JSON.stringify(
      JSON.parse(template.AssumeRolePolicyDocumentTemplate, (_, value: unknown) =>
        typeof value === 'string' ? fill(value) : value,
      ),
    ),
  }
}

/** The value of each parameter, one each: no template here takes lists. The texts are ours. */
function valuesFor(
  { ParametersDefinition: parameters }: RoleTemplate,
  given: NonNullable<AcquireRoleRequest['ReplacementValues']>,
): ReadonlyMap<string, string> {
  const stranger = Object.keys(given).find((name) => !parameters.some(({ Name }) => Name === name))
  if (stranger !== undefined) throw invalidInput(`The role template has no parameter ${stranger}.`)
  return new Map(
    parameters.map(({ Name, DefaultValue }) => {
      const [value, ...more] = given[Name]?.Values ?? (DefaultValue === undefined ? [] : [DefaultValue])
      if (value === undefined || value === '' || more.length > 0) throw invalidInput(`The parameter ${Name} must have one value.`)
      return [Name, value]
    }),
  )
}

export const acquireRoleOperations = [getRoleTemplateVersion, acquireRole]
