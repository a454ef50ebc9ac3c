/** CreateDelegationRequest: a product provider asks to act for a while as a principal of another account. */
import { parseArn, PARTITION } from '../../aws/arn.ts'
import type { CreateDelegationRequestRequest } from '../../model/iam.gen.ts'
import { checkDocument } from '../../policy/put.ts'
import type { ReadTx } from '../../store/store.ts'
import {
  countOpenRequests,
  type DelegationRow,
  forgetDelegationRequests,
  hasWorkflow,
  insertDelegationRequest,
} from '../delegation-requests.rows.ts'
import { writeOperation } from '../operation.ts'
import { newUuid } from '../uuid.ts'
import { delegationArn } from './delegation-shape.ts'
import { renderTemplate, TemplateError } from './delegation-template.ts'
import { accessDenied, alreadyExists, invalidInput, quotaExceeded } from './errors.ts'
import { findProvider, findTemplate, isAccountOf, type ProviderRow } from './product-providers.rows.ts'
import { OPEN_DELEGATION_REQUESTS } from './quotas.ts'

const DAY_MS = 86_400_000
/** IAM User Guide, "State Transitions": a request that nobody associates expires after one day. */
const UNASSIGNED_MS = DAY_MS
/** How long an expired request is kept. "Expired requests are eventually deleted": when, AWS does not say. */
const RETENTION_MS = 90 * DAY_MS

/**
 * The request has no id yet, so that the ARN that policies see ends with a star (inferred).
 *
 * AWS: "not available for general use"; here the operator registers the accounts that may call it (`keyreeve provider register`).
 */
export const createDelegationRequest = writeOperation('iam', 'CreateDelegationRequest', {
  authorize: (input: CreateDelegationRequestRequest, { accountId }) => ({
    action: 'iam:CreateDelegationRequest',
    resource: delegationArn(accountId, '*'),
    context: {
      'iam:TemplateArn': input.Permissions.PolicyTemplateArn,
      'iam:NotificationChannel': input.NotificationChannel,
      'iam:DelegationDuration': String(input.SessionDuration),
    },
  }),
  prepare: async (_tx, _input, { publicUrl }) => ({ publicUrl }),
  async handle(tx, input, { accountId, now, random }, { publicUrl }) {
    const provider = await mustBeProvider(tx, accountId)
    const { arn, policy } = await requestedPolicy(tx, provider, input.Permissions)
    await mustBeTopic(tx, provider, input.NotificationChannel)
    if (await hasWorkflow(tx, accountId, input.RequestorWorkflowId)) throw alreadyExists.workflow(input.RequestorWorkflowId)
    await forgetDelegationRequests(tx, accountId, now - RETENTION_MS)
    if ((await countOpenRequests(tx, accountId, now)) >= OPEN_DELEGATION_REQUESTS)
      throw quotaExceeded('OpenDelegationRequestsPerAccount', OPEN_DELEGATION_REQUESTS)
    const row: DelegationRow = {
      ...NOTHING_YET,
      account: accountId,
      id: newUuid(random),
      workflow_id: input.RequestorWorkflowId,
      requestor_name: provider.name,
      description: input.Description,
      request_message: input.RequestMessage ?? null,
      template_arn: arn,
      parameters: JSON.stringify(input.Permissions.Parameters ?? []),
      policy,
      redirect_url: input.RedirectUrl ?? null,
      notification_channel: input.NotificationChannel,
      session_seconds: input.SessionDuration,
      only_send_by_owner: input.OnlySendByOwner === true ? 1 : 0,
      owner_account: input.OwnerAccountId ?? null,
      created_at: now,
      updated_at: now,
      expires_at: now + UNASSIGNED_MS,
    }
    await insertDelegationRequest(tx, row)
    return { DelegationRequestId: row.id, ConsoleDeepLink: `${publicUrl}${CONSOLE_PATH}${row.id}` }
  },
})

/** AWS's: `https://us-east-1.console.aws.amazon.com/iam/account-access-requests/review/ID` (API reference). */
const CONSOLE_PATH = '/iam/account-access-requests/review/'

const NOTHING_YET = {
  owner_arn: null,
  owner_id: null,
  approver_arn: null,
  approver: null,
  state: 'UNASSIGNED',
  notes: null,
  rejection_reason: null,
  token_expires_at: null,
  revoked_at: null,
} as const

/** Throws AccessDenied for accounts that the operator has not registered. The text is ours. */
async function mustBeProvider(tx: ReadTx, accountId: string): Promise<ProviderRow> {
  const provider = await findProvider(tx, accountId)
  if (provider === undefined)
    throw accessDenied(`The account ${accountId} is not registered as a product provider for temporary delegation.`)
  return provider
}

/** The policy that the request's template and parameters make. Throws InvalidInput. */
async function requestedPolicy(
  tx: ReadTx,
  { domain }: ProviderRow,
  { PolicyTemplateArn: arn, Parameters = [] }: CreateDelegationRequestRequest['Permissions'],
): Promise<{ readonly arn: string; readonly policy: string }> {
  if (arn === undefined) throw invalidInput('Permissions must name a policy template.')
  const template = await findTemplate(tx, arn)
  // A template of another provider is not told from one that does not exist.
  if (template?.domain !== domain) throw invalidInput(`The policy template ${arn} is not registered for this account.`)
  const policy = rendered(template.document, Parameters)
  const flaw = checkDocument(policy, 'session')
  if (flaw !== undefined) throw invalidInput(`The rendered policy is not valid: ${flaw}`)
  return { arn, policy }
}

function rendered(template: string, parameters: Parameters<typeof renderTemplate>[1]): string {
  try {
    return renderTemplate(template, parameters)
  } catch (error) {
    if (error instanceof TemplateError) throw invalidInput(error.message)
    throw error
  }
}

/** Regions that every account has (AWS Account Management, "Enable or disable AWS Regions"): "SNS topics cannot be in opt-in AWS Regions". */
const DEFAULT_REGIONS: ReadonlySet<string> = new Set(
  [
    'us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1',
    'eu-central-1 eu-west-1 eu-west-2 eu-west-3 eu-north-1',
    'ap-south-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-southeast-1 ap-southeast-2',
  ].flatMap((line) => line.split(' ')),
)
const TOPIC_NAME = /^[\w-]{1,256}$/

/** "The SNS topic must be in one of your registered AWS accounts" (IAM User Guide, "SNS Topic Configuration"). Throws InvalidInput; the texts are ours. */
async function mustBeTopic(tx: ReadTx, { domain }: ProviderRow, channel: string): Promise<void> {
  const { partition, service, region = '', accountId = '', resource = '' } = parseArn(channel) ?? {}
  if (partition !== PARTITION || service !== 'sns' || !TOPIC_NAME.test(resource))
    throw invalidInput(`NotificationChannel ${channel} is not the ARN of an SNS topic.`)
  if (!DEFAULT_REGIONS.has(region)) throw invalidInput(`The SNS topic ${channel} must be in a Region that is enabled by default.`)
  if (!(await isAccountOf(tx, domain, accountId)))
    throw invalidInput(`The SNS topic ${channel} must be in an account that is registered for this product provider.`)
}

export const delegationCreateOperations = [createDelegationRequest]
