/** Rows of product providers: the accounts that may ask for delegation, and what their policies may be. The operator registers them, as AWS does its partners. */
import type { ReadTx, WriteTx } from '../../store/store.ts'

export type ProviderRow = {
  readonly account: string
  /** Accounts of one domain are one provider. */
  readonly domain: string
  /** What customers see. */
  readonly name: string
}

export type RegisteredPolicy = { readonly arn: string; readonly domain: string; readonly document: string }

const FIND = 'SELECT account, domain, name FROM iam_product_provider WHERE account = $1'
const LIST = 'SELECT account, domain, name FROM iam_product_provider ORDER BY domain, account'
const PUT = `INSERT INTO iam_product_provider (account, domain, name, created_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (account) DO UPDATE SET domain = excluded.domain, name = excluded.name`
const REMOVE = 'DELETE FROM iam_product_provider WHERE account = $1'
const INSERT_TEMPLATE =
  'INSERT INTO iam_delegation_template (account, arn, domain, document, created_at) VALUES ($1, $2, $3, $4, $5)'
const FIND_TEMPLATE = 'SELECT arn, domain, document FROM iam_delegation_template WHERE arn = $1'
const INSERT_BOUNDARY =
  'INSERT INTO iam_partner_boundary (account, arn, domain, document, created_at) VALUES ($1, $2, $3, $4, $5)'
const FIND_BOUNDARY = 'SELECT document FROM iam_partner_boundary WHERE arn = $1'
const IS_OF_DOMAIN = 'SELECT account FROM iam_product_provider WHERE account = $1 AND domain = $2'

export const findProvider = (tx: ReadTx, account: string): Promise<ProviderRow | undefined> => tx.get(FIND, account)

export const listProviders = (tx: ReadTx): Promise<readonly ProviderRow[]> => tx.all(LIST)

/** Whether an account is one of the provider's. */
export const isAccountOf = async (tx: ReadTx, domain: string, account: string): Promise<boolean> =>
  (await tx.get(IS_OF_DOMAIN, account, domain)) !== undefined

export async function putProvider(tx: WriteTx, { account, domain, name }: ProviderRow, now: number): Promise<void> {
  await tx.run(PUT, account, domain, name, now)
}

/** False where it was not registered. What it registered stays: roles may be bounded by it. */
export const removeProvider = async (tx: WriteTx, account: string): Promise<boolean> => (await tx.run(REMOVE, account)) === 1

export const findTemplate = (tx: ReadTx, arn: string): Promise<RegisteredPolicy | undefined> => tx.get(FIND_TEMPLATE, arn)

/** Throws `UniqueViolation` where the ARN is taken: what was registered is never changed. */
export async function insertTemplate(tx: WriteTx, account: string, policy: RegisteredPolicy, now: number): Promise<void> {
  await tx.run(INSERT_TEMPLATE, account, policy.arn, policy.domain, policy.document, now)
}

/** As `insertTemplate`. */
export async function insertPartnerBoundary(tx: WriteTx, account: string, policy: RegisteredPolicy, now: number): Promise<void> {
  await tx.run(INSERT_BOUNDARY, account, policy.arn, policy.domain, policy.document, now)
}

/** IAM User Guide, "Partner questionnaire": `partner` stands in the place of an account. */
const PARTNER_POLICY = 'arn:aws:iam::partner:policy/'

/** Whether the ARN is that of a permissions boundary which a product provider may have registered. */
export const isPartnerPolicy = (arn: string): boolean => arn.startsWith(PARTNER_POLICY)

/** The document of a boundary that is shared by all accounts; undefined where none is registered under this ARN. */
export async function partnerBoundary(tx: ReadTx, arn: string): Promise<string | undefined> {
  return (await tx.get<{ document: string }>(FIND_BOUNDARY, arn))?.document
}
