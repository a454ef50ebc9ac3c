/**
 * Runs the built policy engine where there is no Node: a realm with the language's own globals and nothing else, modules that may import
 * their neighbours only. Takes the path of the built index. Needs --experimental-vm-modules.
 */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { createContext, SourceTextModule } from 'node:vm'

const [, , index = ''] = process.argv
const realm = createContext({})
const modules = new Map<string, SourceTextModule>()

function moduleAt(path: string): SourceTextModule {
  const known = modules.get(path)
  if (known !== undefined) return known
  const made = new SourceTextModule(readFileSync(path, 'utf8'), { identifier: path, context: realm })
  modules.set(path, made)
  return made
}

const USE = `
import * as policy from './index.js'
const statement = { Effect: 'Allow', Action: 's3:*', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } }
const text = JSON.stringify({ Version: '2012-10-17', Statement: statement })
const ask = { caller: 'arn:aws:iam::111122223333:user/a', action: 's3:GetObject', identity: [text], context: { 'aws:SourceIp': '192.0.2.1' } }
const { check, caller, policies } = policy.prepare(ask)
const catalogue = { services: new Map(), globalConditionKeys: [], service: () => undefined }
export const answers = [
  policy.decide(check, caller, policies).decision,
  policy.explain(check, caller, policies).parts.length,
  policy.simulate(check, caller, policies).matches.length,
  policy.whoCan({ ...check, known: {} }, [{ caller, policies }])[0].can,
  policy.areEqual(policy.parsePolicy(text), policy.parsePolicy(text), 'identity').answer,
  policy.validatePolicy('{', { type: 'IDENTITY_POLICY', catalogue })[0].issueCode,
  policy.checkDocument('{', 'identity'),
].join()
`
const main = new SourceTextModule(USE, { identifier: resolve(dirname(index), 'use.js'), context: realm })
await main.link((specifier, from) => {
  if (!specifier.startsWith('.')) throw new Error(`${from.identifier} imports ${specifier}`)
  return moduleAt(resolve(dirname(from.identifier), specifier))
})
await main.evaluate()
console.log(Reflect.get(main.namespace, 'answers'), modules.size)
