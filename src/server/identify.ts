/** Unsigned operations: the caller proves itself by the input, a web identity token or a SAML assertion. All others are who signed. */
import type { Operation } from '../services/operation.ts'
import type { AuthenticatedCaller } from './authenticate.ts'
import { callOf } from './call.ts'
import type { ServerContext } from './context.ts'
import type { HttpRequest } from './http.ts'
import { federatedPrincipal } from './principals.ts'
import { separateReads } from './separate-reads.ts'

export type Identifying = {
  readonly input: object
  readonly signer: AuthenticatedCaller
  readonly request: HttpRequest
  readonly requestId: string
  readonly context: ServerContext
}

/** The caller that the decision is about; throws the operation's fault where the input proves nobody. */
export async function identify(
  operation: Operation,
  { input, signer, request, requestId, context }: Identifying,
): Promise<AuthenticatedCaller> {
  if (operation.identify === undefined) return signer
  const call = { ...callOf(signer, request, requestId), ...context.edge, ...context.outside }
  const principal = await operation.identify(separateReads(context.store), input, call)
  return { principal, known: federatedPrincipal(principal), region: signer.region }
}
