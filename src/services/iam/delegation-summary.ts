/** GetHumanReadableSummary: what a delegation request asks for, in words. AWS lets a language model write them; here they are made from the policy alone. */
import { parseArn, PARTITION } from '../../aws/arn.ts'
import type { GetHumanReadableSummaryResponse } from '../../model/iam.gen.ts'
import type { ConditionTest, Statement, Texts } from '../../policy/document.ts'
import { matches, wildcardPattern } from '../../policy/glob.ts'
import { parsePolicy } from '../../policy/parse.ts'
import { readAuthorization } from '../../protocol/model-files.ts'
import type { DelegationRow } from '../delegation-requests.rows.ts'
import { readOperation } from '../operation.ts'
import { shownRequest } from './delegation-shape.ts'
import { DELEGATION_REQUEST, mustFindRequest, requestCheck } from './delegation-requests.ts'
import { invalidInput, noSuchEntity } from './errors.ts'

const ID = /^delegation-request\/([\w-]{16,128})$/
/** The language that is written here, and where none is asked for. */
const ENGLISH = 'en'
/** The model's limit for SummaryContent. */
const MAX_CONTENT = 10_000

/**
 * Whoever may get a request may have its summary (API reference); both are granted by default, and asked for by name otherwise.
 * Other languages than English are NOT_SUPPORTED.
 */
export const getHumanReadableSummary = readOperation('iam', 'GetHumanReadableSummary', {
  authorize: ({ EntityArn }) => requestCheck('iam:GetHumanReadableSummary', requestOf(EntityArn).id),
  async handle(tx, { EntityArn, Locale = ENGLISH }, { accountId, now }): Promise<GetHumanReadableSummaryResponse> {
    const { id, owner } = requestOf(EntityArn)
    const row = await mustFindRequest(tx, accountId, id)
    // Before it has an owner, a request belongs to whoever asks.
    if (owner !== (row.owner_account ?? accountId)) throw noSuchEntity.delegationRequest(id)
    if (!isEnglish(Locale)) return { SummaryContent: '', Locale, SummaryState: 'NOT_SUPPORTED' }
    return { SummaryContent: summaryOf(row, now), Locale, SummaryState: 'AVAILABLE' }
  },
})

/** Throws InvalidInput: "the only supported entity type is delegation-request". The text is ours. */
function requestOf(arn: string): { readonly id: string; readonly owner: string } {
  const { partition, service, accountId = '', resource = '' } = parseArn(arn) ?? {}
  const [, id] = ID.exec(resource) ?? []
  if (partition !== PARTITION || service !== 'iam' || id === undefined)
    throw invalidInput(`EntityArn ${arn} is not the ARN of a ${DELEGATION_REQUEST}.`)
  return { id, owner: accountId }
}

const isEnglish = (locale: string): boolean => /^en(?:[-_]|$)/i.test(locale)

/** Markdown. It says what the policy says, nothing about whether it is wise. */
function summaryOf(row: DelegationRow, now: number): string {
  const { statements } = parsePolicy(row.policy)
  const boundaries = shownRequest(row, now).RolePermissionRestrictionArns ?? []
  const allows = statements.filter(({ effect }) => effect === 'Allow')
  const denies = statements.filter(({ effect }) => effect === 'Deny')
  const lines = [
    `**${row.requestor_name}** (account ${row.account}) asks to act in your account for ${durationText(Number(row.session_seconds))}, ` +
      'as whoever approves the request, with no more than that identity may do and no more than this:',
    '',
    ...allows.flatMap(statementLines),
    ...(allows.length === 0 ? ['- Nothing is allowed.'] : []),
    ...(denies.length > 0 ? ['', 'Never, even where the above allows it:', '', ...denies.flatMap(statementLines)] : []),
    ...(boundaries.length > 0
      ? ['', `Roles that it makes outlast the access. They are limited by: ${boundaries.map(code).join(', ')}.`]
      : []),
  ]
  const text = lines.join('\n')
  return text.length <= MAX_CONTENT ? text : `${text.slice(0, MAX_CONTENT - CUT.length)}${CUT}`
}

const CUT = '\n\nThe summary is cut here. Read the policy itself.'

const code = (text: string): string => `\`${text.replaceAll('`', "'")}\``
const listed = (texts: readonly string[]): string => texts.map(code).join(', ')

function durationText(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)]
  const parts = [
    [hours, 'hour'],
    [minutes, 'minute'],
    [seconds % 60, 'second'],
  ] as const
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count} ${unit}${count === 1 ? '' : 's'}`])).join(' ')
}

function statementLines({ action, resource, conditions }: Statement): readonly string[] {
  return [
    `- ${action.negated ? `Everything except ${listed(textsOf(action))}` : servicesText(textsOf(action))}`,
    ...(resource === undefined ? [] : [`  - on ${resourceText(resource)}`]),
    ...conditions.map((condition) => `  - only if ${conditionText(condition)}`),
  ]
}

const textsOf = ({ values }: Texts): readonly string[] => values.map(({ text }) => text)

function resourceText({ negated, values }: Texts): string {
  const texts = values.map(({ text }) => text)
  if (negated) return `everything except ${listed(texts)}`
  return texts.includes('*') ? 'all resources' : listed(texts)
}

const conditionText = ({ operator, key, values }: ConditionTest): string =>
  `${code(key.text)} meets ${code(operator.text)} ${listed(values.map(({ text }) => text))}`

/** Actions by service, each service with what kinds of access they are. */
function servicesText(actions: readonly string[]): string {
  if (actions.includes('*')) return '**Every action of every service**'
  const byService = new Map<string, string[]>()
  for (const action of actions) {
    const prefix = action.slice(0, action.indexOf(':')).toLowerCase()
    byService.set(prefix, [...(byService.get(prefix) ?? []), action])
  }
  return [...byService].map(([prefix, names]) => serviceText(prefix, names)).join('; ')
}

function serviceText(prefix: string, actions: readonly string[]): string {
  const { services } = readAuthorization()
  const title = services.get(prefix)
  const levels = accessLevels(prefix, actions)
  return `${title === undefined ? '' : `**${title}**: `}${listed(actions)}${levels.length === 0 ? '' : ` (${levels.join(', ')})`}`
}

const LEVELS = ['List', 'Read', 'Tagging', 'Write', 'Permissions management'] as const

/** The access levels of the Service Authorization Reference that the actions have, from the least. */
function accessLevels(prefix: string, actions: readonly string[]): readonly string[] {
  const known = readAuthorization().service(prefix)?.actions
  if (known === undefined) return []
  const patterns = actions.map((action) => wildcardPattern(action.slice(action.indexOf(':') + 1).toLowerCase()))
  const found = new Set<string>()
  for (const [name, { accessLevel }] of known) if (patterns.some((pattern) => matches(pattern, name))) found.add(accessLevel)
  return LEVELS.filter((level) => found.has(level))
}

export const delegationSummaryOperations = [getHumanReadableSummary]
