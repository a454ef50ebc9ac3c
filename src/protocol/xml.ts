/** Writes XML answers: one closure per shape, compiled when first needed, which appends text. Nothing here parses XML. */
import type { Fault } from '../aws/fault.ts'
import type { ListShape, MapShape, Member, OperationModel, Shape, StructureShape } from '../model/model.ts'
import { errorShape, isSender } from './faults.ts'
import { scalarText, timestampText } from './scalars.ts'
import type { AnswerContext, FaultContext } from './wire.ts'

/** The text between an element's tags. */
type Content = (value: unknown) => string
/** One member of a structure, its tags included; '' where there is nothing to write. */
type Write = (value: unknown) => string

const contents = new WeakMap<Shape, Content>()
const frames = new WeakMap<OperationModel, { readonly open: string; readonly close: string; readonly content: Content }>()

/** `<GetUserResponse xmlns="..."><GetUserResult>...</GetUserResult><ResponseMetadata>...`, elements in the model's order. */
export function encodeXmlOutput(output: unknown, { model, operation, requestId }: AnswerContext): string {
  let frame = frames.get(operation)
  if (frame === undefined) {
    frame = frameOf(operation, model.xmlNamespace ?? '')
    frames.set(operation, frame)
  }
  return `${frame.open}${frame.content(output)}${frame.close}<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation.name}Response>`
}

function frameOf(
  operation: OperationModel,
  namespace: string,
): { readonly open: string; readonly close: string; readonly content: Content } {
  const root = `<${operation.name}Response xmlns="${escapeXml(namespace)}">`
  if (operation.output === undefined) return { open: root, close: '', content: () => '' }
  const { resultWrapper } = operation
  const [open, close] = resultWrapper === undefined ? ['', ''] : [`<${resultWrapper}>`, `</${resultWrapper}>`]
  return { open: `${root}${open}`, close, content: contentOf(operation.output) }
}

/** `<ErrorResponse>` with the members that the model gives the error. A fault without a message has no Message element (recorded: ReportNotPresent). */
export function encodeXmlFault(fault: Fault, code: string, context: FaultContext): string {
  const type = isSender(fault, code, context) ? 'Sender' : 'Receiver'
  const message = fault.message === '' ? '' : `<Message>${escapeXml(fault.message)}</Message>`
  const namespace = context.model?.xmlNamespace
  const root = namespace === undefined ? '<ErrorResponse>' : `<ErrorResponse xmlns="${escapeXml(namespace)}">`
  const error = `<Type>${type}</Type><Code>${escapeXml(code)}</Code>${message}${faultMembers(fault, code, context)}`
  return `${root}<Error>${error}</Error><RequestId>${escapeXml(context.requestId)}</RequestId></ErrorResponse>`
}

function faultMembers({ members = {} }: Fault, code: string, context: FaultContext): string {
  let text = ''
  for (const member of errorShape(code, context)?.members ?? []) {
    if (member.name.toLowerCase() === 'message') continue
    const value = members[member.name]
    if (value !== undefined) text += memberWriter(member)(value)
  }
  return text
}

function contentOf(shape: Shape): Content {
  const known = contents.get(shape)
  if (known !== undefined) return known
  if (shape.kind === 'structure') return structureContent(shape)
  const content = shape.kind === 'list' ? listContent(shape) : shape.kind === 'map' ? mapContent(shape) : scalarContent(shape)
  contents.set(shape, content)
  return content
}

function structureContent(shape: StructureShape): Content {
  const members: { readonly name: string; readonly write: Write }[] = []
  const content: Content = (value) => {
    let text = ''
    for (const { name, write } of members) {
      const part = (value as Readonly<Record<string, unknown>>)[name]
      if (part !== undefined) text += write(part)
    }
    return text
  }
  // Registered before its members are compiled: shapes may be recursive.
  contents.set(shape, content)
  for (const member of shape.members) members.push({ name: member.name, write: memberWriter(member) })
  return content
}

function memberWriter(member: Member): Write {
  const { shape, wireName } = member
  if (shape.kind === 'list' && shape.flattened)
    return flattenedList(shape, shape.member.renamed ? shape.member.wireName : wireName)
  if (shape.kind === 'map' && shape.flattened) return flattenedMap(shape, wireName)
  if (shape.kind === 'timestamp') {
    const format = member.timestampFormat ?? shape.timestampFormat ?? 'iso8601'
    return (value) => `<${wireName}>${value instanceof Date ? timestampText(value, format) : scalarText(value)}</${wireName}>`
  }
  return element(wireName, contentOf(shape), shape.kind)
}

/** AWS writes what holds nothing as `<Users/>`; clients read that as an empty list. */
function element(name: string, content: Content, kind: Shape['kind']): Write {
  const open = `<${name}>`
  const close = `</${name}>`
  const empty = `<${name}/>`
  if (kind !== 'structure' && kind !== 'list' && kind !== 'map') return (value) => open + content(value) + close
  return (value) => {
    const text = content(value)
    return text === '' ? empty : open + text + close
  }
}

function scalarContent(shape: Shape): Content {
  return shape.kind === 'string' ? (value) => escapeXml(value as string) : scalarText
}

function listContent({ member }: ListShape): Content {
  const write = element(member.renamed ? member.wireName : 'member', contentOf(member.shape), member.shape.kind)
  return (value) => {
    let text = ''
    for (const item of value as readonly unknown[]) text += write(item)
    return text
  }
}

function flattenedList({ member }: ListShape, name: string): Write {
  const write = element(name, contentOf(member.shape), member.shape.kind)
  return (value) => (value as readonly unknown[]).map(write).join('')
}

function mapContent(shape: MapShape): Content {
  return flattenedMap(shape, 'entry')
}

function flattenedMap({ key, value }: MapShape, name: string): Write {
  const writeKey = element(key.wireName, contentOf(key.shape), key.shape.kind)
  const writeValue = element(value.wireName, contentOf(value.shape), value.shape.kind)
  return (record) => {
    let text = ''
    for (const [entryKey, entry] of Object.entries(record as object))
      text += `<${name}>${writeKey(entryKey)}${writeValue(entry)}</${name}>`
    return text
  }
}

// A carriage return would be read as a line feed unless escaped. The controls, lone surrogates and U+FFFE, U+FFFF are no XML characters at all.
// oxlint-disable-next-line no-control-regex -- they are what it looks for
const NEEDS_ESCAPE = /[&<>"\r\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/u
const EACH_ESCAPE = new RegExp(NEEDS_ESCAPE, 'gu')
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#xD;',
}

/** Text for elements and attributes. What XML cannot hold becomes U+FFFD. */
function escapeXml(text: string): string {
  return NEEDS_ESCAPE.test(text) ? text.replace(EACH_ESCAPE, (char) => ESCAPES[char] ?? '\uFFFD') : text
}
