/** organizations-matrix.txt: every operation of Organizations by every kind of caller, through JSON 1.1. A change of access shows as a changed line. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Opened } from '../../src/server/open.ts'
import { administration } from '../../src/server/administration.ts'
import { serve } from '../../src/server/serve.ts'
import { organizations } from '../../src/services/organizations/index.ts'
import { signRequest } from '../../src/sigv4/sign.ts'
import { answerTo, queryRequest } from '../calls.ts'
import { createAccount, openTestContext } from '../context.ts'
import type { Credentials } from '../server.ts'
import { assertGolden } from './golden.ts'

const ACCOUNT = '111122223333'
const POLICY = { PolicyId: 'p-goldengold' }
const UNIT = { OrganizationalUnitId: 'ou-gold-goldgold' }
const PARENT = { ParentId: 'r-gold' }
const ATTACHMENT = { ...POLICY, TargetId: ACCOUNT }
const TYPE = { RootId: 'r-gold', PolicyType: 'SERVICE_CONTROL_POLICY' }
const HANDSHAKE = { HandshakeId: 'h-goldengoldengold' }
const TRANSFER = { Id: 'rt-goldengoldengold' }
const SERVICE = { ServicePrincipal: 'iam.amazonaws.com' }
const FILTER = { Filter: 'SERVICE_CONTROL_POLICY' }

/** A valid input for every operation. What it names need not exist: the decision comes first. */
const INPUTS: Readonly<Record<string, object>> = {
  AcceptHandshake: HANDSHAKE,
  AttachPolicy: ATTACHMENT,
  CancelHandshake: HANDSHAKE,
  DeclineHandshake: HANDSHAKE,
  DescribeHandshake: HANDSHAKE,
  EnableAllFeatures: {},
  InviteAccountToOrganization: { Target: { Type: 'ACCOUNT', Id: '444455556666' } },
  InviteOrganizationToTransferResponsibility: { Type: 'BILLING', Target: { Type: 'ACCOUNT', Id: '444455556666' }, StartTimestamp: 0, SourceName: 'golden' },
  DescribeResponsibilityTransfer: TRANSFER,
  ListInboundResponsibilityTransfers: { Type: 'BILLING' },
  ListOutboundResponsibilityTransfers: { Type: 'BILLING' },
  TerminateResponsibilityTransfer: TRANSFER,
  UpdateResponsibilityTransfer: { ...TRANSFER, Name: 'renamed' },
  LeaveOrganization: {},
  ListHandshakesForAccount: {},
  ListHandshakesForOrganization: {},
  RemoveAccountFromOrganization: { AccountId: '777788889999' },
  CloseAccount: { AccountId: ACCOUNT },
  CreateAccount: { Email: 'new@example.com', AccountName: 'new' },
  CreateGovCloudAccount: { Email: 'gov@example.com', AccountName: 'gov' },
  CreateOrganization: {},
  CreateOrganizationalUnit: { ...PARENT, Name: 'golden' },
  CreatePolicy: { Name: 'golden', Description: '', Type: 'SERVICE_CONTROL_POLICY', Content: '{}' },
  DeleteOrganization: {},
  DeleteResourcePolicy: {},
  DescribeEffectivePolicy: { PolicyType: 'TAG_POLICY' },
  DescribeResourcePolicy: {},
  ListAccountsWithInvalidEffectivePolicy: { PolicyType: 'TAG_POLICY' },
  ListEffectivePolicyValidationErrors: { PolicyType: 'TAG_POLICY', AccountId: ACCOUNT },
  PutResourcePolicy: { Content: '{}' },
  DeregisterDelegatedAdministrator: { AccountId: ACCOUNT, ...SERVICE },
  DisableAWSServiceAccess: SERVICE,
  EnableAWSServiceAccess: SERVICE,
  ListAWSServiceAccessForOrganization: {},
  ListDelegatedAdministrators: {},
  ListDelegatedServicesForAccount: { AccountId: ACCOUNT },
  RegisterDelegatedAdministrator: { AccountId: ACCOUNT, ...SERVICE },
  DeleteOrganizationalUnit: UNIT,
  DeletePolicy: POLICY,
  DescribeAccount: { AccountId: ACCOUNT },
  DescribeCreateAccountStatus: { CreateAccountRequestId: 'car-goldengolden' },
  DescribeOrganization: {},
  DescribeOrganizationalUnit: UNIT,
  DescribePolicy: POLICY,
  DetachPolicy: ATTACHMENT,
  DisablePolicyType: TYPE,
  EnablePolicyType: TYPE,
  ListAccounts: {},
  ListAccountsForParent: PARENT,
  ListChildren: { ...PARENT, ChildType: 'ACCOUNT' },
  ListCreateAccountStatus: {},
  ListOrganizationalUnitsForParent: PARENT,
  ListParents: { ChildId: ACCOUNT },
  ListPolicies: FILTER,
  ListPoliciesForTarget: { ...FILTER, TargetId: ACCOUNT },
  ListRoots: {},
  ListTagsForResource: { ResourceId: ACCOUNT },
  ListTargetsForPolicy: POLICY,
  MoveAccount: { AccountId: ACCOUNT, SourceParentId: 'r-gold', DestinationParentId: 'ou-gold-goldgold' },
  TagResource: { ResourceId: ACCOUNT, Tags: [{ Key: 'team', Value: 'blue' }] },
  UntagResource: { ResourceId: ACCOUNT, TagKeys: ['team'] },
  UpdateOrganizationalUnit: { ...UNIT, Name: 'renamed' },
  UpdatePolicy: POLICY,
}

