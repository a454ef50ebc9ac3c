/** Patterns of the model as JavaScript regular expressions. They come from generated data, never from a user. */

/** The longest text a pattern is tried on: IAM's longest patterned value, a policy document (IAM API reference). */
export const MAX_PATTERN_INPUT = 131_072

/** Escapes that mean something under the `u` flag; Java also lets any other punctuation be escaped. */
const MEANINGFUL = /[\^$.*+?()[\]{}|/\\]/
const compiled = new Map<string, RegExp>()

/** Whether the whole text matches, as Java's `matches` has it. Texts over MAX_PATTERN_INPUT do not match. */
export function matchesPattern(pattern: string, text: string): boolean {
  if (text.length > MAX_PATTERN_INPUT) return false
  let expression = compiled.get(pattern)
  if (expression === undefined) {
    expression = new RegExp(`^(?:${toJavaScript(pattern)})$`, 'u')
    compiled.set(pattern, expression)
  }
  return expression.test(text)
}

/** Drops the backslash of escapes that JavaScript refuses under `u`: `\:` everywhere, `\-` outside a class. */
export function toJavaScript(pattern: string): string {
  let text = ''
  let inClass = false
  for (let index = 0; index < pattern.length; index += 1) {
    const char = pattern.charAt(index)
    if (char === '\\') {
      index += 1
      text += escape(pattern.charAt(index), inClass)
      continue
    }
    if (char === '[') inClass = true
    if (char === ']') inClass = false
    text += char
  }
  return text
}

function escape(char: string, inClass: boolean): string {
  const kept = /[A-Za-z0-9]/.test(char) || MEANINGFUL.test(char) || (char === '-' && inClass)
  return kept ? `\\${char}` : char
}
