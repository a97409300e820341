import { judgeAnswer } from '#notifications/channels/answer'
import { fit, fitLines } from '#notifications/channels/fit'
import { post, type HttpChannelOptions } from '#notifications/channels/post'
import type { Channel, Words } from '#notifications/types'

/** Limits of Block Kit: https://docs.slack.dev/reference/block-kit/blocks/section-block and its button element. */
const SECTION = 3_000
const BUTTON = 75
const TITLE = 150
const LINE = 300
const LONGEST_URL = 3_000

/** What Slack says of a webhook that was removed, or whose channel or team is closed. */
const GONE =
  /^(no_service|no_service_id|no_active_hooks|no_team|team_disabled|channel_is_archived|channel_not_found|invalid_token)\b/

/**
 * Incoming webhooks of Slack, and of what speaks like it. Names are other people's text: `verbatim` keeps addresses and
 * mentions in them from becoming links, and what Slack reads as markup is escaped.
 */
export function slackWebhookChannel(options: HttpChannelOptions): Channel<'slack_webhook'> {
  return {
    kind: 'slack_webhook',
    async send(message, { url }) {
      const exchange = await post(options, url, slackBody(options.wording.words(message)))
      return judgeAnswer(exchange, url, {
        isGone: ({ status, body }) => [403, 404, 410].includes(status) && GONE.test(body.trim()),
        isRefused: ({ status }) => status === 400,
      })
    },
  }
}

/** The message in Slack's own form. */
export function slackBody({ title, body, lines, link, action }: Words): string {
  const heading = fit(title, TITLE, escape)
  const first = `*${heading}*\n${fit(body, SECTION - heading.length - 3, escape)}`
  const blocks: object[] = [section(first)]
  const listed = fitLines(
    lines.map((line) => `• ${fit(line, LINE, escape)}`),
    SECTION
  )
  if (listed !== '') blocks.push(section(listed))
  if (link.length <= LONGEST_URL) blocks.push(button(link, action))
  const fallback = `${heading}\n${fit(body, SECTION, escape)}`
  return JSON.stringify({ text: fallback, blocks, unfurl_links: false, unfurl_media: false })
}

const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } })

function button(url: string, action: string) {
  const text = { type: 'plain_text', text: fit(action, BUTTON, (character) => character) }
  return { type: 'actions', elements: [{ type: 'button', text, url }] }
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

const escape = (character: string) => ESCAPES[character] ?? character
