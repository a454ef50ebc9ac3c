/** What a reader may see of a refusal: the side of its own account or organization. */
import { type DenialRecord, type KeptSet, OF_RESOURCE } from '../denial-record.ts'

export type Reader = { readonly accountId: string; readonly organizationId: string | undefined }

export type Sides = { readonly caller: boolean; readonly resource: boolean }

/** Whose sides the reader is on (IAM User Guide, "Cross-organization requests": each organization sees what is its own). */
export function sidesOf(record: DenialRecord, reader: Reader): Sides {
  return {
    caller: isOf(reader, record.caller.accountId, record.organizationId),
    resource: isOf(reader, record.resourceAccountId, record.resourceOrganizationId),
  }
}

/** Where an organization was recorded, the reader must be in it; otherwise in the account (API reference, GetRequestAuthorizationPolicy). */
const isOf = (reader: Reader, accountId: string, organizationId: string | undefined): boolean =>
  organizationId === undefined ? reader.accountId === accountId : reader.organizationId === organizationId

export const seenSets = ({ sets }: DenialRecord, sides: Sides): readonly KeptSet[] =>
  sets.filter(({ policyType }) => (OF_RESOURCE.has(policyType) ? sides.resource : sides.caller))
