/** Real clients as processes: the AWS CLIs and boto3, with an environment that knows nothing but the server under test. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Credentials, TestServer } from '../server.ts'

const run = promisify(execFile)
/** Debian's AWS CLI 2.9 ignores AWS_ENDPOINT_URL, so every call names the endpoint. */
const DEBIAN_CLI = '/usr/bin/aws'
const TIMEOUT_MS = 60_000

export type Answer = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** The CLIs that must be here: a missing one is a failure, not a skip. */
export async function installedClis(): Promise<readonly string[]> {
  const { stdout } = await run('sh', ['-c', 'command -v aws']).catch(() => ({ stdout: '' }))
  return [...new Set([stdout.trim(), DEBIAN_CLI])].filter((path) => path !== '' && existsSync(path))
}

/** Runs a CLI against the server. */
export async function aws(cli: string, server: TestServer, credentials: Credentials, words: readonly string[]): Promise<Answer> {
  return execute(cli, ['--endpoint-url', server.endpoint, '--output', 'json', ...words], environment(credentials))
}

export async function python(script: string, server: TestServer, credentials: Credentials): Promise<Answer> {
  return execute('python3', ['-c', script], { ...environment(credentials), AWS_ENDPOINT_URL: server.endpoint })
}

/** Runs a program with these variables and no others of AWS's. */
export const withVariables = (
  [file = '', ...words]: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<Answer> => execute(file, words, { ...surroundings(), ...variables })

async function execute(file: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<Answer> {
  try {
    const { stdout, stderr } = await run(file, [...words], { env, timeout: TIMEOUT_MS })
    return { code: 0, stdout, stderr }
  } catch (error) {
    if (typeof error !== 'object' || error === null || !('stderr' in error) || !('code' in error)) throw error
    return { code: Number(error.code), stdout: 'stdout' in error ? String(error.stdout) : '', stderr: String(error.stderr) }
  }
}

function environment({ accessKeyId, secretAccessKey, sessionToken }: Credentials): NodeJS.ProcessEnv {
  return {
    ...surroundings(),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    ...(sessionToken !== undefined && { AWS_SESSION_TOKEN: sessionToken }),
  }
}

function surroundings(): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_MAX_ATTEMPTS: '1',
    AWS_PAGER: '',
    // The version manager that may stand before the machine's python3 and aws looks for its own home.
    ...(process.env['PYENV_ROOT'] !== undefined && { PYENV_ROOT: process.env['PYENV_ROOT'] }),
  }
}
