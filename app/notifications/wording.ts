import type { I18nManager } from '@adonisjs/i18n'
import { explain } from '#notifications/wording_causes'
import { factsOf } from '#notifications/wording_facts'
import { kindOf } from '#notifications/wording_kinds'
import { targetOf, voiceOf, type Target } from '#notifications/wording_links'
import { accountLines, cutLines, IN_SENTENCE, plain } from '#notifications/wording_names'
import { Speech } from '#notifications/wording_speech'
import { SEVERITIES, type Matter, type Message, type Severity, type Words } from '#notifications/types'

/** What stands around the words of a message in a letter. */
export interface Frame {
  organization: string
  severity: Severity
  /** The severity as a word. */
  label: string
  /** Why the reader gets this, and where that can be changed. */
  reason: string
  change: { link: string; label: string }
  /** For whom the button does not work. */
  copy: string
  sent: string
}

/**
 * Puts messages into words, in the language and the zone of whoever reads them. Staff read causes and the provider's own
 * words; others read plain words without internals, and are led to pages that they may open. Names are data: they are cut
 * and cleaned, and no character in them means anything. It asks nobody and changes nothing.
 */
export class Wording {
  constructor(private readonly deps: { i18n: Pick<I18nManager, 'locale'>; appUrl: string }) {}

  /** Title, text, lines and link of a message. A message with several matters is a digest: one line for each. */
  words(message: Message): Words {
    const speech = this.#speech(message)
    if (message.isTest) return this.#test(message, speech)
    const [first, ...others] = message.matters
    if (!first) throw new Error('A message without a matter says nothing')
    return others.length > 0 ? this.#digest(message, speech) : this.#single(message, first, speech)
  }

  /** The words around a message, for e-mail. */
  frame(message: Message): Frame {
    const speech = this.#speech(message)
    const severity = SEVERITIES.findLast((one) => message.matters.some((matter) => matter.severity === one))
    const shown = severity ?? 'normal'
    const organization = organizationOf(message)
    return {
      organization,
      severity: shown,
      label: speech.say(`mail.severity.${shown}`),
      reason: speech.say('mail.reason', { organization }),
      change: { link: this.#absolute('/alerts'), label: speech.say('mail.change') },
      copy: speech.say('mail.copy'),
      sent: speech.say('mail.sent', { time: speech.moment(message.createdAt) }),
    }
  }

  #single(message: Message, matter: Matter, speech: Speech): Words {
    const voice = voiceOf(message)
    const isStaff = voice === 'staff'
    const kind = kindOf(matter)
    const facts = factsOf(matter, kind, speech, isStaff)
    const own = `notifications.kinds.${kind}.${voice}`
    const text = speech.say(speech.knows(own) ? own : `notifications.kinds.${kind}.all`, facts)
    const explained = isStaff ? explain(matter, kind, speech, facts) : []
    return {
      title: speech.say(`notifications.kinds.${kind}.title`, facts),
      body: speech.paragraph([text, ...explained]),
      lines: accountLines(matter, speech),
      ...this.#button(targetOf(kind, matter, voice), speech),
    }
  }

  #digest(message: Message, speech: Speech): Words {
    const { matters } = message
    const facts = {
      count: matters.length,
      organization: organizationOf(message),
      since: speech.moment(Math.min(...matters.map(({ firstAt }) => firstAt))),
      until: speech.moment(Math.max(...matters.map(({ lastAt }) => lastAt))),
    }
    const titles = matters.map(
      (matter) => this.#single({ ...message, matters: [matter] }, matter, speech).title
    )
    return {
      title: speech.say('notifications.kinds.digest.title', facts),
      body: speech.say('notifications.kinds.digest.all', facts),
      lines: cutLines(titles, titles.length, speech),
      ...this.#button({ path: '/inbox', action: 'inbox' }, speech),
    }
  }

  #test(message: Message, speech: Speech): Words {
    const facts = { organization: organizationOf(message), since: speech.moment(message.createdAt) }
    return {
      title: speech.say('notifications.kinds.test.title'),
      body: speech.say('notifications.kinds.test.all', facts),
      lines: [],
      ...this.#button({ path: '/alerts', action: 'alerts' }, speech),
    }
  }

  #button({ path, action }: Target, speech: Speech): Pick<Words, 'link' | 'action'> {
    return { link: this.#absolute(path), action: speech.say(`notifications.actions.${action}`) }
  }

  #absolute(path: string): string {
    return new URL(path, this.deps.appUrl).href
  }

  #speech({ locale, timeZone }: Message): Speech {
    return new Speech(this.deps.i18n.locale(locale), locale, timeZone)
  }
}

function organizationOf({ organizationName }: Message): string {
  return plain(organizationName, IN_SENTENCE)
}
