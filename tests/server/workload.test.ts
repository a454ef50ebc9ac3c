/** A workload's service outlives its server: while none runs it says so, and it finds the one that was started anew. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import * as Iam from '@aws-sdk/client-iam'
import { cleanUp, keyreeve, startCommand, startProgram, temporaryFolder } from '../program.ts'

after(cleanUp)

const ROLE = '/latest/meta-data/iam/security-credentials/app'

test('the metadata service goes on when the server is started anew', async () => {
  const folder = temporaryFolder()
  const first = await startProgram([], { folder })
  const created = await keyreeve(
    ['account', 'create', '--name', 'A', '--email', 'a@example.com', '--root-access-key', '--json'],
    {
      folder,
    },
  )
  const { rootAccessKey }: { rootAccessKey: { accessKeyId: string; secretAccessKey: string } } = JSON.parse(created.out)
  const iam = new Iam.IAMClient({ endpoint: first.endpoint, region: 'us-east-1', credentials: rootAccessKey })
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
  })
  await iam.send(new Iam.CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument }))
  await iam.send(new Iam.CreateInstanceProfileCommand({ InstanceProfileName: 'app' }))
  await iam.send(new Iam.AddRoleToInstanceProfileCommand({ InstanceProfileName: 'app', RoleName: 'app' }))
  iam.destroy()

  const service = await startCommand(['metadata', '--instance-profile', 'app', '--shell', 'bash'], { folder })
  const base = /AWS_EC2_METADATA_SERVICE_ENDPOINT='([^']+)\/'/.exec(service.ready)?.[1] ?? ''
  const token = await fetch(`${base}/latest/api/token`, {
    method: 'PUT',
    headers: { 'X-aws-ec2-metadata-token-ttl-seconds': '60' },
  })
  const headers = { 'X-aws-ec2-metadata-token': await token.text() }
  const read = async () => {
    const answer = await fetch(`${base}${ROLE}`, { headers })
    return { status: answer.status, body: await answer.text() }
  }
  const before = await read()
  assert.equal(before.status, 200)
  assert.equal((await first.stop()).code, 0)
  const without = await read()
  assert.deepEqual([without.status, without.body.includes('503 - Service Unavailable')], [503, true])
  assert.equal((await read()).status, 503)

  const second = await startProgram([], { folder })
  assert.deepEqual(await read(), before, 'the credentials that were kept still hold')
  const ended = await service.stop()
  assert.equal(ended.code, 0)
  assert.equal(ended.err.match(/No server runs on /g)?.length, 1, 'the trouble is told once')
  assert.ok(!ended.err.includes(headers['X-aws-ec2-metadata-token']))
  await second.stop()
})
