/** Files beside a module that are loaded by their address: TypeScript in a checkout, JavaScript in the published package. */

/** `name` without its ending; `url` is the asking module's `import.meta.url`. */
export const siblingModule = (name: string, url: string): URL => new URL(`./${name}${url.endsWith('.ts') ? '.ts' : '.js'}`, url)
