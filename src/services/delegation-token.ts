/** Exchange tokens of delegation requests ("trade-in tokens"): sealed by IAM, redeemed by STS. What they are good for is in the request's row. */
import type { Vault } from '../aws/edge.ts'

/** IAM User Guide, "Exchange tokens": the requesting account is embedded, and nobody else can redeem the token. */
export type TradeIn = { readonly requestId: string; readonly requestor: string }

/** Authenticated with the token: a value sealed for something else never opens as one. */
const CONTEXT = 'delegation-token'
const PREFIX = 'KRD1'

export const sealTradeIn = ({ requestId, requestor }: TradeIn, vault: Pick<Vault, 'seal'>): string =>
  PREFIX + vault.seal(JSON.stringify({ requestId, requestor }), CONTEXT)

/** What a token stands for; undefined where we did not make it, or it was changed. */
export function openTradeIn(token: string, vault: Pick<Vault, 'open'>): TradeIn | undefined {
  if (!token.startsWith(PREFIX)) return undefined
  try {
    // What opens was sealed here.
    const tradeIn: TradeIn = JSON.parse(vault.open(token.slice(PREFIX.length), CONTEXT))
    return tradeIn
  } catch {
    // Not ours, changed, or sealed by a key that is gone: in each case no token.
    return undefined
  }
}
