/** What checking a signature costs with the key cached: CPU time, and as a ratio to its two hashes and one HMAC in the same run. */
import { createHmac, hash } from 'node:crypto'
import { canonicalHeaders, canonicalRequest, payloadHash, stringToSign } from '../../src/sigv4/canonical.ts'
import { deriveSigningKey, SigningKeyCache } from '../../src/sigv4/key.ts'
import { readSignature } from '../../src/sigv4/parse.ts'
import type { SignableRequest } from '../../src/sigv4/request.ts'
import { signRequest } from '../../src/sigv4/sign.ts'
import { verifySignature } from '../../src/sigv4/verify.ts'

const REQUESTS = 10_000
const ROUNDS = 15
const NOW = Date.UTC(2026, 1, 3, 4, 5, 6)
const SCOPE = { region: 'us-east-1', service: 'iam', now: NOW }
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const HEADERS = {
  Host: '127.0.0.1:4566',
  'Accept-Encoding': 'identity',
  'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
  'User-Agent': 'Boto3/1.43.11 md/Botocore#1.43.11 ua/2.1 os/linux#6 md/arch#x86_64 lang/python#3.11',
  'amz-sdk-invocation-id': '2c1e7f8e-7a55-4f2e-9b39-9d4bb0f8a6c1',
  'amz-sdk-request': 'attempt=1',
  'Content-Length': '48',
}

/** Smallest CPU time of a round, in microseconds for each run. */
function measure(run: (index: number) => void): number {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = process.cpuUsage()
    for (let index = 0; index < REQUESTS; index += 1) run(index)
    const { user, system } = process.cpuUsage(start)
    best = Math.min(best, (user + system) / REQUESTS)
  }
  return best
}

function compare(name: string, sessionToken: string | undefined): void {
  const plain: SignableRequest = {
    method: 'POST',
    target: '/',
    rawHeaders: Object.entries(HEADERS).flat(),
    body: Buffer.from('Action=GetUser&Version=2010-05-08&UserName=alice'),
  }
  const credentials = {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: SECRET,
    ...(sessionToken !== undefined && { sessionToken }),
  }
  const rawHeaders = [...plain.rawHeaders, ...signRequest(plain, credentials, SCOPE)]
  // New strings for each request, as a parser makes them.
  const requests = Array.from({ length: REQUESTS }, () => ({
    ...plain,
    rawHeaders: rawHeaders.map((text) => Buffer.from(text).toString('latin1')),
  }))
  const cache = new SigningKeyCache()
  const whole = measure((index) => {
    const request = requests[index] ?? plain
    verifySignature(request, readSignature(request, { services: ['iam'], now: NOW, windowMs: 900_000 }), SECRET, cache)
  })
  const presented = readSignature({ ...plain, rawHeaders }, { services: ['iam'], now: NOW, windowMs: 900_000 })
  const headers = canonicalHeaders(presented.headerNames, rawHeaders, presented.signedNames)
  const canonical = canonicalRequest(
    { method: 'POST', path: '/', query: '', headers, signedHeaders: presented.signedHeaders },
    payloadHash(plain.body),
  )
  const text = stringToSign(presented, canonical)
  const key = deriveSigningKey(SECRET, presented)
  const bare = measure(() => {
    hash('sha256', plain.body, 'hex')
    hash('sha256', canonical, 'hex')
    createHmac('sha256', key).update(text).digest()
  })
  console.log(
    `${name}: ${whole.toFixed(1)} us, ${(whole / bare).toFixed(2)} times two hashes and one HMAC (${bare.toFixed(1)} us)`,
  )
}

compare('GetUser', undefined)
compare('GetUser with a session token of 350 characters', 'T'.repeat(350))
