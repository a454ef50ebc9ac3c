/** The size of a policy as IAM counts it for its quotas. */
import { isJsonSpace } from './json-reader.ts'

/**
 * The characters of a document without white space. "IAM doesn't count white space when calculating the size of a policy" (IAM and STS
 * quotas). White space is what JSON calls so, wherever it stands: the sentence makes no exception for what is inside of quotation marks,
 * and a count that is too low refuses nothing that AWS takes.
 */
export function documentSize(source: string): number {
  let size = 0
  for (let index = 0; index < source.length; index += 1) if (!isJsonSpace(source.charCodeAt(index))) size += 1
  return size
}
