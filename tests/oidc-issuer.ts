/** A real OpenID Connect issuer for tests: oidc-provider behind TLS on loopback, and a browser's way through its sign-in. */
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingHttpHeaders, RequestListener } from 'node:http'
import { createServer, request } from 'node:https'
import Provider from 'oidc-provider'
import { selfSigned } from './certificates.ts'

export type TestIssuer = {
  readonly issuer: string
  /** The issuer without its scheme, as AWS names it. */
  readonly name: string
  /** What must be trusted to reach it (PEM). */
  readonly ca: string
  /** How often the key set was fetched. */
  keyFetches(): number
  /** Signs in with the authorization code flow; the ID token. */
  signIn(login: string): Promise<string>
  close(): void
}

const REDIRECT = 'https://app.example/callback'
/** oidc-provider's own pages for development take any password. */
const CLIENT = {
  client_id: 'app',
  client_secret: 'not a secret in a test',
  redirect_uris: [REDIRECT],
  id_token_signed_response_alg: 'ES256',
}

export async function openIssuer({ tags }: { readonly tags: object }): Promise<TestIssuer> {
  const { certificate, privateKey } = selfSigned('localhost')
  let listener: RequestListener = (_request, response) => response.end()
  let fetches = 0
  const server = createServer({ cert: certificate, key: privateKey }, (incoming, response) => {
    if (incoming.url === '/jwks') fetches += 1
    listener(incoming, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const name = `localhost:${typeof address === 'object' && address !== null ? address.port : 0}`
  const issuer = `https://${name}`
  listener = providerAt(issuer, tags).callback()
  const browse = browser(issuer, certificate)
  return {
    issuer,
    name,
    ca: certificate,
    keyFetches: () => fetches,
    signIn: (login) => signIn(browse(), login),
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function providerAt(issuer: string, tags: object): Provider {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
  return new Provider(issuer, {
    clients: [CLIENT],
    jwks: { keys: [{ ...key, use: 'sig', kid: 'first' }] },
    cookies: { keys: ['a key of a test'] },
    claims: { openid: ['sub', 'https://aws.amazon.com/tags', 'https://aws.amazon.com/source_identity', 'email'] },
    conformIdTokenClaims: false,
    pkce: { required: () => false },
    ttl: { IdToken: 300, AccessToken: 300, Grant: 300, Interaction: 300, Session: 300 },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        email: `${id}@example.com`,
        'https://aws.amazon.com/tags': tags,
        'https://aws.amazon.com/source_identity': id,
      }),
    }),
  })
}

type Page = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }
type Browse = (path: string, form?: Readonly<Record<string, string>>, headers?: Readonly<Record<string, string>>) => Promise<Page>

/** A browser keeps cookies; it follows nothing by itself. */
const browser = (issuer: string, ca: string) => (): Browse => {
  const cookies = new Map<string, string>()
  return (path, form, headers = {}) =>
    new Promise((resolve, reject) => {
      const outgoing = request(
        new URL(path, issuer),
        {
          ca,
          agent: false,
          method: form === undefined ? 'GET' : 'POST',
          headers: {
            cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
            ...(form !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
            ...headers,
          },
        },
        (response) => {
          for (const cookie of response.headers['set-cookie'] ?? []) {
            const [pair = ''] = cookie.split(';')
            cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
          }
          let body = ''
          response.setEncoding('utf8')
          response.on('data', (chunk: string) => {
            body += chunk
          })
          response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
        },
      )
      outgoing.on('error', reject)
      outgoing.end(form === undefined ? '' : new URLSearchParams(form).toString())
    })
}

async function signIn(browse: Browse, login: string): Promise<string> {
  const query = new URLSearchParams({
    client_id: CLIENT.client_id,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: REDIRECT,
  })
  let page = await browse(`/auth?${query.toString()}`)
  for (const prompt of ['login', 'consent']) {
    const interaction = locationOf(page)
    page = await browse(interaction, { prompt, login, password: 'any' })
    page = await browse(locationOf(page))
  }
  const code = new URL(locationOf(page)).searchParams.get('code') ?? ''
  const authorization = `Basic ${Buffer.from(`${CLIENT.client_id}:${encodeURIComponent(CLIENT.client_secret)}`).toString('base64')}`
  const { body } = await browse('/token', { grant_type: 'authorization_code', code, redirect_uri: REDIRECT }, { authorization })
  const answer: { readonly id_token?: string } = JSON.parse(body)
  if (answer.id_token === undefined) throw new Error(`no ID token: ${body}`)
  return answer.id_token
}

function locationOf({ status, headers: { location }, body }: Page): string {
  if (location === undefined) throw new Error(`no redirect but ${status}: ${body.slice(0, 500)}`)
  return location
}
