/** Orders that tools make of many resources: graphs walked ten at a time, CloudFormation's handlers, a user destroyed with all that it has. */
import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import { IAM } from '@aws-sdk/client-iam'
import { selfSigned } from '../../certificates.ts'
import { type Credentials, startTestServer, type TestServer } from '../../server.ts'

const ACCOUNT = '123456789012'
const DOCUMENT = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }] })
const EC2 = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } }],
})
let server: TestServer
let root: Credentials
let iam: IAM

before(async () => {
  server = await startTestServer()
  ;({ root } = await server.account('orders', ACCOUNT))
  iam = new IAM({ endpoint: server.endpoint, region: 'us-east-1', credentials: root, maxAttempts: 1 })
})
after(async () => {
  iam.destroy()
  await server.close()
})

type Node = {
  readonly needs: readonly string[]
  readonly create: () => Promise<unknown>
  readonly destroy: () => Promise<unknown>
}

/** Runs what has all that it needs, ten at a time, as Terraform and Pulumi do. */
async function walk(
  nodes: ReadonlyMap<string, Node>,
  needs: (name: string) => readonly string[],
  run: (node: Node) => Promise<unknown>,
): Promise<void> {
  const done = new Set<string>()
  const running = new Map<string, Promise<void>>()
  while (done.size < nodes.size) {
    for (const [name, node] of nodes) {
      const isReady = !done.has(name) && !running.has(name) && needs(name).every((one) => done.has(one))
      if (!isReady || running.size >= 10) continue
      const work = async (): Promise<void> => {
        await run(node)
        done.add(name)
        running.delete(name)
      }
      running.set(name, work())
    }
    await Promise.race(running.values())
  }
}

