/** Checks of resource control policies (Organizations User Guide, "RCP syntax"). */
import type { ConditionTest, PrincipalElement, Statement } from '../document.ts'
import { hasWildcard } from '../glob.ts'
import { testsOf, type KnownTest } from './conditions.ts'
import { type Check, plain, remembered, type Subject } from './finding.ts'
import { RCP_SERVICES } from './supported-services.ts'

const statementsOf = ({ type, document }: Subject): readonly Statement[] =>
  type === 'RESOURCE_CONTROL_POLICY' ? document.statements : []

const isEveryone = ({ negated, entries }: PrincipalElement): boolean =>
  !negated && entries.length === 1 && entries.every(({ kind, text }) => kind === 'AWS' && text === '*')

/** AWS's own RCPFullAWSAccess names every action. */
const isSupported = (action: string): boolean => {
  const [prefix = ''] = action.split(':')
  return action === '*' || (!hasWildcard(prefix) && RCP_SERVICES.has(prefix.toLowerCase()))
}

export const RESOURCE_CONTROL_CHECKS: readonly Check[] = [
  plain(
    'RCP_SYNTAX_ERROR_PRINCIPAL',
    'ERROR',
    'The Principal element contents are not valid. RCPs only support specifying all principals ("*") in the Principal element. The NotPrincipal element is not supported for RCPs.',
    (subject) =>
      statementsOf(subject).flatMap(({ principal }) => (principal === undefined || isEveryone(principal) ? [] : [principal])),
  ),
  plain(
    'RCP_SYNTAX_ERROR_ALLOW',
    'ERROR',
    'RCPs only support specifying all principals ("*") in the Principal element, all resources ("*") in the Resource element, and no Condition element with an effect of Allow.',
    (subject) => statementsOf(subject).filter((statement) => statement.effect === 'Allow' && !isFullAccess(statement)),
  ),
  plain(
    'RCP_SYNTAX_ERROR_NOTACTION',
    'ERROR',
    'RCPs do not support the NotAction element. Update to use the Action element.',
    (subject) => statementsOf(subject).flatMap(({ action }) => (action.negated ? [action] : [])),
  ),
  plain(
    'RCP_SYNTAX_ERROR_ACTION',
    'ERROR',
    'RCPs only support specifying select service prefixes in the Action element. Learn more here.',
    (subject) => statementsOf(subject).flatMap(({ action }) => action.values.filter(({ text }) => !isSupported(text))),
  ),
  ofUnpaired(
    'RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY',
    ({ test, statement }) => isPrincipalKey(test) && !hasTest(statement)('aws:principalisawsservice', 'false'),
    (key) =>
      `RCPs impact IAM roles, users, and AWS service principals. To prevent unintended impact to services acting on your behalf using a service principal, an additional statement should be added to the Condition block "BoolIfExists": { "aws:PrincipalIsAWSService": "false"} whenever a principal key ${key} is used.`,
  ),
  ofUnpaired(
    'RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY',
    ({ test, statement }) => isSourceKey(test) && !hasTest(statement)('aws:principalisawsservice', 'true'),
    (key) =>
      `RCPs impact IAM roles, users, and AWS service principals. To prevent unintended impact to your principals, an additional statement should be added to the Condition block "BoolIfExists": { "aws:PrincipalIsAWSService": "true"} whenever the key ${key} is used.`,
  ),
  ofUnpaired(
    'RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK',
    ({ test, statement }) => isSourceKey(test) && !SOURCES.some((key) => hasTest(statement)(key, 'false')),
    (key) =>
      `The specified service may have a service integration that does not require the use of the ${key} condition key. To prevent unintended impact to services acting on your behalf using a service principal, an additional statement should be added to the Condition block "Null": { "aws:SourceAccount": "false"} or "Null": { "aws:SourceArn": "false"} whenever the key ${key} is used.`,
  ),
]

function isFullAccess({ principal, resource, conditions }: Statement): boolean {
  const isAll = resource !== undefined && !resource.negated && resource.values.every(({ text }) => text === '*')
  return isAll && conditions.length === 0 && principal !== undefined && isEveryone(principal)
}

/** Keys about the principals of an organization: service principals have none of them. */
const PRINCIPAL_KEYS = ['aws:principalorgid', 'aws:principalorgpaths', 'aws:principalaccount', 'aws:principaltag/']
const SOURCES = ['aws:sourceaccount', 'aws:sourcearn']
/** Keys about the resource that a service principal acts for. */
const SOURCE_KEYS = [...SOURCES, 'aws:sourceorgid', 'aws:sourceorgpaths']

function isPrincipalKey({ key }: ConditionTest): boolean {
  const lower = key.text.toLowerCase()
  return PRINCIPAL_KEYS.some((name) => (name.endsWith('/') ? lower.startsWith(name) : lower === name))
}

const isSourceKey = ({ key }: ConditionTest): boolean => SOURCE_KEYS.includes(key.text.toLowerCase())

const TRUTH_OPERATORS: ReadonlySet<string> = new Set(['Bool', 'BoolIfExists', 'Null'])

/** Whether a statement has a test of truth of a key. */
const hasTest = remembered(({ conditions }: Statement): ((key: string, truth: string) => boolean) => {
  const truths = new Set(
    conditions
      .filter(({ operator }) => TRUTH_OPERATORS.has(operator.text))
      .flatMap(({ key, values }) => values.map(({ text }) => `${key.text} ${text}`.toLowerCase())),
  )
  return (key, truth) => truths.has(`${key} ${truth}`)
})

/** Warnings about a Deny with a key that should not stand alone. A `Null` only asks whether the key is there. */
function ofUnpaired(code: string, isAlone: (known: KnownTest) => boolean, details: (key: string) => string): Check {
  return {
    code,
    type: 'WARNING',
    find: (subject) =>
      subject.type !== 'RESOURCE_CONTROL_POLICY'
        ? []
        : testsOf(subject)
            .filter((known) => known.statement.effect === 'Deny' && known.operator.base !== 'Null' && isAlone(known))
            .map(({ test }) => ({ details: details(test.key.text), at: test.value })),
  }
}
