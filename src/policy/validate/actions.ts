/** Checks of `Action` and `NotAction`. */
import type { Statement, Text } from '../document.ts'
import { hasWildcard, isStars } from '../glob.ts'
import { actionsNamed, actionsOf, takesIn } from './catalogue.ts'
import { type Check, type Hit, plain, type Subject } from './finding.ts'
import { redundanciesOf } from './redundancy.ts'
import { memberAt } from './structure.ts'

export const ACTION_CHECKS: readonly Check[] = [
  {
    code: 'INVALID_ACTION',
    type: 'ERROR',
    find: ({ document, catalogue }) =>
      document.statements.flatMap((statement) => {
        const unknown = actionsOf(statement).filter(({ prefix, name }) => {
          const service = catalogue.service(prefix)
          return service !== undefined && actionsNamed(service, name).length === 0
        })
        return [...unknown, ...nameless(statement)].map((at) => ({ details: missing(at.text), at }))
      }),
  },
  {
    code: 'INVALID_SERVICE_IN_ACTION',
    type: 'ERROR',
    find: ({ document, catalogue }) =>
      document.statements.flatMap((statement) =>
        actionsOf(statement).flatMap((action) =>
          hasWildcard(action.prefix) || catalogue.services.has(action.prefix.toLowerCase())
            ? []
            : // The whole action is named: recorded.
              [{ details: `The service ${action.text} specified in the action does not exist.`, at: action }],
        ),
      ),
  },
  plain(
    'WILDCARD_IN_SERVICE_NAME',
    'SUGGESTION',
    'Avoid using wildcards (*, ?) in the service name because it might grant unintended access to other AWS services with similar names.',
    ({ document }) => [
      ...document.statements.flatMap((statement) => actionsOf(statement).filter(({ prefix }) => hasWildcard(prefix))),
      ...document.statements.flatMap(({ resource }) =>
        (resource?.values ?? []).filter(({ text }) => hasWildcard(text.split(':')[2] ?? '')),
      ),
    ],
  ),
  plain(
    'EMPTY_ARRAY_ACTION',
    'SUGGESTION',
    'This statement includes no actions and does not affect the policy. Specify actions.',
    (subject) =>
      subject.document.statements.flatMap((statement) => {
        const value = memberAt(subject, statement, 'Action')?.value
        return value?.kind === 'array' && value.items.length === 0 ? [value] : []
      }),
  ),
  { code: 'REDUNDANT_ACTION', type: 'SUGGESTION', find: redundantActions },
]

/** Actions that another one of the same statement takes in, or that stand there twice. */
function redundantActions({ document }: Subject): readonly Hit[] {
  return document.statements
    .flatMap(({ action }) => redundanciesOf(action.values, { nameOf: (text) => text.toLowerCase(), covers }))
    .map(({ members, example }) => ({
      details: `The ${members.length} action(s) are redundant because they provide similar permissions. Update the policy to remove the redundant action such as: ${example.text}.`,
      at: members,
    }))
}

/** Whether all that `inner` names is named by `outer`. A `?` would take the star of the other for one character. */
const covers = (outer: string, inner: string): boolean => !(outer.includes('?') && hasWildcard(inner)) && takesIn(outer, inner)

/** Texts that name no action: no colon in them. */
const nameless = ({ action }: Statement): readonly Text[] =>
  action.values.filter(({ text }) => !text.includes(':') && !isStars(text))

/**
 * Names of operations of S3 that are no actions, with the action that each needs (S3 User Guide, "Required permissions for Amazon S3 API
 * operations"). The words are recorded for the first two; operations that need several actions have no suggestion, nor have other services'.
 */
const OPERATIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ListBuckets: 'ListAllMyBuckets',
    HeadObject: 'GetObject',
    CreateMultipartUpload: 'PutObject',
    CompleteMultipartUpload: 'PutObject',
    DeleteObjects: 'DeleteObject',
    GetBucketLifecycleConfiguration: 'GetLifecycleConfiguration',
    GetBucketReplication: 'GetReplicationConfiguration',
    HeadBucket: 'ListBucket',
    ListMultipartUploads: 'ListBucketMultipartUploads',
    ListObjectVersions: 'ListBucketVersions',
    ListObjects: 'ListBucket',
    ListObjectsV2: 'ListBucket',
    ListParts: 'ListMultipartUploadParts',
    PutBucketLifecycleConfiguration: 'PutLifecycleConfiguration',
    PutBucketReplication: 'PutReplicationConfiguration',
    UploadPart: 'PutObject',
  }).map(([operation, action]) => [`s3:${operation}`, action]),
)

function missing(text: string): string {
  const action = OPERATIONS.get(text)
  if (action === undefined) return `The action ${text} does not exist.`
  const operation = text.slice(text.indexOf(':') + 1)
  return `The action ${text} does not exist. Did you mean s3:${action}? The API called ${operation} authorizes against the IAM action s3:${action}.`
}
