/** Product providers of temporary delegation, as administrative commands register them: what AWS does with its partners, the operator does here. */
import { Fault } from '../aws/fault.ts'
import { checkDocument } from '../policy/put.ts'
import { documentSize } from '../policy/size.ts'
import { findDelegationRequest, revokeDelegation } from '../services/delegation-requests.rows.ts'
import { parametersAskedBy, TemplateError } from '../services/iam/delegation-template.ts'
import {
  findProvider,
  insertPartnerBoundary,
  insertTemplate,
  type ProviderRow,
  putProvider,
  removeProvider,
} from '../services/iam/product-providers.rows.ts'
import { type ReadTx, UniqueViolation, type WriteTx } from '../store/store.ts'

export type NewPolicy = {
  readonly accountId: string
  readonly kind: 'template' | 'boundary'
  readonly name: string
  readonly document: string
}

/** What an administrator does about product providers. */
export type ProviderWork =
  | { readonly do: 'register'; readonly provider: ProviderRow }
  | { readonly do: 'remove'; readonly accountId: string }
  | { readonly do: 'register policy'; readonly policy: NewPolicy }
  | { readonly do: 'revoke'; readonly requestId: string }

/** Does it in one transaction. Throws `Fault`. */
export async function runProviderWork(tx: WriteTx, work: ProviderWork, now: number): Promise<object> {
  switch (work.do) {
    case 'register':
      return register(tx, work.provider, now)
    case 'remove':
      if (!(await removeProvider(tx, work.accountId))) throw notRegistered(work.accountId)
      return {}
    case 'register policy':
      return registerPolicy(tx, work.policy, now)
    case 'revoke':
      return revoke(tx, work.requestId, now)
  }
}

const missing = (text: string): Fault => new Fault('NoSuchEntity', text)
const invalid = (text: string): Fault => new Fault('ValidationError', text)
const notRegistered = (accountId: string): Fault => missing(`The account ${accountId} is not registered as a product provider.`)

const DOMAIN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?){1,8}$/
/** IAM's model, requestorNameType. */
const NAME = /^[\x20-\x7e\xa1-\xff]{1,30}$/

async function register(tx: WriteTx, provider: ProviderRow, now: number): Promise<object> {
  if (!DOMAIN.test(provider.domain)) throw invalid(`${JSON.stringify(provider.domain)} is not a domain like example.com.`)
  if (!NAME.test(provider.name)) throw invalid('The name of a product provider has 1 to 30 characters.')
  const account = await tx.get("SELECT id FROM account WHERE id = $1 AND status <> 'SYSTEM'", provider.account)
  if (account === undefined) throw missing(`There is no account ${provider.account}.`)
  await putProvider(tx, provider, now)
  return {}
}

const POLICY_NAME = /^[\w+=,.@-]{1,100}$/
/** Characters. A rendered policy has 2,048 at most, a boundary 6,144 (IAM User Guide); a template may have more than what is left of it. */
const MAX_TEMPLATE_SIZE = 6_144
const MAX_BOUNDARY_SIZE = 6_144

async function registerPolicy(tx: WriteTx, policy: NewPolicy, now: number): Promise<{ readonly Arn: string }> {
  const { accountId, kind, name, document } = policy
  const provider = await findProvider(tx, accountId)
  if (provider === undefined) throw notRegistered(accountId)
  if (!POLICY_NAME.test(name)) throw invalid(`${JSON.stringify(name)} is not a name for a policy.`)
  const { domain } = provider
  const registered = { arn: ARNS[kind](name, domain, now), domain, document }
  if (kind === 'template') mustBeTemplate(document)
  else mustBeBoundary(document)
  const insert = kind === 'template' ? insertTemplate : insertPartnerBoundary
  try {
    await tx.savepoint(() => insert(tx, accountId, registered, now))
  } catch (error) {
    if (!(error instanceof UniqueViolation)) throw error
    throw new Fault(
      'EntityAlreadyExists',
      `${registered.arn} exists already. What was registered is never changed: take another name.`,
    )
  }
  return { Arn: registered.arn }
}

/** As AWS writes them: API reference, CreateDelegationRequest; IAM User Guide, "Partner questionnaire" (the date is a suffix of the name). */
const ARNS = {
  template: (name: string) => `arn:aws:iam:::delegation-template/${name}`,
  boundary: (name: string, domain: string, now: number) =>
    `arn:aws:iam::partner:policy/permission_boundary/${domain}/${name}_${new Date(now).toISOString().slice(0, 10).replaceAll('-', '')}`,
} as const

function mustBeTemplate(document: string): void {
  if (document.length > MAX_TEMPLATE_SIZE) throw invalid(`A policy template has up to ${MAX_TEMPLATE_SIZE} characters.`)
  try {
    parametersAskedBy(document)
  } catch (error) {
    if (error instanceof TemplateError) throw invalid(error.message)
    throw error
  }
}

function mustBeBoundary(document: string): void {
  const flaw = checkDocument(document, 'boundary')
  if (flaw !== undefined) throw invalid(`The permissions boundary is not valid: ${flaw}`)
  if (documentSize(document) > MAX_BOUNDARY_SIZE)
    throw invalid(`A permissions boundary has up to ${MAX_BOUNDARY_SIZE} characters.`)
}

/** The account that a request gave access to; throws where there is no such request, or nothing was delegated by it. */
export async function ownerOfDelegation(tx: ReadTx, requestId: string): Promise<string> {
  const row = await findDelegationRequest(tx, requestId)
  if (row?.owner_account === undefined || row.owner_account === null || row.token_expires_at === null)
    throw missing(`There is no delegation request ${requestId} whose token was sent.`)
  return row.owner_account
}

/** IAM User Guide, "Revoke Temporary delegation access": at once, and what was approved by a root user cannot be revoked; here it can. */
async function revoke(tx: WriteTx, requestId: string, now: number): Promise<object> {
  await ownerOfDelegation(tx, requestId)
  const row = await findDelegationRequest(tx, requestId)
  if (row === undefined || !(await revokeDelegation(tx, row, now)))
    throw new Fault('EntityAlreadyExists', `The access by the delegation request ${requestId} was revoked before.`)
  return {}
}
