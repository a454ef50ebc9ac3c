/** Faults that the server itself answers, beside those of operations. */
import { Fault } from '../aws/fault.ts'
import { SignatureError } from '../sigv4/faults.ts'
import type { ServerContext } from './context.ts'

export const INTERNAL_FAILURE = 'InternalFailure'

/** Any error as a Fault. What is not one is a bug or a failing machine: it is logged whole and told to the caller by its request id alone. */
export function faultOf(error: unknown, requestId: string, { logger }: Pick<ServerContext, 'logger'>): Fault {
  if (error instanceof Fault) return error
  if (error instanceof SignatureError) return new Fault(error.code, error.message)
  logger.error('a call failed unexpectedly', {
    requestId,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  })
  return new Fault(
    INTERNAL_FAILURE,
    `The request processing has failed because of an internal error (request id ${requestId}).`,
    {
      status: 500,
      sender: false,
    },
  )
}

/** Whether calls may be answered: their records can be written, and nothing that other nodes wrote was missed. */
export const isFit = ({ audit, store }: Pick<ServerContext, 'audit' | 'store'>): boolean => audit.healthy && store.current()

/** Answered while the store or the audit log cannot be written. */
export const unavailable = (): Fault =>
  new Fault('ServiceUnavailable', 'The service cannot record calls at the moment; nothing was done. Try again shortly.', {
    status: 503,
    sender: false,
  })
