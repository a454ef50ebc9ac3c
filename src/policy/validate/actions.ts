/** Checks of `Action` and `NotAction`. */
import type { Statement, Text } from '../document.ts'
import { hasWildcard } from '../glob.ts'
import { actionsNamed, actionsOf, takesIn } from './catalogue.ts'
import { type Check, type Hit, plain, type Subject } from './finding.ts'
import { memberAt } from './structure.ts'

export const ACTION_CHECKS: readonly Check[] = [
  {
    code: 'INVALID_ACTION',
    type: 'ERROR',
    find: ({ document, catalogue }) =>
      document.statements.flatMap((statement) =>
        actionsOf(statement).flatMap((action) => {
          const service = catalogue.service(action.prefix)
          if (service === undefined || actionsNamed(service, action.name).length > 0) return []
          return [{ details: `The action ${action.text} does not exist.`, at: action }]
        }),
      ),
  },
  {
    code: 'INVALID_SERVICE_IN_ACTION',
    type: 'ERROR',
    find: ({ document, catalogue }) =>
      document.statements.flatMap((statement) =>
        actionsOf(statement).flatMap((action) =>
          hasWildcard(action.prefix) || catalogue.services.has(action.prefix.toLowerCase())
            ? []
            : [{ details: `The service ${action.prefix} specified in the action does not exist.`, at: action }],
        ),
      ),
  },
  plain(
    'WILDCARD_IN_SERVICE_NAME',
    'SUGGESTION',
    'Avoid using wildcards (*, ?) in the service name because it might grant unintended access to other AWS services with similar names.',
    ({ document }) => [
      ...document.statements.flatMap((statement) => actionsOf(statement).filter(({ prefix }) => hasWildcard(prefix))),
      ...document.statements.flatMap(({ resource }) =>
        (resource?.values ?? []).filter(({ text }) => hasWildcard(text.split(':')[2] ?? '')),
      ),
    ],
  ),
  plain(
    'EMPTY_ARRAY_ACTION',
    'SUGGESTION',
    'This statement includes no actions and does not affect the policy. Specify actions.',
    (subject) =>
      subject.document.statements.flatMap((statement) => {
        const value = memberAt(subject, statement, 'Action')?.value
        return value?.kind === 'array' && value.items.length === 0 ? [value] : []
      }),
  ),
  { code: 'REDUNDANT_ACTION', type: 'SUGGESTION', find: redundantActions },
]

/** Actions that another one of the same statement takes in, or that stand there twice. */
function redundantActions({ document }: Subject): readonly Hit[] {
  return document.statements.flatMap((statement) => {
    const redundant = redundantIn(statement)
    const [first] = redundant
    if (first === undefined) return []
    const details = `The ${redundant.length} action(s) are redundant because they provide similar permissions. Update the policy to remove the redundant action such as: ${first.text}.`
    return [{ details, at: redundant }]
  })
}

/** So many wildcards are compared with all else: more are in no policy of AWS's own, and would take long. */
export const MAX_WIDE = 500

/** Where two name the same, the later of them is redundant. */
function redundantIn({ action }: Statement): readonly Text[] {
  const wide = action.values.filter(({ text }) => hasWildcard(text)).slice(0, MAX_WIDE)
  const seen = new Set<string>()
  return action.values.filter(({ text }) => {
    const lower = text.toLowerCase()
    if (seen.has(lower)) return true
    seen.add(lower)
    return wide.some((other) => other.text.toLowerCase() !== lower && covers(other.text, text))
  })
}

/** Whether all that `inner` names is named by `outer`. A `?` would take the star of the other for one character. */
const covers = (outer: string, inner: string): boolean => !(outer.includes('?') && hasWildcard(inner)) && takesIn(outer, inner)
