/** Protocol, service and operation of a request; whatever is unknown is a route that says so. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { json10, json11 } from '../protocol/json.ts'
import { queryJson } from '../protocol/query-json.ts'
import { query } from '../protocol/query.ts'
import { restJson } from '../protocol/rest-json.ts'
import type { Protocol } from '../protocol/wire.ts'
import { services } from '../services/index.ts'
import type { HttpRequest } from './http.ts'
import { missingOperations } from './registry.ts'
import { routeOf } from './route.ts'

const FORM = ['content-type', 'application/x-www-form-urlencoded; charset=utf-8']

function request(given: Partial<HttpRequest>): HttpRequest {
  return {
    method: 'POST',
    target: '/',
    rawHeaders: [],
    body: new Uint8Array(),
    remoteAddress: '127.0.0.1',
    receivedAt: 0,
    ...given,
  }
}

const form = (body: string): HttpRequest => request({ rawHeaders: FORM, body: Buffer.from(body) })

// oxfmt-ignore
const FOUND: readonly (readonly [title: string, request: HttpRequest, service: string, operation: string])[] = [
  ['IAM by its version',        form('Action=CreateUser&Version=2010-05-08'),                              'iam', 'CreateUser'],
  ['STS by its version',        form('Action=GetCallerIdentity&Version=2011-06-15'),                       'sts', 'GetCallerIdentity'],
  ['parameters in any order',   form('UserName=a&Version=2010-05-08&Action=CreateUser'),                   'iam', 'CreateUser'],
  ['in the address',            request({ method: 'GET', target: '/?Action=ListUsers&Version=2010-05-08' }), 'iam', 'ListUsers'],
]
for (const [title, asked, service, operation] of FOUND) {
  test(`found: ${title}`, () => {
    const route = routeOf(asked)
    assert.equal(route.unroutable, undefined)
    assert.equal(route.service, service)
    assert.equal(route.operation?.name, operation)
    assert.equal(route.operationModel?.name, operation)
    assert.equal(route.protocol, query)
    assert.deepEqual(route.signingNames, [service])
    assert.equal(route.clockWindowMs, 900_000)
  })
}

test('Query services answer in JSON where the caller prefers it, whether they have what it asks for or not', () => {
  for (const body of [
    'Action=GetCallerIdentity&Version=2011-06-15',
    'Action=Nothing&Version=2011-06-15',
    'Action=A',
    'Version=1',
  ]) {
    const asked = form(body)
    assert.equal(routeOf({ ...asked, rawHeaders: [...FORM, 'Accept', 'application/json'] }).protocol, queryJson)
    assert.equal(routeOf({ ...asked, rawHeaders: [...FORM, 'Accept', '*/*'] }).protocol, query)
  }
})

const json = (target: string, type: string): HttpRequest =>
  request({ rawHeaders: ['X-Amz-Target', target, 'Content-Type', type] })
const MISSING = 'The request must contain the parameter Action'

// oxfmt-ignore
const UNROUTABLE: readonly (readonly [title: string, request: HttpRequest, protocol: Protocol, code: string, message: string, status: number])[] = [
  ['an unknown action',            form('Action=CreateUsr&Version=2010-05-08'),                    query,  'InvalidAction', 'Could not find operation CreateUsr for version 2010-05-08', 400],
  ['an action of another service', form('Action=GetCallerIdentity&Version=2010-05-08'),            query,  'InvalidAction', 'Could not find operation GetCallerIdentity for version 2010-05-08', 400],
  ['an unknown version',           form('Action=CreateUser&Version=2010-05-09'),                   query,  'InvalidAction', 'Could not find operation CreateUser for version 2010-05-09', 400],
  ['no version',                   form('Action=CreateUser'),                                      query,  'InvalidAction', 'Could not find operation CreateUser for version ', 400],
  ['a long action is shortened',   form(`Action=${'a'.repeat(500)}&Version=2010-05-08`),           query,  'InvalidAction', `Could not find operation ${'a'.repeat(128)} for version 2010-05-08`, 400],
  ['no action',                    form('Version=2010-05-08'),                                     query,  'MissingAction', MISSING, 400],
  ['nothing',                      request({}),                                                    query,  'MissingAction', MISSING, 400],
  ['a path',                       request({ method: 'GET', target: '/2015-03-31/functions/' }),   query,  'MissingAction', MISSING, 400],
  ['an unknown JSON target',       json('Nothing_20200101.Do', 'application/x-amz-json-1.1'),      json11, 'UnknownOperationException', '', 400],
  ['JSON 1.0 stays JSON 1.0',      json('Nothing_20200101.Do', 'application/x-amz-json-1.0'),      json10, 'UnknownOperationException', '', 400],
  ['a target without a dot',       json('Nothing', 'application/x-amz-json-1.1'),                  json11, 'UnknownOperationException', '', 400],
  ['an empty target',              json('', 'application/x-amz-json-1.1'),                         json11, 'UnknownOperationException', '', 400],
]
for (const [title, asked, protocol, code, message, status] of UNROUTABLE) {
  test(`not found: ${title}`, () => {
    const route = routeOf(asked)
    assert.equal(route.protocol, protocol)
    assert.equal(route.operation, undefined)
    assert.deepEqual(route.unroutable, { code, message, status })
  })
}

