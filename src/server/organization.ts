/** The organization of an account as the decision needs it: its place for condition keys, its policies compiled. Remembered with whom it binds. */
import { policySet, type PolicySet } from '../policy/combine.ts'
import { type CompiledPolicy, compileText } from '../policy/compile.ts'
import type { Policies } from '../policy/evaluate.ts'
import { RCP_SERVICES } from '../policy/validate/supported-services.ts'
import { type ControlLevels, loadControls } from '../services/organizations/controls.rows.ts'
import type { ReadTx } from '../store/store.ts'
import { GenerationCache } from '../aws/generation-cache.ts'

export type KnownOrganization = {
  readonly id: string
  readonly managementAccountId: string
  /** From the root over its units to the account: the levels of its policies. */
  readonly targets: readonly string[]
  /** `o-…/r-…/ou-…/` */
  readonly path: string
  /** What binds the account's principals; absent where nothing does. */
  readonly scps?: readonly PolicySet[]
  /** What binds the account's resources. */
  readonly rcps?: readonly PolicySet[]
}

/** The organization of an account, undefined where it is in none. */
export async function loadOrganization(tx: ReadTx, accountId: string): Promise<KnownOrganization | undefined> {
  const controls = await loadControls(tx, accountId)
  if (controls === undefined) return undefined
  const { organizationId: id, managementAccountId, targets, path, scps, rcps } = controls
  return {
    id,
    managementAccountId,
    targets,
    path,
    ...(scps !== undefined && { scps: compiledLevels(scps, 'scp') }),
    ...(rcps !== undefined && { rcps: compiledLevels(rcps, 'rcp') }),
  }
}

/**
 * The policies of a decision: the caller's, and those that bind the resource. Resource control policies bind resources of some services, IAM
 * not among them, and "the resources that are authorized as part of an operation request": an action that knows none is not bound
 * (Organizations User Guide, "RCP effects on permissions").
 */
export function withResourceControls(
  policies: Policies,
  {
    action,
    resource,
    owner,
  }: { readonly action: string; readonly resource: string; readonly owner: KnownOrganization | undefined },
): Policies {
  if (owner?.rcps === undefined || resource === '*') return policies
  const service = action.slice(0, action.indexOf(':')).toLowerCase()
  return RCP_SERVICES.has(service) ? { ...policies, rcps: owner.rcps } : policies
}

/** Policies compiled so far, by ARN and text: the accounts of an organization share most of them. */
const COMPILED_POLICIES = 500
const recent = new GenerationCache<string, CompiledPolicy>(COMPILED_POLICIES)

function compiledLevels(levels: ControlLevels, type: 'scp' | 'rcp'): readonly PolicySet[] {
  return levels.map((policies) =>
    policySet(
      policies.map(({ arn, name, document }) => {
        const key = `${arn}\n${document}`
        const known = recent.get(key)
        if (known !== undefined) return known
        const policy = compileText(document, type, { id: arn, arn, name, type })
        recent.set(key, policy)
        return policy
      }),
    ),
  )
}
