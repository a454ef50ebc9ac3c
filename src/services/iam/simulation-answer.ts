/** A simulation as AWS answers it: one result an action, with one beneath it for each resource that was named. */
import type { EvaluationResult, PolicySourceType, ResourceSpecificResult, Statement } from '../../model/iam.gen.ts'
import type { PolicyType } from '../../policy/evaluate.ts'
import { type Match, type Simulation, strictest, stretchOf, type Verdict } from '../../policy/simulate.ts'
import { resourceFormOf } from './simulated-actions.ts'
import { EVERYTHING } from './simulation-request.ts'

/** A resource with what came of it. */
export type Simulated = { readonly resource: string; readonly simulation: Simulation; readonly isForeign: boolean }

/** What AWS calls the types, in matched statements (recorded, and reported of boundaries) and in the details of calls between accounts (inferred). */
const LABELS: ReadonlyMap<PolicyType, string> = new Map<PolicyType, string>([
  ['identity', 'IAM Policy'],
  ['resource', 'Resource Policy'],
  ['trust', 'Resource Policy'],
  ['boundary', 'Permissions Boundary Policy'],
])

/**
 * Since 2026 the decision of an action is the most restrictive of all its resources, and what else stands beside it is of all of them
 * (IAM API reference, EvaluationResult). `missing` are the keys that the policies ask for and the simulation has not.
 */
export function evaluationResult(action: string, simulated: readonly Simulated[], missing: readonly string[]): EvaluationResult {
  const { resource } = simulated.find((one) => one.resource !== EVERYTHING) ?? { resource: EVERYTHING }
  const isGeneral = simulated.every((one) => one.resource === EVERYTHING)
  const isEnded = simulated.every(({ simulation }) => !isAllowedBy('scp', simulation))
  const results = simulated.map((one) => resourceResult(one, missing))
  return {
    EvalActionName: action,
    EvalResourceName: simulated.length === 1 ? resource : resourceFormOf(action, resource),
    EvalDecision: strictest(results.map(({ EvalResourceDecision }) => EvalResourceDecision)),
    MatchedStatements: distinct(simulated.flatMap(({ simulation }) => matchedStatements(simulation))),
    MissingContextValues: missing,
    ...organizationsDetail(simulated),
    ...boundaryDetail(simulated.map(({ simulation }) => simulation)),
    // Where the organization refuses, the simulation ends; without a resource there is no account to compare (API reference).
    ...(!isGeneral && !isEnded && { EvalDecisionDetails: detailsOf(simulated), ResourceSpecificResults: results }),
  }
}

function resourceResult(simulated: Simulated, missing: readonly string[]): ResourceSpecificResult {
  const { resource, simulation } = simulated
  return {
    EvalResourceName: resource,
    EvalResourceDecision: decisionOf(simulation),
    MatchedStatements: simulated.isForeign ? statementsOf(simulation) : matchedStatements(simulation),
    MissingContextValues: missing,
    ...boundaryDetail([simulation]),
    ...(simulated.isForeign && { EvalDecisionDetails: detailsOf([simulated]) }),
  }
}

/** What an organization refuses is answered as implicitly denied, whatever its policies say (reported of AWS in 2024 and 2026). */
const decisionOf = (simulation: Simulation): Verdict =>
  isAllowedBy('scp', simulation) ? simulation.decision.decision : 'implicitDeny'

/** A type that does not apply refuses nothing. */
const isAllowedBy = (type: PolicyType, { verdicts }: Simulation): boolean => (verdicts.get(type) ?? 'allowed') === 'allowed'

/**
 * The statements that lead to the decision. Beside a resource-based policy that denies, the identity policy that allows is told as well
 * (recorded in 2025). A boundary is told where it denies.
 */
const matchedStatements = (simulation: Simulation): readonly Statement[] =>
  decisionOf(simulation) === 'implicitDeny' ? [] : statementsOf(simulation)

/** What each policy by itself has matched. Between accounts it is told of a resource also where another policy is silent (API reference, SimulatePrincipalPolicy, example 3). */
const statementsOf = ({ matches, verdicts }: Simulation): readonly Statement[] =>
  matches
    .filter(({ policyType }) => policyType !== 'boundary' || verdicts.get('boundary') === 'explicitDeny')
    .flatMap(statementOf)

function statementOf({ policyType, policy, statement }: Match): readonly Statement[] {
  const type = LABELS.get(policyType)
  if (type === undefined || policy.document === undefined || !isSourceType(type)) return []
  const { start, end } = stretchOf(policy.document, statement.source.index)
  return [
    {
      SourcePolicyId: policy.source.name,
      SourcePolicyType: type,
      StartPosition: { Line: start.line, Column: start.column },
      EndPosition: { Line: end.line, Column: end.column },
    },
  ]
}

/** AWS's model has an enum of other values than AWS answers: `user`, `aws-managed` and so on were never recorded, `IAM Policy` always. */
const isSourceType = (text: string): text is PolicySourceType => text !== ''

function distinct(statements: readonly Statement[]): readonly Statement[] {
  return [...new Map(statements.map((statement) => [JSON.stringify(statement), statement])).values()]
}

function organizationsDetail(simulated: readonly Simulated[]): Pick<EvaluationResult, 'OrganizationsDecisionDetail'> {
  if (simulated.every(({ simulation }) => !simulation.verdicts.has('scp'))) return {}
  const AllowedByOrganizations = simulated.every(({ simulation }) => isAllowedBy('scp', simulation))
  return { OrganizationsDecisionDetail: { AllowedByOrganizations } }
}

function boundaryDetail(simulations: readonly Simulation[]): Pick<EvaluationResult, 'PermissionsBoundaryDecisionDetail'> {
  if (simulations.every(({ verdicts }) => !verdicts.has('boundary'))) return {}
  const AllowedByPermissionsBoundary = simulations.every((simulation) => isAllowedBy('boundary', simulation))
  return { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary } }
}

/** What each type of policy says of a call between accounts; empty for calls within one (API reference). */
function detailsOf(simulated: readonly Simulated[]): Readonly<Record<string, Verdict>> {
  const details = new Map<string, Verdict>()
  for (const { simulation, isForeign } of simulated) {
    for (const [type, verdict] of isForeign ? simulation.verdicts : []) {
      const label = LABELS.get(type)
      if (label !== undefined) details.set(label, strictest([verdict, details.get(label) ?? 'allowed']))
    }
  }
  return Object.fromEntries(details)
}
