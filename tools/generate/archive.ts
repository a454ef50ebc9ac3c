/** Writes the archive that `src/model/archive.ts` reads: a compressed index, then compressed blocks that are opened one by one. */
import { brotliCompressSync, constants } from 'node:zlib'

/** Four bytes (big-endian) of index length, the index, the blocks. The index is `{ index, sizes }`: what the caller gives and each block's length. */
export function packArchive(index: unknown, blocks: readonly string[]): Uint8Array {
  const packed = blocks.map(compress)
  const head = compress(JSON.stringify({ index, sizes: packed.map((block) => block.length) }))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(head.length)
  return Buffer.concat([length, head, ...packed])
}

const compress = (text: string): Buffer =>
  brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 } })
