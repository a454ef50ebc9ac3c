/** The condition keys that policies ask for: those of Condition blocks and those of variables (IAM API reference, GetContextKeysForCustomPolicy). */
import type { PolicyDocument, Statement, Text } from './document.ts'
import { isVariable, templateOf } from './variables.ts'

/** A key, and where the text that names it stands. */
type KeyAt = { readonly at: number; readonly key: string }

/**
 * The keys of policies as they are written, each once whatever its case, in the order in which the texts name them: AWS answers
 * `aws:username` of a Resource before `aws:CurrentTime` of the Condition behind it (AWS CLI reference, get-context-keys-for-custom-policy).
 */
export function contextKeysOf(documents: readonly PolicyDocument[]): readonly string[] {
  const keys = new Map<string, string>()
  for (const document of documents) {
    for (const { key } of document.statements.flatMap((statement) => keysOf(statement, document))) {
      if (key !== '' && !keys.has(key.toLowerCase())) keys.set(key.toLowerCase(), key)
    }
  }
  return [...keys.values()]
}

function keysOf({ resource, conditions }: Statement, { version }: PolicyDocument): readonly KeyAt[] {
  const texts: readonly Text[] = [...(resource?.values ?? []), ...conditions.flatMap(({ values }) => values)]
  const tested = conditions.map(({ key }) => ({ at: key.start, key: key.text }))
  const filledIn = texts.flatMap(({ text, start }) =>
    templateOf(text, { version, wildcards: false })
      .filter(isVariable)
      .map(({ name }) => ({ at: start, key: name })),
  )
  return [...tested, ...filledIn].toSorted((one, other) => one.at - other.at)
}
