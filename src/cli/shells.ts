/** How each shell sets and unsets environment variables. Every value is quoted, so that nothing in it is read as code. */

/** Variables to set, and variables to take away because they would win over these. */
export type Environment = { readonly set: Readonly<Record<string, string>>; readonly unset: readonly string[] }

export type Shell = 'bash' | 'fish' | 'pwsh' | 'json'

// Each line ends in a semicolon, so that eval $(keyreeve env), without quotes, works too.
const SYNTAX: Readonly<Record<Shell, (environment: Environment) => string>> = {
  bash: ({ set, unset }) =>
    lines(set, (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}';`) +
    unset.map((name) => `unset ${name};\n`).join(''),
  fish: ({ set, unset }) =>
    lines(set, (name, value) => `set -gx ${name} '${value.replaceAll(/[\\']/g, '\\$&')}';`) +
    unset.map((name) => `set -e ${name};\n`).join(''),
  // PowerShell takes the curly quotes for straight ones (about_Quoting_Rules).
  pwsh: ({ set, unset }) =>
    lines(set, (name, value) => `$Env:${name} = '${value.replaceAll(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}';`) +
    unset.map((name) => `Remove-Item Env:${name} -ErrorAction Ignore;\n`).join(''),
  json: ({ set }) => `${JSON.stringify(set, undefined, 2)}\n`,
}

export const SHELLS: readonly Shell[] = ['bash', 'fish', 'pwsh', 'json']

/** The lines that make a shell take the environment. */
export function shellText(shell: Shell, environment: Environment): string {
  return SYNTAX[shell](environment)
}

/** The shell that most likely asks. */
export function likelyShell(environment: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): Shell {
  if (platform === 'win32') return 'pwsh'
  const program = environment['SHELL']?.split('/').at(-1)
  return program === 'fish' || program === 'pwsh' ? program : 'bash'
}

function lines(set: Environment['set'], line: (name: string, value: string) => string): string {
  return Object.entries(set)
    .map(([name, value]) => `${line(name, value)}\n`)
    .join('')
}
