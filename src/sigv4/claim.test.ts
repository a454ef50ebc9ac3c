/** The beginning of an Authorization header is remembered: what is read must be the same as if it were not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readHeaderClaim } from './claim.ts'

const SIGNATURE = '0123456789abcdef'.repeat(4)
const OTHER = 'fedcba9876543210'.repeat(4)

function read(authorization: string): string {
  const rawHeaders = ['authorization', authorization, 'x-amz-date', '20260203T040506Z']
  try {
    const { credential, signedHeaders, signature } = readHeaderClaim(authorization, {
      names: ['authorization', 'x-amz-date'],
      rawHeaders,
    })
    return `${credential}|${signedHeaders}|${signature}`
  } catch (error) {
    return String(error)
  }
}

// oxfmt-ignore
const HEADERS: readonly (readonly [string, string])[] = [
  [`AWS4-HMAC-SHA256 Credential=A/1, SignedHeaders=host, Signature=${SIGNATURE}`,                          `A/1|host|${SIGNATURE}`],
  [`AWS4-HMAC-SHA256 Credential=A/1, SignedHeaders=host, Signature=${OTHER}`,                              `A/1|host|${OTHER}`],
  [`AWS4-HMAC-SHA256 Credential=B/1, SignedHeaders=host, Signature=${SIGNATURE}`,                          `B/1|host|${SIGNATURE}`],
  [`AWS4-HMAC-SHA256 Credential=A/1, SignedHeaders=date;host, Signature=${SIGNATURE}`,                     `A/1|date;host|${SIGNATURE}`],
  [`AWS4-HMAC-SHA256 Credential=A/1,SignedHeaders=host,Signature=${SIGNATURE}`,                            `A/1|host|${SIGNATURE}`],
  [`AWS4-HMAC-SHA256 Signature=${OTHER}, Credential=A/1, SignedHeaders=host, Signature=${SIGNATURE}`,      `A/1|host|${SIGNATURE}`],
  [`AWS4-HMAC-SHA256 Signature=${SIGNATURE}, Credential=A/1, SignedHeaders=host`,                          `A/1|host|${SIGNATURE}`],
  [`AWS4-HMAC-SHA256 Credential=A/1, SignedHeaders=host;Signature=${SIGNATURE}`,                           'SignatureError'],
  [`AWS4-HMAC-SHA256 Credential=A/1, SignedHeaders=host, XSignature=${SIGNATURE}`,                         'SignatureError'],
  [`AWS4-HMAC-SHA256 Credential=A/1, SignedHeaders=host, nonsense, Signature=${SIGNATURE}`,                'SignatureError'],
  [`AWS4-HMAC-SHA1 Credential=A/1, SignedHeaders=host, Signature=${SIGNATURE}`,                            'SignatureError'],
  [` Signature=${SIGNATURE}`,                                                                              'SignatureError'],
  [`AWS4-HMAC-SHA256 Credential=A/${'1'.repeat(600)}, SignedHeaders=host, Signature=${SIGNATURE}`,         `A/${'1'.repeat(600)}|host|${SIGNATURE}`],
]

for (const round of ['first', 'again']) {
  test(`each header says what it says, read for the ${round === 'first' ? 'first' : 'second'} time`, () => {
    for (const [header, expected] of HEADERS) {
      const found = read(header)
      assert.ok(expected === 'SignatureError' ? found.startsWith(expected) : found === expected, `${header}\n${found}`)
    }
  })
}
