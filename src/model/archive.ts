/** Reads the archives that tools/generate/archive.ts packs: the index at once, each block when asked for. Blocks stay compressed in memory. */

/** Decompresses one brotli stream. Given by the caller, for this layer does nothing itself. */
export type Decompress = (bytes: Uint8Array) => Uint8Array

export type Archive<Index> = {
  readonly index: Index
  readonly blocks: number
  /** The text of a block, decompressed anew at every call. */
  block(number: number): string
}

const LENGTH_BYTES = 4
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Throws a RangeError or a SyntaxError where the bytes are not a whole archive. */
export function openArchive<Index>(bytes: Uint8Array, decompress: Decompress): Archive<Index> {
  const length = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getUint32(0)
  const text = utf8.decode(decompress(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length)))
  const { index, sizes }: { index: Index; sizes: readonly number[] } = JSON.parse(text)
  const offsets = [LENGTH_BYTES + length]
  for (const size of sizes) offsets.push((offsets.at(-1) ?? 0) + size)
  if (offsets.at(-1) !== bytes.length) throw new RangeError(`the archive has ${bytes.length} bytes instead of ${offsets.at(-1)}`)
  return {
    index,
    blocks: sizes.length,
    block(number) {
      if (!Number.isInteger(number) || number < 0 || number >= sizes.length) throw new RangeError(`no block ${number}`)
      return utf8.decode(decompress(bytes.subarray(offsets[number], offsets[number + 1])))
    },
  }
}
