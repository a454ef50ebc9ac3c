/** Which `aws` is first on the path, and whether it honours AWS_ENDPOINT_URL. */
import { execFile } from 'node:child_process'

const TIMEOUT_MS = 10_000

export type AwsVersion = { readonly text: string; readonly honoursEndpoint: boolean }

/** The version of the AWS CLI on the path; undefined where there is none, or it says nothing we know. */
export function awsVersion(environment: Readonly<Record<string, string | undefined>>): Promise<AwsVersion | undefined> {
  return new Promise((resolve) => {
    execFile('aws', ['--version'], { env: { ...environment }, timeout: TIMEOUT_MS }, (error, out, err) => {
      resolve(error === null ? parseAwsVersion(out === '' ? err : out) : undefined)
    })
  })
}

/** AWS_ENDPOINT_URL is read since 2.13 and 1.29. Measured: 2.9.19 ignores it without a word; 1.45.11 and 2.36.7 honour it. */
export function parseAwsVersion(text: string): AwsVersion | undefined {
  const [, first, second, third] = /^aws-cli\/(\d{1,4})\.(\d{1,6})\.(\d{1,6})/.exec(text) ?? []
  if (first === undefined || second === undefined || third === undefined) return undefined
  const [major, minor] = [Number(first), Number(second)]
  const honoursEndpoint = major > 2 || (major === 2 && minor >= 13) || (major === 1 && minor >= 29)
  return { text: `${first}.${second}.${third}`, honoursEndpoint }
}

/** What to say, given the endpoint, where the `aws` on the path would go to the real AWS; undefined where it would not. */
export async function olderClientWarning(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<((endpoint: string) => string) | undefined> {
  const version = await awsVersion(environment)
  if (version === undefined || version.honoursEndpoint) return undefined
  return (endpoint) => olderClientText(version, endpoint)
}

export function olderClientText({ text }: AwsVersion, endpoint: string): string {
  return `the aws on this path is ${text}. It ignores AWS_ENDPOINT_URL and would call the real AWS.
Install AWS CLI 2.13 or newer, or name the endpoint in each call: aws --endpoint-url ${endpoint} ...`
}
