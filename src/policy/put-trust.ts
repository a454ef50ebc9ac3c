/** Trust policies: about one role, by STS's actions, naming principals. */
import type { PolicyDocument, PrincipalEntry, Statement } from './document.ts'
import { matches, patternOf } from './glob.ts'

/** The actions that a trust policy may speak of (IAM User Guide, "Role trust policies"). */
const ACTIONS = [
  'sts:AssumeRole',
  'sts:AssumeRoleWithSAML',
  'sts:AssumeRoleWithWebIdentity',
  'sts:TagSession',
  'sts:SetSourceIdentity',
  'sts:SetContext',
].map((action) => action.toLowerCase())

/** The message for the first thing that IAM does not take in a trust policy. */
export function trustRefusal({ statements }: PolicyDocument): string | undefined {
  for (const statement of statements) {
    const refusal = refusalOf(statement)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

function refusalOf({ resource, principal, action }: Statement): string | undefined {
  // Recorded, with the final full stop here and without it elsewhere.
  if (resource !== undefined) return `Has prohibited field ${resource.negated ? 'NotResource' : 'Resource'}`
  if (principal === undefined) return 'Missing required field Principal'
  if (principal.negated) return 'Has prohibited field NotPrincipal'
  if (action.negated || !action.values.every(({ text }) => isAssuming(text)))
    return 'AssumeRole policy may only specify STS AssumeRole actions.'
  const stranger = principal.entries.find((entry) => !isWritten(entry))
  return stranger === undefined ? undefined : `Invalid principal in policy: "${stranger.kind}":"${stranger.text}"`
}

/** Whether an action, with its wildcards, names nothing but what a trust policy may speak of. */
function isAssuming(text: string): boolean {
  const lower = text.toLowerCase()
  if (!lower.startsWith('sts:')) return false
  const pattern = patternOf([{ text: lower, literal: false }])
  return ACTIONS.some((action) => matches(pattern, action))
}

const ACCOUNT = /^\d{12}$/
const UNIQUE_ID = /^A(?:IDA|ROA)[A-Z0-9]{12,124}$/
const SERVICE = /^[a-z0-9.-]{1,200}\.(?:amazonaws|amazon|aws)\.[a-z.]{2,12}$/

/** Whether an entry has the form of its kind; whether it exists, the service looks up. */
function isWritten({ kind, text }: PrincipalEntry): boolean {
  switch (kind) {
    case 'AWS':
      return text === '*' || ACCOUNT.test(text) || UNIQUE_ID.test(text) || isPrincipalArn(text)
    case 'Service':
      return SERVICE.test(text)
    case 'Federated':
      return text.startsWith('arn:') || text.includes('.')
    case 'CanonicalUser':
      return false
  }
}

/** Partial wildcards name nobody (IAM User Guide, "Principal"). */
function isPrincipalArn(text: string): boolean {
  const [scheme, , service, region, account = ''] = text.split(':')
  return (
    scheme === 'arn' &&
    (service === 'iam' || service === 'sts') &&
    region === '' &&
    ACCOUNT.test(account) &&
    !text.includes('*') &&
    !text.includes('?')
  )
}
