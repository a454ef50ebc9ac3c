/** A product provider for tests of operations: registered with a template, its requests made, its notices read. */
import type { CreateDelegationRequestRequest } from '../src/model/iam.gen.ts'
import { createDelegationRequest } from '../src/services/iam/delegation-create.ts'
import { listNotices, openNotice } from '../src/services/iam/delegation-notices.ts'
import { insertPartnerBoundary, insertTemplate, putProvider } from '../src/services/iam/product-providers.rows.ts'
import type { WriteTx } from '../src/store/store.ts'
import { type Harness, OTHER_ACCOUNT } from './harness.ts'

export const PROVIDER = OTHER_ACCOUNT
export const DOMAIN = 'provider.example'
export const TEMPLATE = 'arn:aws:iam:::delegation-template/setup'
export const BOUNDARY = `arn:aws:iam::partner:policy/permission_boundary/${DOMAIN}/Operations_20260101`
const TOPIC = `arn:aws:sns:us-east-1:${PROVIDER}:delegation`
const DOCUMENT = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: ['iam:GetUser', 'iam:ListUsers'], Resource: 'arn:aws:iam::*:user/@{userName}' },
    {
      Effect: 'Allow',
      Action: 'iam:CreateRole',
      Resource: '*',
      Condition: { StringEquals: { 'iam:PermissionsBoundary': BOUNDARY } },
    },
  ],
})

/** Work on the harness's store that no operation would do. */
export async function write(harness: Harness, work: (tx: WriteTx) => Promise<void>): Promise<void> {
  const run = async (tx: WriteTx): Promise<object> => {
    await work(tx)
    return {}
  }
  await harness.store.write({ run })
}

export async function registerProvider(harness: Harness): Promise<void> {
  await write(harness, async (tx) => {
    await putProvider(tx, { account: PROVIDER, domain: DOMAIN, name: 'Provider' }, 0)
    await insertTemplate(tx, PROVIDER, { arn: TEMPLATE, domain: DOMAIN, document: DOCUMENT }, 0)
    await insertPartnerBoundary(tx, PROVIDER, { arn: BOUNDARY, domain: DOMAIN, document: DOCUMENT }, 0)
  })
}

let workflows = 0

/** An input that CreateDelegationRequest takes. */
export function requestInput(more: Partial<CreateDelegationRequestRequest> = {}): CreateDelegationRequestRequest {
  workflows += 1
  return {
    Description: 'Sets it up',
    Permissions: {
      PolicyTemplateArn: TEMPLATE,
      Parameters: [{ Name: 'userName', Values: ['alice'], Type: 'string' }],
    },
    RequestorWorkflowId: `workflow-${workflows}`,
    NotificationChannel: TOPIC,
    SessionDuration: 3_600,
    ...more,
  }
}

/** A new request; its id. */
export async function newRequest(harness: Harness, more: Partial<CreateDelegationRequestRequest> = {}): Promise<string> {
  const as = harness.rootOf(PROVIDER)
  const answer = await harness.call<{ DelegationRequestId: string }>(createDelegationRequest, requestInput(more), { as })
  return answer.DelegationRequestId
}

/** What the provider was told of a request, oldest first. */
export async function noticesOf(harness: Harness, id: string): Promise<readonly Readonly<Record<string, string>>[]> {
  const { vault } = harness.preparing()
  const rows = await harness.store.read((tx) => listNotices(tx, PROVIDER, { after: '', limit: 1_000 }))
  const messages: readonly Readonly<Record<string, string>>[] = rows.map((row) => JSON.parse(openNotice(row, vault)))
  return messages.filter(({ RequestId }) => RequestId === id)
}
