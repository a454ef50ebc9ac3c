/** Every list of IAM, page by page: nothing twice, nothing left out, IsTruncated as long as there is more; and whose marker it is. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import { selfSigned } from '../../../tests/certificates.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import { newRequest, registerProvider } from '../../../tests/product-provider.ts'
import { runSql } from '../../../tests/refusals.ts'
import { openProvider } from '../../../tests/saml-provider.ts'
import type { Shape } from '../../model/model.ts'
import { readModel } from '../../protocol/model-files.ts'
import { findOperation } from '../index.ts'
import type { WriteTx } from '../../store/store.ts'
import { keepReport } from './access-reports.rows.ts'
import { iam } from './index.ts'

const DOCUMENT = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}'
const TRUST = DOCUMENT.replace('"sqs:*","Resource":"*"', '"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}')
const own = (kind: string, name: string): string => `arn:aws:iam::${ACCOUNT}:${kind}/${name}`
const THREE = ['a', 'B', 'c']
const Tags = THREE.map((Key) => ({ Key, Value: 'v' }))
const POLICY = own('policy', 'a')
const USER = { UserName: 'a' }
const AWS_POLICIES = ['ReadOnlyAccess', 'SecurityAudit'].map((name) => `arn:aws:iam::aws:policy/${name}`)
/** Of jobs that `before` begins. */
const REPORT = { JobId: '' }
const ENTITIES = { JobId: '', ServiceNamespace: 'sqs' }
const ORGANIZATION = { JobId: 'organization' }

let harness: Harness
const call = (name: string, input: object = {}): Promise<Record<string, unknown>> => {
  const operation = findOperation('iam', name)
  if (operation === undefined) throw new Error(`there is no ${name}`)
  return harness.call(operation, input)
}

