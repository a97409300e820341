import type { ChannelView } from '#notifications/channel_view'
import type { ChannelKind } from '#notifications/types'
import { KIND_ICONS } from '#transformers/notification_words'
import { LANGUAGES } from '#transformers/reader'
import type { Translate } from '#transformers/translate'

const STATES = {
  disabled: { icon: 'bell-off', tone: 'bad' },
  failing: { icon: 'alert-circle', tone: 'warn' },
  works: { icon: 'circle-check', tone: 'good' },
  fresh: { icon: 'circle-dot', tone: 'plain' },
} as const

/** A channel as lists and its own page show it: the state in one word, and since when it is so. */
export function channelRow(channel: ChannelView, t: Translate) {
  const { kind, failingSince, disabledAt, disabledReason, locale } = channel
  const state = stateOf(channel)
  return {
    ...channel,
    kindLabel: t(`alerts.kind.${kind}`),
    icon: KIND_ICONS[kind],
    state: { ...STATES[state], label: t(`alerts.channel_state.${state}`) },
    since: disabledAt ?? failingSince,
    disabledReason: disabledReason && t(`alerts.disabled_reason.${disabledReason}`),
    language: LANGUAGES.find((one) => one.locale === locale)?.name,
  }
}

function stateOf({ disabledAt, failingSince, lastDeliveredAt }: ChannelView): keyof typeof STATES {
  if (disabledAt !== null) return 'disabled'
  if (failingSince !== null) return 'failing'
  return lastDeliveredAt === null ? 'fresh' : 'works'
}

const PLACEHOLDERS: Readonly<Record<ChannelKind, string>> = {
  webhook: 'https://example.com/hooks/evergrant',
  email: 'team@example.com',
  slack_webhook: 'https://hooks.slack.com/services/…',
  discord_webhook: 'https://discord.com/api/webhooks/…',
}

const ORDER = [
  'webhook',
  'email',
  'slack_webhook',
  'discord_webhook',
] as const satisfies readonly ChannelKind[]

/** The forms of new channels: what is asked for, and which page gives it. */
export function channelForms(t: Translate) {
  return ORDER.map((value) => ({
    value,
    label: t(`alerts.kind.${value}`),
    icon: KIND_ICONS[value],
    hint: t(`alerts.form.${value}.hint`),
    field: t(`alerts.form.${value}.field`),
    placeholder: PLACEHOLDERS[value],
    help: t(`alerts.form.${value}.help`),
  }))
}
