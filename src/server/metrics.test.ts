/** The Prometheus page: what is counted, and that strangers cannot make it grow. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Metrics, openMetrics } from './metrics.ts'

const open = (): Metrics =>
  openMetrics({
    version: '1.2.3',
    operations: { iam: ['GetUser', 'CreateUser'] },
    process: () => ({ residentBytes: 1_000, cpuSeconds: 2.5, startedAtSeconds: 3 }),
  })

function assertLines(metrics: Metrics, ...lines: readonly string[]): void {
  const page = metrics.text()
  for (const line of lines) assert.ok(page.split('\n').includes(line), `${line}\nis not in\n${page}`)
}

test('requests are counted by service, operation and status', () => {
  const metrics = open()
  metrics.requestServed({ service: 'iam', operation: 'GetUser', status: 200, seconds: 0.0007 })
  metrics.requestServed({ service: 'iam', operation: 'GetUser', status: 200, seconds: 0.02 })
  metrics.requestServed({ service: 'iam', operation: 'GetUser', status: 404, seconds: 99 })
  assertLines(
    metrics,
    'keyreeve_requests_total{service="iam",operation="GetUser",status="200"} 2',
    'keyreeve_requests_total{service="iam",operation="GetUser",status="404"} 1',
    'keyreeve_request_duration_seconds_bucket{service="iam",operation="GetUser",le="0.0005"} 0',
    'keyreeve_request_duration_seconds_bucket{service="iam",operation="GetUser",le="0.001"} 1',
    'keyreeve_request_duration_seconds_bucket{service="iam",operation="GetUser",le="0.025"} 2',
    'keyreeve_request_duration_seconds_bucket{service="iam",operation="GetUser",le="10"} 2',
    'keyreeve_request_duration_seconds_bucket{service="iam",operation="GetUser",le="+Inf"} 3',
    'keyreeve_request_duration_seconds_count{service="iam",operation="GetUser"} 3',
  )
})

test('decisions, failed authentications and durable groups are counted', () => {
  const metrics = open()
  metrics.decided('implicitDeny')
  metrics.brokenPolicyDenied()
  metrics.notAuthenticated('SignatureDoesNotMatch')
  metrics.notAuthenticated('made up by a caller')
  metrics.groupCommitted({ jobs: 3, seconds: 0.002 })
  assertLines(
    metrics,
    'keyreeve_decisions_total{decision="implicitDeny"} 1',
    'keyreeve_broken_policy_denials_total 1',
    'keyreeve_authentication_failures_total{code="SignatureDoesNotMatch"} 1',
    'keyreeve_authentication_failures_total{code="other"} 1',
    'keyreeve_store_group_jobs_bucket{le="2"} 0',
    'keyreeve_store_group_jobs_bucket{le="4"} 1',
    'keyreeve_store_group_jobs_sum 3',
    'keyreeve_store_commit_seconds_count 1',
    'keyreeve_build_info{version="1.2.3"} 1',
    'process_resident_memory_bytes 1000',
    'process_cpu_seconds_total 2.5',
  )
})

test('names that nobody knows share one label, so the page stays as long as it is', () => {
  const metrics = open()
  const ask = (index: number): void =>
    metrics.requestServed({ service: `s${index}`, operation: `o${index}`, status: index, seconds: 1 })
  ask(1)
  metrics.requestServed({ service: 'iam', operation: 'DropTables', status: 400, seconds: 1 })
  metrics.requestServed({ status: 400, seconds: 1 })
  const before = metrics.text().split('\n').length
  for (let index = 1_000; index < 2_000; index += 1) ask(index)
  assert.equal(metrics.text().split('\n').length, before)
  assertLines(
    metrics,
    'keyreeve_requests_total{service="unknown",operation="unknown",status="unknown"} 1001',
    'keyreeve_requests_total{service="iam",operation="unknown",status="400"} 1',
  )
})

test('every line is a comment or a sample of the text format', () => {
  const metrics = open()
  metrics.requestServed({ service: 'iam', operation: 'GetUser', status: 200, seconds: 0.1 })
  for (const line of metrics.text().trimEnd().split('\n')) {
    assert.match(line, /^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{(?:\w+="[^"\n]*",?)*\})? [\d.e+-]+)$/)
  }
})
