/** A started server: the address that it tells others is the one that it has. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EnableOutboundWebIdentityFederationCommand } from '@aws-sdk/client-iam'
import { startTestServer } from '../../tests/server.ts'

test('a server on any free port makes issuers at the port that it got', async () => {
  const server = await startTestServer({ port: 0 })
  try {
    const { root } = await server.account('issuer')
    const { IssuerIdentifier = '' } = await server.iam(root).send(new EnableOutboundWebIdentityFederationCommand({}))
    assert.ok(IssuerIdentifier.startsWith(`${server.endpoint}/_keyreeve/oidc/`), IssuerIdentifier)
    const document = await fetch(`${IssuerIdentifier}/.well-known/openid-configuration`)
    assert.ok((await document.text()).includes(`"issuer":"${IssuerIdentifier}"`))
  } finally {
    await server.close()
  }
})
