/** What the steps of a request share: opened once at start, handed along, never global. */
import type { Edge } from '../aws/edge.ts'
import type { Outside } from '../services/operation.ts'
import type { Session } from '../services/session-token.ts'
import type { SigningKeyCache } from '../sigv4/key.ts'
import type { Store } from '../store/store.ts'
import type { AccountMemories } from './account-memory.ts'
import type { AuditLog } from './audit.ts'
import type { Denials } from './denials.ts'
import type { GenerationCache } from '../aws/generation-cache.ts'
import type { ServerJob, WriteOutcome } from './jobs.ts'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'

export type ServerContext = {
  readonly store: Store
  /** Hands a job to the writing side and, before anybody is answered, forgets what it made stale. */
  readonly write: (job: ServerJob) => Promise<WriteOutcome>
  readonly memories: AccountMemories
  /** Opened session tokens, by token. */
  readonly sessions: GenerationCache<string, Session>
  readonly signingKeys: SigningKeyCache
  readonly audit: AuditLog
  readonly denials: Denials
  readonly edge: Edge
  readonly outside: Outside
  readonly logger: Logger
  readonly metrics: Metrics
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly newRequestId: () => string
}
