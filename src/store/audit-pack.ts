/** How runs of records lie in the database: long ones compressed, because records of calls are nearly the same, and are kept for ever. */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** From here on a run is compressed: for a few records it would cost more than it saves. */
const PACKED_FROM = 4_096
/** Level 1 makes 41 bytes of a record of 680, in 0.3 microseconds; higher levels cost more than the bytes they save. */
const OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
/** More than any run holds: what does not fit was not written by us. */
const MAX_UNPACKED_BYTES = 268_435_456

/** As two columns: one of them holds the run, the other nothing. */
export type Packed = { readonly records: string; readonly packed: Uint8Array | null }

export function pack(text: string): Packed {
  return text.length < PACKED_FROM ? { records: text, packed: null } : { records: '', packed: zstdCompressSync(text, OPTIONS) }
}

/** Throws where the bytes are no run that was packed here. */
export function unpack({ records, packed }: Packed): string {
  return packed === null ? records : zstdDecompressSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES }).toString('utf8')
}
