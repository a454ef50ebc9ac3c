/** The organization of an account as the decision needs it: its place for condition keys, its policies compiled. Remembered with whom it binds. */
import { policySet, type PolicySet } from '../policy/combine.ts'
import { type CompiledPolicy, compileText } from '../policy/compile.ts'
import type { Policies } from '../policy/evaluate.ts'
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
 * Action prefixes of services whose resources resource control policies bind (Organizations User Guide, "List of AWS services that support
 * RCPs"), as far as this server could be asked about them. IAM is not among them.
 */
const RESOURCE_CONTROLLED: ReadonlySet<string> = new Set(['sts', 'signin', 'sqs', 'logs', 'ecr', 'kms', 's3', 'secretsmanager'])

/** The policies of a decision: the caller's, and those that bind the resource. */
export function withResourceControls(policies: Policies, action: string, owner: KnownOrganization | undefined): Policies {
  if (owner?.rcps === undefined) return policies
  const service = action.slice(0, action.indexOf(':')).toLowerCase()
  return RESOURCE_CONTROLLED.has(service) ? { ...policies, rcps: owner.rcps } : policies
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
