/** A QR code as a PNG image: the pattern by `uqr`, the file by hand (PNG specification: signature, IHDR, IDAT, IEND). */
import { crc32, deflateSync } from 'node:zlib'
import { encode } from 'uqr'

/** Pixels of one module. The pattern's quiet zone of four modules is what readers need (ISO/IEC 18004). */
const SCALE = 4
const QUIET_ZONE = 4

/** A black and white PNG of the text's QR code. */
export function qrCode(text: string): Uint8Array {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE })
  const side = size * SCALE
  const rowBytes = Math.ceil(side / 8)
  const pixels = Buffer.alloc((rowBytes + 1) * side)
  for (let y = 0; y < side; y += 1) {
    // Each row begins with its filter type, 0: none. A set bit is white.
    const start = y * (rowBytes + 1) + 1
    const modules = data[Math.floor(y / SCALE)] ?? []
    for (let x = 0; x < side; x += 1) {
      const at = start + (x >> 3)
      if (modules[Math.floor(x / SCALE)] !== true) pixels[at] = (pixels[at] ?? 0) | (0x80 >> (x & 7))
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  // One bit a pixel, greyscale, the only methods of compression, filter and interlace that there are.
  header.set([1, 0, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(pixels)), chunk('IEND', Buffer.alloc(0))])
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), content])
  const framed = Buffer.alloc(8 + body.length)
  framed.writeUInt32BE(content.length, 0)
  framed.set(body, 4)
  framed.writeUInt32BE(crc32(body), 4 + body.length)
  return framed
}
