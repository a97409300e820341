import { REFRESH_BOUNDS } from '#services/figures/histogram'
import type { InstallationState } from '#services/observability/installation_figures'
import type { RefreshTotal } from '#services/observability/refresh_totals'
import type { RunTotal } from '#services/observability/run_totals'

/** One number of a metric. `metricName` is given by the parts of a histogram only. */
export interface Sample {
  labels: Record<string, string | number>
  value: number
  metricName?: string
}

/** A metric of the installation. Its name goes without the common prefix. */
export interface InstallationMetric {
  name: string
  help: string
  type: 'counter' | 'gauge' | 'histogram' | 'summary'
  samples: (state: InstallationState, fullName: string) => Sample[]
}

const gauge = (name: string, help: string, samples: InstallationMetric['samples']): InstallationMetric => ({
  name,
  help,
  type: 'gauge',
  samples,
})

const one = (value: number): Sample[] => [{ labels: {}, value }]
const seconds = (milliseconds: number) => milliseconds / 1_000

/** Everything that is told of the installation. Labels come from closed lists; no account and no organization is one. */
export const INSTALLATION_METRICS: readonly InstallationMetric[] = [
  {
    name: 'token_refresh_total',
    help: 'Refreshes of all processes, by what they came to',
    type: 'counter',
    samples: ({ refreshes }) =>
      refreshes.map(({ provider, outcome, reason, attempts }) => ({
        labels: { provider, outcome, reason },
        value: attempts,
      })),
  },
  {
    name: 'token_refresh_duration_seconds',
    help: 'How long refreshes took, from the claim to the answer that was judged',
    type: 'histogram',
    samples: ({ refreshes }, fullName) =>
      [...Map.groupBy(refreshes, ({ provider }) => provider)].flatMap(([provider, totals]) =>
        histogram(fullName, provider, totals)
      ),
  },
  gauge('tokens_expiring_soon', 'Tokens that end within the margin of their provider', ({ providers }) =>
    providers.map(({ provider, expiring }) => ({ labels: { provider }, value: expiring }))
  ),
  gauge('refresh_queue_depth', 'Refreshes that are due and not yet done', ({ providers }) =>
    providers.map(({ provider, due }) => ({ labels: { provider }, value: due }))
  ),
  gauge('refresh_lateness_seconds', 'How late the refresh is that has waited longest', ({ providers }) =>
    providers.map(({ provider, lateness }) => ({ labels: { provider }, value: seconds(lateness) }))
  ),
  gauge('refreshes_in_flight', 'Connections that a process has claimed', ({ leased }) => one(leased)),
  gauge(
    'gate_open',
    'Whether requests of a client registration may leave (1), or are paused (0)',
    ({ gates }) =>
      gates.map(({ gate, closedFor }) => ({ labels: { gate }, value: closedFor.length === 0 ? 1 : 0 }))
  ),
  gauge('gates_paused', 'Client registrations whose requests are paused, and why', ({ gates }) =>
    gates.flatMap(({ gate, closedFor }) =>
      [...Map.groupBy(closedFor, (reason) => reason)].map(([reason, paused]) => ({
        labels: { gate, reason },
        value: paused.length,
      }))
    )
  ),
  gauge('deliveries', 'Messages that wait, and those that were given up', ({ deliveries }) =>
    Object.entries(deliveries).map(([state, value]) => ({ labels: { state }, value }))
  ),
  gauge('runs', 'Runs of jobs that are queued or under way', ({ runs }) => states(runs)),
  gauge('runs_ended_last_hour', 'What the runs of the last hour came to', ({ endedRuns }) =>
    states(endedRuns)
  ),
  {
    name: 'run_duration_seconds',
    help: 'How long runs of jobs took, from their begin to their end, since this process looks',
    type: 'summary',
    samples: ({ runTotals }, fullName) => runTotals.flatMap((total) => sumAndCount(fullName, total)),
  },
  gauge('scheduler_tick_age_seconds', 'Since the latest tick of any scheduler', ({ tickAge }) =>
    tickAge === null ? [] : one(seconds(tickAge))
  ),
  gauge(
    'quarantined',
    'Whether this database may be a copy, so that nothing is refreshed',
    ({ quarantined }) => one(quarantined ? 1 : 0)
  ),
]

const states = (runs: ReadonlyMap<string, number>): Sample[] =>
  [...runs].map(([state, value]) => ({ labels: { state }, value }))

/** The label is not `job`, which in Prometheus names the group of targets. */
const sumAndCount = (name: string, { job, runs, durationMs }: RunTotal): Sample[] => [
  { metricName: `${name}_sum`, labels: { run_job: job }, value: seconds(durationMs) },
  { metricName: `${name}_count`, labels: { run_job: job }, value: runs },
]

function histogram(name: string, provider: string, totals: readonly RefreshTotal[]): Sample[] {
  const add = (pick: (total: RefreshTotal) => number) => totals.reduce((sum, total) => sum + pick(total), 0)
  const upTo = (bucket: number) =>
    add(({ buckets }) => buckets.slice(0, bucket + 1).reduce((sum, count) => sum + count, 0))
  const bounds = [...REFRESH_BOUNDS.map(seconds), '+Inf']
  return [
    ...bounds.map((le, bucket) => ({
      metricName: `${name}_bucket`,
      labels: { le, provider },
      value: upTo(bucket),
    })),
    { metricName: `${name}_sum`, labels: { provider }, value: seconds(add(({ durationMs }) => durationMs)) },
    { metricName: `${name}_count`, labels: { provider }, value: add(({ attempts }) => attempts) },
  ]
}
