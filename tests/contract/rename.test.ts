/** A rename needs permission on what is renamed and on what it becomes: users, groups, server certificates (IAM API reference, Update*). */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { IAM } from '@aws-sdk/client-iam'
import { selfSigned } from '../certificates.ts'
import { startTestServer, type TestServer } from '../server.ts'

const ACCOUNT = '123456789012'
let server: TestServer
let iam: IAM
let limited: IAM

before(async () => {
  server = await startTestServer()
  const { root } = await server.account('rename', ACCOUNT)
  const settings = { endpoint: server.endpoint, region: 'us-east-1', maxAttempts: 1 }
  iam = new IAM({ ...settings, credentials: root })
  const { certificate, privateKey } = selfSigned('rename.example')
  await iam.createUser({ UserName: 'mine-a' })
  await iam.createGroup({ GroupName: 'mine-a' })
  await iam.uploadServerCertificate({ ServerCertificateName: 'mine-a', CertificateBody: certificate, PrivateKey: privateKey })
  await iam.createUser({ UserName: 'limited' })
  const Resource = ['user', 'group', 'server-certificate'].map((kind) => `arn:aws:iam::${ACCOUNT}:${kind}/mine-*`)
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 'iam:Update*', Resource },
  })
  await iam.putUserPolicy({ UserName: 'limited', PolicyName: 'limited', PolicyDocument })
  const { AccessKey } = await iam.createAccessKey({ UserName: 'limited' })
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
  limited = new IAM({ ...settings, credentials })
})
after(async () => {
  iam.destroy()
  limited.destroy()
  await server.close()
})

const RENAMES: Readonly<
  Record<string, (name: string, to: { readonly name?: string; readonly path?: string }) => Promise<unknown>>
> = {
  user: (UserName, { name, path }) => limited.updateUser({ UserName, NewUserName: name, NewPath: path }),
  group: (GroupName, { name, path }) => limited.updateGroup({ GroupName, NewGroupName: name, NewPath: path }),
  'server-certificate': (ServerCertificateName, { name, path }) =>
    limited.updateServerCertificate({ ServerCertificateName, NewServerCertificateName: name, NewPath: path }),
}

for (const [kind, rename] of Object.entries(RENAMES)) {
  test(`${kind}: by name, and by path`, async () => {
    const denied = (resource: string) => ({ name: 'AccessDenied', message: new RegExp(`on resource: ${resource} `) })
    const arn = `arn:aws:iam::${ACCOUNT}:${kind}`
    await assert.rejects(rename('mine-a', { name: 'theirs' }), denied(`${arn}/theirs`))
    await assert.rejects(rename('mine-a', { path: '/theirs/' }), denied(`${arn}/theirs/mine-a`))
    await rename('mine-a', { name: 'mine-b' })
    await assert.rejects(rename('theirs', { name: 'mine-c' }), denied(`(?:${arn}/|${kind} )theirs`))
  })
}
