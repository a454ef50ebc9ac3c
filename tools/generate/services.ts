/** The services whose models are generated, and what each is generated from. Adding a service is one line. */
import { botocoreFolder, type BotocoreModel, readBotocore } from './botocore.ts'
import { emitModel } from './emit-model.ts'
import { emitTypes } from './emit-types.ts'
import { iamToolbox } from './iam-toolbox.ts'
import { merge } from './merge.ts'
import { asObserved } from './observed.ts'
import { readSdk } from './sdk.ts'

type Source = { readonly botocore: string; readonly sdk?: string } | { readonly written: BotocoreModel }

/** Our name (the IAM action prefix) to botocore's folder and, where the SDK client is a development dependency, its package. */
const SERVICES: Readonly<Record<string, Source>> = {
  iam: { botocore: 'iam', sdk: '@aws-sdk/client-iam' },
  sts: { botocore: 'sts', sdk: '@aws-sdk/client-sts' },
  organizations: { botocore: 'organizations', sdk: '@aws-sdk/client-organizations' },
  'access-analyzer': { botocore: 'accessanalyzer', sdk: '@aws-sdk/client-accessanalyzer' },
  'iam-toolbox': { written: iamToolbox },
}

export type Generated = { readonly path: string; readonly text: string }

/** All generated texts by path from the project's root; undefined where botocore is not installed. */
export async function generateServices(): Promise<readonly Generated[] | undefined> {
  const folder = botocoreFolder()
  if (folder === undefined) return undefined
  const generated: Generated[] = []
  for (const [service, source] of Object.entries(SERVICES)) {
    const model = asObserved(service, await modelOf(source, folder))
    generated.push({ path: `models/${service}.json`, text: emitModel(service, model) })
    generated.push({ path: `src/model/${service}.gen.ts`, text: emitTypes(service, model) })
  }
  return generated
}

async function modelOf(source: Source, folder: string): Promise<BotocoreModel> {
  if ('written' in source) return source.written
  const sdk = source.sdk === undefined ? undefined : await readSdk(source.sdk)
  return merge(readBotocore(folder, source.botocore), sdk)
}
