/** Session policies: what limits a session beside the permissions of whoever it is made from. Their size, and that of session tags, is bounded. */
import { deflateRawSync } from 'node:zlib'
import { parseArn } from '../../aws/arn.ts'
import type { PolicyDescriptorType, Tag } from '../../model/sts.gen.ts'
import { checkDocument } from '../../policy/put.ts'
import { readManagedPolicies } from '../../protocol/model-files.ts'
import type { ReadTx } from '../../store/store.ts'
import { hasManagedPolicy } from '../assumable-roles.rows.ts'
import type { SessionPolicies } from '../../aws/principal.ts'
import { malformedPolicyDocument, packedPolicyTooLarge, validationError } from './errors.ts'

export type GivenPolicies = { readonly Policy?: string; readonly PolicyArns?: readonly PolicyDescriptorType[] }

/** STS API reference: 10 managed session policies. */
const MAX_POLICY_ARNS = 10
/** STS API reference: the plain text of inline and managed session policies together, characters. */
const MAX_PLAIN_SIZE = 2_048
/** Bytes of policies and ARNs when packed. AWS tells neither how it packs nor what it allots; reports of refused requests suggest less than this. */
const MAX_PACKED_SIZE = 1_024
/**
 * Bytes of the keys and values of session tags, which hardly pack: nine keys `T1` to `T9` with 250 times `a` each take 498 % of what is allotted
 * (recorded, aws-actions/configure-aws-credentials issue 1898).
 */
const MAX_TAGS_SIZE = 456

/**
 * The session policies of a request; undefined where it has none. `accountId` is that of the role or user, whose managed policies count.
 * Throws ValidationError and MalformedPolicyDocument.
 */
export async function sessionPolicies(
  tx: ReadTx,
  accountId: string,
  { Policy, PolicyArns = [] }: GivenPolicies,
): Promise<SessionPolicies | undefined> {
  const arns = PolicyArns.map(({ arn }) => arn ?? '')
  if (arns.length > MAX_POLICY_ARNS) throw tooManyArns(arns)
  for (const arn of arns) await mustBePolicy(tx, accountId, arn)
  if (Policy === undefined) return arns.length === 0 ? undefined : { arns }
  const flaw = checkDocument(Policy, 'session')
  if (flaw !== undefined) throw malformedPolicyDocument(flaw)
  return { inline: Policy, ...(arns.length > 0 && { arns }) }
}

const tooManyArns = (arns: readonly string[]) =>
  validationError(
    `1 validation error detected: Value '[${arns.map((arn) => `PolicyDescriptorType(arn=${arn})`).join(', ')}]' at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to ${MAX_POLICY_ARNS}`,
  )

/** The account in the ARNs of AWS managed policies. */
const AWS_ACCOUNT = 'aws'

/** A policy that is not there must not be left out, since it limits. The text is that of a role's ARN. */
async function mustBePolicy(tx: ReadTx, accountId: string, arn: string): Promise<void> {
  const known =
    parseArn(arn)?.accountId === AWS_ACCOUNT
      ? readManagedPolicies().find(arn) !== undefined
      : await hasManagedPolicy(tx, accountId, arn)
  if (!known) throw validationError(`${arn} is invalid`)
}

/** `PackedPolicySize`: percent of what is allotted; undefined where there is nothing to pack. Throws PackedPolicyTooLarge above 100, in AWS's words (recorded). */
export function packedPolicySize(policies: SessionPolicies | undefined, tags: readonly Tag[]): number | undefined {
  if (policies === undefined && tags.length === 0) return undefined
  const { inline = '', arns = [] } = policies ?? {}
  const packed = policies === undefined ? 0 : deflateRawSync([inline, ...arns].join('\n')).byteLength
  const tagged = Buffer.byteLength(tags.map(({ Key, Value }) => Key + Value).join(''))
  const plain = inline.length + arns.join('').length
  const share = Math.max(packed / MAX_PACKED_SIZE + tagged / MAX_TAGS_SIZE, plain / MAX_PLAIN_SIZE)
  const percent = Math.ceil(share * 100)
  if (percent <= 100) return percent
  throw packedPolicyTooLarge(
    policies === undefined
      ? `Packed size of session tags consumes ${percent}% of allotted space.`
      : `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
  )
}
