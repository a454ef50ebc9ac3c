/** The condition keys that policies ask for: those of Condition blocks and those of variables (IAM API reference, GetContextKeysForCustomPolicy). */
import type { PolicyDocument, Statement, Text } from './document.ts'

/** Where a key stands in the text. */
type KeyAt = { readonly at: number; readonly key: string }

/**
 * The keys of policies as they are written, each once whatever its case, in the order in which the texts name them: AWS answers
 * `aws:username` of a Resource before `aws:CurrentTime` of the Condition behind it (AWS CLI reference, get-context-keys-for-custom-policy).
 */
export function contextKeysOf(documents: readonly PolicyDocument[]): readonly string[] {
  const keys = new Map<string, string>()
  for (const document of documents) {
    for (const { key } of document.statements.flatMap((statement) => keysOf(statement, document))) {
      if (!keys.has(key.toLowerCase())) keys.set(key.toLowerCase(), key)
    }
  }
  return [...keys.values()]
}

function keysOf({ resource, conditions }: Statement, { version }: PolicyDocument): readonly KeyAt[] {
  const texts: readonly Text[] = [...(resource?.values ?? []), ...conditions.flatMap(({ values }) => values)]
  const tested = conditions.map(({ key }) => ({ at: key.start, key: key.text }))
  // In documents of 2008 `${…}` is literal.
  const filledIn = version === '2008-10-17' ? [] : texts.flatMap(variablesOf)
  return [...tested, ...filledIn].toSorted((one, other) => one.at - other.at)
}

/** Characters that a variable writes to mean themselves: they are no keys. */
const SPECIAL: ReadonlySet<string> = new Set(['*', '?', '$', ''])

/** The keys of `${key}` and `${key, 'default'}` in a text. */
function variablesOf({ text, start }: Text): readonly KeyAt[] {
  const found: KeyAt[] = []
  for (let open = text.indexOf('${'); open >= 0;) {
    const close = text.indexOf('}', open)
    if (close < 0) break
    const [key = ''] = text.slice(open + 2, close).split(',')
    if (!SPECIAL.has(key.trim())) found.push({ at: start + open, key: key.trim() })
    open = text.indexOf('${', close)
  }
  return found
}
