/** Checks of statements that let roles be passed to services, or service-linked roles be made, more widely than it seems. */
import type { Span, Statement } from '../document.ts'
import { hasWildcard } from '../glob.ts'
import { takesIn } from './catalogue.ts'
import type { Check, FindingType, Hit } from './finding.ts'

/** How a statement comes to hold an action: by its name, by a wildcard, by not excluding it. */
type Holding = 'name' | 'star' | 'not-action'

function holdingOf({ action }: Statement, wanted: string): { readonly by: Holding; readonly at: Span } | undefined {
  if (action.negated)
    return action.values.some(({ text }) => takesIn(text, wanted)) ? undefined : { by: 'not-action', at: action }
  const named = action.values.find(({ text }) => text.toLowerCase() === wanted.toLowerCase())
  if (named !== undefined) return { by: 'name', at: named }
  const starred = action.values.find(({ text }) => hasWildcard(text) && takesIn(text, wanted))
  return starred === undefined ? undefined : { by: 'star', at: starred }
}

/** The resource that takes in every role, or undefined: `*`, or a wildcard where the role's name begins. */
function wideResource({ resource }: Statement): Span | undefined {
  return resource?.values.find(({ text }) => text === '*' || WIDE.test(text))
}

const WIDE = /^arn:[^:]*:(?:\*|iam):[^:]*:[^:]*:(?:\*|role\/(?:aws-service-role\/)?\*)$/

type Row = { readonly code: string; readonly by: Holding; readonly notResource: boolean; readonly details: string }
type Family = {
  readonly action: string
  readonly type: FindingType
  readonly keys: readonly string[]
  readonly rows: readonly Row[]
}

const checksOf = ({ action, type, keys, rows }: Family): readonly Check[] =>
  rows.map(({ code, by, notResource, details }) => ({
    code,
    type,
    find: ({ document }) =>
      document.statements.flatMap((statement): readonly Hit[] => {
        const holding = holdingOf(statement, action)
        const { effect, resource, conditions } = statement
        if (effect !== 'Allow' || holding?.by !== by || resource === undefined || resource.negated !== notResource) return []
        if (!notResource && conditions.some(({ key }) => keys.includes(key.text.toLowerCase()))) return []
        const wide = notResource ? resource : wideResource(statement)
        return wide === undefined ? [] : [{ details, at: [holding.at, wide] }]
      }),
  }))

const ARNS = 'We recommend that you specify resource ARNs instead.'
const ARNS_OR_KEY = 'We recommend that you specify resource ARNs or add the iam:PassedToService condition key to your statement.'

const PASS_ROLE: readonly Row[] = [
  {
    code: 'PASS_ROLE_WITH_NOT_RESOURCE',
    by: 'name',
    notResource: true,
    details: `Using the iam:PassRole action with NotResource can be overly permissive because it can allow iam:PassRole permissions on multiple resources. ${ARNS}`,
  },
  {
    code: 'PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE',
    by: 'star',
    notResource: true,
    details: `Using an action with a wildcard (*) and NotResource can be overly permissive because it can allow iam:PassRole permissions on multiple resources. ${ARNS}`,
  },
  // Two full stops, as AWS has them.
  {
    code: 'PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE',
    by: 'not-action',
    notResource: true,
    details: `Using NotAction with NotResource can be overly permissive because it can allow iam:PassRole permissions on multiple resources.. ${ARNS}`,
  },
  {
    code: 'PASS_ROLE_WITH_STAR_IN_RESOURCE',
    by: 'name',
    notResource: false,
    details: `Using the iam:PassRole action with wildcards (*) in the resource can be overly permissive because it allows iam:PassRole permissions on multiple resources. ${ARNS_OR_KEY}`,
  },
  {
    code: 'PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE',
    by: 'star',
    notResource: false,
    details: `Using wildcards (*) in the action and the resource can be overly permissive because it allows iam:PassRole permissions on all resources. ${ARNS_OR_KEY}`,
  },
  {
    code: 'PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION',
    by: 'not-action',
    notResource: false,
    details: `Using a resource with wildcards (*) and NotAction can be overly permissive because it allows iam:PassRole permissions on all resources. ${ARNS_OR_KEY}`,
  },
]

const CREATE_SLR: readonly Row[] = [
  {
    code: 'CREATE_SLR_WITH_NOT_RESOURCE',
    by: 'name',
    notResource: true,
    details: `Using the iam:CreateServiceLinkedRole action with NotResource can allow creation of unintended service-linked roles for multiple resources. ${ARNS}`,
  },
  {
    code: 'CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE',
    by: 'star',
    notResource: true,
    details: `Using an action with a wildcard(*) and NotResource can allow creation of unintended service-linked roles because it can allow iam:CreateServiceLinkedRole permissions on multiple resources. ${ARNS}`,
  },
  {
    code: 'CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE',
    by: 'not-action',
    notResource: true,
    details: `Using NotAction with NotResource can allow creation of unintended service-linked roles because it allows iam:CreateServiceLinkedRole permissions on multiple resources. ${ARNS}`,
  },
  {
    code: 'CREATE_SLR_WITH_STAR_IN_RESOURCE',
    by: 'name',
    notResource: false,
    details: `Using the iam:CreateServiceLinkedRole action with wildcards (*) in the resource can allow creation of unintended service-linked roles. ${ARNS}`,
  },
  {
    code: 'CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE',
    by: 'star',
    notResource: false,
    details: `Using wildcards (*) in the action and the resource can allow creation of unintended service-linked roles because it allows iam:CreateServiceLinkedRole permissions on all resources. ${ARNS}`,
  },
  {
    code: 'CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION',
    by: 'not-action',
    notResource: false,
    details: `Using a resource with wildcards (*) and NotAction can allow creation of unintended service-linked roles because it allows iam:CreateServiceLinkedRole permissions on all resources. ${ARNS}`,
  },
]

export const ROLE_PASSING_CHECKS: readonly Check[] = [
  ...checksOf({ action: 'iam:PassRole', type: 'SECURITY_WARNING', keys: ['iam:passedtoservice'], rows: PASS_ROLE }),
  ...checksOf({ action: 'iam:CreateServiceLinkedRole', type: 'WARNING', keys: ['iam:awsservicename'], rows: CREATE_SLR }),
]
