/** A harness for operations: real handlers on a real in-memory store, without the wire and without authorisation. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { rootArn, userArn } from '../src/aws/arn.ts'
import { Fault } from '../src/aws/fault.ts'
import type { AssumedRolePrincipal, Principal, SessionFacts } from '../src/aws/principal.ts'
import { readModel } from '../src/protocol/model-files.ts'
import { separateReads } from '../src/server/separate-reads.ts'
import type { Authorization, Call, Operation, Outside, PreparingCall } from '../src/services/operation.ts'
import { openSession, type Session } from '../src/services/session-token.ts'
import { claim } from '../src/store/claims.ts'
import type { Store } from '../src/store/store.ts'
import { newKeyring } from '../src/store/keyring.ts'
import { openVault } from '../src/store/vault.ts'
import { flawsOf } from './answer-shape.ts'
import type { HarnessJob } from './harness-runner.ts'
import { openHarnessStore } from './harness-store.ts'

export const ACCOUNT = '111122223333'
export const OTHER_ACCOUNT = '444455556666'
/** 2026-01-02T03:04:05Z: the time at which a harness begins. `advance` moves it. */
const START = Date.UTC(2026, 0, 2, 3, 4, 5)

/** Who calls (the root user where nobody is named), and what the decision found where its checks say `when`. */
type Calling = { readonly as?: Principal; readonly found?: NonNullable<Call['found']> }

export type Harness = {
  readonly store: Store
  readonly root: Principal
  /** A principal of the account for a user that exists; `id` is its unique id. */
  user(name: string, id: string, accountId?: string): Principal
  rootOf(accountId: string): Principal
  /** Runs an operation; the answer, or a thrown Fault. */
  call<Output = Record<string, unknown>>(operation: Operation, input: object, options?: Calling): Promise<Output>
  /** What an operation asks to be allowed. */
  checks(operation: Operation, input: object, options?: { readonly as?: Principal }): Authorization
  /** Who an unsigned operation says the caller is. */
  identify(operation: Operation, input: object, outside?: Partial<Outside>): Promise<Principal | undefined>
  /** A call as `identify` and `prepare` see it. */
  preparing(as?: Principal): PreparingCall
  /** Asserts that an operation is refused with this code and, where given, this message. */
  refused(
    operation: Operation,
    input: object,
    fault: { readonly code: string; readonly message?: string },
    options?: Calling,
  ): Promise<void>
  /** The session that a token stands for; undefined where the harness did not make it. */
  session(token: string): Session | undefined
  advance(milliseconds: number): void
  now(): number
  close(): Promise<void>
}

export async function openHarness(): Promise<Harness> {
  const store = await openHarnessStore()
  const keyring = newKeyring({ random: randomBytes, now: START })
  const edge = { random: (count: number) => randomBytes(count), vault: openVault(keyring) }
  let now = START
  let serial = 0
  for (const id of [ACCOUNT, OTHER_ACCOUNT]) await write(store, (tx) => insertAccount(tx, id, START))

  const outside: Outside = {
    claim: async (name, expiresAt) =>
      ((await write(store, async (tx) => ({ claimed: await claim(tx, name, expiresAt, now) }))) as { claimed: boolean }).claimed,
    recorded: async () => {},
    fetchText: async (url) => {
      throw new Error(`the harness reaches nothing: ${url}`)
    },
    topThumbprint: async (url) => {
      throw new Error(`the harness reaches nothing: ${url}`)
    },
    publicUrl: 'https://keyreeve.example',
  }
  const callOf = (principal: Principal): PreparingCall => {
    serial += 1
    return {
      requestId: `request-${serial}`,
      now,
      region: 'us-east-1',
      accountId: principal.accountId,
      principal,
      ...edge,
      ...outside,
    }
  }
  const root = rootPrincipal(ACCOUNT)
  const harness: Harness = {
    store,
    root,
    user: (userName, id, accountId = ACCOUNT) => ({
      type: 'user',
      accountId,
      userName,
      id,
      arn: userArn(accountId, '/', userName),
      credential: { accessKeyId: 'AKIATEST' },
    }),
    rootOf: rootPrincipal,
    call: <Output>(operation: Operation, input: object, { as = root, ...decided }: Calling = {}) =>
      answerOf<Output>(store, operation, input, { ...callOf(as), ...decided }),
    identify: (operation, input, outside) =>
      noting(operation, async () => operation.identify?.(separateReads(store), input, { ...callOf(root), ...outside })),
    checks: (operation, input, { as = root } = {}) => operation.authorize(input, callOf(as)),
    preparing: (as = root) => callOf(as),
    async refused(operation, input, { code, message }, options = {}) {
      await assert.rejects(harness.call(operation, input, options), (error) => {
        assert.ok(error instanceof Fault, `expected a Fault, got ${String(error)}`)
        assert.equal(error.code, code)
        if (message !== undefined) assert.equal(error.message, message)
        return true
      })
    },
    session: (token) => openSession(token, edge.vault),
    advance: (milliseconds) => {
      now += milliseconds
    },
    now: () => now,
    close: () => store.close(),
  }
  return harness
}