test('who asks for nothing we have may be signed for any of our services; who names one, for that one only', () => {
  assert.deepEqual(routeOf(request({})).signingNames, ['iam', 'sts', 'access-analyzer', 'organizations'])
  assert.deepEqual(routeOf(form('Action=Nothing&Version=2010-05-08')).signingNames, ['iam'])
})

const signedFor = (service: string, target: string): HttpRequest =>
  request({
    target,
    rawHeaders: ['Authorization', `AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/${service}/aws4_request, `],
  })

const SCOPE = 'AKIA/20260101/us-east-1'
const header4a = (service: string): readonly string[] => [
  'Authorization',
  `AWS4-ECDSA-P256-SHA256 Credential=AKIA/20260101/${service}/aws4_request, SignedHeaders=host, Signature=00`,
]
const presigned = (credential: string, target: string): HttpRequest =>
  request({ target: `${target}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential}` })

// oxfmt-ignore
const NAMED: readonly (readonly [title: string, signed: (service: string, target: string) => HttpRequest])[] = [
  ['in the header',                  signedFor],
  ['in the header, of Version 4A',   (service, target) => request({ target, rawHeaders: header4a(service) })],
  ['presigned',                      (service, target) => presigned(encodeURIComponent(`${SCOPE}/${service}/aws4_request`), target)],
  ['presigned, of Version 4A',       (service, target) => presigned(`AKIA%2F20260101%2F${service}%2Faws4_request`, target)],
  ['presigned, slashes unescaped',   (service, target) => presigned(`${SCOPE}/${service}/aws4_request`, target)],
]
for (const [title, signed] of NAMED) {
  test(`REST services by method and path, where the signature names them: ${title}`, () => {
    const found = routeOf(signed('access-analyzer', '/policy/validation'))
    assert.deepEqual([found.protocol, found.service, found.operation?.name], [restJson, 'access-analyzer', 'ValidatePolicy'])
    assert.deepEqual(found.signingNames, ['access-analyzer'])
    const nothing = routeOf(signed('access-analyzer', '/policy/nothing'))
    assert.deepEqual([nothing.protocol, nothing.unroutable?.code], [restJson, 'UnknownOperationException'])
    assert.equal(routeOf(signed('iam', '/policy/validation')).protocol, query)
  })
}

test('REST services by method and path where nobody signed', () => {
  const { protocol, service, operation } = routeOf(request({ target: '/policy/validation?maxResults=1' }))
  assert.deepEqual([protocol, service, operation?.name], [restJson, 'access-analyzer', 'ValidatePolicy'])
})

test('what the model has and we do not is answered with 501, by name', () => {
  const missing = 'access-analyzer:StartPolicyGeneration'
  assert.ok(missingOperations().includes(missing))
  const { operation, operationModel, unroutable } = routeOf(request({ method: 'PUT', target: '/policy/generation' }))
  assert.equal(operation, undefined)
  assert.equal(operationModel?.name, 'StartPolicyGeneration')
  const message = `This version of Keyreeve does not have ${missing}. See docs/coverage.md.`
  assert.deepEqual(unroutable, { code: 'NotImplemented', message, status: 501 })
})

test('every operation of every Query service has its route', () => {
  const versions: Readonly<Record<string, string>> = { iam: '2010-05-08', sts: '2011-06-15' }
  for (const [service, { operations }] of services) {
    const version = versions[service]
    if (version === undefined) continue
    for (const operation of operations)
      assert.equal(routeOf(form(`Action=${operation.name}&Version=${version}`)).operation, operation, operation.name)
  }
})

test('property: any request has a route', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('Action', 'Version', '2010-05-08', 'CreateUser', '__proto__', 'constructor', '%', '&', '='),
  )
  const words = fc.array(text).map((parts) => parts.join(''))
  const headers = fc
    .array(fc.tuple(fc.constantFrom('x-amz-target', 'content-type', 'authorization', 'X'), words))
    .map((pairs) => pairs.flat())
  fc.assert(
    fc.property(fc.constantFrom('GET', 'POST', 'PUT'), words, headers, words, (method, target, rawHeaders, body) => {
      const route = routeOf(
        request({ method, target: `/${target}`, rawHeaders: [...rawHeaders, ...FORM], body: Buffer.from(body) }),
      )
      assert.ok(route.operation !== undefined || route.unroutable !== undefined)
      assert.ok(route.signingNames.length > 0)
    }),
  )
})
