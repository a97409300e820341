import type { InboxEntry } from '#notifications/inbox'
import type { Words } from '#notifications/types'
import { matterLook } from '#transformers/notification_words'
import type { Translate } from '#transformers/translate'

interface Shown {
  words: Words
  lang: string
  /** Staff may open an account's page. */
  isStaff: boolean
  look(provider: string): { name: string; icon: string | null }
  t: Translate
}

/** A row names no more accounts than this; the button leads to all of them. */
const NAMED = 8

/** A matter as the inbox shows it. Instants are milliseconds, so equal rows stay equal while time passes. */
export function inboxRow(
  { matter, readAt, resolvedAt }: InboxEntry,
  { words, lang, isStaff, look, t }: Shown
) {
  const named = matter.accounts.slice(0, NAMED)
  return {
    id: matter.id,
    look: matterLook(matter, t),
    title: words.title,
    body: words.body,
    action: words.action,
    lang,
    unread: readAt === null,
    resolvedAt,
    count: matter.count,
    accounts: named.map(({ connectionId, name, provider }) => ({
      name,
      icon: look(provider).icon,
      providerName: look(provider).name,
      href: isStaff ? `/accounts/${connectionId}` : null,
    })),
    more: named.length === 0 ? 0 : Math.max(0, matter.count - named.length),
    firstAt: matter.firstAt,
    lastAt: matter.lastAt,
  }
}

/** The path of a page of ours that a message links to; null for an address elsewhere. */
export function ownPath(link: string, appUrl: string): string | null {
  if (!URL.canParse(link) || new URL(link).origin !== new URL(appUrl).origin) return null
  const { pathname, search, hash } = new URL(link)
  return `${pathname}${search}${hash}`
}
