/** The metrics of this server: its operations are the only names that become labels. */
import { servedModels } from './registry.ts'
import { type Metrics, openMetrics } from './metrics.ts'
import { VERSION } from './version.ts'

export function openServerMetrics(): Metrics {
  const operations = Object.fromEntries(servedModels().map((model) => [model.service, [...model.operations.keys()]]))
  return openMetrics({
    version: VERSION,
    operations,
    process: () => ({
      residentBytes: process.memoryUsage.rss(),
      cpuSeconds: process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
      startedAtSeconds: Math.round(performance.timeOrigin / 1000),
    }),
  })
}
