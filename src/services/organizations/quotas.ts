/** Quotas of Organizations, each with AWS's default beside it (Organizations User Guide, "Quotas and service limits"). */
import type { PolicyType } from '../../model/organizations.gen.ts'

/** AWS: 10 at first, up to 50,000 on request (10,000 until 2025). Nobody is there to be asked, so it is what was long to be had. */
export const ACCOUNTS_PER_ORGANIZATION = 10_000
/** AWS: 2,000 units, nested five deep. */
export const UNITS_PER_ORGANIZATION = 2_000
export const UNIT_DEPTH = 5

type PolicyQuotas = {
  /** In the organization. */
  readonly count: number
  /** Characters, white space included. */
  readonly size: number
  /** Attached to the root, to a unit or to an account. */
  readonly perTarget: number
}
const USUAL: PolicyQuotas = { count: 1_000, size: 10_000, perTarget: 10 }
/**
 * AWS's, by type. Service control policies had 5,120 characters, and 5 of them a target, until the announcement of 15 May 2026. Of the newest types
 * the page says nothing: they have what most have (inferred).
 */
export const POLICY_QUOTAS: Readonly<Record<PolicyType, PolicyQuotas>> = {
  SERVICE_CONTROL_POLICY: { count: 10_000, size: 10_240, perTarget: 10 },
  RESOURCE_CONTROL_POLICY: { count: 1_000, size: 5_120, perTarget: 5 },
  TAG_POLICY: USUAL,
  BACKUP_POLICY: USUAL,
  AISERVICES_OPT_OUT_POLICY: { ...USUAL, size: 2_500, perTarget: 5 },
  CHATBOT_POLICY: { ...USUAL, perTarget: 5 },
  DECLARATIVE_POLICY_EC2: USUAL,
  SECURITYHUB_POLICY: USUAL,
  INSPECTOR_POLICY: USUAL,
  UPGRADE_ROLLOUT_POLICY: USUAL,
  BEDROCK_POLICY: USUAL,
  S3_POLICY: USUAL,
  NETWORK_SECURITY_DIRECTOR_POLICY: USUAL,
}
export const isPolicyType = (type: string): type is PolicyType => Object.hasOwn(POLICY_QUOTAS, type)

/** AWS: within a rolling 30 days, 250 member accounts or 20 percent of them, whichever is more, and never more than 1,000. */
export const CLOSURE_DAYS = 30
export const closuresAllowed = (accounts: number): number => Math.min(1_000, Math.max(250, Math.floor(accounts / 5)))
/** AWS: 20 invitations a day, or as many as there are accounts in the organization. */
export const invitationsAllowed = (accounts: number): number => Math.max(20, accounts)
/** AWS: the least age of a created account that leaves, days (API reference, LeaveOrganization). */
export const LEAVING_DAYS = 4
/** AWS bounds the transfers of responsibility into an organization, and their chains, and does not say how. */
export const INBOUND_TRANSFERS = 1_000
export const TRANSFER_CHAIN = 2
/** AWS: 50 tags. */
export const TAGS_PER_RESOURCE = 50
