/** How people find a policy. */
import type { PolicySource } from '../policy/compile.ts'

/** Its ARN; for one that has none its name and whose it is. */
export const nameOfPolicy = ({ arn, name, attachedTo }: PolicySource): string =>
  arn ?? (attachedTo === undefined ? name : `${name} of ${attachedTo}`)