/** Runs an operation as the server does, its answer held to the model. */
function answerOf<Output>(store: Store, operation: Operation, input: object, call: PreparingCall): Promise<Output> {
  return noting(operation, async () => {
    const prepared = await operation.prepare?.(separateReads(store), input, call)
    const output =
      operation.kind === 'read'
        ? await store.read((tx) => operation.handle(tx, input, call, prepared))
        : await write(store, (tx) => operation.handle(tx, input, call, prepared))
    assertShape(operation, output)
    return output as Output
  })
}

/** A session of a role of the account: credentials that are no user's. */
export const ROLE_SESSION: AssumedRolePrincipal = {
  type: 'assumed-role',
  accountId: ACCOUNT,
  id: 'AROATEST:session',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/r/session`,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/r`,
  roleId: 'AROATEST',
  roleName: 'r',
  sessionName: 'session',
  credential: { accessKeyId: 'ASIATEST' },
}

/** That session with what its token says. */
export const roleSession = (session: SessionFacts): AssumedRolePrincipal => ({
  ...ROLE_SESSION,
  credential: { ...ROLE_SESSION.credential, session },
})

function rootPrincipal(accountId: string): Principal {
  return { type: 'root', accountId, id: accountId, arn: rootArn(accountId), credential: { accessKeyId: 'AKIAROOT' } }
}

/** What operations of every service may say beside the errors of their model (AWS, "Common errors"); session tags: recorded. */
const UNDECLARED = new Set([
  'ValidationError',
  'AccessDenied',
  'Throttling',
  'InvalidParameterValue',
  // A boundary that is not there; reported by many of CloudFormation.
  'iam:CreateRole NoSuchEntity',
])

function assertShape({ service, name }: Operation, output: object): void {
  const shape = readModel(service).operations.get(name)?.output
  assert.deepEqual(shape === undefined ? Object.keys(output) : flawsOf(output, shape, name), [])
}

/** Where faults that operations threw are listed, a line each, for tests/golden/faults.test.ts. */
const FAULTS = process.env['KEYREEVE_TEST_FAULTS']

/** Runs an operation. A client knows the errors of the model: whoever says another one is wrong, whatever its test expects. */
async function noting<T>({ service, name }: Operation, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const { code } = error
    const isUsual = UNDECLARED.has(code) || UNDECLARED.has(`${service}:${name} ${code}`)
    const errors = readModel(service).operations.get(name)?.errors ?? []
    const isDeclared = isUsual || errors.some((shape) => shape.error.code === code)
    assert.ok(isDeclared, `${service}:${name} throws ${code}, which its model does not declare`)
    if (FAULTS !== undefined) appendFileSync(FAULTS, `${service}:${name} ${code}\n`)
    throw error
  }
}

export function write(store: Store, run: HarnessJob['run']): Promise<object> {
  const job: HarnessJob = { run: async (tx) => (await tx.savepoint(() => run(tx))) ?? {} }
  return store.write(job)
}

async function insertAccount(tx: Parameters<HarnessJob['run']>[0], id: string, now: number): Promise<object> {
  await tx.run(
    `INSERT INTO account (id, name, email, email_key, status, created_at, version, audit_seq, audit_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    id,
    `Account ${id}`,
    `${id}@example.com`,
    `${id}@example.com`,
    'ACTIVE',
    now,
    1,
    0,
    '',
  )
  return {}
}
