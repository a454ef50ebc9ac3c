/** Identifiers and ARNs of Organizations, in AWS's forms (Organizations API reference, the patterns of each member). */
import { PARTITION } from '../../aws/arn.ts'
import type { RandomBytes } from '../../aws/ids.ts'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Random letters and digits, evenly drawn: bytes that would favour the first ones are drawn again. */
function draw(length: number, random: RandomBytes): string {
  const fair = 256 - (256 % ALPHABET.length)
  let text = ''
  while (text.length < length) {
    for (const byte of random(length)) if (byte < fair && text.length < length) text += ALPHABET[byte % ALPHABET.length] ?? ''
  }
  return text
}

export const newOrganizationId = (random: RandomBytes): string => `o-${draw(10, random)}`
export const newRootId = (random: RandomBytes): string => `r-${draw(4, random)}`
/** An organizational unit carries its root's letters. */
export const unitId = (rootId: string, own: string): string => `ou-${rootId.slice('r-'.length)}-${own}`
export const newUnitId = (rootId: string, random: RandomBytes): string => unitId(rootId, draw(8, random))
export const newPolicyId = (random: RandomBytes): string => `p-${draw(10, random)}`
export const newResourcePolicyId = (random: RandomBytes): string => `rp-${draw(8, random)}`
export const newHandshakeId = (random: RandomBytes): string => `h-${draw(32, random)}`
export const newTransferId = (random: RandomBytes): string => `rt-${draw(32, random)}`
export const newRequestId = (random: RandomBytes): string => `car-${draw(32, random)}`

/** Of which kind a target is, by the form of its id. */
export type TargetKind = 'ROOT' | 'ORGANIZATIONAL_UNIT' | 'ACCOUNT'

export function kindOf(id: string): TargetKind {
  if (id.startsWith('r-')) return 'ROOT'
  return id.startsWith('ou-') ? 'ORGANIZATIONAL_UNIT' : 'ACCOUNT'
}

/** What stands in ARNs before the id. */
const WORD: Readonly<Record<TargetKind, string>> = { ROOT: 'root', ORGANIZATIONAL_UNIT: 'ou', ACCOUNT: 'account' }

/** The organization as its ARNs name it: every ARN carries the management account and the organization. */
export type Owner = { readonly account: string; readonly id: string }

export const organizationArn = ({ account, id }: Owner): string => `arn:${PARTITION}:organizations::${account}:organization/${id}`

/** The ARN of the root, a unit or an account. */
export const targetArn = ({ account, id }: Owner, targetId: string): string =>
  `arn:${PARTITION}:organizations::${account}:${WORD[kindOf(targetId)]}/${id}/${targetId}`

export const handshakeArn = ({ account, id }: Owner, action: string, handshakeId: string): string =>
  `arn:${PARTITION}:organizations::${account}:handshake/${id}/${action.toLowerCase()}/${handshakeId}`

/** Each side has an ARN of its own for the same transfer. */
export const transferArn = ({ account, id }: Owner, direction: 'inbound' | 'outbound', transferId: string): string =>
  `arn:${PARTITION}:organizations::${account}:transfer/${id}/billing/${direction}/${transferId}`

export const resourcePolicyArn = ({ account, id }: Owner, policyId: string): string =>
  `arn:${PARTITION}:organizations::${account}:resourcepolicy/${id}/${policyId}`

export const policyArn = ({ account, id }: Owner, type: string, policyId: string): string =>
  `arn:${PARTITION}:organizations::${account}:policy/${id}/${type.toLowerCase()}/${policyId}`
