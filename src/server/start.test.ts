/** A started server: the address that it tells others is the one that it has. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  EnableOutboundWebIdentityFederationCommand,
  ListUsersCommand,
} from '@aws-sdk/client-iam'
import { startTestServer } from '../../tests/server.ts'

test('a server on any free port names the port that it got, in issuers and in denials', async () => {
  const server = await startTestServer({ port: 0 })
  try {
    const { root } = await server.account('issuer')
    const { IssuerIdentifier = '' } = await server.iam(root).send(new EnableOutboundWebIdentityFederationCommand({}))
    assert.ok(IssuerIdentifier.startsWith(`${server.endpoint}/_keyreeve/oidc/`), IssuerIdentifier)
    const document = await fetch(`${IssuerIdentifier}/.well-known/openid-configuration`)
    assert.ok((await document.text()).includes(`"issuer":"${IssuerIdentifier}"`))
    const iam = server.iam(root)
    await iam.send(new CreateUserCommand({ UserName: 'alice' }))
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }))
    assert.ok(AccessKey?.AccessKeyId !== undefined && AccessKey.SecretAccessKey !== undefined)
    const alice = server.iam({ accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey })
    await assert.rejects(alice.send(new ListUsersCommand({})), (error) => String(error).includes(`${server.endpoint}/console/`))
  } finally {
    await server.close()
  }
})
