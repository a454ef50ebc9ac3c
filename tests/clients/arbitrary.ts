/** Random values of a model's shapes. Constraints are kept where they bound size; patterns are not, for the wire does not know them. */
import fc from 'fast-check'
import type { Shape, StructureShape } from '../../src/model/model.ts'

/** Texts that XML 1.0 can hold, with all that needs escaping somewhere. */
const unit = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...Array.from('abcXYZ019 _-./:=+@%&<>"\'\\\t\n\r~')) },
  { weight: 1, arbitrary: fc.constantFrom('é', 'ß', '日', '\u00A0', '\u{1F600}', '\uFFFD') },
)
// The SDK's parser drops text that is white space with a line feed in it, however that is written.
const text = fc.string({ unit, maxLength: 12 }).filter((value) => value.trim() !== '' || !value.includes('\n'))
const MAX_DEPTH = 6

export function arbitraryOf(shape: Shape, depth = 0): fc.Arbitrary<unknown> {
  if (shape.kind === 'structure') return structureOf(shape, depth)
  if (shape.kind === 'list') return fc.array(arbitraryOf(shape.member.shape, depth + 1), { maxLength: 3 })
  if (shape.kind === 'map')
    return fc.dictionary(
      arbitraryOf(shape.key.shape, depth + 1) as fc.Arbitrary<string>,
      arbitraryOf(shape.value.shape, depth + 1),
      { minKeys: 1, maxKeys: 3, noNullPrototype: true },
    )
  if (shape.kind === 'string') return shape.values === undefined ? text : fc.constantFrom(...shape.values)
  return scalars[shape.kind]()
}

const scalars = {
  boolean: () => fc.boolean(),
  integer: () => fc.integer(),
  long: () => fc.maxSafeInteger(),
  float: () => fc.float({ noNaN: true, noDefaultInfinity: true }),
  double: () => fc.double({ noNaN: true, noDefaultInfinity: true }),
  // Query answers have whole seconds.
  timestamp: () => fc.integer({ min: 0, max: 4_102_444_800 }).map((seconds) => new Date(seconds * 1000)),
  blob: () => fc.uint8Array({ maxLength: 20 }),
  document: () => fc.jsonValue(),
}

/** A structure with at least one member, where it has any: the Query protocol cannot say that a structure (or a map) is empty. */
function structureOf(shape: StructureShape, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const members = shape.members.filter((member) => depth < MAX_DEPTH || member.required)
  const model = Object.fromEntries(members.map((member) => [member.name, arbitraryOf(member.shape, depth + 1)]))
  const requiredKeys = members.filter((member) => member.required).map((member) => member.name)
  const record = fc.record(model, { requiredKeys, noNullPrototype: true }) as fc.Arbitrary<Record<string, unknown>>
  return depth === 0 || members.length === 0 ? record : record.filter((value) => Object.keys(value).length > 0)
}
