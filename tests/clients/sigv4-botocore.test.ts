/** Requests signed by botocore: one process signs many, our verifier accepts them all, and refuses each once it is changed. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import type { SignableRequest } from '../../src/sigv4/request.ts'
import { signRequest } from '../../src/sigv4/sign.ts'
import { check, outcome, withHeader } from '../sigv4/requests.ts'

const run = promisify(execFile)

/** Prints one JSON line a request. Paths and queries are as an SDK puts them on the wire; botocore signs what it sends. */
const SCRIPT = `
import json, random
from base64 import b64encode
from urllib.parse import quote
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

random.seed(20150830)
ALPHABET = "abcXYZ019-._~ !$&'()*+,/:;=?@%[]" + chr(0xe9) + chr(0x65e5) + chr(0x1f600)
def text(most=12):
    return ''.join(random.choice(ALPHABET) for _ in range(random.randint(1, most)))
def segment():
    found = text()
    return 'a' + found if found.strip('.') == '' else found

for number in range(2000):
    presign = number % 4 == 3
    service = random.choice(['iam', 'sts', 'states', 'lambda'])
    region = random.choice(['us-east-1', 'eu-west-1', 'local'])
    secret = text(40)
    token = b64encode(text(60).encode()).decode() if number % 3 == 0 else None
    path = '/' + '/'.join(quote(segment(), safe='-._~') for _ in range(random.randint(0, 3)))
    names = [text() for _ in range(random.randint(0, 3))]
    query = '&'.join('%s=%s' % (quote(name, safe='-._~'), quote(text(), safe='-._~')) for name in names + names[:1])
    headers = {} if presign else {'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8', 'User-Agent': 'Boto3', 'X-Amz-Meta-A': '  a   b "c  d" '}
    body = '' if presign else text(200)
    host = 'localhost:4566'
    request = AWSRequest(method=random.choice(['GET', 'POST', 'DELETE']), url='http://' + host + path + ('?' + query if query else ''), data=body.encode(), headers=headers)
    auth = SigV4QueryAuth if presign else SigV4Auth
    auth(Credentials('AKIDEXAMPLE', secret, token), service, region).add_auth(request)
    print(json.dumps({
        'method': request.method, 'target': request.url[len('http://' + host):], 'headers': [list(pair) for pair in request.headers.items()],
        'host': host, 'body': body, 'secret': secret, 'service': service, 'region': region, 'token': token, 'presign': presign,
    }))
`

type Line = {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly host: string
  readonly body: string
  readonly secret: string
  readonly service: string
  readonly region: string
  readonly token: string | null
  readonly presign: boolean
}

const REFUSED = /^(?:SignatureDoesNotMatch|IncompleteSignature|MalformedQueryString|AuthorizationQueryParametersError): /

test('2,000 requests that botocore signed', async () => {
  const { stdout } = await run('python3', ['-c', SCRIPT], { maxBuffer: 64 * 1_048_576 })
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  assert.equal(lines.length, 2_000)
  for (const line of lines) verifyLine(line)
})

function verifyLine({ method, target, headers, host, body, secret, service, region, token, presign }: Line): void {
  const request: SignableRequest = { method, target, rawHeaders: ['Host', host, ...headers.flat()], body: Buffer.from(body) }
  const options = { services: [service], now: Date.now() }
  const presented = check(request, options, secret)
  assert.deepEqual([presented.region, presented.service, presented.presigned], [region, service, presign])
  assert.equal(presented.sessionToken ?? null, token)
  assert.match(
    outcome(() => check(request, options, `${secret}.`)),
    REFUSED,
  )
  assert.match(
    outcome(() => check({ ...request, body: Buffer.from(`${body}.`) }, options, secret)),
    REFUSED,
  )
  assert.match(
    outcome(() => check(withHeader(request, 'Host', 'localhost'), options, secret)),
    REFUSED,
  )
  assert.match(
    outcome(() => check({ ...request, target: `${target}${target.includes('?') ? '&' : '?'}a=1` }, options, secret)),
    REFUSED,
  )
  if (presign || token !== null) return
  const plain = withHeader(
    withHeader(withHeader(request, 'Authorization', undefined), 'X-Amz-Date', undefined),
    'User-Agent',
    undefined,
  )
  const ours = signRequest(
    plain,
    { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: secret },
    { region, service, now: presented.signedAt },
  )
  assert.equal(ours.at(-1), headers.find(([name]) => name === 'Authorization')?.[1], 'our signer agrees')
}
