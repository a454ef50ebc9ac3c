/** What a simulation is asked: its policies compiled, its caller, its resources. Everything of the input is checked here. */
import { Fault } from '../../aws/fault.ts'
import { parseArn } from '../../aws/arn.ts'
import type { SimulateCustomPolicyRequest } from '../../model/iam.gen.ts'
import type { Caller } from '../../policy/caller.ts'
import { policySet, type PolicySet } from '../../policy/combine.ts'
import { compileText, type CompiledPolicy, type DocumentKind, type PolicySource } from '../../policy/compile.ts'
import type { RequestContext } from '../../policy/context.ts'
import type { Policies } from '../../policy/evaluate.ts'
import { checkDocument, checkSimulated } from '../../policy/put.ts'
import { invalidInput } from './errors.ts'
import { parseOwnerArn, type Source, type SourcePolicy } from './source-policies.ts'
import { mustBeActions } from './simulated-actions.ts'
import { simulatedContext } from './simulation-context.ts'
import { mustHaveResourcesOf } from './simulation-scenarios.ts'

export type SimulationInput = Omit<SimulateCustomPolicyRequest, 'PolicyInputList'> & {
  readonly PolicyInputList?: readonly string[]
}

/** A simulation as plain data, which crosses to another thread. */
export type AskedSimulation = { readonly input: SimulationInput; readonly accountId: string; readonly source?: Source }

export type SimulationRequest = {
  readonly caller: Caller
  readonly policies: Policies
  readonly resourcePolicy: PolicySet | undefined
  readonly resources: readonly string[]
  /** Who owns resources whose ARNs name no account. */
  readonly owner: string
  readonly context: RequestContext
}

/** The name of all resources, which is simulated where none is named. */
export const EVERYTHING = '*'

/** Throws InvalidInput, and PolicyEvaluation for a policy that reads well and still cannot be evaluated. */
export function readSimulation(input: SimulationInput, accountId: string, source?: Source): SimulationRequest {
  const { ResourceArns = [], ContextEntries = [] } = input
  const resources = ResourceArns.length === 0 ? [EVERYTHING] : ResourceArns
  mustBeResources(resources)
  mustBeActions(input.ActionNames, resources)
  if (input.ResourceHandlingOption !== undefined) mustHaveResourcesOf(input.ResourceHandlingOption, resources)
  const owner = input.ResourceOwner === undefined ? undefined : mustBeOwner(input.ResourceOwner)
  const caller = callerOf(input, accountId, source)
  return {
    caller,
    policies: policiesOf(input, source),
    resourcePolicy: resourcePolicyOf(input),
    resources,
    owner: owner ?? caller.accountId,
    context: simulatedContext(ContextEntries, callerKeys(caller, source)),
  }
}

/** The text is that of a policy's resources (inferred). */
function mustBeResources(resources: readonly string[]): void {
  const odd = resources.find((resource) => resource !== EVERYTHING && parseArn(resource) === undefined)
  if (odd !== undefined) throw invalidInput(`Resource ${odd} must be in ARN format or "*".`)
}

const ACCOUNT = /^arn:aws:iam::(\d{12}):root$/

/** The account of an owner. The message is reported, with its slip. */
function mustBeOwner(text: string): string {
  const [, account] = ACCOUNT.exec(text) ?? []
  if (account === undefined) throw invalidInput(`'${text}' is not a valid as a Resource Owner.`)
  return account
}

/** Reported of SimulatePrincipalPolicy for a role with a resource-based policy: only users are simulated as callers. */
const invalidCaller = (): Fault => invalidInput('Invalid caller - Caller must be an IAM user in this context.')

/** The simulated caller: CallerArn, else the user whose policies are simulated, else nobody in particular of the account. */
function callerOf({ CallerArn, ResourcePolicy }: SimulationInput, accountId: string, source: Source | undefined): Caller {
  if (CallerArn !== undefined) {
    const named = parseOwnerArn(CallerArn)
    if (named?.kind !== 'user') throw invalidCaller()
    const { arn } = named
    return { type: 'user', accountId: named.accountId, arn, id: arn === source?.arn ? source.id : '', userArn: arn }
  }
  if (source?.kind === 'user')
    return { type: 'user', accountId, arn: source.arn, id: source.id, userArn: source.arn, uniqueId: source.id }
  // A resource-based policy names callers: it cannot be simulated without one.
  if (ResourcePolicy !== undefined) throw invalidCaller()
  if (source?.kind === 'role')
    return { type: 'assumed-role', accountId, arn: source.arn, id: source.id, roleArn: source.arn, uniqueId: source.id }
  return { type: 'user', accountId, arn: '', id: '' }
}

