/** Assertions made to be slow: anybody may send them, and nobody waits for them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openProvider } from '../../../tests/saml-provider.ts'
import { proveAssertion } from './prove-assertion.ts'

const SIGNATURE = 'http://www.w3.org/2000/09/xmldsig#'
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#'
/** Whoever has no key can still have it made canonical. */
const slow = `<Response xmlns="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:d="${SIGNATURE}" Version="2.0" ID="r"><a:Assertion ID="x"><d:Signature><d:SignedInfo><d:CanonicalizationMethod Algorithm="${EXCLUSIVE}"/><d:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><d:Reference URI="#x"><d:Transforms><d:Transform Algorithm="${EXCLUSIVE}"/></d:Transforms><d:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><d:DigestValue>AAAA</d:DigestValue></d:Reference></d:SignedInfo><d:SignatureValue>AAAA</d:SignatureValue></d:Signature>${'<b/>'.repeat(3_900)}</a:Assertion></Response>`

test('an assertion of many elements keeps nobody waiting', async () => {
  const asked = {
    encoded: Buffer.from(slow).toString('base64'),
    metadata: openProvider().metadata,
    keys: [],
    mustBeEncrypted: false,
    now: Date.now(),
  }
  let turns = 0
  let isDone = false
  const proof = proveAssertion('111122223333', asked).finally(() => (isDone = true))
  const refused = assert.rejects(proof, { code: 'InvalidIdentityToken', message: 'Response signature invalid' })
  for (; !isDone; turns += 1) await new Promise((resolve) => setImmediate(resolve))
  await refused
  assert.ok(turns > 100, `${turns} turns`)
})

test('a provider of a thousand certificates holds nobody up for long', async () => {
  const { metadata } = openProvider()
  const [descriptor = ''] = /<KeyDescriptor.*?<\/KeyDescriptor>/.exec(metadata) ?? []
  const asked = {
    encoded: Buffer.from(slow).toString('base64'),
    metadata: metadata.replace(descriptor, () => descriptor.repeat(800)),
    keys: [],
    mustBeEncrypted: false,
    now: Date.now(),
  }
  const began = performance.now()
  const long = assert.rejects(proveAssertion('111122223333', asked), { code: 'InvalidIdentityToken' })
  const other = { ...asked, metadata, encoded: Buffer.from('<a/>').toString('base64') }
  await assert.rejects(proveAssertion('444455556666', other), { code: 'InvalidIdentityToken' })
  await long
  const waited = performance.now() - began
  assert.ok(waited < 10_000, `${Math.round(waited)} ms`)
})
