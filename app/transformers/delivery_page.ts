import type { DeliveryAttempt, DeliveryEntry } from '#notifications/delivery_entry'
import type { Message, Words } from '#notifications/types'
import { eventLabel } from '#transformers/notification_words'
import type { Translate } from '#transformers/translate'

const STATES = {
  waiting: { icon: 'hourglass', tone: 'plain' },
  sending: { icon: 'send', tone: 'busy' },
  retrying: { icon: 'rotate', tone: 'warn' },
  delivered: { icon: 'circle-check', tone: 'good' },
  dead: { icon: 'alert-triangle', tone: 'bad' },
  cancelled: { icon: 'ban', tone: 'plain' },
} as const

/** The states that the log can be filtered by. */
export function deliveryFilters(t: Translate) {
  const states = ['waiting', 'delivered', 'dead', 'cancelled'] as const
  return states.map((value) => ({ value, label: t(`alerts.delivery_state.${value}`) }))
}

/** What `alerts.answer` of the catalogues has words for. */
const CODES = new Set([
  ...['timeout', 'dns', 'tls', 'connection', 'address_refused', 'insecure_url', 'redirected'],
  ...['authentication', 'vapid_refused', 'subscription_gone', 'no_such_mailbox', 'not_configured', 'gone'],
  ...['channel_disabled', 'unreadable', 'nothing_to_tell'],
])

/** A message as lists and its own page show it. */
export function deliveryRow(
  delivery: DeliveryEntry,
  subject: string,
  { now, t }: { now: number; t: Translate }
) {
  const { id, state, attempts, channel, lastStatus, lastCode, isTest, isDigest, receiver, target } = delivery
  const isOpen = state === 'waiting'
  const isSending = isOpen && delivery.leaseUntil !== null && delivery.leaseUntil > now
  const current = isSending ? 'sending' : isOpen && attempts > 0 ? 'retrying' : state
  return {
    ...{ id, subject, isTest, isDigest, attempts },
    receiver: receiver ?? t('alerts.delivery.nobody'),
    target: target === receiver ? null : target,
    channelId: delivery.channelId,
    kindLabel: t(`alerts.kind.${channel}`),
    state: { ...STATES[current], label: t(`alerts.delivery_state.${current}`) },
    answer: lastStatus === null ? wordsOf(lastCode, t) : String(lastStatus),
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
  wording: { words(message: Message): Words },
  t: Translate
): string {
  if (message) return wording.words(message).title
  if (isTest) return t('alerts.subject.test')
  if (!subject) return t('alerts.subject.nothing')
  const { event, count } = subject
  const label = eventLabel(event, t)
  const accounts = count > 1 ? t('alerts.subject.many', { event: label, count }) : label
  return matters > 1 ? t('alerts.subject.more', { subject: accounts, count: matters - 1 }) : accounts
}

/** One attempt with what the receiver answered; `answer` is its own text, which the page escapes. */
export function attemptRow({ at, durationMs, status, code, answer }: DeliveryAttempt, t: Translate) {
  return { at, durationMs, status, why: wordsOf(code, t), answer, tone: code === null ? 'plain' : 'bad' }
}

function wordsOf(code: string | null, t: Translate): string | null {
  // The status stands in a column of its own.
  if (code === null || code.startsWith('http_')) return null
  if (CODES.has(code)) return t(`alerts.answer.${code}`)
  const words = code.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
