/** Signing certificates, SSH keys, service-specific credentials, server certificates, the credential report: refusals in their order, and lives. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import type * as Iam from '../../model/iam.gen.ts'
import { selfSigned, signed, type TestCertificate } from '../../../tests/certificates.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import { assertRefusals } from '../../../tests/refusals.ts'
import { createAccessKey } from './access-keys.ts'
import { generateCredentialReport, getCredentialReport } from './credential-report.ts'
import { createLoginProfile } from './login-profiles.ts'
import {
  deleteServerCertificate,
  getServerCertificate,
  listServerCertificates,
  updateServerCertificate,
  uploadServerCertificate,
} from './server-certificates.ts'
import { listServerCertificateTags, tagServerCertificate, untagServerCertificate } from './server-certificate-tags.ts'
import {
  createServiceSpecificCredential,
  deleteServiceSpecificCredential,
  listServiceSpecificCredentials,
  resetServiceSpecificCredential,
  updateServiceSpecificCredential,
} from './service-credentials.ts'
import {
  deleteSigningCertificate,
  listSigningCertificates,
  updateSigningCertificate,
  uploadSigningCertificate,
} from './signing-certificates.ts'
import { deleteSshPublicKey, getSshPublicKey, listSshPublicKeys, updateSshPublicKey, uploadSshPublicKey } from './ssh-keys.ts'
import { createUser, deleteUser } from './users.ts'

let harness: Harness
const from = Date.UTC(2026, 0, 1)
const [one, two, three] = ['one', 'two', 'three'].map((name) => selfSigned(name, { from }))
const expired = selfSigned('old', { from: Date.UTC(2020, 0, 1) })
const rsa = (bits: number): string =>
  String(generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ type: 'spki', format: 'pem' }))
before(async () => {
  harness = await openHarness()
  for (const UserName of ['alice', 'bob']) await harness.call(createUser, { UserName })
})
after(() => harness.close())

test('signing certificates', async () => {
  const CertificateBody = one?.certificate ?? ''
  const upload = (input: object) => harness.call<Iam.UploadSigningCertificateResponse>(uploadSigningCertificate, input)
  const { Certificate } = await upload({ UserName: 'alice', CertificateBody })
  assert.match(Certificate.CertificateId, /^[A-Z2-7]{32}$/)
  await upload({ UserName: 'alice', CertificateBody: two?.certificate })
  // oxfmt-ignore
  await assertRefusals(harness, uploadSigningCertificate, [
    [{ UserName: 'nobody', CertificateBody: 'x' },                  'NoSuchEntity',         'The user with name nobody cannot be found.'],
    [{ UserName: 'alice', CertificateBody: 'x' },                   'MalformedCertificate', 'Certificate BODY is malformed.'],
    [{ UserName: 'alice', CertificateBody: expired.certificate },   'InvalidCertificate',   'The certificate is expired.'],
    [{ UserName: 'alice', CertificateBody: three?.certificate },    'LimitExceeded',        'Cannot exceed quota for CertificatesPerUser: 2'],
    [{ UserName: 'bob', CertificateBody },                          'DuplicateCertificate', 'The certificate is already associated with an IAM user in this account.'],
  ])
  const { CertificateId } = Certificate
  for (const operation of [updateSigningCertificate, deleteSigningCertificate]) {
    // oxfmt-ignore
    await assertRefusals(harness, operation, [
      [{ UserName: 'nobody', CertificateId, Status: 'Inactive' }, 'NoSuchEntity', 'The user with name nobody cannot be found.'],
      [{ UserName: 'bob', CertificateId, Status: 'Inactive' },    'NoSuchEntity', `The Certificate with id ${CertificateId} cannot be found.`],
    ])
  }
  await harness.call(updateSigningCertificate, { UserName: 'alice', CertificateId, Status: 'Inactive' })
  const listed = await harness.call<Iam.ListSigningCertificatesResponse>(listSigningCertificates, { UserName: 'alice' })
  assert.deepEqual(listed.Certificates.map(({ Status }) => Status).toSorted(), ['Active', 'Inactive'])
  await harness.call(deleteSigningCertificate, { UserName: 'alice', CertificateId })
  await harness.refused(
    deleteUser,
    { UserName: 'alice' },
    { code: 'DeleteConflict', message: 'Cannot delete entity, must delete signing certificates first.' },
  )
})

test('SSH public keys', async () => {
  const pem = rsa(2048)
  const { SSHPublicKey: key } = await harness.call<Iam.UploadSSHPublicKeyResponse>(uploadSshPublicKey, {
    UserName: 'alice',
    SSHPublicKeyBody: pem,
  })
  assert.ok(key !== undefined)
  const { SSHPublicKeyId } = key
  assert.match(SSHPublicKeyId, /^APKA/)
  assert.match(key.Fingerprint, /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/)
  const as = async (Encoding: string) =>
    (await harness.call<Iam.GetSSHPublicKeyResponse>(getSshPublicKey, { UserName: 'alice', SSHPublicKeyId, Encoding }))
      .SSHPublicKey?.SSHPublicKeyBody
  assert.equal(await as('PEM'), pem.trim())
  const ssh = await as('SSH')
  // oxfmt-ignore
  await assertRefusals(harness, uploadSshPublicKey, [
    [{ UserName: 'nobody', SSHPublicKeyBody: 'x' },                       'NoSuchEntity',                  'The user with name nobody cannot be found.'],
    [{ UserName: 'alice', SSHPublicKeyBody: 'ssh-ed25519 AAAA' },         'UnrecognizedPublicKeyEncoding', 'The public key encoding is not recognized.'],
    [{ UserName: 'alice', SSHPublicKeyBody: 'ssh-rsa AAAA' },             'InvalidPublicKey',              'The public key is invalid.'],
    [{ UserName: 'alice', SSHPublicKeyBody: rsa(1024) },                  'InvalidPublicKey',              'The public key is invalid.'],
    [{ UserName: 'alice', SSHPublicKeyBody: `${ssh} alice@home` },        'DuplicateSSHPublicKey',         'The SSH public key is already associated with the specified IAM user.'],
  ])
  for (const operation of [getSshPublicKey, updateSshPublicKey, deleteSshPublicKey]) {
    await harness.refused(
      operation,
      { UserName: 'bob', SSHPublicKeyId, Encoding: 'SSH', Status: 'Inactive' },
      { code: 'NoSuchEntity', message: `The Public Key with id ${SSHPublicKeyId} cannot be found.` },
    )
  }
  for (let number = 0; number < 4; number += 1)
    await harness.call(uploadSshPublicKey, { UserName: 'alice', SSHPublicKeyBody: rsa(2048) })
  await harness.refused(
    uploadSshPublicKey,
    { UserName: 'alice', SSHPublicKeyBody: rsa(2048) },
    { code: 'LimitExceeded', message: 'Cannot exceed quota for SSHPublicKeysPerUser: 5' },
  )
  await harness.call(updateSshPublicKey, { UserName: 'alice', SSHPublicKeyId, Status: 'Inactive' })
  await harness.call(deleteSshPublicKey, { UserName: 'alice', SSHPublicKeyId })
  assert.equal(
    (await harness.call<Iam.ListSSHPublicKeysResponse>(listSshPublicKeys, { UserName: 'alice' })).SSHPublicKeys?.length,
    4,
  )
})

test('service-specific credentials', async () => {
  const ServiceName = 'codecommit.amazonaws.com'
  const create = async (input: object) =>
    (await harness.call<Iam.CreateServiceSpecificCredentialResponse>(createServiceSpecificCredential, input))
      .ServiceSpecificCredential
  const made = await create({ UserName: 'alice', ServiceName })
  assert.equal(made?.ServiceUserName, `alice-at-${ACCOUNT}`)
  assert.match(made.ServicePassword ?? '', /^.{44}$/)
  assert.equal((await create({ UserName: 'alice', ServiceName }))?.ServiceUserName, `alice+1-at-${ACCOUNT}`)
  const key = await create({ UserName: 'alice', ServiceName: 'bedrock.amazonaws.com', CredentialAgeDays: 1 })
  assert.match(key?.ServiceCredentialSecret ?? '', /^ABSK/)
  // oxfmt-ignore
  await assertRefusals(harness, createServiceSpecificCredential, [
    [{ UserName: 'nobody', ServiceName: 'x' },                        'NoSuchEntity',    'The user with name nobody cannot be found.'],
    [{ UserName: 'alice', ServiceName: 'x' },                         'NoSuchEntity',    'No such service x is supported for Service Specific Credentials'],
    [{ UserName: 'alice', ServiceName, CredentialAgeDays: 1 },        'ValidationError', `CredentialAgeDays is not supported for ${ServiceName}.`],
    [{ UserName: 'alice', ServiceName },                              'LimitExceeded',   'Cannot exceed quota for ServiceSpecificCredentialsPerUser: 2'],
  ])
  const ServiceSpecificCredentialId = made.ServiceSpecificCredentialId
  // As in the answers of AWS CLI's examples (`ACCAQFODXMPL4YFHP7DZE`).
  assert.match(ServiceSpecificCredentialId, /^ACCA[A-Z2-7]{17}$/)
  for (const operation of [updateServiceSpecificCredential, resetServiceSpecificCredential, deleteServiceSpecificCredential]) {
    await harness.refused(
      operation,
      { UserName: 'bob', ServiceSpecificCredentialId, Status: 'Inactive' },
      { code: 'NoSuchEntity', message: `No such credential ${ServiceSpecificCredentialId} exists` },
    )
  }
  await harness.call(updateServiceSpecificCredential, { UserName: 'alice', ServiceSpecificCredentialId, Status: 'Inactive' })
  const reset = await harness.call<Iam.ResetServiceSpecificCredentialResponse>(resetServiceSpecificCredential, {
    UserName: 'alice',
    ServiceSpecificCredentialId,
  })
  assert.notEqual(reset.ServiceSpecificCredential?.ServicePassword, made.ServicePassword)
  harness.advance(86_400_000)
  const all = async (input: object) =>
    (await harness.call<Iam.ListServiceSpecificCredentialsResponse>(listServiceSpecificCredentials, input))
      .ServiceSpecificCredentials ?? []
  assert.deepEqual((await all({ AllUsers: true })).map(({ Status }) => Status).toSorted(), ['Active', 'Expired', 'Inactive'])
  await assertRefusals(harness, listServiceSpecificCredentials, [
    [{ AllUsers: true, UserName: 'alice' }, 'ValidationError', 'AllUsers cannot be specified together with UserName.'],
  ])
  assert.equal((await all({ UserName: 'alice', ServiceName })).length, 2)
  assert.equal((await all({ UserName: 'bob' })).length, 0)
  await harness.call(deleteServiceSpecificCredential, { UserName: 'alice', ServiceSpecificCredentialId })
  assert.equal((await all({ UserName: 'alice', ServiceName })).length, 1)
})

const PEM = 'Unable to parse certificate. Please ensure the certificate is in PEM format.'
const brokenAt = (index: number): string =>
  `Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, followed by any intermediaries in order. The index within the chain of the invalid certificate is: ${index}`

test('server certificates', async () => {
  const [first, second] = [selfSigned('web', { from }), selfSigned('web', { from })]
  const past = selfSigned('past', { from: from - 60 * 86_400_000 })
  const future = selfSigned('future', { from: from + 60 * 86_400_000 })
  const root = selfSigned('root', { from })
  const [middle, other] = [signed('middle', { from }, root), signed('middle', { from }, root)]
  const { certificate: LeafBody, privateKey: LeafKey } = signed('leaf', { from }, middle)
  const leaf = { ServerCertificateName: 'leaf', CertificateBody: LeafBody, PrivateKey: LeafKey }
  const pems = (...chain: readonly TestCertificate[]): string => chain.map(({ certificate }) => certificate).join('')
  const good = { ServerCertificateName: 'Web', CertificateBody: first.certificate, PrivateKey: first.privateKey }
  const { ServerCertificateMetadata: made } = await harness.call<Iam.UploadServerCertificateResponse>(uploadServerCertificate, {
    ...good,
    Path: '/a/',
    Tags: [{ Key: 'k', Value: 'v' }],
  })
  assert.equal(made?.Arn, `arn:aws:iam::${ACCOUNT}:server-certificate/a/Web`)
  // oxfmt-ignore
  await assertRefusals(harness, uploadServerCertificate, [
    [{ ...good, CertificateBody: 'x', Tags: [{ Key: 'k', Value: '' }, { Key: 'k', Value: '' }] }, 'InvalidInput', 'Duplicate tag keys found.'],
    [{ ...good, CertificateBody: 'x' },                    'MalformedCertificate', PEM],
    [{ ...good, PrivateKey: 'x' },                         'MalformedCertificate', PEM],
    [{ ...good, PrivateKey: second.privateKey },           'KeyPairMismatch',      'The public key certificate and the private key do not match.'],
    [{ ...good, CertificateChain: 'x' },                   'MalformedCertificate', brokenAt(-1)],
    [{ ...good, CertificateChain: `${first.certificate}${first.certificate.replace('MII', 'AAA')}` }, 'MalformedCertificate', brokenAt(-1)],
    [{ ...good, CertificateBody: past.certificate, PrivateKey: past.privateKey }, 'MalformedCertificate', PEM],
    [{ ...good, CertificateBody: future.certificate, PrivateKey: future.privateKey },   'MalformedCertificate', PEM],
    [{ ...good, CertificateChain: second.certificate },    'MalformedCertificate', brokenAt(-1)],
    [{ ...leaf, CertificateChain: pems(root) },            'MalformedCertificate', brokenAt(-1)],
    [{ ...leaf, CertificateChain: pems(middle, second) },  'MalformedCertificate', brokenAt(-1)],
    [{ ...leaf, CertificateChain: pems(other, root) },     'MalformedCertificate', brokenAt(0)],
    [{ ...leaf, CertificateChain: pems(middle, other, root) }, 'MalformedCertificate', brokenAt(1)],
    [{ ...good, ServerCertificateName: 'WEB' },            'EntityAlreadyExists',  'The Server Certificate with name WEB already exists.'],
  ])
  const chained = await harness.call<Iam.UploadServerCertificateResponse>(uploadServerCertificate, {
    ...leaf,
    CertificateChain: pems(middle, root),
    Tags: [
      { Key: 'b', Value: '' },
      { Key: 'a', Value: '' },
    ],
  })
  assert.deepEqual(
    chained.Tags?.map(({ Key }) => Key),
    ['a', 'b'],
  )
  await harness.call(deleteServerCertificate, { ServerCertificateName: 'leaf' })
  for (const operation of [getServerCertificate, updateServerCertificate, deleteServerCertificate, listServerCertificateTags]) {
    await harness.refused(
      operation,
      { ServerCertificateName: 'none' },
      { code: 'NoSuchEntity', message: 'The Server Certificate with name none cannot be found.' },
    )
  }
  await harness.call(tagServerCertificate, { ServerCertificateName: 'web', Tags: [{ Key: 'K', Value: '2' }] })
  await harness.call(untagServerCertificate, { ServerCertificateName: 'web', TagKeys: ['k'] })
  const got = await harness.call<Iam.GetServerCertificateResponse>(getServerCertificate, { ServerCertificateName: 'web' })
  assert.deepEqual(got.ServerCertificate.Tags, [{ Key: 'K', Value: '2' }])
  assert.ok(!JSON.stringify(got).includes('PRIVATE KEY'))
  await harness.call(updateServerCertificate, { ServerCertificateName: 'web', NewServerCertificateName: 'shop', NewPath: '/b/' })
  const listed = await harness.call<Iam.ListServerCertificatesResponse>(listServerCertificates, { PathPrefix: '/b/' })
  assert.deepEqual(
    listed.ServerCertificateMetadataList.map(({ ServerCertificateName }) => ServerCertificateName),
    ['shop'],
  )
  await harness.call(deleteServerCertificate, { ServerCertificateName: 'SHOP' })
})

test('a chain that only begins, a megabyte long, is read once', async () => {
  const { certificate: CertificateBody, privateKey: PrivateKey } = selfSigned('long', { from })
  const begins = '-----BEGIN CERTIFICATE-----'.repeat(38_000)
  const refused = { code: 'MalformedCertificate', message: brokenAt(-1) }
  const startedAt = performance.now()
  for (const CertificateChain of [begins, `${begins}-----END CERTIFICATE-----`, `-----END CERTIFICATE-----${begins}`]) {
    const input = { ServerCertificateName: 'long', CertificateBody, PrivateKey, CertificateChain }
    await harness.refused(uploadServerCertificate, input, refused)
  }
  // Milliseconds. From each beginning to the end took ten seconds.
  assert.ok(performance.now() - startedAt < 3_000)
})

test('the credential report', async () => {
  await harness.refused(getCredentialReport, {}, { code: 'ReportNotPresent', message: '' })
  await harness.call(createUser, { UserName: 'with,comma' })
  await harness.call(createLoginProfile, { UserName: 'with,comma', Password: 'Correct-Horse-7' })
  await harness.call(createAccessKey, { UserName: 'with,comma' })
  const started = await harness.call(generateCredentialReport, {})
  assert.deepEqual(started, { State: 'STARTED', Description: 'No report exists. Starting a new report generation task' })
  assert.deepEqual(await harness.call(generateCredentialReport, {}), { State: 'COMPLETE' })
  const { Content, ReportFormat } = await harness.call<Iam.GetCredentialReportResponse>(getCredentialReport, {})
  assert.equal(ReportFormat, 'text/csv')
  const [header, root, ...users] = Buffer.from(Content ?? [])
    .toString()
    .split('\n')
  assert.equal(
    header,
    'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,' +
      'access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,' +
      'access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,' +
      'cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated',
  )
  assert.match(
    root ?? '',
    new RegExp(
      `^<root_account>,arn:aws:iam::${ACCOUNT}:root,2026-01-02T03:04:05\\+00:00,false,N/A,not_supported,not_supported,false,false,N/A`,
    ),
  )
  assert.match(
    users.at(-1) ?? '',
    /^"with,comma","arn:aws:iam::111122223333:user\/with,comma",2026-01-03T03:04:05\+00:00,true,no_information,2026-01-03T03:04:05\+00:00,N\/A,false,true,2026-01-03T03:04:05\+00:00,N\/A,N\/A,N\/A,false,N\/A/,
  )
  harness.advance(4 * 3_600_000)
  await harness.refused(getCredentialReport, {}, { code: 'ReportExpired' })
})
