import type { StateSpan } from '#services/account_states'
import type { TimeWords } from '#transformers/time_words'
import type { Translate } from '#transformers/translate'

const HOUR = 60 * 60_000

/** How far back the strip of an account's conditions may look, in milliseconds. */
export const STRIP_SPANS = { '24h': 24 * HOUR, '7d': 7 * 24 * HOUR, '90d': 90 * 24 * HOUR } as const
export type StripSpan = keyof typeof STRIP_SPANS

/** The span that a query names; a day for anything else. */
export function stripSpan(value: unknown): StripSpan {
  return Object.keys(STRIP_SPANS).includes(String(value)) ? (value as StripSpan) : '24h'
}

/** The conditions for `chart.timeline` and its table, newest first there. */
export function accountStrip(spans: readonly StateSpan[], t: Translate, words: TimeWords) {
  const states = spans.map((span) => {
    const label = t(`health.${span.health}.label`)
    const length = words.span(span.to - span.from)
    return { ...span, label, length, title: t('account.strip.state', { label, length }) }
  })
  const troubled = states.filter(({ health }) => health === 'retrying' || health === 'reconnect')
  const trouble = troubled.reduce((sum, { from, to }) => sum + (to - from), 0)
  const summary =
    trouble === 0 ? t('account.strip.calm') : t('account.strip.trouble', { length: words.span(trouble) })
  return { states, summary, rows: states.toReversed() }
}
