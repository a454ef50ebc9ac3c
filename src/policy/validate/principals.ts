/** Checks of `Principal` and `NotPrincipal`. */
import type { PrincipalEntry } from '../document.ts'
import { hasWildcard } from '../glob.ts'
import { type Check, type Hit, plain, type Subject } from './finding.ts'
import { memberAt } from './structure.ts'

const NO_PRINCIPALS = 'This statement includes no principals and does not affect the policy. Specify principals.'

export const PRINCIPAL_CHECKS: readonly Check[] = [
  plain(
    'ALLOW_WITH_NOT_PRINCIPAL',
    'SECURITY_WARNING',
    'Using Allow with NotPrincipal can be overly permissive. We recommend that you use Principal instead.',
    ({ document }) =>
      document.statements.flatMap(({ effect, principal }) =>
        effect === 'Allow' && principal?.negated === true ? [principal] : [],
      ),
  ),
  ofEntries('UNSUPPORTED_WILDCARD_IN_PRINCIPAL', 'ERROR', ({ kind, text }) =>
    hasWildcard(text) && !(kind === 'AWS' && text === '*')
      ? `Wildcards (*, ?) are not supported with the principal key ${kind}. Replace the wildcard with a valid principal value.`
      : undefined,
  ),
  ofEntries('INVALID_ROLE_REFERENCE', 'WARNING', ({ kind, text }) =>
    kind === 'AWS' && text.startsWith('AROA')
      ? `The Principal element includes the IAM role ID ${text}. We recommend that you use a role ARN instead.`
      : undefined,
  ),
  ofEntries('INVALID_USER_REFERENCE', 'WARNING', ({ kind, text }) =>
    kind === 'AWS' && text.startsWith('AIDA')
      ? `The Principal element includes the IAM user ID ${text}. We recommend that you use a user ARN instead.`
      : undefined,
  ),
  plain('EMPTY_OBJECT_PRINCIPAL', 'SUGGESTION', NO_PRINCIPALS, (subject) =>
    subject.document.statements.flatMap((statement) => {
      const value = memberAt(subject, statement, 'Principal')?.value
      return value?.kind === 'object' && value.members.length === 0 ? [value] : []
    }),
  ),
  plain('EMPTY_ARRAY_PRINCIPAL', 'SUGGESTION', NO_PRINCIPALS, (subject) =>
    subject.document.statements.flatMap((statement) => {
      const value = memberAt(subject, statement, 'Principal')?.value
      if (value?.kind !== 'object') return []
      return value.members.flatMap((member) =>
        member.value.kind === 'array' && member.value.items.length === 0 ? [member.value] : [],
      )
    }),
  ),
]

function ofEntries(code: string, type: Check['type'], detailsOf: (entry: PrincipalEntry) => string | undefined): Check {
  return { code, type, find: (subject) => hitsOf(subject, detailsOf) }
}

function hitsOf({ document }: Subject, detailsOf: (entry: PrincipalEntry) => string | undefined): readonly Hit[] {
  return document.statements
    .flatMap(({ principal }) => principal?.entries ?? [])
    .flatMap((entry) => {
      const details = detailsOf(entry)
      return details === undefined ? [] : [{ details, at: entry }]
    })
}
