/** boto3 against the server: paginators, waiters, typed errors. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../server.ts'
import { python } from './clients.ts'

let server: TestServer
before(async () => {
  server = await startTestServer()
})
after(() => server.close())

const SCRIPT = `
import boto3, json
iam = boto3.client('iam')
for n in range(7):
    iam.create_user(UserName='user-%d' % n, Path='/many/', Tags=[{'Key': 'n', 'Value': str(n)}])
iam.get_waiter('user_exists').wait(UserName='user-6')
names = [u['UserName'] for page in iam.get_paginator('list_users').paginate(PathPrefix='/many/', PaginationConfig={'PageSize': 3}) for u in page['Users']]
policy = iam.create_policy(PolicyName='p', PolicyDocument=json.dumps({'Version': '2012-10-17', 'Statement': {'Effect': 'Allow', 'Action': '*', 'Resource': '*'}}))['Policy']
iam.attach_user_policy(UserName='user-0', PolicyArn=policy['Arn'])
codes = []
for call in [lambda: iam.create_user(UserName='USER-0'), lambda: iam.get_user(UserName='nobody'), lambda: iam.delete_policy(PolicyArn=policy['Arn']), lambda: iam.delete_user(UserName='user-0')]:
    try:
        call(); codes.append('none')
    except iam.exceptions.ClientError as error:
        codes.append(type(error).__name__)
version = iam.get_policy_version(PolicyArn=policy['Arn'], VersionId='v1')['PolicyVersion']
print(json.dumps({'names': names, 'codes': codes, 'document': version['Document'], 'managed': sum(len(p['Policies']) for p in iam.get_paginator('list_policies').paginate(Scope='AWS'))}))
`

test('boto3 pages, waits and tells errors apart', async () => {
  const { root } = await server.account('boto', '200000000001')
  const answer = await python(SCRIPT, server, root)
  assert.equal(answer.code, 0, answer.stderr)
  const result = JSON.parse(answer.stdout) as { names: string[]; codes: string[]; document: object; managed: number }
  assert.deepEqual(
    result.names,
    Array.from({ length: 7 }, (_, number) => `user-${number}`),
  )
  assert.deepEqual(result.codes, [
    'EntityAlreadyExistsException',
    'NoSuchEntityException',
    'DeleteConflictException',
    'DeleteConflictException',
  ])
  assert.deepEqual(result.document, { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } })
  assert.ok(result.managed > 1_400, `${result.managed} AWS managed policies`)
})

const REFUSALS = `
import boto3, json
from botocore.config import Config
config = Config(parameter_validation=False)
iam, organizations = boto3.client('iam', config=config), boto3.client('organizations', config=config)
def told(call, **input):
    try:
        call(**input); return ['none']
    except iam.exceptions.ClientError as error:
        return [error.response['Error']['Code'], error.response['ResponseMetadata']['HTTPStatusCode'], error.response.get('Reason')]
print(json.dumps([
    told(organizations.describe_account, AccountId='abc'),
    told(organizations.describe_account),
    told(organizations.list_policies, Filter='NONSENSE'),
    told(organizations.list_children, ParentId='r-abcd', ChildType='NONSENSE'),
    told(iam.create_policy, PolicyName='large', PolicyDocument='x' * 1_100_000),
]))
`

test('boto3 reads what inputs are refused with that its own validation would not let through', async () => {
  const { root } = await server.account('refused', '200000000002')
  const answer = await python(REFUSALS, server, root)
  assert.equal(answer.code, 0, answer.stderr)
  assert.deepEqual(JSON.parse(answer.stdout), [
    ['InvalidInputException', 400, 'INVALID_PATTERN'],
    ['InvalidInputException', 400, 'INPUT_REQUIRED'],
    ['InvalidInputException', 400, 'INVALID_ENUM_POLICY_TYPE'],
    ['InvalidInputException', 400, 'INVALID_ENUM'],
    ['RequestEntityTooLarge', 413, null],
  ])
})

const IDENTITY = `
import json, urllib.error, urllib.request
import boto3
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
credentials = boto3.session.Session().get_credentials()
def told(cluster):
    request = AWSRequest('GET', boto3.client('sts').meta.endpoint_url + '/?Action=GetCallerIdentity&Version=2011-06-15', headers={'x-k8s-aws-id': 'cluster'})
    SigV4QueryAuth(credentials, 'sts', 'us-east-1', expires=60).add_auth(request)
    try:
        return json.load(urllib.request.urlopen(urllib.request.Request(request.url, headers={'x-k8s-aws-id': cluster, 'Accept': 'application/json'})))
    except urllib.error.HTTPError as error:
        return json.load(error)['Error']['Code']
print(json.dumps([told('cluster')['GetCallerIdentityResponse']['GetCallerIdentityResult'], told('another')]))
`

test('a signed question for who one is, as aws-iam-authenticator asks it: presigned, with a header of its own, answered in JSON', async () => {
  const { root } = await server.account('identity', '200000000003')
  const answer = await python(IDENTITY, server, root)
  assert.equal(answer.code, 0, answer.stderr)
  const [identity, refused] = JSON.parse(answer.stdout) as readonly [object, string]
  assert.deepEqual(identity, { UserId: '200000000003', Account: '200000000003', Arn: 'arn:aws:iam::200000000003:root' })
  assert.equal(refused, 'SignatureDoesNotMatch')
})
