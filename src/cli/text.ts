/** Text for terminals: columns, wrapped paragraphs. */

const WIDTH = 80

/** Rows as aligned columns, two spaces between them. Control characters are left out, so that a name cannot steer the terminal. */
export function columns(rows: readonly (readonly string[])[]): string {
  const plain = rows.map((row) => row.map(printable))
  const widths: number[] = []
  for (const row of plain) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  }
  return plain
    .map(
      (row) =>
        `${row
          .map((cell, index) => cell.padEnd(widths[index] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

/** The text without control characters. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '')
}

/** Words in lines of at most 80 characters, each line behind `indent` spaces; the first line behind `first` instead, where it is given. */
export function wrapped(text: string, indent: number, first = ' '.repeat(indent)): string {
  const lines: string[] = []
  let line = first.padEnd(indent)
  let empty = true
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = ' '.repeat(indent)
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
  }
  return [...lines, line].map((one) => `${one.trimEnd()}\n`).join('')
}
