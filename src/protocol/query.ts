/** AWS Query: parameters of a form or query string in, XML out (IAM, STS, SNS). */
import { encodeXmlFault, encodeXmlOutput } from './xml.ts'
import { faultStatus, wireCode } from './faults.ts'
import { formText, parseForm, queryOf } from './form.ts'
import { decodeQuery } from './query-decoder.ts'
import { REQUEST_ID_HEADER, type Protocol, type WireAnswer } from './wire.ts'

/** Parameters may stand in the query string (GET, presigned requests) or in the body; the two are read as one. */
export const query: Protocol = {
  decode({ target, body }, _model, operation) {
    const search = queryOf(target)
    const texts = body.byteLength === 0 ? [search] : search === '' ? [formText(body)] : [search, formText(body)]
    return decodeQuery(parseForm(texts), operation.input)
  },

  encode(output, { model, operation, requestId }) {
    return answer(200, encodeXmlOutput(output, { model, operation, requestId }), requestId)
  },

  encodeFault(fault, context) {
    const status = faultStatus(fault, context, 'query')
    return answer(status, encodeXmlFault(fault, wireCode(fault, context, 'query'), context), context.requestId)
  },
}

function answer(status: number, body: string, requestId: string): WireAnswer {
  return { status, headers: { [REQUEST_ID_HEADER]: requestId, 'content-type': 'text/xml' }, body }
}
