/** What a caller of the library gave that is none of what is asked for: a principal, a value, a text. Flaws inside of policies are `PolicyError`s. */

/** Thrown before anything is decided. `member` names what is wrong, as `caller` or `context.aws:SecureTransport`. */
export class InputError extends Error {
  readonly member: string

  constructor(member: string, message: string) {
    super(message)
    this.name = 'InputError'
    this.member = member
  }
}
