/** Audit records of administrative commands that change something or hand something out. Nobody signed them: the operator of the machine asked. */
import { type AuditDraft, succeededRecord } from './audit-record.ts'
import type { ServerContext } from './context.ts'
import { unavailable } from './faults.ts'

export type OperatorEvent = {
  readonly name:
    | 'CreateAccount'
    | 'CreateSession'
    | 'RotateKeys'
    | 'RegisterProductProvider'
    | 'RemoveProductProvider'
    | 'RegisterDelegationPolicy'
    | 'GetDelegationNotices'
    | 'RevokeDelegation'
  /** Whose chain it goes to. */
  readonly accountId: string
  /** What was asked, with members named as operations name theirs. */
  readonly input: object
}

const SOURCE = 'keyreeve'
/** The operator's own socket or program, which only this machine reaches. */
const HERE = '127.0.0.1'
const REGION = 'us-east-1'

/** The record before the command was done. */
export function operatorDraft(
  { name, accountId, input }: OperatorEvent,
  { clock, newRequestId }: Pick<ServerContext, 'clock' | 'newRequestId'>,
): AuditDraft {
  return {
    eventId: newRequestId(),
    requestId: newRequestId(),
    eventTime: clock(),
    eventSource: SOURCE,
    eventName: name,
    region: REGION,
    sourceIp: HERE,
    userAgent: SOURCE,
    readOnly: false,
    operator: { accountId },
    input,
  }
}

/**
 * Keeps the record of a command that was done; resolves once it is durable. `output`: what came of it, named as operations name it.
 * Rejects with ServiceUnavailable where it cannot be recorded: then nothing may be handed out.
 */
export async function keepOperatorRecord(
  event: OperatorEvent,
  output: object,
  context: Pick<ServerContext, 'audit' | 'clock' | 'newRequestId'>,
): Promise<void> {
  try {
    await (context.audit.add(event.accountId, succeededRecord(operatorDraft(event, context), output)) ?? context.audit.flush())
  } catch {
    // The log's own failure was reported by it.
    throw unavailable()
  }
}
