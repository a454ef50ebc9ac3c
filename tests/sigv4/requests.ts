/** Requests of the signature tests: plain ones, signed ones, and what came of checking them. */
import { SigningKeyCache } from '../../src/sigv4/key.ts'
import { type Presented, type ReadOptions, readSignature } from '../../src/sigv4/parse.ts'
import type { SignableRequest } from '../../src/sigv4/request.ts'
import { signRequest, type SigningCredentials } from '../../src/sigv4/sign.ts'
import { verifySignature } from '../../src/sigv4/verify.ts'

/** The credentials and the moment of AWS's published examples. */
export const EXAMPLE: SigningCredentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
}
export const EXAMPLE_TIME = Date.UTC(2015, 7, 30, 12, 36, 0)
const WINDOW_MS = 900_000

export const plainRequest: SignableRequest = {
  method: 'POST',
  target: '/',
  rawHeaders: [
    'Host',
    'iam.amazonaws.com',
    'Content-Type',
    'application/x-www-form-urlencoded; charset=utf-8',
    'User-Agent',
    'tests',
  ],
  body: Buffer.from('Action=GetUser&Version=2010-05-08'),
}

export function signed(request: Partial<SignableRequest> = {}, credentials = EXAMPLE): SignableRequest {
  const whole = { ...plainRequest, ...request }
  const added = signRequest(whole, credentials, { region: 'us-east-1', service: 'iam', now: EXAMPLE_TIME })
  return { ...whole, rawHeaders: [...whole.rawHeaders, ...added] }
}

/** The request with one header replaced, added (no such header) or left out (undefined). */
export function withHeader(request: SignableRequest, name: string, value: string | undefined): SignableRequest {
  const rawHeaders = request.rawHeaders.flatMap((text, index, all) => {
    if (index % 2 === 1) return []
    return text.toLowerCase() === name.toLowerCase() ? [] : [text, all[index + 1] ?? '']
  })
  return { ...request, rawHeaders: value === undefined ? rawHeaders : [...rawHeaders, name, value] }
}

export function read(request: SignableRequest, options: Partial<ReadOptions> = {}): Presented {
  return readSignature(request, { services: ['iam'], now: EXAMPLE_TIME, windowMs: WINDOW_MS, ...options })
}

/** Reads and verifies with the example's secret. */
export function check(request: SignableRequest, options: Partial<ReadOptions> = {}, secret = EXAMPLE.secretAccessKey): Presented {
  const presented = read(request, options)
  verifySignature(request, presented, secret, new SigningKeyCache())
  return presented
}

/** `code: message` of what a check throws; `accepted` where it throws nothing. */
export function outcome(work: () => unknown): string {
  try {
    work()
    return 'accepted'
  } catch (error) {
    if (error instanceof Error && 'code' in error) return `${String(error.code)}: ${error.message}`
    throw error
  }
}
