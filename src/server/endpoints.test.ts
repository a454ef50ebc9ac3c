/** What is answered without a signature, and what is left to the services. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startTestServer, type TestServer } from '../../tests/server.ts'
import type { ServerContext } from './context.ts'
import { endpointAnswer } from './endpoints.ts'
import type { HttpRequest } from './http.ts'

let server: TestServer
before(async () => void (server = await startTestServer()))
after(() => server.close())

// oxfmt-ignore
const ANSWERED: readonly (readonly [method: string, target: string, status: number, type: string | null, body: RegExp])[] = [
  ['GET',  '/_keyreeve/health',         200, 'application/json',                          /^\{"status":"alive","ready":true\}\n$/],
  ['GET',  '/_keyreeve/health?a=b',     200, 'application/json',                          /^\{"status":"alive","ready":true\}\n$/],
  ['GET',  '/_keyreeve/health/live',    200, 'application/json',                          /^\{"status":"alive"\}\n$/],
  ['GET',  '/_keyreeve/health/ready',   200, 'application/json',                          /^\{"status":"ready"\}\n$/],
  ['HEAD', '/_keyreeve/health',         200, 'application/json',                          /^$/],
  ['GET',  '/_keyreeve/metrics',        200, 'text/plain; version=0.0.4; charset=utf-8',  /^# HELP keyreeve_requests_total /],
  ['GET',  '/_keyreeve/health/',        404, 'text/plain; charset=utf-8',                 /^Nothing is here\. Known: \/_keyreeve\/health, /],
  ['GET',  '/_keyreeve/admin',          404, 'text/plain; charset=utf-8',                 /^Nothing is here\./],
  ['GET',  '/console/',                 501, 'text/plain; charset=utf-8',                 /^The web console is not part of this version\./],
  ['GET',  '/console/sign-in',          501, 'text/plain; charset=utf-8',                 /^The web console is not part of this version\./],
]
for (const [method, target, status, type, body] of ANSWERED) {
  test(`${method} ${target} is answered with ${status}`, async () => {
    const answer = await fetch(server.endpoint + target, { method, redirect: 'manual' })
    assert.equal(answer.status, status)
    assert.equal(answer.headers.get('content-type'), type)
    assert.match(await answer.text(), body)
  })
}

test('a browser at the root is led to the console', async () => {
  const answer = await fetch(server.endpoint, { headers: { accept: 'text/html' }, redirect: 'manual' })
  assert.equal(answer.status, 302)
  assert.equal(answer.headers.get('location'), '/console/')
  await answer.text()
})

/** As far as endpoints look at it: the server's fitness. */
function contextThatIs({ healthy, current }: { readonly healthy: boolean; readonly current: boolean }) {
  // Only these two members are read; whatever else were read would throw.
  return { audit: { healthy }, store: { current: () => current } } as unknown as ServerContext
}

function request(method: string, target: string, rawHeaders: readonly string[] = []): HttpRequest {
  return { method, target, rawHeaders, body: new Uint8Array(), remoteAddress: '127.0.0.1', receivedAt: 0 }
}

// oxfmt-ignore
const READINESS: readonly (readonly [healthy: boolean, current: boolean, ready: boolean])[] = [
  [true,  true,  true],
  [false, true,  false],
  [true,  false, false],
  [false, false, false],
]
for (const [healthy, current, ready] of READINESS) {
  test(`audit log ${healthy ? 'healthy' : 'failing'}, store ${current ? 'current' : 'behind'}: ${ready ? 'ready' : 'not ready'}, and alive`, () => {
    const context = contextThatIs({ healthy, current })
    const status = (path: string): number | undefined => endpointAnswer(request('GET', path), context)?.status
    assert.equal(status('/_keyreeve/health/ready'), ready ? 200 : 503)
    assert.equal(status('/_keyreeve/health/live'), 200)
    assert.equal(status('/_keyreeve/health'), 200)
    assert.deepEqual(endpointAnswer(request('GET', '/_keyreeve/health'), context)?.body, `{"status":"alive","ready":${ready}}\n`)
  })
}

// oxfmt-ignore
const LEFT_TO_SERVICES: readonly (readonly [title: string, request: HttpRequest])[] = [
  ['a call',                         request('POST', '/')],
  ['a post to the health address',   request('POST', '/_keyreeve/health')],
  ['a post to the console',          request('POST', '/console/')],
  ['the root without HTML',          request('GET', '/', ['accept', 'application/xml'])],
  ['the root without headers',       request('GET', '/')],
  ['a signed call from a browser',   request('GET', '/', ['Accept', 'text/html', 'Authorization', 'AWS4-HMAC-SHA256 ...'])],
  ['a presigned call in a browser',  request('GET', '/?Action=GetCallerIdentity', ['accept', 'text/html'])],
  ['another path',                   request('GET', '/2015-03-31/functions')],
  ['a name that only begins so',     request('GET', '/_keyreeves')],
]
for (const [title, asked] of LEFT_TO_SERVICES) {
  test(`left to the services: ${title}`, () =>
    assert.equal(endpointAnswer(asked, contextThatIs({ healthy: true, current: true })), undefined))
}
