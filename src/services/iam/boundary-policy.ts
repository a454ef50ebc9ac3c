/** The policy that a permissions boundary names. */
import { readManagedPolicies } from '../../protocol/model-files.ts'
import type { ReadTx } from '../../store/store.ts'
import { invalidBoundaryArn, noSuchEntity } from './errors.ts'
import { AWS_OWNER, readPolicyArn } from './policy-arn.ts'
import { isPartnerPolicy, partnerBoundary } from './product-providers.rows.ts'

const EXISTS = 'SELECT id FROM iam_policy WHERE account = $1 AND arn = $2'

/** Throws InvalidInput where the text is no policy's ARN, NoSuchEntity where there is no such policy of the account's, of AWS's or of a product provider's. */
export async function mustFindBoundaryPolicy(tx: ReadTx, accountId: string, arn: string): Promise<void> {
  const found = isPartnerPolicy(arn) ? await partnerBoundary(tx, arn) : await findBoundary(tx, accountId, arn)
  if (found === undefined) throw noSuchEntity.boundaryPolicy(arn)
}

/** AWS's, or the account's own. */
async function findBoundary(tx: ReadTx, accountId: string, arn: string): Promise<unknown> {
  const policy = readPolicyArn(arn)
  if (policy === undefined) throw invalidBoundaryArn(arn)
  return policy.owner === AWS_OWNER ? readManagedPolicies().find(arn) : tx.get(EXISTS, accountId, arn)
}
