/** The faults that IAM Toolbox throws. The texts are ours: AWS documents the codes only. */
import { Fault } from '../../aws/fault.ts'

/** ResourceNotFoundException (HTTP 404): said as well where the refusal is none of the reader's. */
export const detailsNotFound = (id: string): Fault =>
  new Fault('ResourceNotFoundException', `No authorization details were found for the authorization id ${id}.`)

export const policyNotFound = (): Fault =>
  new Fault('ResourceNotFoundException', 'The policy was not found among those that were evaluated for the authorization id.')

/** ValidationException (HTTP 400). */
export const invalidToken = (): Fault => new Fault('ValidationException', 'The nextToken is not valid.')
