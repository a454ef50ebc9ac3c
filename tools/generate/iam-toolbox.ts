/**
 * The model of IAM Toolbox, written by hand: the botocore that the others are read from, and the SDK for JavaScript, do not have it yet. Interface facts from
 * the IAM Toolbox API reference (2018-05-10, preview). The name of GetRequestAuthorizationPolicy's output member is inferred.
 */
import type { BotocoreModel, BotocoreShape } from './botocore.ts'

const error = (httpStatusCode: number): BotocoreShape => ({
  type: 'structure',
  exception: true,
  ...(httpStatusCode >= 500 && { fault: true }),
  error: { httpStatusCode },
  required: ['message'],
  members: { message: { shape: 'string' } },
})
const list = (shape: string): BotocoreShape => ({ type: 'list', member: { shape } })
const ERRORS = ['AccessDeniedException', 'InternalServerException', 'ResourceNotFoundException', 'ValidationException']

export const iamToolbox: BotocoreModel = {
  metadata: { apiVersion: '2018-05-10', protocol: 'rest-json', endpointPrefix: 'iam-toolbox', signingName: 'iam' },
  operations: {
    GetRequestAuthorizationDetails: {
      http: { method: 'GET', requestUri: '/authorization-details/{authorizationId}' },
      input: { shape: 'GetRequestAuthorizationDetailsInput' },
      output: { shape: 'GetRequestAuthorizationDetailsOutput' },
      errors: ERRORS.map((shape) => ({ shape })),
    },
    GetRequestAuthorizationPolicy: {
      http: { method: 'GET', requestUri: '/authorization-details/{authorizationId}/policy' },
      input: { shape: 'GetRequestAuthorizationPolicyInput' },
      output: { shape: 'GetRequestAuthorizationPolicyOutput' },
      errors: ERRORS.map((shape) => ({ shape })),
    },
  },
  shapes: {
    AuthorizationId: { type: 'string', min: 0, max: 256, pattern: '[0123456789abcdefghijklmnopqrstuvwxyz]+' },
    GetRequestAuthorizationDetailsInput: {
      type: 'structure',
      required: ['authorizationId'],
      members: {
        authorizationId: { shape: 'AuthorizationId', location: 'uri', locationName: 'authorizationId' },
        nextToken: { shape: 'string', location: 'querystring', locationName: 'nextToken' },
      },
    },
    GetRequestAuthorizationDetailsOutput: {
      type: 'structure',
      members: {
        requestContext: { shape: 'ContextMap' },
        evaluations: { shape: 'EvaluationList' },
        policies: { shape: 'PolicyInfoList' },
        nextToken: { shape: 'string' },
      },
    },
    GetRequestAuthorizationPolicyInput: {
      type: 'structure',
      required: ['authorizationId', 'policyUri'],
      members: {
        authorizationId: { shape: 'AuthorizationId', location: 'uri', locationName: 'authorizationId' },
        policyUri: { shape: 'string', location: 'querystring', locationName: 'policyUri' },
      },
    },
    GetRequestAuthorizationPolicyOutput: { type: 'structure', members: { policyDocument: { shape: 'document' } } },
    ContextMap: { type: 'map', key: { shape: 'string' }, value: { shape: 'document' } },
    EvaluationList: list('Evaluation'),
    Evaluation: {
      type: 'structure',
      required: ['action', 'resource'],
      members: {
        action: { shape: 'string' },
        resource: { shape: 'string' },
        context: { shape: 'ContextMap' },
        evaluatedEffect: { shape: 'EvaluatedEffect' },
        matchedPolicies: { shape: 'MatchedPolicyList' },
      },
    },
    EvaluatedEffect: { type: 'string', enum: ['ALLOW', 'EXPLICIT_DENY', 'IMPLICIT_DENY'] },
    MatchedPolicyList: list('MatchedPolicy'),
    MatchedPolicy: {
      type: 'structure',
      required: ['uri'],
      members: { uri: { shape: 'string' }, matchedStatements: { shape: 'MatchedStatementList' } },
    },
    MatchedStatementList: list('MatchedStatement'),
    MatchedStatement: {
      type: 'structure',
      members: { sid: { shape: 'string' }, evaluatedEffect: { shape: 'StatementEffect' } },
    },
    StatementEffect: { type: 'string', enum: ['ALLOW', 'DENY'] },
    PolicyInfoList: list('PolicyInfo'),
    PolicyInfo: {
      type: 'structure',
      members: {
        type: { shape: 'PolicyType' },
        inline: { shape: 'boolean' },
        uri: { shape: 'string' },
        attachedTo: { shape: 'AttachedToList' },
      },
    },
    PolicyType: {
      type: 'string',
      enum: [
        'IDENTITY_BASED_POLICY',
        'RESOURCE_BASED_POLICY',
        'PERMISSIONS_BOUNDARY',
        'SESSION_POLICY',
        'SERVICE_CONTROL_POLICY',
        'RESOURCE_CONTROL_POLICY',
        'VPC_ENDPOINT_POLICY',
      ],
    },
    AttachedToList: list('AttachedTo'),
    AttachedTo: { type: 'structure', members: { arn: { shape: 'string' } } },
    AccessDeniedException: error(403),
    InternalServerException: error(500),
    ResourceNotFoundException: error(404),
    ValidationException: error(400),
  },
}
