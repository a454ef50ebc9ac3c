/** Quotas of Organizations, each with AWS's default beside it (Organizations User Guide, "Quotas and service limits"). */
import type { EnforcedType } from './aws-policies.ts'

/** AWS: 10 at first, up to 50,000 on request (10,000 until 2025). Nobody is there to be asked, so it is what was long to be had. */
export const ACCOUNTS_PER_ORGANIZATION = 10_000
/** AWS: 2,000 units, nested five deep. */
export const UNITS_PER_ORGANIZATION = 2_000
export const UNIT_DEPTH = 5
/** AWS: 10,000 service control policies, 1,000 of the other types. */
export const POLICIES_PER_TYPE: Readonly<Record<EnforcedType, number>> = {
  SERVICE_CONTROL_POLICY: 10_000,
  RESOURCE_CONTROL_POLICY: 1_000,
}
/** AWS: characters, white space included; service control policies had 5,120 until the announcement of 15 May 2026. */
export const POLICY_SIZE: Readonly<Record<EnforcedType, number>> = {
  SERVICE_CONTROL_POLICY: 10_240,
  RESOURCE_CONTROL_POLICY: 5_120,
}
/** AWS: attached to the root, to a unit or to an account; service control policies 5 until the same announcement. */
export const POLICIES_PER_TARGET: Readonly<Record<EnforcedType, number>> = {
  SERVICE_CONTROL_POLICY: 10,
  RESOURCE_CONTROL_POLICY: 5,
}
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
