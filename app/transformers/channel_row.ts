import type { ChannelView } from '#notifications/channel_view'
import type { ChannelKind } from '#notifications/types'
import { KIND_WORDS } from '#transformers/notification_words'

const STATES = {
  disabled: { label: 'Disabled', icon: 'bell-off', tone: 'bad' },
  failing: { label: 'Failing', icon: 'alert-circle', tone: 'warn' },
  works: { label: 'Works', icon: 'circle-check', tone: 'good' },
  fresh: { label: 'Not used yet', icon: 'circle-dot', tone: 'plain' },
} as const

const REASONS: Readonly<Record<NonNullable<ChannelView['disabledReason']>, string>> = {
  gone: 'Its receiver says that this address does not exist any more. If it was moved, add a channel with the new address.',
  failing: 'Nothing could be delivered for days. Send a test; if it arrives, enable the channel again.',
}

/** A channel as lists and its own page show it: the state in one word, and since when it is so. */
export function channelRow(channel: ChannelView) {
  const { id, kind, name, target, failingSince, lastDeliveredAt, disabledAt, disabledReason } = channel
  return {
    id,
    kind,
    name,
    target,
    kindLabel: KIND_WORDS[kind].label,
    icon: KIND_WORDS[kind].icon,
    state: STATES[stateOf(channel)],
    since: disabledAt ?? failingSince,
    failingSince,
    lastDeliveredAt,
    disabledAt,
    disabledReason: disabledReason && REASONS[disabledReason],
  }
}

function stateOf({ disabledAt, failingSince, lastDeliveredAt }: ChannelView): keyof typeof STATES {
  if (disabledAt !== null) return 'disabled'
  if (failingSince !== null) return 'failing'
  return lastDeliveredAt === null ? 'fresh' : 'works'
}

/** The forms of new channels: what is asked for, and which page gives it. */
export const CHANNEL_FORMS = [
  {
    value: 'webhook',
    ...KIND_WORDS.webhook,
    hint: 'Signed JSON to a server of yours',
    field: 'URL',
    placeholder: 'https://example.com/hooks/evergrant',
    help: 'Your server’s address for messages. After adding it you see the secret that the messages are signed with (Standard Webhooks).',
  },
  {
    value: 'email',
    ...KIND_WORDS.email,
    hint: 'The mailbox of a team',
    field: 'E-mail address',
    placeholder: 'team@example.com',
    help: 'People with an account here get their own e-mail by their own rules; this is for everybody else.',
  },
  {
    value: 'slack_webhook',
    ...KIND_WORDS.slack_webhook,
    hint: 'A channel of your workspace',
    field: 'Slack webhook URL',
    placeholder: 'https://hooks.slack.com/services/…',
    help: 'In Slack: api.slack.com/apps, your app, Incoming Webhooks, Add New Webhook to Workspace. Copy the URL from there.',
  },
  {
    value: 'discord_webhook',
    ...KIND_WORDS.discord_webhook,
    hint: 'A channel of your server',
    field: 'Discord webhook URL',
    placeholder: 'https://discord.com/api/webhooks/…',
    help: 'In Discord: Server Settings, Integrations, Webhooks, New Webhook, Copy Webhook URL.',
  },
] as const satisfies readonly { value: ChannelKind; [text: string]: string }[]
