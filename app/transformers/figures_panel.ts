import { jobTitle } from '#transformers/job_title'
import type { OpenAlert } from '#services/figures/alerts'
import type { Figure } from '#services/figures/figure'
import type { TimeWords } from '#transformers/time_words'
import type { Translate } from '#transformers/translate'

/** Figures in words; a dash where nothing was tried. */
export interface FigureWords {
  attempts: string
  successRate: string
  errorRate: string
  mean: string
  p95: string
}

export interface FiguresPanel {
  total: FigureWords
  providers: (FigureWords & { id: string; name: string; expiring: string })[]
  alerts: (OpenAlert & { text: string })[]
}

interface PanelInput {
  total: Figure
  providers: readonly (Figure & { name: string })[]
  /** How many tokens of a provider count as expiring. */
  expiring: ReadonlyMap<string, number>
  alerts: readonly OpenAlert[]
  nameOf: (provider: string) => string
}

/** How a page says figures in its reader's language. */
export interface Sayings {
  t: Translate
  words: TimeWords
  locale: string
}

/** What the panel of figures shows of one period: in total and per provider, and the alerts that are open. */
export function figuresPanel(input: PanelInput, say: Sayings): FiguresPanel {
  const numbers = new Intl.NumberFormat(say.locale)
  return {
    total: inWords(input.total, say),
    providers: input.providers.map(({ name, ...figure }) => ({
      ...{ id: name, name: input.nameOf(name), expiring: numbers.format(input.expiring.get(name) ?? 0) },
      ...inWords(figure, say),
    })),
    alerts: input.alerts.map((alert) => ({ ...alert, text: sentence(alert, input.nameOf, say) })),
  }
}

function inWords(figure: Figure, { words, locale }: Sayings): FigureWords {
  const duration = (value: number | null) => (value === null ? '–' : words.took(value))
  return {
    attempts: new Intl.NumberFormat(locale).format(figure.attempts),
    successRate: percent(figure.successRate, locale),
    errorRate: percent(figure.errorRate, locale),
    mean: duration(figure.meanMs),
    p95: duration(figure.p95Ms),
  }
}

/** At most one decimal, never rounded up to all or down to nothing. */
function percent(rate: number | null, locale: string): string {
  if (rate === null) return '–'
  const shown = rate === 0 || rate === 1 ? rate : Math.min(0.999, Math.max(0.001, rate))
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 }).format(shown)
}

function sentence(
  { rule, subject, value, limit }: OpenAlert,
  nameOf: (id: string) => string,
  { t, words, locale }: Sayings
): string {
  const [type, id = ''] = subject.split(/:(.*)/s)
  const whose =
    type === 'provider'
      ? nameOf(id)
      : type === 'job'
        ? (jobTitle(id, { t, nameOf }) ?? id)
        : t('activity.alerts.everyone')
  const rates = { value: percent(value, locale), limit: percent(limit, locale), whose }
  switch (rule) {
    case 'success_rate':
      return t('activity.alerts.success_rate', rates)
    case 'error_rate':
      return t('activity.alerts.error_rate', rates)
    case 'run_time':
      return t('activity.alerts.run_time', { whose, value: words.took(value), limit: words.took(limit) })
    case 'overdue':
      return t('activity.alerts.overdue', { count: value })
    case 'scheduler_stalled':
      return t('activity.alerts.scheduler_stalled', { value: words.took(value) })
  }
}
