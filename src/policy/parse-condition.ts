/** Reads a `Condition` block: operator, key, value or values (IAM JSON policy elements: Condition). */
import type { ConditionTest, Text } from './document.ts'
import type { JsonMember, JsonNode } from './json-reader.ts'
import { operatorNamed } from './operator.ts'
import type { Path, Reading } from './parse.ts'

/** The tests of a block in the order of the text. An operator without keys makes no test, as with AWS. */
export function parseCondition(block: JsonNode, reading: Reading, path: Path): readonly ConditionTest[] {
  const tests: ConditionTest[] = []
  if (block.kind === 'object') for (const member of block.members) readOperator(member, reading, path, tests)
  else reading.mistyped(block, path, 'an object')
  return tests
}

function readOperator({ name, value }: JsonMember, reading: Reading, parent: Path, tests: ConditionTest[]): void {
  const path = { parent, step: name.text }
  if (value.kind !== 'object') {
    reading.mistyped(value, path, 'an object')
    return
  }
  if (value.members.length > 0 && operatorNamed(name.text) === undefined) {
    refuseOperator(name, reading, path)
    return
  }
  for (const { name: key, value: written, start, end } of value.members) {
    const values = readValues(written, reading, { parent: path, step: key.text })
    tests.push({ start, end, operator: name, key, value: { start: written.start, end: written.end }, values })
  }
}

function refuseOperator(name: Text, reading: Reading, path: Path): void {
  const isNull = operatorNamed(name.text.replace('IfExists', ''))?.family === 'Null'
  const why = isNull ? `\`${name.text}\`: \`Null\` has no form with \`IfExists\`` : `\`${name.text}\` is no condition operator`
  reading.refuse(isNull ? 'null-if-exists' : 'operator', why, { span: name, path })
}

/** Strings, and JSON's booleans and numbers as they were written. */
function readValues(node: JsonNode, reading: Reading, path: Path): readonly Text[] {
  const values: Text[] = []
  if (node.kind === 'array')
    for (let index = 0; index < node.items.length; index += 1) {
      const item = node.items[index]
      if (item !== undefined) readValue(item, reading, { parent: path, step: index }, values)
    }
  else readValue(node, reading, path, values)
  return values
}

function readValue(node: JsonNode, reading: Reading, path: Path, values: Text[]): void {
  if (node.kind === 'string' || node.kind === 'boolean' || node.kind === 'number') values.push(node)
  else reading.mistyped(node, path, 'a string, a boolean or a number')
}
