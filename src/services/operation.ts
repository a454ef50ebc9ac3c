/** An operation: one constant with two halves, `authorize` (pure: what must be allowed) and `handle` (one transaction). */
import type { Edge } from '../aws/edge.ts'
import type { Principal } from '../aws/principal.ts'
import type { AccessAnalyzerOperations } from '../model/access-analyzer.gen.ts'
import type { IamToolboxOperations } from '../model/iam-toolbox.gen.ts'
import type { IamOperations } from '../model/iam.gen.ts'
import type { OrganizationsOperations } from '../model/organizations.gen.ts'
import type { StsOperations } from '../model/sts.gen.ts'
import type { ReadTx, WriteTx } from '../store/store.ts'

export type ServiceOperations = {
  readonly iam: IamOperations
  readonly sts: StsOperations
  readonly organizations: OrganizationsOperations
  readonly 'access-analyzer': AccessAnalyzerOperations
  readonly 'iam-toolbox': IamToolboxOperations
}
export type ServiceName = keyof ServiceOperations

/** What every half may know about the call it serves. Plain data: it crosses to the writing thread. */
export type Call = {
  readonly requestId: string
  /** When the request arrived, milliseconds since 1970. The only clock an operation has. */
  readonly now: number
  /** The region of the request's credential scope. */
  readonly region: string
  readonly accountId: string
  readonly principal: Principal
  /**
   * What the decision found of the entities whose checks say `when`, one for each. Another call may have changed that since: what `handle`
   * does must rest on the same.
   */
  readonly found?: readonly Presence[]
}

/** Whether an entity was there. */
export type Presence = 'exists' | 'missing'

/** A call inside a transaction: it may also draw randomness and open or seal secrets. */
export type HandlingCall = Call & Edge

/** A call before its transaction: it may also reach out of the process. */
export type PreparingCall = HandlingCall & Outside

/** What lies outside the transaction: the network, this server's place in it, and marks that only one caller may set. */
export type Outside = {
  /** Marks a thing as used, durably and on every node, until `expiresAt` (milliseconds); false where it was marked before. For codes and assertions that count once. */
  claim(name: string, expiresAt: number): Promise<boolean>
  /** Resolves once what this server recorded of calls that ended, their refusals included, is in the store. */
  recorded(): Promise<void>
  /** Fetches a document over TLS, bounded in size and time, through the server's rules about which addresses may be reached. Throws where it cannot. */
  fetchText(url: string, thumbprints?: readonly string[]): Promise<string>
  /** The SHA-1 (hex) of the top intermediate authority of the server at an address, by the same rules. Throws where it cannot be had. */
  topThumbprint(url: string): Promise<string>
  /** The address that clients use for this server. */
  readonly publicUrl: string
}

/** A value of the request context. */
export type ContextValue = string | readonly string[]

/** An entity whose ARN, tags and resource policy only the store knows. `kind` is resolved by the service's `entities`. */
export type EntityRef = {
  readonly kind: string
  readonly name: string
  /** Default: the caller's account. */
  readonly accountId?: string
  /** The service that knows the kind. Default: the one in the action's prefix. */
  readonly service?: ServiceName
}

/** One thing that must be allowed. `action` is written as AWS writes it: `iam:CreateUser`. */
export type Check = {
  readonly action: string
  readonly resource: string | EntityRef
  /** The check counts only where the entity exists, or only where it does not: of an operation that takes what is there, or makes it. */
  readonly when?: Presence
  /** Keys as AWS writes them: `iam:PolicyARN`. An undefined value is a key that is absent. */
  readonly context?: Readonly<Record<string, ContextValue | undefined>>
  /** How a denial names the resource, where AWS says neither its ARN nor what the service's `told` says. Empty: it is not named. */
  readonly told?: string
}

/** Said by operations that need no permission, such as GetCallerIdentity: not a default, always written out. */
export const NO_PERMISSION_NEEDED = 'no permission needed'

export type Authorization = Check | readonly Check[] | typeof NO_PERMISSION_NEEDED

export type Input<S extends ServiceName, N extends keyof ServiceOperations[S]> = ServiceOperations[S][N] extends {
  readonly input: infer I
}
  ? I
  : never
export type Output<S extends ServiceName, N extends keyof ServiceOperations[S]> = ServiceOperations[S][N] extends {
  readonly output: infer O
}
  ? O
  : never

/** A write that changes what other accounts may do: an organization's. */
type Reach<I> = {
  /**
   * The accounts whose things the write works on beside the caller's own, such as the one that leads the caller's organization. They are
   * taken before the caller's account: all who write to one organization then wait in one order, and nobody for somebody who waits.
   */
  precedes?(tx: ReadTx, call: Call, input: I): Promise<readonly string[]>
  /** The other accounts that the write reaches. It runs before and behind `handle` in the same transaction; the versions of all that it names rise with the caller's. */
  reaches?(tx: ReadTx, call: Call): Promise<readonly string[]>
}

type Halves<I, O, Tx, Prepared> = {
  /** Unsigned operations only: proves who calls from the input (a web identity token, a SAML assertion). Runs before `authorize`, which sees that principal. */
  identify?(tx: ReadTx, input: I, call: PreparingCall): Promise<Principal>
  /** Pure: names every (action, resource, context) that must be allowed before `handle` runs. */
  authorize(input: I, call: Call): Authorization
  /**
   * Slow work that must not hold a transaction, such as hashing a password. Runs after authorisation; `handle` gets what it returns (plain
   * data). Here and in `identify` each statement of `tx` sees what is committed then: what must still hold later, `handle` looks at again.
   */
  prepare?(tx: ReadTx, input: I, call: PreparingCall): Promise<Prepared>
  /** Does the work in one transaction; throws `Fault`s that the model declares. */
  handle(tx: Tx, input: I, call: HandlingCall, prepared: Prepared): Promise<O>
}

/** An operation as the server sees it, its types erased. */
export type Operation = {
  readonly service: ServiceName
  readonly name: string
} & (
  | ({ readonly kind: 'read' } & Halves<object, object, ReadTx, unknown>)
  | ({ readonly kind: 'write' } & Halves<object, object, WriteTx, unknown> & Reach<object>)
)

/** An operation that only reads: it runs on a snapshot beside all others. */
export function readOperation<S extends ServiceName, N extends keyof ServiceOperations[S] & string, Prepared = undefined>(
  service: S,
  name: N,
  halves: Halves<Input<S, N>, Output<S, N>, ReadTx, Prepared>,
): Operation {
  return erase({ service, name, kind: 'read', ...halves })
}

/** An operation that writes: it runs alone on its account, on the writing side, and its audit record commits with it. */
export function writeOperation<S extends ServiceName, N extends keyof ServiceOperations[S] & string, Prepared = undefined>(
  service: S,
  name: N,
  halves: Halves<Input<S, N>, Output<S, N>, WriteTx, Prepared> & Reach<Input<S, N>>,
): Operation {
  return erase({ service, name, kind: 'write', ...halves })
}

/** The model's decoder and validator stand between the wire and an operation, so the erased input is of the operation's own type. */
function erase(operation: object): Operation {
  return operation as Operation
}
