/** Policy templates of product providers (IAM User Guide, "Policy templates"): `@{parameter}` filled in, statements switched by `@Enabled`. */
import type { PolicyParameter } from '../../model/iam.gen.ts'

/** Why a template, or what a request gives for it, cannot be used. The texts are ours: AWS's are not known. */
export class TemplateError extends Error {}

/** IAM User Guide, "Policy templates": "The final rendered policy has a maximum size limit of 2048 characters." */
const MAX_RENDERED_SIZE = 2_048
const ENABLED = '@Enabled'
/** Parameters of `@Enabled` are compared with this text. */
const TRUE = 'True'
const PLACEHOLDER = /@\{([^{}]*)\}/g
/** Elements that hold one text: a list of values cannot stand there. */
const SINGLE: ReadonlySet<string> = new Set(['Version', 'Id', 'Sid', 'Effect'])

type Json = string | number | boolean | null | readonly Json[] | { readonly [member: string]: Json }
type JsonObject = { readonly [member: string]: Json }

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The template as a tree. Throws `TemplateError`. */
function treeOf(template: string): JsonObject {
  const tree: unknown = parsed(template)
  if (!isObject(tree)) throw new TemplateError('The policy template is not a JSON object.')
  if (statementsOf(tree).length === 0) throw new TemplateError('The policy template has no statement.')
  return tree
}

function parsed(template: string): unknown {
  try {
    return JSON.parse(template)
  } catch {
    throw new TemplateError('The policy template is not valid JSON.')
  }
}

function statementsOf({ Statement: statement }: JsonObject): readonly JsonObject[] {
  const list = Array.isArray(statement) ? statement : [statement]
  return list.map((one) => {
    if (isObject(one)) return one
    throw new TemplateError('The policy template has a statement that is not an object.')
  })
}

/** The parameters that a template asks for. Throws `TemplateError` where the text is no template. */
export function parametersAskedBy(template: string): ReadonlySet<string> {
  const names = new Set<string>()
  const look = (value: Json): void => {
    if (typeof value === 'string') for (const [, name = ''] of value.matchAll(PLACEHOLDER)) names.add(name)
    else if (Array.isArray(value)) for (const one of value) look(one)
    else if (isObject(value)) for (const member of Object.values(value)) look(member)
  }
  const tree = treeOf(template)
  look(tree)
  for (const statement of statementsOf(tree)) {
    const enabled = statement[ENABLED]
    if (enabled === undefined) continue
    if (typeof enabled !== 'string' || nameOf(enabled) === '')
      throw new TemplateError(`${ENABLED} must hold the name of a parameter.`)
    names.add(nameOf(enabled))
  }
  if (names.has('')) throw new TemplateError('The policy template has a placeholder without a name.')
  return names
}

const nameOf = (enabled: string): string => (enabled.startsWith('!') ? enabled.slice(1) : enabled)

/** What fills a template: parameters, and how many characters may still come of them. */
type Filling = { readonly given: Given; readonly spend: (characters: number) => void }

/** Stops a policy that grows beyond its size before it has grown. */
function budget(): Filling['spend'] {
  let left = MAX_RENDERED_SIZE
  return (characters) => {
    left -= characters
    if (left < 0) throw new TemplateError(`The rendered policy has more than ${MAX_RENDERED_SIZE} characters.`)
  }
}

type Given = ReadonlyMap<string, { readonly values: readonly string[]; readonly isList: boolean }>

/** The policy that a template and parameters make. Throws `TemplateError`. That it is a policy is for the caller to find out. */
export function renderTemplate(template: string, parameters: readonly PolicyParameter[]): string {
  const given = mustFit(parametersAskedBy(template), parameters)
  const filling: Filling = { given, spend: budget() }
  const tree = treeOf(template)
  const statements = statementsOf(tree).flatMap((statement) => (isEnabled(statement, given) ? [filled(statement, filling)] : []))
  const rendered = JSON.stringify({ ...filled({ ...tree, Statement: [] }, filling), Statement: statements })
  if (rendered.length > MAX_RENDERED_SIZE)
    throw new TemplateError(`The rendered policy has ${rendered.length} characters, more than ${MAX_RENDERED_SIZE}.`)
  return rendered
}

/** Each parameter once, as many values as its type has, all that the template asks for and no other. */
function mustFit(asked: ReadonlySet<string>, parameters: readonly PolicyParameter[]): Given {
  const given = new Map<string, { readonly values: readonly string[]; readonly isList: boolean }>()
  for (const { Name = '', Values: values = [], Type } of parameters) {
    if (!asked.has(Name)) throw new TemplateError(`The policy template has no parameter ${Name}.`)
    if (given.has(Name)) throw new TemplateError(`The parameter ${Name} is given twice.`)
    if (Type === undefined) throw new TemplateError(`The parameter ${Name} has no type.`)
    if (values.length === 0 || (Type === 'string' && values.length > 1))
      throw new TemplateError(`The parameter ${Name} must have ${Type === 'string' ? 'one value' : 'values'}.`)
    given.set(Name, { values, isList: Type === 'stringList' })
  }
  const missing = [...asked].find((name) => !given.has(name))
  if (missing !== undefined) throw new TemplateError(`The parameter ${missing} is missing.`)
  return given
}

function isEnabled({ [ENABLED]: enabled }: JsonObject, given: Given): boolean {
  if (typeof enabled !== 'string') return true
  const isTrue = given.get(nameOf(enabled))?.values[0] === TRUE
  return enabled.startsWith('!') ? !isTrue : isTrue
}

function filled(element: JsonObject, filling: Filling): JsonObject {
  const members = Object.entries(element).filter(([name]) => name !== ENABLED)
  return Object.fromEntries(members.map(([name, value]) => [name, filledIn(value, filling, SINGLE.has(name))]))
}

function filledIn(value: Json, filling: Filling, isSingle: boolean): Json {
  if (typeof value === 'string') return oneOrMany(value, filling, isSingle)
  if (Array.isArray(value)) {
    // A list of values grows by the values of its texts.
    return value.flatMap((one) => {
      const some = filledIn(one, filling, isSingle)
      return Array.isArray(some) ? some : [some]
    })
  }
  return isObject(value) ? filled(value, filling) : value
}

/** A text with a list of values in it becomes a list, in all combinations where there are several (IAM User Guide, "Cross-Product Behavior"). */
function oneOrMany(text: string, { given, spend }: Filling, isSingle: boolean): Json {
  const names = [...new Set([...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name))]
  const lists = names.filter((name) => given.get(name)?.isList === true)
  if (isSingle && lists.length > 0) throw new TemplateError(`The parameter ${lists[0]} is a list where one value must stand.`)
  const combinations = combinationsOf(names, given)
  const texts = combinations.map((chosen) => text.replaceAll(PLACEHOLDER, (_, name: string) => chosen.get(name) ?? ''))
  spend(texts.join('').length)
  return lists.length === 0 ? (texts[0] ?? '') : texts
}

/** Each value of each parameter with each of the others. Values are counted before they are multiplied. */
function combinationsOf(names: readonly string[], given: Given): readonly ReadonlyMap<string, string>[] {
  const spend = budget()
  let combinations: readonly ReadonlyMap<string, string>[] = [new Map()]
  for (const name of names) {
    const { values = [] } = given.get(name) ?? {}
    spend(values.join('').length)
    budget()(combinations.length * values.length)
    combinations = combinations.flatMap((chosen) => values.map((value) => new Map([...chosen, [name, value]])))
  }
  return combinations
}
