/** What must be allowed for a session of a role: the operation, and by actions of their own tags and a source identity. */
import type { Check, EntityRef } from '../operation.ts'

type Context = NonNullable<Check['context']>

export type AskedChecks = {
  /** `sts:AssumeRole` and its siblings. */
  readonly action: string
  readonly resource: EntityRef
  /** Keys that the operation alone has (`sts:ExternalId`, `sts:RoleSessionName`). */
  readonly own: Context
  /** Those of the tags; undefined where the session gets none. */
  readonly tags: Context | undefined
  readonly sourceIdentity: string | undefined
  /** Keys of the request, whichever action is asked about. */
  readonly shared?: Context
}

/**
 * Each action has the keys that the Service Authorization Reference gives it. It matters where one statement of a trust policy names several:
 * conditions on `sts:ExternalId` refuse tags, and conditions on `aws:RequestTag` a source identity (reported by a maintainer of AWS's GitHub
 * action, 2026, and by users of SetSourceIdentity).
 */
export function sessionChecks({ action, resource, own, tags, sourceIdentity, shared = {} }: AskedChecks): readonly Check[] {
  const source: Context = { 'sts:SourceIdentity': sourceIdentity }
  return [
    { action, resource, context: { ...own, ...source, ...tags, ...shared } },
    ...(tags === undefined ? [] : [{ action: 'sts:TagSession', resource, context: { ...tags, ...shared } }]),
    ...(sourceIdentity === undefined ? [] : [{ action: 'sts:SetSourceIdentity', resource, context: { ...source, ...shared } }]),
  ]
}
