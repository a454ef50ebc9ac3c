/** The faults that Access Analyzer throws. */
import { Fault } from '../../aws/fault.ts'

/** ValidationException (HTTP 400), for what the model's constraints cannot say of a field. Its members are those of the model. */
export const validationException = (name: string, message: string): Fault =>
  new Fault('ValidationException', message, { members: { reason: 'fieldValidationFailed', fieldList: [{ name, message }] } })

/** InvalidParameterException (HTTP 400): a document that is not a policy of its type. */
export const invalidParameter = (text: string): Fault => new Fault('InvalidParameterException', text)

/** UnprocessableEntityException (HTTP 422): a question that has an answer which was not found. */
export const unprocessable = (text: string): Fault => new Fault('UnprocessableEntityException', text)
