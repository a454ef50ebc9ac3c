/** Unmodified clients find their credentials where workloads find them: the metadata service, the container endpoint, credential_process. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as Iam from '@aws-sdk/client-iam'
import { cleanUp, keyreeve, type Running, startCommand, startProgram, temporaryFolder } from '../program.ts'
import { type Answer, installedClis, withVariables } from './clients.ts'

const ACCOUNT = '111122223333'
const INSTANCE = 'i-0123456789abcdef0'
const PROGRAM = fileURLToPath(new URL('../../bin/keyreeve.js', import.meta.url))

const folder = temporaryFolder()
const running: Running[] = []
let endpoint = ''

before(async () => {
  const server = await startProgram([], { folder })
  running.push(server)
  endpoint = server.endpoint
  const create = ['account', 'create', '--name', 'A', '--email', 'a@example.com', '--account-id', ACCOUNT]
  const { out } = await keyreeve([...create, '--root-access-key', '--json'], { folder })
  const { rootAccessKey }: { rootAccessKey: { accessKeyId: string; secretAccessKey: string } } = JSON.parse(out)
  const iam = new Iam.IAMClient({ endpoint, region: 'us-east-1', credentials: rootAccessKey })
  const trust = (Principal: object) =>
    JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Principal, Action: 'sts:AssumeRole' } })
  const services = trust({ Service: ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com'] })
  await iam.send(new Iam.CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument: services }))
  await iam.send(new Iam.CreateInstanceProfileCommand({ InstanceProfileName: 'app' }))
  await iam.send(new Iam.AddRoleToInstanceProfileCommand({ InstanceProfileName: 'app', RoleName: 'app' }))
  await iam.send(new Iam.CreateUserCommand({ UserName: 'alice' }))
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' },
  })
  await iam.send(new Iam.PutUserPolicyCommand({ UserName: 'alice', PolicyName: 'p', PolicyDocument }))
  await iam.send(new Iam.CreateRoleCommand({ RoleName: 'deploy', AssumeRolePolicyDocument: trust({ AWS: ACCOUNT }) }))
  iam.destroy()
})
after(async () => {
  for (const one of running.toReversed()) await one.stop()
  cleanUp()
})

const PYTHON = `import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])`
const NODE = `import { STSClient, GetCallerIdentityCommand } from '@aws-sdk/client-sts'
console.log((await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn)`

/** Each client's way to ask who it is. */
const clis = await installedClis()
const CLIENTS: readonly (readonly [name: string, words: readonly string[]])[] = [
  ['boto3', ['python3', '-c', PYTHON]],
  ['the AWS SDK for JavaScript', [process.execPath, '--input-type=module', '-e', NODE]],
]
const cliWords = (cli: string): readonly string[] => [
  cli,
  '--endpoint-url',
  endpoint,
  'sts',
  'get-caller-identity',
  '--query',
  'Arn',
  '--output',
  'text',
]
const everyClient = (): readonly (readonly [name: string, words: readonly string[]])[] => [
  ...CLIENTS,
  ...clis.map((cli) => [cli, cliWords(cli)] as const),
]

function saysArn(name: string, { code, stdout, stderr }: Answer, arn: RegExp): void {
  assert.equal(code, 0, `${name}: ${stderr}`)
  assert.match(stdout.trim(), arn, name)
}

/** What the ready lines tell a shell to set. */
const exported = ({ ready }: Running): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from(ready.matchAll(/^export (\w+)='(.*)';$/gm), ([, name = '', value = '']) => [name, value]))

async function serve(...words: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const served = await startCommand([...words, '--shell', 'bash'], { folder })
  running.push(served)
  return exported(served)
}

test('the metadata service gives every client the role of the instance profile', async () => {
  const variables = await serve('metadata', '--instance-profile', 'app', '--instance-id', INSTANCE)
  assert.ok(variables['AWS_EC2_METADATA_SERVICE_ENDPOINT'] !== undefined)
  for (const [name, words] of everyClient())
    saysArn(name, await withVariables(words, variables), /:assumed-role\/app\/i-0123456789abcdef0$/)
})

test('the container endpoint gives every client the role of the task', async () => {
  const variables = await serve('container-credentials', '--role', 'app')
  const file = variables['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'] ?? ''
  const arn = /:assumed-role\/app\/[0-9a-f]{32}$/
  // Debian's CLI is older than the variable that names a file.
  const token = { AWS_CONTAINER_AUTHORIZATION_TOKEN: readFileSync(file, 'utf8') }
  for (const [name, words] of everyClient())
    saysArn(name, await withVariables(words, name === '/usr/bin/aws' ? { ...variables, ...token } : variables), arn)
  for (const [name, words] of CLIENTS) {
    writeFileSync(join(folder, 'wrong'), 'wrong')
    const wrong = { ...variables, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: join(folder, 'wrong') }
    assert.notEqual((await withVariables(words, wrong)).code, 0, `${name} with a wrong token`)
  }
})

test('credential_process gives every client the role that the user may assume', async () => {
  const config = (role: string): string => {
    const file = join(folder, `config-${role}`)
    const command = `${process.execPath} ${PROGRAM} credentials --data ${join(folder, '.keyreeve')} --role ${role} --user alice`
    writeFileSync(file, `[profile work]\nregion = us-east-1\ncredential_process = ${command}\n`)
    return file
  }
  const variables = { AWS_PROFILE: 'work', AWS_ENDPOINT_URL: endpoint, AWS_EC2_METADATA_DISABLED: 'true' }
  for (const [name, words] of everyClient()) {
    const answer = await withVariables(words, { ...variables, AWS_CONFIG_FILE: config('deploy') })
    saysArn(name, answer, /:assumed-role\/deploy\/keyreeve-alice$/)
    const refused = await withVariables(words, { ...variables, AWS_CONFIG_FILE: config('app') })
    assert.notEqual(refused.code, 0, name)
    // The SDK for JavaScript keeps the reason for itself.
    if (!name.includes('JavaScript')) assert.match(refused.stderr, /not authorized to perform: sts:AssumeRole/, name)
  }
})
