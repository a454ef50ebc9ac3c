/** How management policies add up to an effective policy (Organizations User Guide, "Policy syntax and inheritance for management policy types"). Pure. */

export type Scalar = string | number | boolean
/** What a setting is set to: `@@append` and `@@remove` take lists only. */
export type SettingValue = Scalar | readonly Scalar[]
export type Section = { readonly [name: string]: Section | SettingValue }

export const VALUE_OPERATORS = ['@@assign', '@@append', '@@remove'] as const
export type ValueOperator = (typeof VALUE_OPERATORS)[number]
export const CHILD_CONTROL = '@@operators_allowed_for_child_policies'

export const isValueOperator = (name: string): name is ValueOperator => VALUE_OPERATORS.some((operator) => operator === name)

/** What the policies of one level do to a setting. */
type Change = { assigned?: SettingValue; readonly appended: Scalar[]; readonly removed: Scalar[] }

type Node = {
  readonly children: Map<string, Node>
  value: SettingValue | undefined
  /** What policies of lower levels may do: to this setting, or to what is new in this section. */
  allowed: ReadonlySet<ValueOperator>
  /** The level that the node came from. */
  readonly level: number
}

const EVERYTHING: ReadonlySet<ValueOperator> = new Set(VALUE_OPERATORS)

/** One level while its policies are read. What they say to their children holds from the next level on. */
type Reading = {
  readonly level: number
  readonly changes: Map<Node, Change>
  readonly limits: (readonly [Node, ReadonlySet<ValueOperator>])[]
}

/**
 * The effective policy of these levels, from the root to the account; in a level, the policies in the order in which they were attached: the first
 * that assigns a setting wins. What was checked when it was put (management-policies.ts) is read without further checks.
 */
export function effectivePolicy(levels: readonly (readonly Section[])[]): Section {
  const root: Node = { children: new Map(), value: undefined, allowed: EVERYTHING, level: -1 }
  for (const [level, policies] of levels.entries()) {
    const reading: Reading = { level, changes: new Map(), limits: [] }
    for (const policy of policies) readSection(root, policy, root, reading)
    for (const [node, change] of reading.changes) node.value = changed(node.value, change)
    // Several policies of a level: the intersection of what they allow. What a higher level forbade stays forbidden.
    for (const [node, allowed] of reading.limits)
      node.allowed = new Set([...node.allowed].filter((operator) => allowed.has(operator)))
  }
  return sectionOf(root)
}

/** `gate`: the nearest node that was there before this level. It says what may be done here. */
function readSection(node: Node, section: Section, gate: Node, reading: Reading): void {
  for (const [name, part] of Object.entries(section)) {
    if (name === CHILD_CONTROL) reading.limits.push([node, operatorsOf(part)])
    else if (isValueOperator(name)) {
      if (gate.allowed.has(name)) note(reading.changes, node, name, part)
    } else if (isSection(part)) {
      const child = node.children.get(name) ?? addChild(node, name, gate, reading.level)
      readSection(child, part, child.level < reading.level ? child : gate, reading)
    }
  }
}

/** What is new where a higher level forbids something is no way around that. */
function addChild(node: Node, name: string, { allowed }: Node, level: number): Node {
  const child: Node = { children: new Map(), value: undefined, allowed, level }
  node.children.set(name, child)
  return child
}

function note(changes: Reading['changes'], node: Node, operator: ValueOperator, part: Section | SettingValue): void {
  if (isSection(part)) return
  const change: Change = changes.get(node) ?? { appended: [], removed: [] }
  changes.set(node, change)
  if (operator === '@@assign') change.assigned ??= part
  else (operator === '@@append' ? change.appended : change.removed).push(...listOf(part))
}

function changed(inherited: SettingValue | undefined, { assigned, appended, removed }: Change): SettingValue | undefined {
  const base = assigned ?? inherited
  if (appended.length === 0 && removed.length === 0) return base
  const gone = new Set(removed)
  return [...new Set([...(base === undefined ? [] : listOf(base)), ...appended])].filter((value) => !gone.has(value))
}

const listOf = (value: SettingValue): readonly Scalar[] => (isList(value) ? value : [value])
const isList = (value: Section | SettingValue): value is readonly Scalar[] => Array.isArray(value)

/** A section, and not a setting's value. */
export const isSection = (part: Section | SettingValue): part is Section => typeof part === 'object' && !isList(part)

function operatorsOf(part: Section | SettingValue): ReadonlySet<ValueOperator> {
  const names = isSection(part) ? [] : listOf(part).map(String)
  return names.includes('@@all') ? EVERYTHING : new Set(names.filter(isValueOperator))
}

/** Without operators, and without what is empty. */
function sectionOf({ children }: Node): Section {
  const parts: [string, Section | SettingValue][] = []
  for (const [name, child] of children) {
    const part = child.value ?? sectionOf(child)
    if (isSection(part) ? Object.keys(part).length > 0 : listOf(part).length > 0) parts.push([name, part])
  }
  return Object.fromEntries(parts)
}
