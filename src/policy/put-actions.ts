/** Actions as IAM takes them: a vendor, one colon, a name. */
import type { Texts } from './document.ts'

const VENDOR = /^[A-Za-z0-9\-.]+$/

/** The message for the first action that IAM does not take. The texts are recorded. */
export function actionRefusal({ values }: Texts): string | undefined {
  for (const { text } of values) {
    const refusal = text === '*' ? undefined : refusalOf(text)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

function refusalOf(text: string): string | undefined {
  const [vendor = '', name, ...more] = text.split(':')
  if (name === undefined) return 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.'
  if (more.length > 0) return 'Actions/Condition can contain only one colon.'
  if (!VENDOR.test(vendor)) return `Vendor ${vendor} is not valid`
  return name === '' ? 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.' : undefined
}
