/** Access Analyzer's policy checks through boto3 and the AWS CLIs: pages of findings, answers, and every modelled error with its members. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Credentials, startTestServer, type TestServer } from '../server.ts'
import { aws, installedClis, python } from './clients.ts'

let server: TestServer
let root: Credentials
before(async () => {
  server = await startTestServer()
  ;({ root } = await server.account('analyst', '200000000002'))
})
after(() => server.close())

const SCRIPT = `
import boto3, json
from botocore.config import Config
analyzer = boto3.client('accessanalyzer', config=Config(parameter_validation=False, retries={'max_attempts': 0}))
iam = boto3.client('iam')
def policy(*statements):
    return json.dumps({'Version': '2012-10-17', 'Statement': list(statements)})
read = {'Sid': 'Read', 'Effect': 'Allow', 'Action': 's3:GetObject', 'Resource': 'arn:aws:s3:::bucket/*'}
wrong = policy({**read, 'Action': ['s3:Get%s' % n for n in range(7)]})
pages = list(analyzer.get_paginator('validate_policy').paginate(policyDocument=wrong, policyType='IDENTITY_POLICY', PaginationConfig={'PageSize': 3}))
first = pages[0]['findings'][0]
def told(client, operation, **input):
    try:
        answer = getattr(client, operation)(**input)
        return [answer.get('result'), [reason['description'] for reason in answer.get('reasons', [])]]
    except client.exceptions.ClientError as error:
        response = error.response
        return [type(error).__name__, response['ResponseMetadata']['HTTPStatusCode'], response.get('reason'), [field['name'] for field in response.get('fieldList', [])]]
iam.create_user(UserName='nobody')
key = iam.create_access_key(UserName='nobody')['AccessKey']
nobody = boto3.client('accessanalyzer', aws_access_key_id=key['AccessKeyId'], aws_secret_access_key=key['SecretAccessKey'])
everybody = policy({**read, 'Principal': '*'})
identity = {'policyType': 'IDENTITY_POLICY'}
print(json.dumps({
    'pages': [len(page['findings']) for page in pages],
    'codes': sorted({finding['issueCode'] for page in pages for finding in page['findings']}),
    'path': first['locations'][0]['path'],
    'start': first['locations'][0]['span']['start'],
    'told': [
        told(analyzer, 'check_no_new_access', existingPolicyDocument=policy(read), newPolicyDocument=policy({**read, 'Action': 's3:Get*'}), **identity),
        told(analyzer, 'check_access_not_granted', policyDocument=policy(read), access=[{'actions': ['s3:PutObject']}], **identity),
        told(analyzer, 'check_no_public_access', policyDocument=everybody, resourceType='AWS::S3::Bucket'),
        told(analyzer, 'check_no_new_access', existingPolicyDocument='{', newPolicyDocument=policy(read), **identity),
        told(analyzer, 'check_no_public_access', policyDocument=policy({**read, 'Principal': {'AWS': 'arn:aws-cn:iam::111122223333:root'}}), resourceType='AWS::S3::Bucket'),
        told(analyzer, 'check_access_not_granted', policyDocument=policy(read), access=[{'actions': ['s3:A%d' % n for n in range(101)]}], **identity),
        told(analyzer, 'check_access_not_granted', policyDocument=policy(read), **identity),
        told(analyzer, 'check_no_public_access', policyDocument=everybody, resourceType='AWS::EC2::Instance'),
        told(analyzer, 'validate_policy', policyDocument=policy(read), nextToken='x', **identity),
        told(nobody, 'validate_policy', policyDocument=policy(read), **identity),
    ],
}))
`

test('boto3 pages through findings and tells errors apart', async () => {
  const answer = await python(SCRIPT, server, root)
  assert.equal(answer.code, 0, answer.stderr)
  assert.deepEqual(JSON.parse(answer.stdout), {
    pages: [3, 3, 1],
    codes: ['INVALID_ACTION'],
    path: [{ value: 'Statement' }, { index: 0 }, { value: 'Action' }, { index: 0 }],
    start: { line: 1, column: 86, offset: 86 },
    told: [
      ['FAIL', ['New access in the statement with sid: Read.']],
      ['PASS', []],
      ['FAIL', ['Public access granted in the following statement with sid: Read.']],
      ['InvalidParameterException', 400, null, []],
      ['UnprocessableEntityException', 422, null, []],
      ['ValidationException', 400, 'fieldValidationFailed', ['access.1.member.actions']],
      ['ValidationException', 400, 'fieldValidationFailed', ['access']],
      ['ValidationException', 400, 'fieldValidationFailed', ['resourceType']],
      ['ValidationException', 400, 'fieldValidationFailed', ['nextToken']],
      ['AccessDeniedException', 403, null, []],
    ],
  })
})

test('the CLIs validate and compare', async () => {
  const read = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}'
  for (const cli of await installedClis()) {
    const ask = async (...words: readonly string[]): Promise<unknown> => {
      const { code, stdout, stderr } = await aws(cli, server, root, ['accessanalyzer', ...words])
      assert.equal(code, 0, `${cli}: ${stderr}`)
      return JSON.parse(stdout)
    }
    const identity = ['--policy-type', 'IDENTITY_POLICY']
    assert.deepEqual(await ask('validate-policy', '--policy-document', read, ...identity), { findings: [] })
    // Debian's is older than the checks.
    const { code } = await aws(cli, server, root, ['accessanalyzer', 'check-no-new-access', 'help'])
    if (code !== 0) continue
    const documents = ['--existing-policy-document', read, '--new-policy-document', read]
    assert.deepEqual(await ask('check-no-new-access', ...documents, ...identity), {
      result: 'PASS',
      message: 'The modified permissions do not grant new access compared to your existing policy.',
    })
    assert.deepEqual(
      await ask('check-access-not-granted', '--policy-document', read, '--access', 'actions=s3:GetObject', ...identity),
      {
        result: 'FAIL',
        message: 'The policy document grants access to perform one or more of the listed actions or resources.',
        reasons: [
          {
            description: 'One or more of the listed actions or resources in the statement with index: 0.',
            statementIndex: 0,
          },
        ],
      },
    )
  }
})
