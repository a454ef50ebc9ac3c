/** Reads a `Condition` block: operator, key, value or values (IAM JSON policy elements: Condition). */
import type { ConditionTest, Text } from './document.ts'
import type { JsonLiteral, JsonMember, JsonNode, JsonString } from './json-reader.ts'
import { operatorNamed } from './operator.ts'
import type { Path, Reading } from './parse.ts'

/** The tests of a block in the order of the text. An operator without keys makes no test, as with AWS. */
export function parseCondition(block: JsonMember | undefined, reading: Reading, parent: Path): readonly ConditionTest[] {
  const tests: ConditionTest[] = []
  if (block === undefined) return tests
  const { name, value } = block
  const path = { parent, step: name.text }
  if (value.kind === 'object') for (const member of value.members) readOperator(member, reading, path, tests)
  else reading.mistyped(value, path, 'an object')
  return tests
}

function readOperator({ name, value }: JsonMember, reading: Reading, parent: Path, tests: ConditionTest[]): void {
  const path = { parent, step: name.text }
  if (value.kind !== 'object') {
    reading.mistyped(value, path, 'an object')
    return
  }
  const form = operatorNamed(name.text)
  if (form === undefined) {
    if (value.members.length > 0) refuseOperator(name, reading, path)
    return
  }
  for (const member of value.members) {
    const { name: key, value: written, start, end } = member
    tests.push({ start, end, operator: name, form, key, value: written, values: readValues(member, reading, path) })
  }
}

function refuseOperator(name: Text, reading: Reading, path: Path): void {
  const isNull = operatorNamed(name.text.replace('IfExists', ''))?.family === 'Null'
  const why = isNull ? `\`${name.text}\`: \`Null\` has no form with \`IfExists\`` : `\`${name.text}\` is no condition operator`
  reading.refuse(isNull ? 'null-if-exists' : 'operator', why, { span: name, path })
}

/** Strings, and JSON's booleans and numbers as they were written. */
function readValues({ name, value }: JsonMember, reading: Reading, parent: Path): readonly Text[] {
  if (value.kind !== 'array') return isScalar(value) ? [value] : mistyped(value, reading, { parent, step: name.text })
  const { items } = value
  if (areScalars(items)) return items
  const path = { parent, step: name.text }
  return items.flatMap((item, step) => (isScalar(item) ? [item] : mistyped(item, reading, { parent: path, step })))
}

type Scalar = JsonString | JsonLiteral
const isScalar = (node: JsonNode): node is Scalar => node.kind === 'string' || node.kind === 'boolean' || node.kind === 'number'

function areScalars(items: readonly JsonNode[]): items is readonly Scalar[] {
  for (const item of items) if (!isScalar(item)) return false
  return true
}

function mistyped(node: JsonNode, reading: Reading, path: Path): readonly Text[] {
  reading.mistyped(node, path, 'a string, a boolean or a number')
  return []
}
