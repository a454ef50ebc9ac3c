/** AWS JSON 1.0 and 1.1: the operation in `X-Amz-Target`, JSON both ways. The console speaks it to every service. */
import { decodeJsonBody } from './json-decoder.ts'
import { jsonConverter } from './json-encoder.ts'
import { faultStatus, jsonFaultBody, queryErrorHeader, wireCode } from './faults.ts'
import { REQUEST_ID_HEADER, type Protocol, type WireAnswer } from './wire.ts'

function jsonProtocol(contentType: string): Protocol {
  const answer = (status: number, body: string, headers: Readonly<Record<string, string>>): WireAnswer => ({
    status,
    headers: { 'content-type': contentType, ...headers },
    body,
  })
  return {
    decode({ body }, _model, operation) {
      return decodeJsonBody(body, operation.input.members)
    },

    encode(output, { operation, requestId }) {
      const body = operation.output === undefined ? '{}' : JSON.stringify(jsonConverter(operation.output)(output))
      return answer(200, body, { [REQUEST_ID_HEADER]: requestId })
    },

    encodeFault(fault, context) {
      const code = wireCode(fault, context, 'json')
      const queryError = queryErrorHeader(fault, code, context)
      const headers = {
        [REQUEST_ID_HEADER]: context.requestId,
        ...(queryError !== undefined && { 'x-amzn-query-error': queryError }),
      }
      return answer(faultStatus(fault, context, 'json'), JSON.stringify(jsonFaultBody(fault, code, context)), headers)
    },
  }
}

export const json10: Protocol = jsonProtocol('application/x-amz-json-1.0')
export const json11: Protocol = jsonProtocol('application/x-amz-json-1.1')
