/** The Query protocol against the real AWS SDK: what it serializes we read back equal, what we write it parses back equal. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Fault } from '../../src/aws/fault.ts'
import type { OperationModel } from '../../src/model/model.ts'
import { readModel } from '../../src/protocol/model-files.ts'
import { query } from '../../src/protocol/query.ts'
import { arbitraryOf } from './arbitrary.ts'
import { callSdk, sdkError, type SdkService } from './sdk.ts'

const REQUEST_ID = 'b4ee3ea8-ec7e-11e4-8fb1-0123456789ab'
const RUNS = 4
const services: readonly SdkService[] = ['iam', 'sts']

for (const service of services) {
  const model = readModel(service)

  const roundTrip = async (operation: OperationModel, input: object, output: object): Promise<void> => {
    let decoded: unknown
    const parsed = await callSdk(service, operation.name, input, (request) => {
      decoded = query.decode(request, model, operation)
      return query.encode(output, { model, operation, requestId: REQUEST_ID })
    })
    assert.deepEqual(decoded, input)
    assert.deepEqual(parsed, output)
  }

  test(`${service}: every operation round-trips through the SDK`, async () => {
    for (const operation of model.operations.values()) {
      const outputs = operation.output === undefined ? fc.constant({}) : arbitraryOf(operation.output)
      const property = fc.asyncProperty(arbitraryOf(operation.input), outputs, (input, output) =>
        roundTrip(operation, input as object, output as object),
      )
      await fc.assert(property, { numRuns: RUNS })
    }
  })

  test(`${service}: every modelled error is the SDK's own class, with message, status and request id`, async () => {
    const [operation] = model.operations.values()
    assert.ok(operation !== undefined)
    for (const [code, shape] of model.errors) {
      const message = `<${code}> & "more"`
      const error = await sdkError(service, operation.name, {}, () =>
        query.encodeFault(new Fault(code, message), { model, operation, requestId: REQUEST_ID }),
      )
      assert.equal(error.name, shape.name)
      assert.equal(error.message, message)
      assert.equal(error.$fault, shape.error.sender ? 'client' : 'server')
      assert.deepEqual([error.$metadata?.httpStatusCode, error.$metadata?.requestId], [shape.error.status, REQUEST_ID])
    }
  })

  test(`${service}: a request-level fault reaches the client before service and operation are known`, async () => {
    const [operation = ''] = model.operations.keys()
    const fault = new Fault('InvalidClientTokenId', 'The security token included in the request is invalid.')
    const error = await sdkError(service, operation, {}, () => query.encodeFault(fault, { requestId: REQUEST_ID }))
    assert.deepEqual([error.name, error.message, error.$metadata?.httpStatusCode], [fault.code, fault.message, 403])
  })
}
