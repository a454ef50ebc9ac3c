/** A call of IAM by the operation's name, through the AWS SDK. */
import assert from 'node:assert/strict'
import * as Iam from '@aws-sdk/client-iam'

type Command = Parameters<Iam.IAMClient['send']>[0]
type CommandClass = new (input: object) => Command

/** The answer without the SDK's metadata. Throws what the SDK throws. */
export async function callIam(client: Iam.IAMClient, action: string, input: object): Promise<Record<string, unknown>> {
  const Class = (Iam as unknown as Record<string, CommandClass | undefined>)[`${action}Command`]
  assert.ok(Class, action)
  const { $metadata: _, ...answer }: Record<string, unknown> = { ...(await client.send(new Class(input))) }
  return answer
}

/** The code of a refusal as the API Reference writes it: without the ending that the SDK's classes have. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Iam.IAMServiceException)) throw error
  return error.name.replace(/Exception$/, '')
}
