/** Secret access keys. IAM makes long-term ones, STS temporary ones. */
import type { RandomBytes } from '../aws/ids.ts'

/** 30 bytes are exactly 40 characters of base64: each character is evenly drawn, and none is padding. */
const SECRET_BYTES = 30

/** A secret access key: 40 characters of the base64 alphabet, as AWS's are. */
export const newSecretKey = (random: RandomBytes): string => Buffer.from(random(SECRET_BYTES)).toString('base64')
