/** The actions of a simulation, held against the catalogue of AWS's actions. */
import { PARTITION } from '../../aws/arn.ts'
import type { Action } from '../../model/authorization.ts'
import { matches, patternOf } from '../../policy/glob.ts'
import { readAuthorization } from '../../protocol/model-files.ts'
import { invalidInput } from './errors.ts'

const ACTION = /^[A-Za-z0-9.-]+:[A-Za-z0-9_.-]+$/
/** Part of AWS's own message. */
const DOCUMENTATION = 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html'

/** An action by its name in any case; undefined where AWS has none of this name. */
function actionNamed(name: string): Action | undefined {
  const [prefix = '', action = ''] = name.split(':')
  return readAuthorization().service(prefix)?.actions.get(action.toLowerCase())
}

/**
 * Throws InvalidInput. AWS simulates actions that it does not know (`s3api:list-buckets` was answered `allowed` under AdministratorAccess),
 * but not beside actions that it knows where resources are named: a public report shows its message, with the three names that are no
 * actions of IAM's in a group of their own. Wildcards are not supported (API reference); the text of that refusal is ours.
 */
export function mustBeActions(names: readonly string[], resources: readonly string[]): void {
  const odd = names.find((name) => !ACTION.test(name))
  if (odd !== undefined) throw invalidInput(`Invalid Input Actions: ${odd} is not the name of an action.`)
  const known = names.filter((name) => actionNamed(name) !== undefined)
  const unknown = names.filter((name) => actionNamed(name) === undefined)
  if (known.length === 0 || unknown.length === 0 || resources.every((resource) => resource === '*')) return
  throw invalidInput(
    `Invalid Input Actions: [${known.join(',')}] and [${unknown.join(',')}] require different authorization information. ` +
      `Please refer to the documentation for more details: ${DOCUMENTATION}`,
  )
}

/**
 * What the simulation of several resources is about: the form of the ARNs that the action takes, as AWS answers it since 2026
 * (`arn:aws:s3:::${BucketName}/${KeyName}`). AWS's forms are of a catalogue of its own; the names in ours differ here and there.
 */
export function resourceFormOf(actionName: string, resource: string): string {
  const [prefix = ''] = actionName.split(':')
  const types = readAuthorization().service(prefix)?.resourceTypes
  const forms = (actionNamed(actionName)?.resources ?? []).flatMap(({ type }) => types?.get(type)?.arn ?? [])
  const form = forms.find((one) => matches(patternOf([{ text: one.replaceAll(PLACEHOLDER, '*'), literal: false }]), resource))
  return (form ?? forms[0])?.replace(PARTITION_PLACEHOLDER, PARTITION) ?? '*'
}

const PLACEHOLDER = /\$\{[^}]*\}/g
const PARTITION_PLACEHOLDER = '${Partition}'
