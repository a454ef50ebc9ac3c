/** Refusals that no test of a resource reaches, so that tests/golden/faults.test.ts finds every error of the model or a reason. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, test } from 'node:test'
import { selfSigned } from '../../../tests/certificates.ts'
import { ACCOUNT, type Harness, openHarness } from '../../../tests/harness.ts'
import { INPUTS } from '../../../tests/golden/inputs.ts'
import { assertRefusals, type Refusal, runSql } from '../../../tests/refusals.ts'
import { openProvider } from '../../../tests/saml-provider.ts'
import { readModel } from '../../protocol/model-files.ts'
import { findOperation } from '../index.ts'
import { iam } from './index.ts'
import {
  OIDC_PROVIDERS_PER_ACCOUNT,
  SAML_PROVIDERS_PER_ACCOUNT,
  SERVER_CERTIFICATES_PER_ACCOUNT,
  VIRTUAL_MFA_DEVICES_PER_ACCOUNT,
} from './quotas.ts'

let harness: Harness
const { certificate, privateKey } = selfSigned('refusals', { from: Date.UTC(2026, 0, 1) })
const { metadata } = openProvider()
const SAML = { SAMLProviderArn: `arn:aws:iam::${ACCOUNT}:saml-provider/idp` }
const OIDC = { OpenIDConnectProviderArn: `arn:aws:iam::${ACCOUNT}:oidc-provider/idp.example` }
const MFA = { SerialNumber: `arn:aws:iam::${ACCOUNT}:mfa/device` }
const SERVER = { ServerCertificateName: 'one' }
const NONE_SAML = { SAMLProviderArn: `arn:aws:iam::${ACCOUNT}:saml-provider/none` }
const NOBODY = { UserName: 'nobody' }
const NO_USER = 'The user with name nobody cannot be found.'
const NO_CERTIFICATE = 'The Server Certificate with name none cannot be found.'
const TWICE = { Tags: [1, 2].map(() => ({ Key: 'a', Value: '' })) }
const MANY = { Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' })) }
const TOO_MANY = 'The number of tags has reached the maximum limit.'
const DUPLICATE = 'Duplicate tag keys found.'
const quota = (name: string, limit: number): string => `Cannot exceed quota for ${name}: ${limit}`

before(async () => {
  harness = await openHarness()
  await call('CreateUser', { UserName: 'alice' })
  await call('CreateSAMLProvider', { Name: 'idp', SAMLMetadataDocument: metadata })
  await call('CreateOpenIDConnectProvider', { Url: 'https://idp.example', ThumbprintList: ['a'.repeat(40)] })
  await call('CreateVirtualMFADevice', { VirtualMFADeviceName: 'device' })
  for (const ServerCertificateName of ['one', 'two'])
    await call('UploadServerCertificate', { ServerCertificateName, CertificateBody: certificate, PrivateKey: privateKey })
})
after(() => harness.close())

function operationOf(name: string) {
  const operation = findOperation('iam', name)
  if (operation === undefined) throw new Error(`there is no ${name}`)
  return operation
}
const call = (name: string, input: object) => harness.call(operationOf(name), input)

// oxfmt-ignore
const ROWS: readonly (readonly [operation: string, ...Refusal])[] = [
  ['ListMFADevices',                  NOBODY, 'NoSuchEntity', NO_USER],
  ['ListSigningCertificates',         NOBODY, 'NoSuchEntity', NO_USER],
  ['ListSSHPublicKeys',               NOBODY, 'NoSuchEntity', NO_USER],
  ['ListServiceSpecificCredentials',  NOBODY, 'NoSuchEntity', NO_USER],
  ['TagMFADevice',                    { ...MFA, ...TWICE },                     'InvalidInput',  DUPLICATE],
  ['TagMFADevice',                    { ...MFA, ...MANY },                      'LimitExceeded', TOO_MANY],
  ['TagSAMLProvider',                 { ...SAML, ...TWICE },                    'InvalidInput',  DUPLICATE],
  ['TagSAMLProvider',                 { ...SAML, ...MANY },                     'LimitExceeded', TOO_MANY],
  ['TagSAMLProvider',                 { ...NONE_SAML, Tags: [] },               'NoSuchEntity',  `Manifest not found for arn ${NONE_SAML.SAMLProviderArn}`],
  ['UntagSAMLProvider',               { ...NONE_SAML, TagKeys: [] },            'NoSuchEntity',  `Manifest not found for arn ${NONE_SAML.SAMLProviderArn}`],
  ['TagOpenIDConnectProvider',        { ...OIDC, ...MANY },                     'LimitExceeded', TOO_MANY],
  ['TagServerCertificate',            { ...SERVER, ...TWICE },                  'InvalidInput',  DUPLICATE],
  ['TagServerCertificate',            { ...SERVER, ...MANY },                   'LimitExceeded', TOO_MANY],
  ['TagServerCertificate',            { ServerCertificateName: 'none', Tags: [] },    'NoSuchEntity', NO_CERTIFICATE],
  ['UntagServerCertificate',          { ServerCertificateName: 'none', TagKeys: [] }, 'NoSuchEntity', NO_CERTIFICATE],
  ['UpdateServerCertificate',         { ...SERVER, NewServerCertificateName: 'TWO' }, 'EntityAlreadyExists', 'The Server Certificate with name TWO already exists.'],
]

test('refusals', async () => {
  for (const [operation, ...row] of ROWS) await assertRefusals(harness, operationOf(operation), [row])
})

/** IAM User Guide, "Tagging IAM resources": in whatever case (inferred from other services of AWS). */
test('every operation that sets tags refuses those of AWS’s own', async () => {
  const setters = iam.operations.filter(({ name }) =>
    readModel('iam')
      .operations.get(name)
      ?.input.members.some((member) => member.name === 'Tags'),
  )
  assert.equal(setters.length, 16)
  for (const operation of setters) {
    const input = INPUTS.iam[operation.name] ?? {}
    // oxfmt-ignore
    await assertRefusals(harness, operation, [
      [{ ...input, Tags: [{ Key: 'AWS:x', Value: '' }] },      'InvalidInput', 'aws: prefixed tag key names are not allowed for external use.'],
      [{ ...input, Tags: [{ Key: 'x', Value: 'aws:y' }] },     'InvalidInput', 'aws: prefixed tag values are not allowed for external use.'],
    ])
  }
  await call('TagUser', { UserName: 'alice', Tags: [{ Key: 'aws', Value: 'x aws:' }] })
})