function graph(): ReadonlyMap<string, Node> {
  const nodes = new Map<string, Node>()
  for (const number of ['1', '2', '3', '4', '5', '6']) {
    const [UserName, GroupName, RoleName, PolicyName] = ['user', 'group', 'role', 'policy'].map(
      (kind) => `graph-${kind}-${number}`,
    )
    const InstanceProfileName = RoleName
    const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/${PolicyName}`
    const add = (kind: string, needs: readonly string[], create: Node['create'], destroy: Node['destroy']): void => {
      nodes.set(`${kind}${number}`, { needs: needs.map((need) => `${need}${number}`), create, destroy })
    }
    add(
      'attached',
      ['role', 'policy'],
      () => iam.attachRolePolicy({ RoleName, PolicyArn }),
      () => iam.detachRolePolicy({ RoleName, PolicyArn }),
    )
    add(
      'profile',
      ['role'],
      () =>
        iam
          .createInstanceProfile({ InstanceProfileName })
          .then(() => iam.addRoleToInstanceProfile({ InstanceProfileName, RoleName })),
      () =>
        iam
          .removeRoleFromInstanceProfile({ InstanceProfileName, RoleName })
          .then(() => iam.deleteInstanceProfile({ InstanceProfileName })),
    )
    add(
      'member',
      ['user', 'group'],
      () => iam.addUserToGroup({ GroupName, UserName }),
      () => iam.removeUserFromGroup({ GroupName, UserName }),
    )
    add(
      'trusting',
      ['user'],
      () =>
        iam.createRole({
          RoleName: `${RoleName}-t`,
          AssumeRolePolicyDocument: EC2.replace(
            '"Service":"ec2.amazonaws.com"',
            `"AWS":"arn:aws:iam::${ACCOUNT}:user/${UserName}"`,
          ),
        }),
      () => iam.deleteRole({ RoleName: `${RoleName}-t` }),
    )
    add(
      'inline',
      ['group'],
      () => iam.putGroupPolicy({ GroupName, PolicyName, PolicyDocument: DOCUMENT }),
      () => iam.deleteGroupPolicy({ GroupName, PolicyName }),
    )
    add(
      'user',
      [],
      () => iam.createUser({ UserName }),
      () => iam.deleteUser({ UserName }),
    )
    add(
      'group',
      [],
      () => iam.createGroup({ GroupName }),
      () => iam.deleteGroup({ GroupName }),
    )
    add(
      'role',
      [],
      () => iam.createRole({ RoleName, AssumeRolePolicyDocument: EC2 }),
      () => iam.deleteRole({ RoleName }),
    )
    add(
      'policy',
      [],
      () => iam.createPolicy({ PolicyName, PolicyDocument: DOCUMENT }),
      () => iam.deletePolicy({ PolicyArn }),
    )
  }
  return nodes
}

test('a graph of 54 resources is applied ten at a time, and destroyed in the opposite order', async () => {
  const before = (await iam.getAccountSummary({})).SummaryMap
  const nodes = graph()
  await walk(
    nodes,
    (name) => nodes.get(name)?.needs ?? [],
    (node) => node.create(),
  )
  const { Users, Roles, Policies, Groups, InstanceProfiles } = (await iam.getAccountSummary({})).SummaryMap ?? {}
  assert.deepEqual([Users, Roles, Policies, Groups, InstanceProfiles], [6, 12, 6, 6, 6])
  const dependents = (name: string): readonly string[] =>
    [...nodes].filter(([, { needs }]) => needs.includes(name)).map(([other]) => other)
  await walk(nodes, dependents, (node) => node.destroy())
  assert.deepEqual((await iam.getAccountSummary({})).SummaryMap, before)
})

/** The resource handlers are public in their schemas: an update makes the new version the default one and drops the oldest; deletion takes all away first. */
test('CloudFormation: a managed policy on role, user and group, updated until versions run out, then the stack deleted', async () => {
  const [RoleName, UserName, GroupName] = ['cfn-role', 'cfn-user', 'cfn-group']
  await Promise.all([
    iam.createRole({ RoleName, AssumeRolePolicyDocument: EC2, Tags: [{ Key: 'aws-cdk', Value: 'x' }] }),
    iam.createUser({ UserName }),
    iam.createGroup({ GroupName }),
  ])
  await iam.addUserToGroup({ GroupName, UserName })
  const { Policy } = await iam.createPolicy({ PolicyName: 'cfn-Policy-1ABC', PolicyDocument: DOCUMENT, Path: '/' })
  const PolicyArn = Policy?.Arn
  await Promise.all([
    iam.attachRolePolicy({ RoleName, PolicyArn }),
    iam.attachUserPolicy({ UserName, PolicyArn }),
    iam.attachGroupPolicy({ GroupName, PolicyArn }),
  ])
  // AWS::IAM::Policy is one inline policy on each.
  const inline = { PolicyName: 'cfn-Inline', PolicyDocument: DOCUMENT }
  await Promise.all([
    iam.putRolePolicy({ RoleName, ...inline }),
    iam.putUserPolicy({ UserName, ...inline }),
    iam.putGroupPolicy({ GroupName, ...inline }),
  ])
  for (let update = 2; update <= 8; update += 1) {
    const { Versions = [] } = await iam.listPolicyVersions({ PolicyArn })
    const oldest = Versions.filter(({ IsDefaultVersion }) => IsDefaultVersion === false).at(-1)
    if (Versions.length === 5) await iam.deletePolicyVersion({ PolicyArn, VersionId: oldest?.VersionId })
    const { PolicyVersion } = await iam.createPolicyVersion({ PolicyArn, PolicyDocument: DOCUMENT, SetAsDefault: true })
    assert.deepEqual([PolicyVersion?.VersionId, PolicyVersion?.IsDefaultVersion], [`v${update}`, true])
  }
  const { PolicyRoles = [], PolicyUsers = [], PolicyGroups = [] } = await iam.listEntitiesForPolicy({ PolicyArn })
  assert.deepEqual([PolicyRoles.length, PolicyUsers.length, PolicyGroups.length], [1, 1, 1])
  await Promise.all([
    iam.detachRolePolicy({ RoleName, PolicyArn }),
    iam.detachUserPolicy({ UserName, PolicyArn }),
    iam.detachGroupPolicy({ GroupName, PolicyArn }),
  ])
  for (const { VersionId, IsDefaultVersion } of (await iam.listPolicyVersions({ PolicyArn })).Versions ?? [])
    if (IsDefaultVersion === false) await iam.deletePolicyVersion({ PolicyArn, VersionId })
  const { PolicyName } = inline
  await Promise.all([
    iam.deletePolicy({ PolicyArn }),
    iam.deleteRolePolicy({ RoleName, PolicyName }),
    iam.deleteUserPolicy({ UserName, PolicyName }),
    iam.deleteGroupPolicy({ GroupName, PolicyName }),
    iam.removeUserFromGroup({ GroupName, UserName }),
  ])
  await Promise.all([iam.deleteRole({ RoleName }), iam.deleteUser({ UserName }), iam.deleteGroup({ GroupName })])
})

/** RFC 6238 with the key as IAM shows it. */
function codes(seed: Uint8Array | undefined): { AuthenticationCode1: string; AuthenticationCode2: string } {
  const bits = Array.from(Buffer.from(seed ?? []).toString())
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const codeAt = (step: number): string => {
    const counter = Buffer.alloc(8)
    counter.writeBigUInt64BE(BigInt(step))
    const mac = createHmac('sha1', key).update(counter).digest()
    return String((mac.readUInt32BE((mac.at(-1) ?? 0) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0')
  }
  const step = Math.floor(Date.now() / 30_000)
  return { AuthenticationCode1: codeAt(step - 1), AuthenticationCode2: codeAt(step) }
}

/** In the provider's order. */
async function destroyAllOf(UserName: string): Promise<void> {
  for (const { GroupName } of (await iam.listGroupsForUser({ UserName })).Groups ?? [])
    await iam.removeUserFromGroup({ GroupName, UserName })
  for (const { AccessKeyId } of (await iam.listAccessKeys({ UserName })).AccessKeyMetadata ?? [])
    await iam.deleteAccessKey({ UserName, AccessKeyId })
  for (const { SSHPublicKeyId } of (await iam.listSSHPublicKeys({ UserName })).SSHPublicKeys ?? [])
    await iam.deleteSSHPublicKey({ UserName, SSHPublicKeyId })
  const { VirtualMFADevices = [] } = await iam.listVirtualMFADevices({ AssignmentStatus: 'Assigned' })
  for (const { SerialNumber, User } of VirtualMFADevices) {
    assert.equal(User?.UserName, UserName)
    await iam.deactivateMFADevice({ UserName, SerialNumber })
    await iam.deleteVirtualMFADevice({ SerialNumber })
  }
  assert.deepEqual((await iam.listMFADevices({ UserName })).MFADevices, [])
  await iam.deleteLoginProfile({ UserName })
  for (const { CertificateId } of (await iam.listSigningCertificates({ UserName })).Certificates ?? [])
    await iam.deleteSigningCertificate({ UserName, CertificateId })
  for (const { ServiceSpecificCredentialId } of (await iam.listServiceSpecificCredentials({ UserName }))
    .ServiceSpecificCredentials ?? [])
    await iam.deleteServiceSpecificCredential({ UserName, ServiceSpecificCredentialId })
}

test('Terraform: a user with force_destroy goes with all that it has', async () => {
  const UserName = 'forced'
  const { certificate } = selfSigned('forced.example')
  await iam.createUser({ UserName, PermissionsBoundary: 'arn:aws:iam::aws:policy/ReadOnlyAccess' })
  await iam.createGroup({ GroupName: 'forced' })
  await iam.addUserToGroup({ GroupName: 'forced', UserName })
  await Promise.all([iam.createAccessKey({ UserName }), iam.createAccessKey({ UserName })])
  const SSHPublicKeyBody = String(
    generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }),
  )
  await iam.uploadSSHPublicKey({ UserName, SSHPublicKeyBody })
  await iam.uploadSigningCertificate({ UserName, CertificateBody: certificate })
  await iam.createServiceSpecificCredential({ UserName, ServiceName: 'codecommit.amazonaws.com' })
  await iam.createLoginProfile({ UserName, Password: 'Correct-Horse-7' })
  const { VirtualMFADevice: device } = await iam.createVirtualMFADevice({ VirtualMFADeviceName: UserName })
  await iam.enableMFADevice({ UserName, SerialNumber: device?.SerialNumber, ...codes(device?.Base32StringSeed) })

  await destroyAllOf(UserName)
  await iam.deleteUser({ UserName })
  await iam.deleteGroup({ GroupName: 'forced' })
})
