/** ValidatePolicy: the findings about a document, page by page. */
import type { Finding } from '../../policy/validate/validate.ts'
import { readAuthorization } from '../../protocol/model-files.ts'
import { readOperation } from '../operation.ts'
import { validated } from './analysis.ts'
import { analyzerCheck } from './check.ts'
import { validationException } from './errors.ts'

/** Characters. All checks of a document of so many, made to be slow, take some thirty milliseconds; of a managed policy's size, a fifth of a second. */
const LARGE = 1_024
/** Findings of a page. AWS documents none; its lists of findings have the same default. */
const DEFAULT_PAGE_SIZE = 100
const TOKEN_VERSION = '1'

type PageInput = { readonly maxResults?: number | undefined; readonly nextToken?: string | undefined }

/** The findings are in English, whatever the locale. */
const validatePolicyOperation = readOperation('access-analyzer', 'ValidatePolicy', {
  authorize: (_input, call) => analyzerCheck('access-analyzer:ValidatePolicy', call),
  async prepare(_tx, { policyDocument, policyType, validatePolicyResourceType }, { accountId }) {
    const resourceType = validatePolicyResourceType
    // "Only if the policy type is RESOURCE_POLICY" (API reference). The text is recorded (awslabs/terraform-iam-policy-validator, PR 23).
    if (resourceType !== undefined && policyType !== 'RESOURCE_POLICY')
      throw validationException('validatePolicyResourceType', 'InvalidInput')
    const asked = { type: policyType, ...(resourceType !== undefined && { resourceType }) }
    if (policyDocument.length > LARGE) return validated(accountId, { about: 'findings', document: policyDocument, asked })
    // Loaded when somebody asks: most servers are never asked, and start without it.
    const { validatePolicy } = await import('../../policy/validate/validate.ts')
    return validatePolicy(policyDocument, { ...asked, catalogue: readAuthorization() })
  },
  handle: async (_tx, input, _call, findings) => pageOf(findings, input),
})

/** The findings of a document are always the same in the same order: a token is a position among them. */
function pageOf(
  findings: readonly Finding[],
  input: PageInput,
): { readonly findings: readonly Finding[]; readonly nextToken?: string } {
  const start = startOf(input)
  const size = input.maxResults ?? DEFAULT_PAGE_SIZE
  if (size < 1) throw validationException('maxResults', 'maxResults must be at least 1')
  const end = start + size
  const page = { findings: findings.slice(start, end) }
  return end < findings.length ? { ...page, nextToken: tokenOf(end) } : page
}

const tokenOf = (position: number): string => Buffer.from(`${TOKEN_VERSION}\n${position}`).toString('base64url')

function startOf({ nextToken }: PageInput): number {
  if (nextToken === undefined) return 0
  const position = Number(Buffer.from(nextToken, 'base64url').toString('utf8').split('\n')[1])
  if (!Number.isSafeInteger(position) || position < 0 || tokenOf(position) !== nextToken)
    throw validationException('nextToken', 'Invalid nextToken')
  return position
}

export const validatePolicyOperations = [validatePolicyOperation]
