/** That a suggested statement grants what was asked and nothing else: the comparison looks for any other request that it allows. */
import type { Caller } from './caller.ts'
import { UNRESTRICTED } from './compare/combine.ts'
import { answered, type Query } from './compare/compare.ts'
import type { PolicyKind } from './compare/kind.ts'
import type { PolicyDocument } from './document.ts'
import { parsePolicy } from './parse.ts'

/** A request as a policy names it: the resource is a pattern that matches it and no other. */
export type Meant = { readonly action: string; readonly resource: string; readonly caller: Caller }

/**
 * Whether nothing else is allowed: no other action, no other resource, nobody else, and nobody with another value of a key that is tested.
 * What cannot be decided is not proven.
 */
export function isExact(document: string, meant: Meant, kind: PolicyKind): boolean {
  const asked = parsePolicy(document)
  return [elsewhere(asked, meant, kind), ...byOthers(asked, meant, kind), ...otherwise(asked, kind)].every(
    (query) => answered(query).answer === 'no',
  )
}

const isAllowed: Query['goal'] = (mask, { allows }) => allows(0, mask)

/** Another action, or another resource. */
function elsewhere(asked: PolicyDocument, { action: Action, resource: Resource }: Meant, kind: PolicyKind): Query {
  const other = parsePolicy(JSON.stringify({ Version: asked.version, Statement: { Effect: 'Allow', Action, Resource } }))
  return { kind, asked, other, isCriterion: true, goal: (mask, { allows }) => allows(0, mask) && !allows(1, mask) }
}

/**
 * Whom a policy that names the caller means: all sessions of its role, the sessions that a user issues, which can do no more than the user,
 * and of those that a provider knows one subject, where the key of the subject is tested.
 */
function isMeant(one: Caller, caller: Caller, isSubjectTested: boolean): boolean {
  if (caller.providerArn !== undefined) return isSubjectTested && one.providerArn === caller.providerArn
  if (one.type === 'federated-user' && caller.type === 'user') return one.userArn === caller.arn
  return one.type === caller.type && (one.roleArn ?? one.arn) === (caller.roleArn ?? caller.arn)
}

function byOthers(asked: PolicyDocument, { caller }: Meant, kind: PolicyKind): readonly Query[] {
  if (kind === 'identity') return []
  const isSubjectTested = asked.statements.every(({ conditions }) => conditions.some(({ key }) => key.text.endsWith(':sub')))
  const restriction = {
    ...UNRESTRICTED,
    admits: (one: { readonly caller: Caller }) => !isMeant(one.caller, caller, isSubjectTested),
  }
  return [{ kind, asked, goal: isAllowed, restriction }]
}

/** Another value of one of the keys that are tested. Which ARN goes with which caller is known where principals are named. */
const otherwise = (asked: PolicyDocument, kind: PolicyKind): readonly Query[] =>
  asked.statements
    .flatMap(({ conditions }) => conditions)
    .map(({ key, values: [value] }) => ({ name: key.text.toLowerCase(), literal: value?.text.replaceAll('${$}', '$') }))
    .filter(({ name }) => kind === 'identity' || name !== 'aws:principalarn')
    .map(({ name, literal }) => {
      const takes = (key: string, text: string): boolean => key !== name || text !== literal
      return { kind, asked, goal: isAllowed, restriction: { ...UNRESTRICTED, takes } }
    })
