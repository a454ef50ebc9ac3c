/** What a decision costs: CPU time, and as a ratio to a naive interpreter over the same JSON in the same run; compiling; the worst wildcard. */
import { policySet } from '../../src/policy/combine.ts'
import { compileText, type DocumentKind } from '../../src/policy/compile.ts'
import { contextOf, type ContextValue } from '../../src/policy/context.ts'
import { type Caller, type Check, decide, type Policies } from '../../src/policy/evaluate.ts'
import { matches, wildcardPattern } from '../../src/policy/glob.ts'
import { interpret, type Statement } from './policy-naive.ts'

const REQUESTS = 1_000
const ROUNDS = 9
const STATEMENTS_OF_A_POLICY = 8
const ACCOUNT = '111122223333'
const ACTIONS = ['GetObject', 'PutObject', 'DeleteObject', 'ListBucket', 'GetBucketPolicy']
const SERVICES = ['s3', 'sqs', 'states', 'lambda', 'dynamodb', 'kms', 'logs', 'sns', 'ecr', 'events']
const ARN = `arn:aws:iam::${ACCOUNT}:role/app/worker`
const caller: Caller = {
  type: 'assumed-role',
  accountId: ACCOUNT,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/worker/one`,
  id: 'AROAWORKER:one',
  roleArn: ARN,
  uniqueId: 'AROAWORKER',
}

type Workload = {
  readonly identity: readonly (readonly Statement[])[]
  readonly boundary: readonly Statement[]
  readonly resource: readonly Statement[]
}

/** A random sequence that is the same in every run. */
function sequence(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function workload(policies: number): Workload {
  const next = sequence(7)
  const statement = (number: number): Statement => {
    const service = SERVICES[number % SERVICES.length] ?? 's3'
    const target = `arn:aws:${service}:eu-central-1:${ACCOUNT}:team-${number}`
    const resources = [
      `${target}/*`,
      target,
      `${target}/\${aws:username}/*`,
      `arn:aws:${service}:*:${ACCOUNT}:team-${number}/*`,
      `${target}/*/logs/?`,
    ]
    return {
      Effect: number % 10 === 9 ? 'Deny' : 'Allow',
      Action: [`${service}:${ACTIONS[next(5)] ?? ''}`, `${service}:${ACTIONS[next(5)]?.slice(0, 3) ?? ''}*`],
      Resource: resources[next(5)] ?? '*',
      ...(number % 2 === 0 && { Condition: CONDITIONS[next(CONDITIONS.length)] ?? {} }),
    }
  }
  return {
    identity: Array.from({ length: policies }, (_, policy) =>
      Array.from({ length: STATEMENTS_OF_A_POLICY }, (__, index) => statement(policy * STATEMENTS_OF_A_POLICY + index)),
    ),
    boundary: [
      { Effect: 'Allow', Action: SERVICES.slice(0, 8).map((service) => `${service}:*`), Resource: '*' },
      { Effect: 'Deny', Action: 'iam:*', Resource: '*' },
      { Effect: 'Deny', Action: '*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    ],
    resource: Array.from({ length: 4 }, (_, index) => ({
      Effect: 'Allow',
      Principal: { AWS: [ACCOUNT, ARN, '*', '444455556666'][index] ?? '*' },
      Action: `s3:${ACTIONS[index] ?? ''}`,
      Resource: `arn:aws:s3:eu-central-1:${ACCOUNT}:team-${index * 10}/*`,
    })),
  }
}

const CONDITIONS: readonly NonNullable<Statement['Condition']>[] = [
  { StringEquals: { 'aws:RequestedRegion': ['eu-central-1', 'eu-west-1'] } },
  { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '203.0.113.0/24'] } },
  { 'ForAllValues:StringLike': { 'aws:TagKeys': ['team*', 'cost'] }, Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
  { StringLike: { 'aws:PrincipalTag/team': 'b*' }, NumericLessThan: { 'aws:MultiFactorAuthAge': '3600' } },
  { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/app/*` } },
]

const KEYS: Readonly<Record<string, ContextValue>> = {
  'aws:PrincipalArn': ARN,
  'aws:PrincipalAccount': ACCOUNT,
  'aws:PrincipalType': 'AssumedRole',
  'aws:userid': 'AROAWORKER:one',
  'aws:username': 'worker',
  'aws:PrincipalTag/team': 'blue',
  'aws:RequestedRegion': 'eu-central-1',
  'aws:SourceIp': '203.0.113.77',
  'aws:SecureTransport': 'true',
  'aws:TagKeys': ['team', 'cost'],
  'aws:MultiFactorAuthPresent': 'true',
  'aws:MultiFactorAuthAge': '120',
}

type Request = { readonly action: string; readonly resource: string; readonly hasResourcePolicy: boolean }

function requests(statements: number): readonly Request[] {
  const next = sequence(11)
  return Array.from({ length: REQUESTS }, () => {
    const number = next(statements)
    const service = SERVICES[number % SERVICES.length] ?? 's3'
    const target = `arn:aws:${service}:eu-central-1:${ACCOUNT}:team-${number}`
    return {
      action: `${service}:${ACTIONS[next(5)] ?? ''}`,
      resource: next(4) === 0 ? `${target}/worker/logs/1` : `${target}/object-${next(100)}`,
      hasResourcePolicy: next(100) < 41,
    }
  })
}

function compiled(statements: readonly Statement[], kind: DocumentKind, name: string) {
  const type = kind === 'resource' ? 'resource' : 'managed'
  return compileText(textOf(statements), kind, { id: name, name, type })
}

const textOf = (statements: readonly Statement[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements })

function prepare({ identity, boundary, resource }: Workload, asked: readonly Request[]): () => readonly string[] {
  const policies: Policies = {
    identity: policySet(identity.map((statements, number) => compiled(statements, 'identity', `p${number}`))),
    boundary: policySet([compiled(boundary, 'boundary', 'boundary')]),
  }
  const resourcePolicy = { kind: 'resource', policies: policySet([compiled(resource, 'resource', 'resource')]) } as const
  const context = contextOf(KEYS)
  const checks = asked.map(({ hasResourcePolicy, ...request }): Check => ({
    ...request,
    resourceAccountId: ACCOUNT,
    context,
    ...(hasResourcePolicy && { resourcePolicy }),
  }))
  return () => checks.map((check) => decide(check, caller, policies).decision)
}

function prepareNaive({ identity, boundary, resource }: Workload, asked: readonly Request[]): () => readonly string[] {
  const sets = { identity: identity.flat(), boundary }
  return () =>
    asked.map((request) => interpret(request, request.hasResourcePolicy ? { ...sets, resource } : sets, { caller, keys: KEYS }))
}

/** CPU microseconds of one call, the best of some rounds: what the machine does beside only adds. */
function cost(work: () => unknown, calls: number, rounds = ROUNDS): number {
  let best = Infinity
  for (let round = 0; round < rounds; round += 1) {
    const before = process.cpuUsage()
    for (let call = 0; call < calls; call += 1) work()
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / calls)
  }
  return best
}

