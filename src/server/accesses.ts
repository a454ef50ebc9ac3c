/** Who asked for what since the last group of audit records: the newest attempt of each principal at each operation. */
import type { Principal } from '../aws/principal.ts'
import type { OperationModel } from '../model/model.ts'
import type { Access } from '../services/iam/last-access.rows.ts'
import type { Route } from './route.ts'

type Newest = { readonly service: string; at: number; region: string }

/**
 * An attempt is noted for every call, so nothing is made or joined where the principal and the operation were noted before: both are
 * objects that stay the same from call to call.
 */
export class Accesses {
  readonly #newest = new Map<Principal, Map<OperationModel, Newest>>()

  get isEmpty(): boolean {
    return this.#newest.size === 0
  }

  /** Notes an attempt at an operation of a model, whatever comes of it; at an unknown one there is nothing to note. */
  note(
    principal: Principal,
    { service, operationModel }: Route,
    { at, region }: { readonly at: number; readonly region: string },
  ): void {
    if (service === undefined || operationModel === undefined) return
    const known = this.#newest.get(principal) ?? this.#begin(principal)
    const newest = known.get(operationModel)
    if (newest === undefined) known.set(operationModel, { service, at, region })
    else if (at >= newest.at) [newest.at, newest.region] = [at, region]
  }

  /** Adds what was noted later. */
  addAll(later: Accesses): void {
    for (const [principal, operations] of later.#newest) {
      const known = this.#newest.get(principal) ?? this.#begin(principal)
      for (const [operation, newest] of operations) known.set(operation, newest)
    }
  }

  /** Each principal and operation once, as rows: who has several keys is one principal. */
  list(): readonly Access[] {
    const rows = new Map<string, Access>()
    for (const [principal, operations] of this.#newest) {
      const principalId = trackedId(principal)
      if (principalId === undefined) continue
      for (const [{ name: action }, { service, at: accessedAt, region }] of operations) {
        const key = `${principalId} ${service} ${action}`
        if ((rows.get(key)?.accessedAt ?? 0) > accessedAt) continue
        rows.set(key, { accountId: principal.accountId, principalId, service, action, accessedAt, region })
      }
    }
    return [...rows.values()]
  }

  #begin(principal: Principal): Map<OperationModel, Newest> {
    const operations = new Map<OperationModel, Newest>()
    this.#newest.set(principal, operations)
    return operations
  }
}

/**
 * The user, role or root user that an attempt counts for. "AWS does not report unauthenticated requests" (API reference): a token or an
 * assertion is none of theirs, and a service acts for itself. That a federated user's session counts for whoever made it is inferred.
 */
function trackedId(principal: Principal): string | undefined {
  if (principal.type === 'user' || principal.type === 'root') return principal.id
  if (principal.type === 'assumed-role') return principal.roleId
  return principal.type === 'federated-user' ? (principal.issuer.userId ?? principal.accountId) : undefined
}
