/** Headers as they arrived: names and values in turns. */

/** The value of the first header of that name (given in lower case); undefined where there is none. */
export function header(rawHeaders: readonly string[], name: string): string | undefined {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const candidate = rawHeaders[index]
    if (candidate !== undefined && candidate.length === name.length && candidate.toLowerCase() === name)
      return rawHeaders[index + 1]
  }
  return undefined
}
