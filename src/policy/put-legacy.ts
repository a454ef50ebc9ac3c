/** What the old parser of identity policies stumbles over: "The policy failed legacy parsing". */
import { refuseUnreadable } from './conditions/condition.ts'
import type { PolicyDocument } from './document.ts'
import { isJsonSpace, type JsonNode } from './json-reader.ts'
import type { PolicyReading } from './parse.ts'
import { isLegacyResource, isOddArn } from './put-resource.ts'

/** Resources that are no ARN of the old parser's, and condition values that cannot be read as what their operator compares, fail. */
export function passesLegacyParsing({ statements, version }: PolicyDocument): boolean {
  if (statements.some(({ resource }) => resource?.values.some(({ text }) => isLegacyResource(text)) === true)) return false
  try {
    for (const { conditions } of statements) for (const test of conditions) refuseUnreadable(test, version)
    return true
  } catch {
    return false
  }
}

/**
 * What fails besides when IAM stores the document. Reported of PutUserPolicy, PutRolePolicy, PutGroupPolicy and CreatePolicy: white space
 * before the first brace (Terraform refuses it for this reason), and a version behind a `Statement` that is one object; behind an array
 * it passes. The simulator takes documents with odd ARNs (reported); what STS and Organizations do with these is not known.
 */
export function passesStoring({ document, json }: PolicyReading): boolean {
  return (
    !isJsonSpace(document.source.charCodeAt(0)) &&
    !isVersionLate(json) &&
    !document.statements.some(({ resource }) => resource?.values.some(({ text }) => isOddArn(text)) === true)
  )
}

function isVersionLate(json: JsonNode): boolean {
  if (json.kind !== 'object') return false
  const at = (name: string): number => json.members.findIndex((member) => member.name.text === name)
  const statement = at('Statement')
  return json.members[statement]?.value.kind === 'object' && at('Version') > statement
}
