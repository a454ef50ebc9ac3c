/** Checks of whole statements: what stands there twice, and tags that an action's service does not know. */
import type { ConditionTest, Statement } from '../document.ts'
import { hasWildcard } from '../glob.ts'
import { actionsNamed, actionsOf, type Catalogue, type CatalogueAction, type CatalogueService, keysOf } from './catalogue.ts'
import { type Check, type FindingType, type Hit, type Subject } from './finding.ts'

export const STATEMENT_CHECKS: readonly Check[] = [
  { code: 'REDUNDANT_STATEMENT', type: 'SUGGESTION', find: redundantStatements },
  ofTags('DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE', 'SECURITY_WARNING', {
    effect: 'Deny',
    details: (key, services) =>
      `Using the effect Deny with the tag condition key ${key} and actions for services with the following prefixes can be overly permissive: ${services}. Actions for the listed services are not denied by this statement. We recommend that you move these actions to a different statement without this condition key.`,
  }),
  ofTags('ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE', 'SUGGESTION', {
    effect: 'Allow',
    // Recorded; the reference says "tag condition key", and "Actions".
    details: (key, services) =>
      `Using the effect Allow with the condition key ${key} and actions for services with the following prefixes does not affect the policy: ${services}. The actions for the listed service are not allowed by this statement. We recommend that you move these actions to a different statement without this condition key.`,
  }),
  ofNotActionTags('DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE', 'SECURITY_WARNING', {
    effect: 'Deny',
    details: (key) =>
      `Using the effect Deny with NotAction and the tag condition key ${key} can be overly permissive because some service actions are not denied by this statement. This is because the condition key doesn't apply to some service actions. We recommend that you use Action instead of NotAction.`,
  }),
  ofNotActionTags('ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE', 'SUGGESTION', {
    effect: 'Allow',
    details: (key) =>
      `Using the effect Allow with NotAction and the tag condition key ${key} allows only service actions that support the condition key. The condition key doesn't apply to some service actions. We recommend that you use Action instead of NotAction.`,
  }),
]

/** A statement without its id and places: two that say the same are equal as texts. */
function meaningOf({ effect, action, resource, principal, conditions }: Statement): string {
  const texts = (values: readonly { readonly text: string }[]): readonly string[] =>
    [...new Set(values.map(({ text }) => text))].toSorted()
  return JSON.stringify([
    effect,
    [action.negated, texts(action.values)],
    resource === undefined ? null : [resource.negated, texts(resource.values)],
    principal === undefined ? null : [principal.negated, principal.entries.map(({ kind, text }) => `${kind}:${text}`).toSorted()],
    conditions.map(({ operator, key, values }) => JSON.stringify([operator.text, key.text, texts(values)])).toSorted(),
  ])
}

function redundantStatements({ document }: Subject): readonly Hit[] {
  const groups = Map.groupBy(document.statements, meaningOf)
  const details =
    'The statements are redundant because they provide identical permissions. Update the policy to remove the redundant statement.'
  return [...groups.values()].filter((group) => group.length > 1).map((at) => ({ details, at }))
}

const TAG_KEY = 'aws:resourcetag/'

type TagRow = { readonly effect: Statement['effect']; readonly details: (key: string, services: string) => string }

/** The test of a resource's tag that a statement has, where its effect is the one given. `Null` does not count: recorded. */
function tagTest({ effect, conditions }: Statement, wanted: Statement['effect']): ConditionTest | undefined {
  if (effect !== wanted) return undefined
  return conditions.find(({ key, form }) => key.text.toLowerCase().startsWith(TAG_KEY) && form.family !== 'Null')
}

function ofTags(code: string, type: FindingType, { effect, details }: TagRow): Check {
  return {
    code,
    type,
    find: ({ document, catalogue }) =>
      document.statements.flatMap((statement) => {
        const test = statement.action.negated ? undefined : tagTest(statement, effect)
        const untagged = test === undefined ? [] : untaggedActions(statement, catalogue)
        const services = [...new Set(untagged.map(({ prefix }) => prefix.toLowerCase()))]
        return test === undefined || services.length === 0
          ? []
          : [{ details: details(test.key.text, services.join(', ')), at: [...untagged, test.key] }]
      }),
  }
}

function ofNotActionTags(code: string, type: FindingType, { effect, details }: TagRow): Check {
  return {
    code,
    type,
    find: ({ document }) =>
      document.statements.flatMap((statement) => {
        const test = statement.action.negated ? tagTest(statement, effect) : undefined
        return test === undefined ? [] : [{ details: details(test.key.text, ''), at: test.key }]
      }),
  }
}

/** The actions of a statement, each without wildcards in its prefix, that do not know tags. */
function untaggedActions(statement: Statement, catalogue: Catalogue): ReturnType<typeof actionsOf> {
  return actionsOf(statement).filter(({ prefix, name }) => {
    const service = hasWildcard(prefix) ? undefined : catalogue.service(prefix)
    const actions = service === undefined ? [] : actionsNamed(service, name)
    return service !== undefined && actions.length > 0 && !actions.some((action) => knowsTags(action, service))
  })
}

/** What is tagged as it is made counts as well: `chime:CreateAppInstanceUser` in a policy of AWS's has no finding (recorded). */
const TAG_KEYS = [TAG_KEY, 'aws:requesttag/', 'aws:tagkeys']
const knowsTags = (action: CatalogueAction, service: CatalogueService): boolean =>
  keysOf(action, service).some((key) => TAG_KEYS.some((tag) => key.toLowerCase().startsWith(tag)))
