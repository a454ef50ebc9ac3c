/** Environments as lines of shells: quoted so that nothing in a value is read as code. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import fc from 'fast-check'
import { likelyShell, type Shell, SHELLS, shellText } from './shells.ts'

// oxfmt-ignore
const QUOTED: readonly (readonly [shell: Shell, value: string, line: string])[] = [
  ['bash', '',                "export A='';\n"],
  ['bash', 'plain',           "export A='plain';\n"],
  ['bash', "it's",            String.raw`export A='it'\''s';` + '\n'],
  ['bash', '$(id) `id` $B \\', String.raw`export A='$(id) ${'`id`'} $B \';` + '\n'],
  ['bash', 'a\nb',            "export A='a\nb';\n"],
  ['fish', 'plain',           "set -gx A 'plain';\n"],
  ['fish', "it's",            String.raw`set -gx A 'it\'s';` + '\n'],
  ['fish', '\\',              String.raw`set -gx A '\\';` + '\n'],
  ['fish', "\\'",             String.raw`set -gx A '\\\'';` + '\n'],
  ['fish', '$B (id)',         "set -gx A '$B (id)';\n"],
  ['pwsh', 'plain',           "$Env:A = 'plain';\n"],
  ['pwsh', "it's",            "$Env:A = 'it''s';\n"],
  ['pwsh', '\u2018\u2019\u201a\u201b', "$Env:A = '\u2018\u2018\u2019\u2019\u201a\u201a\u201b\u201b';\n"],
  ['pwsh', '$(id) `n \\',     "$Env:A = '$(id) `n \\';\n"],
  ['json', 'it\'s "so"\n',    '{\n  "A": "it\'s \\"so\\"\\n"\n}\n'],
]
for (const [shell, value, line] of QUOTED) {
  test(`${shell}: ${JSON.stringify(value)}`, () => assert.equal(shellText(shell, { set: { A: value }, unset: [] }), line))
}

// oxfmt-ignore
const WHOLE: Readonly<Record<Shell, string>> = {
  bash: "export A='1';\nexport B='2';\nunset C;\nunset D;\n",
  fish: "set -gx A '1';\nset -gx B '2';\nset -e C;\nset -e D;\n",
  pwsh: "$Env:A = '1';\n$Env:B = '2';\nRemove-Item Env:C -ErrorAction Ignore;\nRemove-Item Env:D -ErrorAction Ignore;\n",
  json: '{\n  "A": "1",\n  "B": "2"\n}\n',
}
for (const shell of SHELLS) {
  test(`${shell}: several variables, and some to take away`, () =>
    assert.equal(shellText(shell, { set: { A: '1', B: '2' }, unset: ['C', 'D'] }), WHOLE[shell]))
}

/** What a real shell has in its environment after it read the lines; `eval` twice shows that nothing is left open. */
function throughShell(lines: string, before: Readonly<Record<string, string>> = {}): ReadonlyMap<string, string> {
  const { stdout, status, stderr } = spawnSync('sh', ['-c', 'eval "$1"; eval "$1"; env -0', 'sh', lines], {
    env: { PATH: process.env['PATH'], ...before },
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
  return new Map(stdout.split('\0').map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]))
}

const posix = { skip: process.platform === 'win32' }

test('property: hostile values come back whole from a real shell', posix, () => {
  const hostile = fc.constantFrom(
    "'",
    '"',
    '\\',
    '`',
    '$(',
    ')',
    '$IFS',
    '${',
    '}',
    ';',
    '\n',
    '\r',
    '\t',
    '#',
    '&',
    '|',
    '!',
    '*',
    '~',
    ' ',
    'é',
    "'\\''",
  )
  const letters = fc.string({ unit: 'grapheme', maxLength: 3 }).filter((text) => !text.includes('\0') && text.isWellFormed())
  const value = fc.array(fc.oneof({ weight: 3, arbitrary: hostile }, letters), { maxLength: 20 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), (values) => {
      const set = Object.fromEntries(values.map((text, index) => [`KR_${index}`, text]))
      const after = throughShell(shellText('bash', { set, unset: [] }))
      for (const [name, text] of Object.entries(set)) assert.equal(after.get(name), text)
    }),
    { numRuns: 25 },
  )
})

test('a real shell forgets what is taken away, and eval without quotes works too', posix, () => {
  const lines = shellText('bash', { set: { KR_A: 'x' }, unset: ['KR_B'] })
  const after = throughShell(lines, { KR_B: 'in the way' })
  assert.equal(after.get('KR_A'), 'x')
  assert.equal(after.has('KR_B'), false)
  assert.equal(throughShell(lines.replaceAll('\n', ' ')).get('KR_A'), 'x')
})

// oxfmt-ignore
const LIKELY: readonly (readonly [shell: string | undefined, platform: NodeJS.Platform, likely: Shell])[] = [
  ['/bin/bash',           'linux',  'bash'],
  ['/bin/zsh',            'darwin', 'bash'],
  ['/usr/bin/fish',       'linux',  'fish'],
  ['fish',                'linux',  'fish'],
  ['/snap/bin/pwsh',      'linux',  'pwsh'],
  ['/opt/fish/bin/dash',  'linux',  'bash'],
  ['/opt/json',           'linux',  'bash'],
  ['',                    'linux',  'bash'],
  [undefined,             'linux',  'bash'],
  ['/bin/bash',           'win32',  'pwsh'],
]
for (const [shell, platform, likely] of LIKELY) {
  test(`SHELL=${shell ?? '(unset)'} on ${platform} is likely ${likely}`, () =>
    assert.equal(likelyShell(shell === undefined ? {} : { SHELL: shell }, platform), likely))
}
