import type { Alerts, OpenAlert } from '#services/figures/alerts'
import type { Figure } from '#services/figures/figure'
import type { Figures } from '#services/figures/figures'
import { took } from '#transformers/time_words'

const HOUR = 60 * 60_000

/** The periods that people look at, in milliseconds before now. */
export const FIGURE_PERIODS = [
  { id: '1h', label: 'Past hour', length: HOUR },
  { id: '24h', label: 'Past 24 hours', length: 24 * HOUR },
  { id: '7d', label: 'Past 7 days', length: 7 * 24 * HOUR },
  { id: '30d', label: 'Past 30 days', length: 30 * 24 * HOUR },
] as const

/** Figures in words; a dash where nothing was tried. */
export interface FigureWords {
  attempts: string
  successRate: string
  errorRate: string
  mean: string
  p95: string
}

export interface FiguresPanel {
  periods: {
    id: string
    label: string
    total: FigureWords
    providers: (FigureWords & { id: string; name: string; expiring: string })[]
  }[]
  alerts: (OpenAlert & { text: string })[]
}

interface PanelInput {
  figures: Pick<Figures, 'figures' | 'expiringSoon'>
  alerts: Pick<Alerts, 'open'>
  organizationId: string
  /** What the organization may see, with the margin in milliseconds in which a token counts as expiring. */
  providers: readonly { id: string; name: string; margin: number }[]
  now: number
}

/** What the panel of figures shows: all periods, each in total and per provider, and the alerts that are open. */
export async function figuresPanel(input: PanelInput): Promise<FiguresPanel> {
  const { figures, organizationId, providers, now } = input
  const expiring = await figures.expiringSoon(organizationId, providers)
  const nameOf = (id: string) => providers.find((provider) => provider.id === id)?.name ?? id
  const periods = []
  for (const { id, label, length } of FIGURE_PERIODS) {
    // The end lies a moment ahead, so that what happens in this millisecond counts.
    const report = await figures.figures(organizationId, { from: now - length, to: now + 1 })
    const named = report.providers.map(({ name, ...figure }) => ({
      ...{ id: name, name: nameOf(name), expiring: String(expiring.get(name) ?? 0) },
      ...inWords(figure),
    }))
    periods.push({ id, label, total: inWords(report.total), providers: named })
  }
  const open = await input.alerts.open(organizationId)
  return { periods, alerts: open.map((alert) => ({ ...alert, text: sentence(alert, nameOf) })) }
}

function inWords(figure: Figure): FigureWords {
  const duration = (value: number | null) => (value === null ? '–' : took(value))
  return {
    attempts: figure.attempts.toLocaleString('en'),
    successRate: percent(figure.successRate),
    errorRate: percent(figure.errorRate),
    mean: duration(figure.meanMs),
    p95: duration(figure.p95Ms),
  }
}

/** One decimal, never rounded up to all or down to nothing. */
function percent(rate: number | null): string {
  if (rate === null) return '–'
  if (rate === 0 || rate === 1) return `${rate * 100} %`
  return `${Math.min(99.9, Math.max(0.1, rate * 100)).toFixed(1)} %`
}

function sentence({ rule, subject, value, limit }: OpenAlert, nameOf: (id: string) => string): string {
  const [type, id = ''] = subject.split(/:(.*)/s)
  const whose = type === 'provider' ? nameOf(id) : type === 'job' ? id : 'all accounts'
  switch (rule) {
    case 'success_rate':
      return `Only ${percent(value)} of the refreshes succeed; ${percent(limit)} are expected.`
    case 'error_rate':
      return `${percent(value)} of the refreshes of ${whose} fail; up to ${percent(limit)} are expected.`
    case 'run_time':
      return `The runs of ${whose} take ${took(value)} on average; up to ${took(limit)} are expected.`
    case 'overdue':
      return `${value} ${value === 1 ? 'token is' : 'tokens are'} overdue for a refresh.`
    case 'scheduler_stalled':
      return `The scheduler stands still since ${took(value)}: nothing is refreshed by itself.`
  }
}
