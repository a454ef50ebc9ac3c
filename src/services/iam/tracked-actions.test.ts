/** The table of untracked actions against AWS's catalogue, and our operations against its actions. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAuthorization } from '../../protocol/model-files.ts'
import { services } from '../index.ts'
import { trackedActions } from './tracked-actions.ts'

const SERVICES = ['iam', 'sts', 'organizations', 'access-analyzer']
const namesOf = (service: string): readonly string[] =>
  [...(readAuthorization().service(service)?.actions.values() ?? [])].map(({ name }) => name)

test('what is not tracked, by service', () => {
  const untracked = (service: string): readonly string[] => {
    const tracked = new Set(trackedActions(service))
    return namesOf(service).filter((name) => !tracked.has(name))
  }
  // As many as the service reference marks: a name in the table that AWS does not have would be missing here.
  assert.deepEqual(
    SERVICES.map((service) => [service, untracked(service).length]),
    [
      ['iam', 33],
      ['sts', 7],
      ['organizations', 5],
      ['access-analyzer', 5],
    ],
  )
  assert.ok(!trackedActions('iam').includes('PassRole'))
  assert.ok(trackedActions('sts').includes('GetCallerIdentity'))
  assert.deepEqual(trackedActions('s3'), [])
})

/** An attempt is remembered by its operation. Where the action has another name, a report of actions would not show it. */
test('operations have the names of their actions', () => {
  const others = SERVICES.flatMap((service) => {
    const names = new Set(namesOf(service))
    const operations = services.get(service)?.operations ?? []
    return operations.filter(({ name }) => !names.has(name)).map(({ name }) => `${service}:${name}`)
  })
  // Actions that AWS's service reference does not have, and a call that is allowed by the actions of what it does.
  assert.deepEqual(others, ['iam:UpdateDelegationRequest', 'iam:AcquireRole', 'sts:GetScopedCredentials'])
})