let opened: Opened
let callers: Readonly<Record<string, Credentials | undefined>>

before(async () => {
  opened = await openTestContext()
  const root = await createAccount(opened, 'golden', ACCOUNT)
  await answer('CreateOrganization', {}, root)
  const member = async (name: string): Promise<string> => {
    const { body } = await answer('CreateAccount', { Email: `${name}@example.com`, AccountName: name }, root)
    return JSON.parse(body).CreateAccountStatus.AccountId
  }
  const rootSession = (accountId: string) => administration.session(opened, { accountId, durationSeconds: 900 })
  const delegate = await member('delegate')
  const config = { ServicePrincipal: 'config.amazonaws.com' }
  await answer('EnableAWSServiceAccess', config, root)
  await answer('RegisterDelegatedAdministrator', { ...config, AccountId: delegate }, root)
  callers = {
    unsigned: undefined,
    'no policy': await newUser(root, 'nobody'),
    'other root': await createAccount(opened, 'other', '444455556666'),
    'member root': await rootSession(await member('member')),
    // Administers a service for the organization: may read it, and change nothing.
    'delegate root': await rootSession(delegate),
    administrator: await newUser(root, 'administrator', 'arn:aws:iam::aws:policy/AdministratorAccess'),
    root,
  }
})
after(() => opened.close())

async function newUser(root: Credentials, UserName: string, PolicyArn?: string): Promise<Credentials> {
  const call = async (action: string, input: object) => {
    const { status, body } = await answerTo(queryRequest('iam', action, input, { credentials: root }), opened.context)
    assert.equal(status, 200, body)
    return body
  }
  await call('CreateUser', { UserName })
  if (PolicyArn !== undefined) await call('AttachUserPolicy', { UserName, PolicyArn })
  const key = await call('CreateAccessKey', { UserName })
  const [, accessKeyId = ''] = /<AccessKeyId>([^<]+)/.exec(key) ?? []
  const [, secretAccessKey = ''] = /<SecretAccessKey>([^<]+)/.exec(key) ?? []
  return { accessKeyId, secretAccessKey }
}

async function answer(action: string, input: object, credentials: Credentials | undefined): Promise<{ readonly status: number; readonly body: string }> {
  const headers = ['host', '127.0.0.1:4566', 'content-type', 'application/x-amz-json-1.1', 'x-amz-target', `AWSOrganizationsV20161128.${action}`]
  const request = { method: 'POST', target: '/', rawHeaders: headers, body: Buffer.from(JSON.stringify(input)), remoteAddress: '127.0.0.1', receivedAt: Date.now() }
  const signing = { region: 'us-east-1', service: 'organizations', now: Date.now() }
  const added = credentials === undefined ? [] : signRequest(request, credentials, signing)
  const { status, body } = await serve({ ...request, rawHeaders: [...headers, ...added] }, opened.context)
  return { status, body: typeof body === 'string' ? body : Buffer.from(body).toString() }
}

const REFUSALS = new Set(['AccessDeniedException', 'MissingAuthenticationTokenException', 'UnrecognizedClientException', 'InvalidSignatureException', 'InternalFailure', 'NotImplemented', 'AWSOrganizationsNotInUseException'])

/** `+` when the caller was let through, whatever came of it then; else the code of the refusal. */
async function cell(action: string, credentials: Credentials | undefined): Promise<string> {
  const { status, body } = await answer(action, INPUTS[action] ?? {}, credentials)
  const { __type: code = '' } = status === 200 ? {} : JSON.parse(body)
  return REFUSALS.has(code) ? code : '+'
}

test('who may do what in an organization', async () => {
  const operations = organizations.operations.map(({ name }) => name).toSorted()
  assert.deepEqual(operations, Object.keys(INPUTS).toSorted(), 'there is an input for every operation')
  const lines = [['operation', ...Object.keys(callers)]]
  for (const name of operations) {
    const cells = []
    for (const credentials of Object.values(callers)) cells.push(await cell(name, credentials))
    lines.push([name, ...cells])
  }
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  assertGolden('organizations-matrix.txt', `${lines.map((line) => line.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n')}\n`)
})
