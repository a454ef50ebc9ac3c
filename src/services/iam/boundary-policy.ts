/** The policy that a permissions boundary names. */
import { parseArn, PARTITION } from '../../aws/arn.ts'
import { readManagedPolicies } from '../../protocol/model-files.ts'
import type { ReadTx } from '../../store/store.ts'
import { invalidBoundaryArn, noSuchEntity } from './errors.ts'

const EXISTS = 'SELECT id FROM iam_policy WHERE account = $1 AND arn = $2'
/** The account in the ARNs of AWS managed policies. */
const AWS_ACCOUNT = 'aws'

/** Throws InvalidInput where the text is no policy's ARN, NoSuchEntity where there is no such customer or AWS managed policy. */
export async function mustFindBoundaryPolicy(tx: ReadTx, accountId: string, arn: string): Promise<void> {
  const parsed = parseArn(arn)
  const isPolicy =
    parsed?.partition === PARTITION && parsed.service === 'iam' && parsed.region === '' && parsed.resource.startsWith('policy/')
  if (!isPolicy) throw invalidBoundaryArn(arn)
  const found = parsed.accountId === AWS_ACCOUNT ? readManagedPolicies().find(arn) : await tx.get(EXISTS, accountId, arn)
  if (found === undefined) throw noSuchEntity.boundaryPolicy(arn)
}
