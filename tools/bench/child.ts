/** Both ends of the talk between the benchmark and a server that it started: where it listens, what CPU and memory it used. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** CPU in microseconds, of all threads of the process; memory in bytes. */
export type Usage = { readonly cpu: number; readonly resident: number }

export type Child = {
  readonly hello: Readonly<Record<string, unknown>>
  usage(): Promise<Usage>
  stop(): Promise<void>
}

/** In the server: tells the benchmark that it is ready, and its usage whenever it is asked. */
export function reportWhenAsked(hello: object): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.({ cpu: user + system, resident: process.memoryUsage.rss() })
  })
  process.on('disconnect', () => process.exit(0))
  process.send?.(hello)
}

/** In the benchmark: starts a server and waits until it is ready. */
export async function startChild(module: URL, env: Readonly<Record<string, string>> = {}): Promise<Child> {
  const child: ChildProcess = fork(module, { env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const [hello] = (await once(child, 'message')) as [Record<string, unknown>]
  return {
    hello,
    async usage() {
      child.send('usage')
      const [usage] = (await once(child, 'message')) as [Usage]
      return usage
    },
    async stop() {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}