/** Three of everything that can be listed; each owner has three of what it can have. */
before(async () => {
  harness = await openHarness()
  const { certificate, privateKey } = selfSigned('pages', { from: Date.UTC(2026, 0, 1) })
  const body = { CertificateBody: certificate, PrivateKey: privateKey }
  for (const name of THREE) {
    await call('CreateUser', { UserName: name, Tags })
    await call('CreateGroup', { GroupName: name })
    await call('CreateRole', { RoleName: name, AssumeRolePolicyDocument: TRUST, Tags })
    await call('CreatePolicy', { PolicyName: name, PolicyDocument: DOCUMENT, Tags })
    await call('CreateInstanceProfile', { InstanceProfileName: name, Tags })
    await call('CreateVirtualMFADevice', { VirtualMFADeviceName: name, Tags })
    await call('UploadServerCertificate', { ServerCertificateName: name, ...body, Tags })
    await call('AddRoleToInstanceProfile', { InstanceProfileName: name, RoleName: 'a' })
  }
  for (const name of THREE) {
    await call('AddUserToGroup', { GroupName: 'a', UserName: name })
    if (name !== 'a') await call('AddUserToGroup', { GroupName: name, UserName: 'a' })
    for (const [kind, owner] of [
      ['User', USER],
      ['Group', { GroupName: 'a' }],
      ['Role', { RoleName: 'a' }],
    ] as const) {
      await call(`Put${kind}Policy`, { ...owner, PolicyName: `inline-${name}`, PolicyDocument: DOCUMENT })
      await call(`Attach${kind}Policy`, { ...owner, PolicyArn: own('policy', name) })
    }
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    await call('UploadSSHPublicKey', { ...USER, SSHPublicKeyBody: String(publicKey.export({ type: 'spki', format: 'pem' })) })
  }
  for (const PolicyArn of AWS_POLICIES) await call('AttachUserPolicy', { ...USER, PolicyArn })
  for (const index of [1, 2]) {
    await call('CreatePolicyVersion', { PolicyArn: POLICY, PolicyDocument: DOCUMENT })
    await call('CreateServiceSpecificCredential', { ...USER, ServiceName: 'codecommit.amazonaws.com' })
    await call('CreateAccessKey', USER)
    const signing = selfSigned(`signing ${index}`, { from: Date.UTC(2026, 0, 1) })
    await call('UploadSigningCertificate', { ...USER, CertificateBody: signing.certificate })
  }
  await call('CreateSAMLProvider', { Name: 'a', SAMLMetadataDocument: openProvider().metadata, Tags })
  await call('CreateOpenIDConnectProvider', { Url: 'https://a.example', ThumbprintList: ['a'.repeat(40)], Tags })
  await call('CreateAccountAlias', { AccountAlias: 'pages' })
  await registerProvider(harness)
  for (const _ of THREE) await call('AssociateDelegationRequest', { DelegationRequestId: await newRequest(harness) })
  for (const [job, Arn] of [
    [REPORT, 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'],
    [ENTITIES, POLICY],
  ] as const)
    job.JobId = String((await call('GenerateServiceLastAccessedDetails', { Arn }))['JobId'])
  const report = JSON.stringify({ lines: THREE.map((namespace) => ({ namespace, accounts: 0 })) })
  const caller = { accountId: ACCOUNT, now: harness.now(), principal: harness.root }
  await harness.store.write({
    run: async (tx: WriteTx) => (await keepReport(tx, caller, { jobId: ORGANIZATION.JobId, kind: 'organization', report }), {}),
  })
  await runSql(harness, ['UPDATE iam_mfa_device SET owner = (SELECT id FROM iam_user WHERE name = $1)', 'a'])
})
after(() => harness.close())

/** The input of each list, and how many items it has here. */
// oxfmt-ignore
const LISTS: Readonly<Record<string, readonly [input: object, items: number]>> = {
  GetAccountAuthorizationDetails:  [{}, 14],
  GetGroup:                        [{ GroupName: 'a' }, 3],
  GetOrganizationsAccessReport:    [ORGANIZATION, 3],
  GetServiceLastAccessedDetails:   [REPORT, 2],
  GetServiceLastAccessedDetailsWithEntities: [ENTITIES, 4],
  ListAccessKeys:                  [USER, 2],
  ListAccountAliases:              [{}, 1],
  ListAttachedGroupPolicies:       [{ GroupName: 'a' }, 3],
  ListAttachedRolePolicies:        [{ RoleName: 'a' }, 3],
  ListAttachedUserPolicies:        [USER, 5],
  ListDelegationRequests:          [{}, 3],
  ListEntitiesForPolicy:           [{ PolicyArn: POLICY }, 3],
  ListGroupPolicies:               [{ GroupName: 'a' }, 3],
  ListGroups:                      [{}, 3],
  ListGroupsForUser:               [USER, 3],
  ListInstanceProfileTags:         [{ InstanceProfileName: 'a' }, 3],
  ListInstanceProfiles:            [{}, 3],
  ListInstanceProfilesForRole:     [{ RoleName: 'a' }, 3],
  ListMFADeviceTags:               [{ SerialNumber: own('mfa', 'a') }, 3],
  ListMFADevices:                  [USER, 3],
  ListOpenIDConnectProviderTags:   [{ OpenIDConnectProviderArn: own('oidc-provider', 'a.example') }, 3],
  ListPolicies:                    [{ Scope: 'All', OnlyAttached: true }, 5],
  ListPolicyTags:                  [{ PolicyArn: POLICY }, 3],
  ListPolicyVersions:              [{ PolicyArn: POLICY }, 3],
  ListRolePolicies:                [{ RoleName: 'a' }, 3],
  ListRoleTags:                    [{ RoleName: 'a' }, 3],
  ListRoles:                       [{}, 3],
  ListSAMLProviderTags:            [{ SAMLProviderArn: own('saml-provider', 'a') }, 3],
  ListSSHPublicKeys:               [USER, 3],
  ListServerCertificateTags:       [{ ServerCertificateName: 'a' }, 3],
  ListServerCertificates:          [{}, 3],
  ListServiceSpecificCredentials:  [USER, 2],
  ListSigningCertificates:         [USER, 2],
  ListUserPolicies:                [USER, 3],
  ListUserTags:                    [USER, 3],
  ListUsers:                       [{}, 3],
  ListVirtualMFADevices:           [{}, 3],
  SimulateCustomPolicy:            [{ PolicyInputList: [DOCUMENT], ActionNames: ['sqs:A', 'sqs:B', 's3:A'] }, 3],
  SimulatePrincipalPolicy:         [{ PolicySourceArn: own('user', 'a'), ActionNames: ['sqs:A', 'sqs:B', 's3:A'] }, 3],
}
/** These take a marker and no size of page: one page is all. */
const UNSIZED = ['ListPoliciesGrantingServiceAccess']

/** The lists in an answer, as one list of texts. */
function itemsOf(answer: Record<string, unknown>): readonly string[] {
  return Object.entries(answer).flatMap(([name, value]) =>
    Array.isArray(value) ? value.map((item: unknown) => `${name} ${JSON.stringify(item)}`) : [],
  )
}

/** The model of ListDelegationRequests writes it another way than all others. */
const truncated = (page: Record<string, unknown>): unknown => page['IsTruncated'] ?? page['isTruncated']

const compare = (one: string, other: string): number => (one < other ? -1 : 1)

test('every operation with a marker is in the table', () => {
  const takesMarker = ({ name }: { readonly name: string }): boolean =>
    readModel('iam')
      .operations.get(name)
      ?.input.members.some((member) => member.name === 'Marker') === true
  const names = [...iam.operations].filter(takesMarker).map(({ name }) => name)
  assert.deepEqual(names.toSorted(compare), [...Object.keys(LISTS), ...UNSIZED].toSorted(compare))
})
for (const [name, [input, count]] of Object.entries(LISTS)) {
  test(`${name} is the same page by page`, async () => {
    const whole = await call(name, input)
    const items = itemsOf(whole)
    assert.equal(items.length, count)
    assert.deepEqual([truncated(whole), 'Marker' in whole], [false, false])
    for (const MaxItems of [1, 2, count, 1000]) {
      const seen: string[] = []
      let page: Record<string, unknown> = {}
      do {
        const { Marker } = page
        page = await call(name, { ...input, MaxItems, ...(Marker !== undefined && { Marker }) })
        const found = itemsOf(page)
        assert.ok(found.length > 0 && found.length <= MaxItems)
        assert.equal(truncated(page), typeof page['Marker'] === 'string', 'a marker is there as long as there is more')
        seen.push(...found)
      } while (page['Marker'] !== undefined)
      assert.deepEqual(seen.toSorted(compare), items.toSorted(compare), `MaxItems ${MaxItems}`)
    }
  })
}

test('a marker is of its list, and opaque: a text of the caller’s is none', async () => {
  const { Marker: ofUsers } = await call('ListUsers', { MaxItems: 1 })
  const { Marker: ofRoles } = await call('ListRoles', { MaxItems: 1 })
  assert.notEqual(ofUsers, ofRoles)
  for (const [name, [input]] of Object.entries(LISTS)) {
    const foreign = name === 'ListUsers' ? ofRoles : ofUsers
    for (const Marker of [foreign, 'a', Buffer.from('users\\na').toString('base64'), '\u{1F600}']) {
      const operation = findOperation('iam', name)
      assert.ok(operation)
      await harness.refused(operation, { ...input, Marker }, { code: 'ValidationError', message: 'Invalid Marker.' })
    }
  }
})

/** IAM API Reference, MaxItems: 1 to 1000; 100 where nothing is said. Marker: 1 to 320 characters. */
test('the model bounds pages and markers, and a list has at most a hundred items where nobody says more', async () => {
  const boundsOf = (shape: Shape | undefined): unknown => {
    return shape?.kind === 'integer' || shape?.kind === 'string' ? [shape.min, shape.max] : undefined
  }
  for (const name of Object.keys(LISTS)) {
    const members = readModel('iam').operations.get(name)?.input.members ?? []
    const shapeOf = (member: string) => members.find((one) => one.name === member)?.shape
    assert.deepEqual(
      [boundsOf(shapeOf('MaxItems')), boundsOf(shapeOf('Marker'))],
      [
        [1, 1000],
        [1, 320],
      ],
      name,
    )
  }
  const { Policies, IsTruncated } = await call('ListPolicies', { Scope: 'AWS' })
  assert.deepEqual([itemsOf({ Policies }).length, IsTruncated], [100, true])
})
