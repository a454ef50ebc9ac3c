/** Quotas of Organizations, each with AWS's default beside it (Organizations User Guide, "Quotas and service limits"). */

/** AWS: 10 at first, up to 10,000 on request. Nobody is there to be asked, so it is what can be had. */
export const ACCOUNTS_PER_ORGANIZATION = 10_000
/** AWS: 1,000 units (later 2,000), nested five deep. */
export const UNITS_PER_ORGANIZATION = 2_000
export const UNIT_DEPTH = 5
/** AWS: 1,000 of each type. */
export const POLICIES_PER_TYPE = 1_000
/** AWS: 5,120 characters, white space included, and 5 of a type attached to the root, to a unit or to an account. */
export const POLICY_SIZE = 5_120
export const POLICIES_PER_TARGET = 5
/** AWS: 50 tags. */
export const TAGS_PER_RESOURCE = 50
