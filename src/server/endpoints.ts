/** What is answered without a signature: health, metrics, and the way to the console. Nothing here reads or shows anything of an account. */
import { header } from '../protocol/headers.ts'
import type { WireAnswer } from '../protocol/wire.ts'
import { json, text } from './answers.ts'
import type { ServerContext } from './context.ts'
import { isFit } from './faults.ts'
import type { HttpRequest } from './http.ts'
import { METRICS_CONTENT_TYPE } from './metrics.ts'

const CONSOLE_PATH = '/console/'
const HEALTH_PATH = '/_keyreeve/health'
const METRICS_PATH = '/_keyreeve/metrics'

type Endpoint = (context: ServerContext) => WireAnswer

const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map<string, Endpoint>([
  [HEALTH_PATH, (context) => json(200, { status: 'alive', ready: isFit(context) })],
  [`${HEALTH_PATH}/live`, () => json(200, { status: 'alive' })],
  [`${HEALTH_PATH}/ready`, (context) => (isFit(context) ? json(200, { status: 'ready' }) : json(503, { status: 'not ready' }))],
  [
    METRICS_PATH,
    ({ metrics }) => ({
      status: 200,
      headers: { 'content-type': METRICS_CONTENT_TYPE },
      body: metrics.text(),
    }),
  ],
])

/** The answer, where the request is for one of these; undefined where it is a call of a service. */
export function endpointAnswer(request: HttpRequest, context: ServerContext): WireAnswer | undefined {
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
  const { target } = request
  const path = target.split('?', 1)[0] ?? target
  if (target === '/' && isBrowser(request)) return { status: 302, headers: { location: CONSOLE_PATH }, body: '' }
  if (path.startsWith(CONSOLE_PATH))
    return text(
      501,
      'The web console is not part of this version. Use the AWS CLI: run `keyreeve env` for its settings. Why a request was refused: `keyreeve explain ID`.\n',
    )
  if (!path.startsWith('/_keyreeve/')) return undefined
  const endpoint = ENDPOINTS.get(path)
  return endpoint === undefined ? text(404, `Nothing is here. Known: ${[...ENDPOINTS.keys()].join(', ')}.\n`) : endpoint(context)
}

/** A browser asks for HTML and signs nothing. */
function isBrowser(request: HttpRequest): boolean {
  return (
    header(request.rawHeaders, 'authorization') === undefined &&
    (header(request.rawHeaders, 'accept') ?? '').includes('text/html')
  )
}