console.log('statements   decision CPU us   naive CPU us   ratio   compile ms a principal   allowed/implicit/explicit')
for (const policies of [10, 50, 200]) {
  const load = workload(policies)
  const asked = requests(policies * STATEMENTS_OF_A_POLICY)
  const decideAll = prepare(load, asked)
  const interpretAll = prepareNaive(load, asked)
  const answers = decideAll()
  const naive = interpretAll()
  const differing = asked.filter((_, index) => answers[index] !== naive[index])
  if (differing.length > 0) throw new Error(`${differing.length} answers differ, first: ${JSON.stringify(differing[0])}`)
  const count = (decision: string): number => answers.filter((answer) => answer === decision).length
  const fast = cost(decideAll, 40) / REQUESTS
  const slow = cost(interpretAll, 1, policies > 50 ? 1 : 3) / REQUESTS
  const texts = load.identity.map(textOf)
  const compile =
    cost(() => texts.map((text) => compileText(text, 'identity', { id: 'p', name: 'p', type: 'managed' })), 5, 40) / 1000
  console.log(
    `${String(policies * STATEMENTS_OF_A_POLICY).padStart(10)}   ${fast.toFixed(2).padStart(15)}   ${slow.toFixed(1).padStart(12)}   ${(slow / fast).toFixed(0).padStart(5)}   ${compile.toFixed(2).padStart(22)}   ${count('allowed')}/${count('implicitDeny')}/${count('explicitDeny')}`,
  )
}

const stars = wildcardPattern('*a'.repeat(100))
const text = 'ab'.repeat(512)
console.log(`pattern of 100 stars against 1,024 characters: ${cost(() => matches(stars, text), 2_000).toFixed(1)} us`)
