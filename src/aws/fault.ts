/** Fault: the one error type an operation may throw. It names an error code of the service model, not an HTTP status of ours. */

export type FaultDetail = {
  /** The HTTP status, where the code is not modelled by the operation (request-level faults). */
  readonly status?: number
  /** Further members of a modelled error structure. */
  readonly members?: Readonly<Record<string, unknown>>
  /** Who is at fault: the caller (default) or the server. */
  readonly sender?: boolean
}

/** A refusal in AWS's words. `code` is the wire code (`NoSuchEntity`), `message` the text a client shows; neither may hold a secret. */
export class Fault extends Error {
  readonly code: string
  readonly status: number | undefined
  readonly members: Readonly<Record<string, unknown>> | undefined
  readonly sender: boolean

  constructor(code: string, message: string, detail: FaultDetail = {}) {
    super(message)
    this.name = 'Fault'
    this.code = code
    this.status = detail.status
    this.members = detail.members
    this.sender = detail.sender ?? true
  }
}
