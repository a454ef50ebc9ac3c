/** Which `aws` honours AWS_ENDPOINT_URL. Programs that answer `--version` stand in temporary folders. */
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { awsVersion, olderClientWarning, parseAwsVersion } from './aws-version.ts'

// oxfmt-ignore
const VERSIONS: readonly (readonly [text: string, version: string | undefined, honours?: boolean])[] = [
  ['aws-cli/2.36.7 Python/3.14.1 Linux/6.8 exe/x86_64.ubuntu.24', '2.36.7',  true],
  ['aws-cli/2.13.0 Python/3.11',                                  '2.13.0',  true],
  ['aws-cli/2.12.7 Python/3.11',                                  '2.12.7',  false],
  ['aws-cli/2.9.19 Python/3.11.2 Linux/6.1 source/x86_64',        '2.9.19',  false],
  ['aws-cli/1.45.11 Python/3.11.7 Linux/6.1 botocore/1.43.11',    '1.45.11', true],
  ['aws-cli/1.29.0 Python/3.11',                                  '1.29.0',  true],
  ['aws-cli/1.28.85 Python/3.8',                                  '1.28.85', false],
  ['aws-cli/3.0.0 Python/3.20',                                   '3.0.0',   true],
  ['aws-cli/2.13',                                                undefined],
  ['aws-cli/2.x.1',                                               undefined],
  [' aws-cli/2.36.7',                                             undefined],
  ['some other aws 2.36.7',                                       undefined],
  ['',                                                            undefined],
]
for (const [text, version, honoursEndpoint] of VERSIONS) {
  test(`version: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parseAwsVersion(text), version === undefined ? undefined : { text: version, honoursEndpoint })
  })
}

const folders: string[] = []
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))

/** An environment whose path has one program in it, called aws. */
function pathWith(script: string): { readonly PATH: string } {
  const folder = mkdtempSync(join(tmpdir(), 'keyreeve-aws-'))
  folders.push(folder)
  writeFileSync(join(folder, 'aws'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, 'aws'), 0o755)
  return { PATH: folder }
}

const posix = { skip: process.platform === 'win32' }

test('the aws on the path is asked, whether it answers on its output or, as 1.x did, on its errors', posix, async () => {
  assert.deepEqual(await awsVersion(pathWith('echo aws-cli/2.20.1 Python/3.12')), { text: '2.20.1', honoursEndpoint: true })
  assert.deepEqual(await awsVersion(pathWith('echo aws-cli/1.16.0 Python/2.7 >&2')), { text: '1.16.0', honoursEndpoint: false })
})

test('no aws, a failing one and an unknown one are no version', posix, async () => {
  assert.equal(await awsVersion({ PATH: tmpdir() }), undefined)
  assert.equal(await awsVersion(pathWith('echo aws-cli/2.20.1; exit 1')), undefined)
  assert.equal(await awsVersion(pathWith('echo hello')), undefined)
})

test('only an aws that would go to the real AWS is warned of', posix, async () => {
  const warning = await olderClientWarning(pathWith('echo aws-cli/2.9.19 Python/3.11'))
  assert.equal(
    warning?.('http://127.0.0.1:4566'),
    `the aws on this path is 2.9.19. It ignores AWS_ENDPOINT_URL and would call the real AWS.
Install AWS CLI 2.13 or newer, or name the endpoint in each call: aws --endpoint-url http://127.0.0.1:4566 ...`,
  )
  assert.equal(await olderClientWarning(pathWith('echo aws-cli/2.20.1 Python/3.12')), undefined)
  assert.equal(await olderClientWarning({ PATH: tmpdir() }), undefined)
})
