/** Reads a `Condition` block: operator, key, value or values (IAM JSON policy elements: Condition). */
import type { ConditionTest, Text } from './document.ts'
import { joinPath, type JsonMember, type JsonNode } from './json-reader.ts'
import { operatorNamed } from './operator.ts'
import type { Reading } from './parse.ts'

/** The tests of a block in the order of the text. An operator without keys makes no test, as with AWS. */
export function parseCondition(block: JsonNode, reading: Reading, path: string): readonly ConditionTest[] {
  if (block.kind === 'object') return block.members.flatMap((member) => readOperator(member, reading, path))
  reading.mistyped(block, path, 'an object')
  return []
}

function readOperator({ name, value }: JsonMember, reading: Reading, parent: string): readonly ConditionTest[] {
  const path = joinPath(parent, name.text)
  if (value.kind !== 'object') {
    reading.mistyped(value, path, 'an object')
    return []
  }
  if (value.members.length > 0 && operatorNamed(name.text) === undefined) return refuseOperator(name, reading, path)
  return value.members.map((member) => ({
    start: member.start,
    end: member.end,
    operator: name,
    key: member.name,
    value: { start: member.value.start, end: member.value.end },
    values: readValues(member.value, reading, joinPath(path, member.name.text)),
  }))
}

function refuseOperator(name: Text, reading: Reading, path: string): readonly ConditionTest[] {
  const isNull = operatorNamed(name.text.replace('IfExists', ''))?.family === 'Null'
  const why = isNull ? `\`${name.text}\`: \`Null\` has no form with \`IfExists\`` : `\`${name.text}\` is no condition operator`
  reading.refuse(isNull ? 'null-if-exists' : 'operator', why, { span: name, path })
  return []
}

/** Strings, and JSON's booleans and numbers as they were written. */
function readValues(node: JsonNode, reading: Reading, path: string): readonly Text[] {
  const items = node.kind === 'array' ? node.items : [node]
  const values: Text[] = []
  for (const [index, item] of items.entries()) {
    if (item.kind === 'string' || item.kind === 'boolean' || item.kind === 'number')
      values.push({ text: item.text, start: item.start, end: item.end })
    else reading.mistyped(item, node.kind === 'array' ? joinPath(path, index) : path, 'a string, a boolean or a number')
  }
  return values
}
