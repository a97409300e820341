import { judgeAnswer, type Answer } from '#notifications/channels/answer'
import { fit, fitLines } from '#notifications/channels/fit'
import { post, type HttpChannelOptions } from '#notifications/channels/post'
import { SEVERITIES, type Channel, type Message, type Severity, type Words } from '#notifications/types'

/** Limits of an embed: https://discord.com/developers/docs/resources/message#embed-object-embed-limits (6,000 in all). */
const TITLE = 256
const DESCRIPTION = 4_096
const BODY = 1_000
const LINE = 200
const ACTION = 80

const UNKNOWN_WEBHOOK = 10_015
const INVALID_TOKEN = 50_027

const COLOURS: Readonly<Record<Severity, number>> = { normal: 0x5865f2, high: 0xf0b232, urgent: 0xda373c }

/**
 * Webhooks of Discord. Names are other people's text: nothing in them mentions anybody (`allowed_mentions`), and every
 * character that Discord reads as markup or as the beginning of a link is escaped.
 */
export function discordWebhookChannel(options: HttpChannelOptions): Channel<'discord_webhook'> {
  return {
    kind: 'discord_webhook',
    async send(message, { url }) {
      const body = discordBody(options.wording.words(message), worstOf(message))
      return judgeAnswer(await post(options, url, body), url, {
        isGone,
        isRefused: ({ status }) => status === 400,
        waitOf: secondsToWait,
      })
    },
  }
}

/** The gravest that it tells of. */
export function worstOf({ matters }: Message): Severity {
  return SEVERITIES.findLast((one) => matters.some(({ severity }) => severity === one)) ?? 'normal'
}

/** The message in Discord's own form. */
export function discordBody({ title, body, lines, link, action }: Words, severity: Severity): string {
  // A ")" would end the link early.
  const url = link.replaceAll('(', '%28').replaceAll(')', '%29')
  const end = `\n\n[${fit(action, ACTION, escape)}](${url})`
  const beginning = fit(body, BODY, escape)
  const listed = fitLines(
    lines.map((line) => `• ${fit(line, LINE, escape)}`),
    DESCRIPTION - beginning.length - end.length - 2
  )
  const description = [beginning, listed].filter((part) => part !== '').join('\n\n') + end
  const embed = { title: fit(title, TITLE, escape), description, url, color: COLOURS[severity] }
  return JSON.stringify({ embeds: [embed], allowed_mentions: { parse: [] } })
}

const MARKUP = /[\\*_~`|>#[\]()<:@-]/

const escape = (character: string) => (MARKUP.test(character) ? `\\${character}` : character)

function isGone({ status, body }: Answer): boolean {
  const { code } = readJson(body)
  return (status === 404 && code === UNKNOWN_WEBHOOK) || (status === 401 && code === INVALID_TOKEN)
}

/** `retry_after` of a limited answer: seconds, with a fraction. */
function secondsToWait({ body }: Answer): number | null {
  const { retry_after: seconds } = readJson(body)
  return typeof seconds === 'number' && seconds >= 0 ? Math.ceil(seconds * 1_000) : null
}

function readJson(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
