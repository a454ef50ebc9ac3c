/** Audit records: CloudTrail's shape, and no secret of any service in them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Principal } from '../aws/principal.ts'
import type { Shape } from '../model/model.ts'
import { readModel } from '../protocol/model-files.ts'
import { services } from '../services/index.ts'
import { type AuditDraft, failedRecord, isSecretMember, succeededRecord } from './audit-record.ts'

const alice: Principal = {
  type: 'user',
  accountId: '111122223333',
  arn: 'arn:aws:iam::111122223333:user/alice',
  id: 'AIDAALICE',
  userName: 'alice',
  credential: { accessKeyId: 'AKIAALICE' },
}
const session = { issuedAt: 0, expiresAt: 3_600_000, mfaAt: 0, sourceIdentity: 'alice' }
const deployer: Principal = {
  type: 'assumed-role',
  accountId: '111122223333',
  arn: 'arn:aws:sts::111122223333:assumed-role/deploy/ci',
  id: 'AROADEPLOY:ci',
  roleArn: 'arn:aws:iam::111122223333:role/x/deploy',
  roleId: 'AROADEPLOY',
  roleName: 'deploy',
  sessionName: 'ci',
  credential: { accessKeyId: 'ASIADEPLOY', session },
}
const draft: AuditDraft = {
  eventId: 'event',
  requestId: 'request',
  eventTime: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  eventSource: 'iam.amazonaws.com',
  eventName: 'CreateAccessKey',
  region: 'us-east-1',
  sourceIp: '127.0.0.1',
  userAgent: 'tests',
  readOnly: false,
  principal: alice,
  input: { UserName: 'bob' },
}

test('a call that was done', () => {
  const output = { AccessKey: { UserName: 'bob', AccessKeyId: 'AKIABOB', SecretAccessKey: 'secret', CreateDate: new Date(0) } }
  assert.deepEqual(JSON.parse(succeededRecord(draft, output)), {
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAALICE',
      arn: alice.arn,
      accountId: '111122223333',
      accessKeyId: 'AKIAALICE',
      userName: 'alice',
    },
    eventTime: '2026-01-02T03:04:05Z',
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateAccessKey',
    awsRegion: 'us-east-1',
    sourceIPAddress: '127.0.0.1',
    userAgent: 'tests',
    requestParameters: { userName: 'bob' },
    responseElements: {
      accessKey: {
        userName: 'bob',
        accessKeyId: 'AKIABOB',
        secretAccessKey: 'HIDDEN_DUE_TO_SECURITY_REASONS',
        createDate: '1970-01-01T00:00:00.000Z',
      },
    },
    requestID: 'request',
    eventID: 'event',
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: '111122223333',
    eventCategory: 'Management',
  })
})

test('a call that only reads records no answer, unless it hands out credentials', () => {
  const reading = { ...draft, readOnly: true }
  assert.equal(JSON.parse(succeededRecord(reading, { User: {} })).responseElements, null)
  const { responseElements } = JSON.parse(
    succeededRecord(reading, { Credentials: { AccessKeyId: 'ASIA', SecretAccessKey: 's', SessionToken: 't' } }),
  )
  assert.equal(responseElements.credentials.accessKeyId, 'ASIA')
  assert.match(responseElements.credentials.sessionToken, /HIDDEN/)
})

test('a refusal says code and message, without the canonical request that a mismatch quotes', () => {
  const record = JSON.parse(
    failedRecord(draft, { code: 'SignatureDoesNotMatch', message: 'It does not match.\n\nx-amz-security-token:secret' }),
  )
  assert.equal(record.errorCode, 'SignatureDoesNotMatch')
  assert.equal(record.errorMessage, 'It does not match.')
})

test('a role session names its role and who stood behind it', () => {
  const { userIdentity } = JSON.parse(succeededRecord({ ...draft, principal: deployer }, {}))
  assert.equal(userIdentity.type, 'AssumedRole')
  assert.deepEqual(userIdentity.sessionContext, {
    sessionIssuer: {
      type: 'Role',
      principalId: 'AROADEPLOY',
      arn: deployer.roleArn,
      accountId: '111122223333',
      userName: 'deploy',
    },
    attributes: { creationDate: '1970-01-01T00:00:00.000Z', mfaAuthenticated: 'true' },
    sourceIdentity: 'alice',
  })
})

test('parameters over 100 KB are left out', () => {
  const { requestParameters } = JSON.parse(succeededRecord({ ...draft, input: { PolicyDocument: 'x'.repeat(200_000) } }, {}))
  assert.deepEqual(requestParameters, { omitted: true })
})

test('every sensitive member of every model is one whose value is hidden', () => {
  const seen = new Set<Shape>()
  const open: string[] = []
  const look = (shape: Shape, path: string): void => {
    if (seen.has(shape)) return
    seen.add(shape)
    if (shape.kind === 'list') look(shape.member.shape, path)
    if (shape.kind === 'map') look(shape.value.shape, path)
    if (shape.kind !== 'structure') return
    for (const member of shape.members) {
      if (member.shape.sensitive && member.shape.kind === 'string' && !isSecretMember(member.name) && !PUBLIC.has(member.name))
        open.push(`${path}.${member.name}`)
      look(member.shape, `${path}.${member.name}`)
    }
  }
  for (const service of services.keys()) {
    for (const [name, { input, output }] of readModel(service).operations) {
      look(input, name)
      if (output !== undefined) look(output, name)
    }
  }
  assert.deepEqual(open, [])
})
/** Modelled as sensitive though they are none: who somebody is, and policy documents, which IAM's own records show. */
const PUBLIC: ReadonlySet<string> = new Set([
  'Subject',
  'SubjectType',
  'Issuer',
  'policyDocument',
  'newPolicyDocument',
  'existingPolicyDocument',
  // Organizations: names and identifiers of things, which other services model without a mark.
  'Id',
  'Name',
  'Value',
])
