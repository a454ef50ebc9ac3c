/** The policy that a permissions boundary names. */
import { parseArn, PARTITION } from '../../aws/arn.ts'
import { readManagedPolicies } from '../../protocol/model-files.ts'
import type { ReadTx } from '../../store/store.ts'
import { invalidBoundaryArn, noSuchEntity } from './errors.ts'
import { AWS_OWNER } from './policy-arn.ts'
import { isPartnerPolicy, partnerBoundary } from './product-providers.rows.ts'

const EXISTS = 'SELECT id FROM iam_policy WHERE account = $1 AND arn = $2'

/** Throws InvalidInput where the text is no policy's ARN, NoSuchEntity where there is no such policy of the account's, of AWS's or of a product provider's. */
export async function mustFindBoundaryPolicy(tx: ReadTx, accountId: string, arn: string): Promise<void> {
  const parsed = parseArn(arn)
  const isPolicy =
    parsed?.partition === PARTITION && parsed.service === 'iam' && parsed.region === '' && parsed.resource.startsWith('policy/')
  if (!isPolicy) throw invalidBoundaryArn(arn)
  if ((await findBoundary(tx, accountId, { arn, owner: parsed.accountId })) === undefined) throw noSuchEntity.boundaryPolicy(arn)
}

/** AWS's, a product provider's, or the account's own. */
function findBoundary(
  tx: ReadTx,
  accountId: string,
  { arn, owner }: { readonly arn: string; readonly owner: string },
): Promise<unknown> {
  if (owner === AWS_OWNER) return Promise.resolve(readManagedPolicies().find(arn))
  return isPartnerPolicy(arn) ? partnerBoundary(tx, arn) : tx.get(EXISTS, accountId, arn)
}