test('a status that is for access keys is refused', async () => {
  const { Certificate } = await harness.call<{ Certificate: { CertificateId: string } }>(
    operationOf('UploadSigningCertificate'),
    {
      UserName: 'alice',
      CertificateBody: certificate,
    },
  )
  const body = String(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }))
  const { SSHPublicKey } = await harness.call<{ SSHPublicKey: { SSHPublicKeyId: string } }>(operationOf('UploadSSHPublicKey'), {
    UserName: 'alice',
    SSHPublicKeyBody: body,
  })
  const Expired = { UserName: 'alice', Status: 'Expired' }
  // oxfmt-ignore
  await assertRefusals(harness, operationOf('UpdateSigningCertificate'), [
    [{ ...Expired, CertificateId: Certificate.CertificateId },    'InvalidInput', 'A certificate cannot be set to Expired.'],
  ])
  // oxfmt-ignore
  await assertRefusals(harness, operationOf('UpdateSSHPublicKey'), [
    [{ ...Expired, SSHPublicKeyId: SSHPublicKey.SSHPublicKeyId }, 'InvalidInput', 'An SSH public key cannot be set to Expired.'],
  ])
})

test('quotas of the account', async () => {
  const numbers = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)'
  await runSql(
    harness,
    [
      `${numbers} INSERT INTO iam_mfa_device (account, serial, seed, drift, tags, created_at) SELECT $2, 'm' || i, '', 0, '[]', 0 FROM n`,
      VIRTUAL_MFA_DEVICES_PER_ACCOUNT - 2,
      ACCOUNT,
    ],
    [
      `${numbers} INSERT INTO iam_saml_provider (account, name, id, metadata, tags, created_at, valid_until) SELECT $2, 's' || i, '', '', '[]', 0, 0 FROM n`,
      SAML_PROVIDERS_PER_ACCOUNT - 2,
      ACCOUNT,
    ],
    [
      `${numbers} INSERT INTO iam_oidc_provider (account, url, client_ids, thumbprints, tags, created_at) SELECT $2, 'o' || i, '[]', '[]', '[]', 0 FROM n`,
      OIDC_PROVIDERS_PER_ACCOUNT - 2,
      ACCOUNT,
    ],
    [
      `${numbers} INSERT INTO iam_server_certificate (account, id, name, name_key, path, body, private_key, tags, created_at, expires_at) SELECT $2, 'c' || i, 'c' || i, 'c' || i, '/', '', '', '[]', 0, 0 FROM n`,
      SERVER_CERTIFICATES_PER_ACCOUNT - 3,
      ACCOUNT,
    ],
  )
  // oxfmt-ignore
  const rows = [
    ['CreateVirtualMFADevice',      (name: string) => ({ VirtualMFADeviceName: name }),                                    'VirtualMFADevicesPerAccount',       VIRTUAL_MFA_DEVICES_PER_ACCOUNT],
    ['CreateSAMLProvider',          (Name: string) => ({ Name, SAMLMetadataDocument: metadata }),                          'SAMLProvidersPerAccount',           SAML_PROVIDERS_PER_ACCOUNT],
    ['CreateOpenIDConnectProvider', (name: string) => ({ Url: `https://${name}.example`, ThumbprintList: ['a'.repeat(40)] }), 'OpenIdConnectProvidersPerAccount', OIDC_PROVIDERS_PER_ACCOUNT],
    ['UploadServerCertificate',     (name: string) => ({ ServerCertificateName: name, CertificateBody: certificate, PrivateKey: privateKey }), 'ServerCertificatesPerAccount', SERVER_CERTIFICATES_PER_ACCOUNT],
  ] as const
  for (const [operation, inputOf, name, limit] of rows) {
    await call(operation, inputOf('last'))
    await assertRefusals(harness, operationOf(operation), [[inputOf('over'), 'LimitExceeded', quota(name, limit)]])
  }
})

test('a trust policy has its quota when it is replaced, too', async () => {
  const TRUST =
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}'
  await call('CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: TRUST })
  const statement = '{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}'
  const PolicyDocument = `{"Version":"2012-10-17","Statement":[${Array.from({ length: 30 }, () => statement).join()}]}`
  await assertRefusals(harness, operationOf('UpdateAssumeRolePolicy'), [
    [{ RoleName: 'r', PolicyDocument }, 'LimitExceeded', quota('ACLSizePerRole', 2_048)],
  ])
})

test('a stored policy that cannot be evaluated is not passed over by the simulator', async () => {
  await call('PutUserPolicy', {
    UserName: 'alice',
    PolicyName: 'broken',
    PolicyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}',
  })
  await runSql(harness, [
    'UPDATE iam_inline_policy SET document = $1 WHERE account = $2 AND name = $3',
    '{"Version":"2013-10-17"}',
    ACCOUNT,
    'broken',
  ])
  const PolicySourceArn = `arn:aws:iam::${ACCOUNT}:user/alice`
  await harness.refused(
    operationOf('SimulatePrincipalPolicy'),
    { PolicySourceArn, ActionNames: ['sqs:SendMessage'] },
    { code: 'PolicyEvaluation' },
  )
})
