import type { HttpContext } from '@adonisjs/core/http'
import { notificationsOf, personOf } from '#controllers/notifications/form_answers'
import type { InboxEntry } from '#notifications/inbox'
import type { Matter, Message } from '#notifications/types'
import { audienceOf } from '#policies/notification_policy'
import { loadProviderFacts } from '#services/load_provider_facts'
import { connectionsById } from '#services/member_accounts'
import { inboxRow } from '#transformers/inbox_row'

/** Matters in the words and the language of the person who looks, with the link that their message has. */
export async function inboxRows(ctx: HttpContext, entries: readonly InboxEntry[]) {
  const { preferences, wording } = await notificationsOf(ctx)
  const person = personOf(ctx)
  const { locale, timeZone } = await preferences.find(person)
  const facts = await loadProviderFacts(person.organizationId)
  const audience = audienceOf(person.role)
  const { name: organizationName } = ctx.membership.organization
  const reader = { organizationName, locale: locale ?? 'en', timeZone: timeZone ?? 'UTC', audience } as const
  const told = audience === 'staff' ? entries : await claimed(entries, person)
  return told.map((entry) => {
    const words = wording.words(messageOf(entry.matter, person.organizationId, reader))
    const shown = { words, lang: reader.locale, isStaff: audience === 'staff' }
    return { ...inboxRow(entry, { ...shown, look: (id) => facts.look(id) }), link: words.link }
  })
}

/** Tells accounts of the person from those of others, which only their owners can connect again. */
async function claimed(entries: readonly InboxEntry[], { organizationId, userId }: Person) {
  const ids = entries.flatMap(({ matter }) => matter.accounts.map(({ connectionId }) => connectionId))
  const connections = await connectionsById(organizationId, ids)
  const isOwn = (id: string) => connections.get(id)?.ownerUserId === userId
  return entries.map((entry) => {
    const accounts = entry.matter.accounts.map((one) => ({ ...one, isOwn: isOwn(one.connectionId) }))
    return { ...entry, matter: { ...entry.matter, accounts } }
  })
}

type Person = ReturnType<typeof personOf>

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
