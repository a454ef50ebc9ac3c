/** Effective policies: the examples of the Organizations User Guide ("Inheritance examples", "AI services opt-out policy syntax"), and ways around a limit. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { effectivePolicy, type Section } from './inheritance.ts'

const CHILDREN = '@@operators_allowed_for_child_policies'
const tags = (name: string, settings: Section): Section => ({ tags: { [name]: settings } })
const assign = (value: string | readonly string[]): Section => ({ '@@assign': value })
const A = tags('costcenter', { tag_key: assign('CostCenter'), tag_value: assign(['Development', 'Support']) })
const B = tags('costcenter', {
  tag_key: assign('CostCenter'),
  tag_value: assign(['Sandbox']),
  enforced_for: assign(['redshift:*', 'dynamodb:table']),
})
const C = tags('costcenter', {
  tag_key: assign('CostCenter'),
  tag_value: { '@@append': ['Marketing'] },
  enforced_for: { '@@append': ['redshift:*', 'dynamodb:table'] },
})
const D = tags('costcenter', {
  tag_key: assign('CostCenter'),
  tag_value: { '@@remove': ['Development', 'Marketing'] },
  enforced_for: { '@@remove': ['redshift:*', 'dynamodb:table'] },
})
const E = tags('project', {
  tag_key: { [CHILDREN]: ['@@none'], '@@assign': 'Project' },
  tag_value: { [CHILDREN]: ['@@append'], '@@assign': ['Maintenance', 'Escalations'] },
})
const F = tags('project', { tag_key: assign('PROJECT'), tag_value: { '@@append': ['Escalations - research'] } })
const G = tags('project', { tag_value: { [CHILDREN]: ['@@append'], '@@assign': ['Maintenance'] } })
const H = tags('project', { tag_value: { [CHILDREN]: ['@@append', '@@remove'] } })
const J = tags('project', { tag_key: assign('PROJECT'), tag_value: { '@@append': ['Maintenance'] } })
const K = tags('project', { tag_key: assign('project') })
const values = (operator: string, ...list: readonly string[]): Section => tags('project', { tag_value: { [operator]: list } })
const OPT_OUT = {
  services: {
    [CHILDREN]: ['@@none'],
    default: { [CHILDREN]: ['@@none'], opt_out_policy: { [CHILDREN]: ['@@none'], '@@assign': 'optOut' } },
  },
}
const lex = (section: Section): Section => ({ services: { lex: section } })
const optIn = { opt_out_policy: assign('optIn') }

// oxfmt-ignore
const ROWS: readonly (readonly [name: string, levels: readonly (readonly Section[])[], effective: Section])[] = [
  ['nothing',                            [[], []],           {}],
  ['example 1: a child assigns',         [[A], [B]],         tags('costcenter', { tag_key: 'CostCenter', tag_value: ['Sandbox'], enforced_for: ['redshift:*', 'dynamodb:table'] })],
  ['example 2: a child appends',         [[A], [C]],         tags('costcenter', { tag_key: 'CostCenter', tag_value: ['Development', 'Support', 'Marketing'], enforced_for: ['redshift:*', 'dynamodb:table'] })],
  ['example 3: a child removes',         [[A], [C], [D]],    tags('costcenter', { tag_key: 'CostCenter', tag_value: ['Support'] })],
  ['example 4: children are limited',    [[E], [F]],         tags('project', { tag_key: 'Project', tag_value: ['Maintenance', 'Escalations', 'Escalations - research'] })],
  ['example 5: limits intersect',        [[G, H], [values('@@remove', 'Maintenance')], [values('@@append', 'x')]], tags('project', { tag_value: ['Maintenance', 'x'] })],
  ['example 6: the first one attached',  [[J, K]],           tags('project', { tag_key: 'PROJECT', tag_value: ['Maintenance'] })],
  ['a limit is not for its own level',   [[E, values('@@append', 'x')]], tags('project', { tag_key: 'Project', tag_value: ['Maintenance', 'Escalations', 'x'] })],
  ['what is appended twice stands once', [[A], [tags('costcenter', { tag_value: { '@@append': ['Support'] } })]], tags('costcenter', { tag_key: 'CostCenter', tag_value: ['Development', 'Support'] })],
  ['opting out: no value, no service',   [[OPT_OUT], [lex(optIn), { services: { default: optIn } }]], { services: { default: { opt_out_policy: 'optOut' } } }],
  ['a limit is not lifted',              [[G], [tags('project', { tag_value: { [CHILDREN]: ['@@all'] } })], [values('@@assign', 'x')]], tags('project', { tag_value: ['Maintenance'] })],
  ['nor gone around with a new section', [[OPT_OUT], [lex({ [CHILDREN]: ['@@all'], opt_out_policy: { [CHILDREN]: ['@@all'] } })], [lex(optIn)]], { services: { default: { opt_out_policy: 'optOut' } } }],
  ['names of objects are names',         [[tags('__proto__', { tag_key: assign('x') })]], tags('__proto__', { tag_key: 'x' })],
]
for (const [name, levels, effective] of ROWS)
  test(`effective policy: ${name}`, () => assert.equal(JSON.stringify(effectivePolicy(levels)), JSON.stringify(effective)))
