/** The policy simulator: the examples of the API reference, their XML as JSON. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { EvaluationResult, SimulatePolicyResponse } from '../../model/iam.gen.ts'
import { ACCOUNT, type Harness, openHarness, OTHER_ACCOUNT } from '../../../tests/harness.ts'
import { simulateCustomPolicy, simulatePrincipalPolicy } from './simulation.ts'
import { createUser } from './users.ts'

let harness: Harness
before(async () => {
  harness = await openHarness()
})
after(() => harness.close())

async function results(operation: typeof simulateCustomPolicy, input: object): Promise<readonly EvaluationResult[]> {
  const { EvaluationResults = [] } = await harness.call<SimulatePolicyResponse>(operation, input)
  return EvaluationResults
}

const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement })
const IAM = { Effect: 'Allow', Action: 'iam:*', Resource: '*' }
const MATEO = `arn:aws:iam::${ACCOUNT}:user/mateo`
const granting = (bucket: string, user: string): string =>
  document({ Effect: 'Allow', Principal: { AWS: user }, Action: ['s3:List*', 's3:Put*'], Resource: `arn:aws:s3:::${bucket}/*` })
const RESOURCE_STATEMENT = (text: string) => ({
  SourcePolicyId: 'ResourcePolicy',
  SourcePolicyType: 'Resource Policy',
  StartPosition: { Line: 1, Column: 38 },
  EndPosition: { Line: 1, Column: text.length - 1 },
})

test('SimulateCustomPolicy, example 2: the resource’s policy grants what identity policy and boundary do not', async () => {
  const ResourcePolicy = granting('production', MATEO)
  const [result] = await results(simulateCustomPolicy, {
    ActionNames: ['s3:PutObject'],
    CallerArn: MATEO,
    ResourceArns: ['arn:aws:s3:::production/Test'],
    ResourceOwner: `arn:aws:iam::${ACCOUNT}:root`,
    PermissionsBoundaryPolicyInputList: [document(IAM)],
    PolicyInputList: [document(IAM)],
    ResourcePolicy,
  })
  const both = {
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
    MatchedStatements: [RESOURCE_STATEMENT(ResourcePolicy)],
    MissingContextValues: [],
  }
  assert.deepEqual(result, {
    ...both,
    EvalDecisionDetails: {},
    EvalResourceName: 'arn:aws:s3:::production/Test',
    EvalDecision: 'allowed',
    EvalActionName: 's3:PutObject',
    ResourceSpecificResults: [{ ...both, EvalResourceDecision: 'allowed', EvalResourceName: 'arn:aws:s3:::production/Test' }],
  })
})

test('SimulatePrincipalPolicy, example 3: between accounts a resource is told of what was matched though another policy is silent', async () => {
  await harness.call(createUser, { UserName: 'arnav' })
  const arnav = `arn:aws:iam::${ACCOUNT}:user/arnav`
  const ResourcePolicy = granting('mary', arnav)
  const [result] = await results(simulatePrincipalPolicy, {
    PolicySourceArn: arnav,
    ActionNames: ['s3:PutObject'],
    ResourceArns: ['arn:aws:s3:::mary/Test'],
    ResourceOwner: `arn:aws:iam::${OTHER_ACCOUNT}:root`,
    PermissionsBoundaryPolicyInputList: [document(IAM)],
    ResourcePolicy,
  })
  const both = {
    EvalDecisionDetails: {
      'IAM Policy': 'implicitDeny',
      'Resource Policy': 'allowed',
      'Permissions Boundary Policy': 'implicitDeny',
    },
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
    MissingContextValues: [],
    EvalResourceName: 'arn:aws:s3:::mary/Test',
  }
  assert.deepEqual(result, {
    ...both,
    MatchedStatements: [],
    EvalDecision: 'implicitDeny',
    EvalActionName: 's3:PutObject',
    ResourceSpecificResults: [
      { ...both, MatchedStatements: [RESOURCE_STATEMENT(ResourcePolicy)], EvalResourceDecision: 'implicitDeny' },
    ],
  })
})