/** The keys that follow from who calls. Tags are not among them: a simulation must be given them. */
function callerKeys(
  { arn, id, accountId, type }: Caller,
  source: Source | undefined,
): Readonly<Record<string, string | undefined>> {
  if (arn === '') return {}
  const isUser = type === 'user'
  return {
    'aws:PrincipalArn': arn,
    'aws:PrincipalAccount': accountId,
    'aws:PrincipalType': isUser ? 'User' : 'AssumedRole',
    'aws:username': isUser ? parseOwnerArn(arn)?.name : undefined,
    'aws:userid': isUser && id !== '' && source !== undefined ? id : undefined,
  }
}

function policiesOf(input: SimulationInput, source: Source | undefined): Policies {
  const { PolicyInputList = [], OrderedOrganizationPolicyInputList: levels = [] } = input
  const given = PolicyInputList.map((document, index) => givenPolicy(document, `PolicyInputList.${index + 1}`, 'identity'))
  const boundary = boundaryOf(input, source)
  return {
    identity: policySet([...(source?.policies ?? []).map((policy) => storedPolicy(policy, 'identity')), ...given]),
    ...(boundary !== undefined && { boundary }),
    ...controlsOf(levels, source),
  }
}

type Levels = NonNullable<SimulationInput['OrderedOrganizationPolicyInputList']>

/** SimulateCustomPolicy is given service control policies; for a principal they are those that bind its account. */
function controlsOf(levels: Levels, source: Source | undefined): Pick<Policies, 'scps'> {
  if (levels.length > 0)
    return {
      scps: levels.map(({ ServiceControlPolicyInputList: documents = [] }, level) =>
        policySet(documents.map((document, index) => givenPolicy(document, `${SCPS}.${level + 1}.${index + 1}`, 'scp'))),
      ),
    }
  const bound = source?.controls ?? []
  return bound.length === 0 ? {} : { scps: bound.map((level) => policySet(level.map((policy) => storedPolicy(policy, 'scp')))) }
}

const SCPS = 'OrderedOrganizationPolicyInputList'
const BOUNDARIES = 'PermissionsBoundaryPolicyInputList'

/** A boundary that is given stands in place of the entity's own (API reference). The text of the refusal is ours. */
function boundaryOf(input: SimulationInput, source: Source | undefined): PolicySet | undefined {
  const [document, ...more] = input.PermissionsBoundaryPolicyInputList ?? []
  if (more.length > 0) throw invalidInput(`${BOUNDARIES} may hold one policy only.`)
  if (document !== undefined) return policySet([givenPolicy(document, `${BOUNDARIES}.1`, 'boundary')])
  return source?.boundary === undefined ? undefined : policySet([storedPolicy(source.boundary, 'boundary')])
}

/** A role's trust policy is a resource-based policy, too. */
function resourcePolicyOf({ ResourcePolicy: document }: SimulationInput): PolicySet | undefined {
  if (document === undefined) return undefined
  const flaw = checkDocument(document, 'resource')
  if (flaw !== undefined && checkDocument(document, 'trust') !== undefined) throw invalidInput(flaw)
  return policySet([compiled(document, 'resource', { id: 'ResourcePolicy', name: 'ResourcePolicy', type: 'resource' })])
}

type GivenKind = Extract<DocumentKind, 'identity' | 'boundary' | 'scp'>

/** Boundaries are held to what inline policies are held to: the simulator takes documents of 2008. */
function givenPolicy(document: string, id: string, kind: GivenKind): CompiledPolicy {
  const flaw = kind === 'scp' ? checkDocument(document, kind) : checkSimulated(document)
  if (flaw !== undefined) throw invalidInput(flaw)
  return compiled(document, kind, { id, name: id, type: kind === 'scp' ? 'scp' : 'inline' })
}

/** Inline policies are named after their owner as well: `user_alice_Inline` (recorded), managed policies by their names alone. */
function storedPolicy(policy: SourcePolicy, kind: GivenKind): CompiledPolicy {
  if (policy.type !== 'inline')
    return compiled(policy.document, kind, { id: policy.arn, arn: policy.arn, name: policy.name, type: policy.type })
  const name = `${policy.owner.kind}_${policy.owner.name}_${policy.name}`
  return compiled(policy.document, kind, { id: name, name, type: 'inline' })
}

function compiled(document: string, kind: DocumentKind, source: PolicySource): CompiledPolicy {
  const policy = compileText(document, kind, source)
  if (policy.problem !== undefined)
    throw new Fault('PolicyEvaluation', `The policy ${source.name} cannot be evaluated: ${policy.problem}`)
  return policy
}
