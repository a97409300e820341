import type { Behaviour, Reply } from '#tests/helpers/receivers/http_receiver'

interface Text {
  type: string
  text: string
}

interface Block {
  type: string
  text?: Text
  elements?: { type: string; text?: Text; url?: string }[]
}

const isText = (text: Text | undefined, types: string[], longest: number) =>
  text !== undefined && types.includes(text.type) && text.text.length > 0 && text.text.length <= longest

const CHECKS: Readonly<Record<string, (block: Block) => boolean>> = {
  section: ({ text }) => isText(text, ['mrkdwn', 'plain_text'], 3_000),
  header: ({ text }) => isText(text, ['plain_text'], 150),
  divider: () => true,
  actions: ({ elements = [] }) =>
    elements.length > 0 &&
    elements.length <= 25 &&
    elements.every(
      ({ type, text, url = '' }) =>
        type === 'button' && isText(text, ['plain_text'], 75) && url.length <= 3_000 && URL.canParse(url)
    ),
}

/**
 * An incoming webhook of Slack as its documentation describes it: 200 "ok" for a message within the limits of Block Kit
 * (50 blocks; 3,000 characters in a section, 150 in a header, 75 on a button), else 400 with its word for it.
 */
export const slack: Behaviour = ({ headers, body }) => {
  if (headers['content-type'] !== 'application/json') return no('invalid_payload')
  let payload: { text?: unknown; blocks?: Block[] }
  try {
    payload = JSON.parse(body)
  } catch {
    return no('invalid_payload')
  }
  const { text, blocks = [] } = payload
  if (typeof text !== 'string' || (text === '' && blocks.length === 0)) return no('no_text')
  if (text.length > 40_000) return no('msg_too_long')
  if (blocks.length > 50 || !blocks.every((block) => CHECKS[block.type]?.(block))) return no('invalid_blocks')
  return { status: 200, headers: { 'content-type': 'text/html' }, body: 'ok' }
}

const no = (body: string): Reply => ({ status: 400, body })
