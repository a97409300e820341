import type { HttpContext } from '@adonisjs/core/http'
import { notificationsOf, personOf } from '#controllers/notifications/form_answers'
import type { InboxEntry } from '#notifications/inbox'
import { LOCALES, type Locale, type Matter, type Message } from '#notifications/types'
import { audienceOf } from '#policies/notification_policy'
import { loadProviderFacts } from '#services/load_provider_facts'
import { inboxRow } from '#transformers/inbox_row'

/** Matters in the words and the language of the person who looks, with the link that their message has. */
export async function inboxRows(ctx: HttpContext, entries: readonly InboxEntry[]) {
  const { preferences, wording } = await notificationsOf(ctx)
  const person = personOf(ctx)
  const { locale, timeZone } = await preferences.find(person)
  const facts = await loadProviderFacts(person.organizationId)
  const audience = audienceOf(person.role)
  const { name: organizationName } = ctx.membership.organization
  const reader = {
    organizationName,
    locale: spokenIn(locale ?? ctx.i18n.locale),
    timeZone: timeZone ?? 'UTC',
    audience,
  } as const
  return entries.map((entry) => {
    const words = wording.words(messageOf(entry.matter, person.organizationId, reader))
    const shown = { words, lang: reader.locale, isStaff: audience === 'staff', t: ctx.i18n.t.bind(ctx.i18n) }
    return { ...inboxRow(entry, { ...shown, look: (id) => facts.look(id) }), link: words.link }
  })
}

function spokenIn(locale: string): Locale {
  return LOCALES.find((one) => one === locale) ?? 'en'
}

type Reader = Pick<Message, 'organizationName' | 'locale' | 'timeZone' | 'audience'>

/** The inbox has a matter for itself, as the message would have that tells of it alone. */
function messageOf(matter: Matter, organizationId: string, reader: Reader): Message {
  return {
    id: matter.id,
    organizationId,
    ...reader,
    matters: [matter],
    isDigest: false,
    isTest: false,
    createdAt: matter.firstAt,
  }
}
