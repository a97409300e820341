import type { DeliveryAttempt, DeliveryEntry } from '#notifications/delivery_entry'
import type { Message, Words } from '#notifications/types'
import { eventLabel, KIND_WORDS } from '#transformers/notification_words'

const STATES = {
  waiting: { label: 'Waiting', icon: 'hourglass', tone: 'plain' },
  sending: { label: 'Sending', icon: 'send', tone: 'busy' },
  retrying: { label: 'Retrying', icon: 'rotate', tone: 'warn' },
  delivered: { label: 'Delivered', icon: 'circle-check', tone: 'good' },
  dead: { label: 'Given up', icon: 'alert-triangle', tone: 'bad' },
  cancelled: { label: 'Cancelled', icon: 'ban', tone: 'plain' },
} as const

/** The states that the log can be filtered by. */
export const DELIVERY_FILTERS = (['waiting', 'delivered', 'dead', 'cancelled'] as const).map((value) => ({
  value,
  label: STATES[value].label,
}))

const CODES: Readonly<Record<string, string>> = {
  timeout: 'No answer in time',
  dns: 'Its name was not found',
  tls: 'No secure connection',
  connection: 'Not reachable',
  address_refused: 'Its address is private',
  insecure_url: 'Its address is not https',
  redirected: 'Redirected, which is not followed',
  authentication: 'Our credentials were refused',
  vapid_refused: 'Our push keys were refused',
  subscription_gone: 'The browser has ended its subscription',
  no_such_mailbox: 'There is no such mailbox',
  not_configured: 'Not set up on this installation',
  gone: 'The receiver is no more',
  channel_disabled: 'The channel is disabled',
  unreadable: 'The key of its address is missing',
  nothing_to_tell: 'Over before it left',
}

/** A message as lists and its own page show it. */
export function deliveryRow(delivery: DeliveryEntry, subject: string, now: number) {
  const { id, state, attempts, channel, lastStatus, lastCode, isTest, isDigest, receiver, target } = delivery
  const isOpen = state === 'waiting'
  const isSending = isOpen && delivery.leaseUntil !== null && delivery.leaseUntil > now
  const current = isSending ? 'sending' : isOpen && attempts > 0 ? 'retrying' : state
  return {
    ...{ id, subject, isTest, isDigest, attempts },
    receiver: receiver ?? 'Somebody who is no more',
    target: target === receiver ? null : target,
    channelId: delivery.channelId,
    kindLabel: channel === 'push' ? 'Push' : KIND_WORDS[channel].label,
    state: STATES[current],
    answer: answerOf(lastStatus, lastCode),
    createdAt: delivery.createdAt,
    deliveredAt: delivery.deliveredAt,
    nextAt: isOpen && !isSending ? delivery.dueAt : null,
    open: isOpen,
    mayRedeliver: !isSending && (!isOpen || attempts > 0),
    mayCancel: isOpen && !isSending,
  }
}

/** What a message is about: its title where it has left, else the event that it will tell of. */
export function subjectOf(
  { message, subject, isTest, matters }: DeliveryEntry,
  wording: { words(message: Message): Words }
): string {
  if (message) return wording.words(message).title
  if (isTest) return 'Test message'
  if (!subject) return 'Nothing to tell any more'
  const { event, count } = subject
  const accounts = count > 1 ? `${eventLabel(event)}: ${count.toLocaleString('en')}` : eventLabel(event)
  return matters > 1 ? `${accounts}, and ${matters - 1} more` : accounts
}

/** One attempt with what the receiver answered; `answer` is its own text, which the page escapes. */
export function attemptRow({ at, durationMs, status, code, answer }: DeliveryAttempt) {
  return { at, durationMs, status, why: wordsOf(code), answer, tone: code === null ? 'plain' : 'bad' }
}

function answerOf(status: number | null, code: string | null): string | null {
  return status === null ? wordsOf(code) : String(status)
}

function wordsOf(code: string | null): string | null {
  // The status stands in a column of its own.
  if (code === null || code.startsWith('http_')) return null
  const words = CODES[code] ?? code.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
