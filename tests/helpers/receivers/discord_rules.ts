import type { Behaviour, Reply } from '#tests/helpers/receivers/http_receiver'

interface Embed {
  title?: string
  description?: string
  url?: string
  color?: number
  footer?: { text: string }
}

/**
 * A webhook of Discord as its documentation describes it: 204 for a message within the limits of embeds (10 of them;
 * title 256, description 4,096, footer 2,048, all texts 6,000; content 2,000), else 400 with code 50035.
 */
export const discord: Behaviour = ({ headers, body }) => {
  if (headers['content-type'] !== 'application/json') return no('Expected application/json')
  const { content = '', embeds = [] } = JSON.parse(body) as { content?: string; embeds?: Embed[] }
  if (content === '' && embeds.length === 0) return no('Cannot send an empty message', 50_006)
  if (content.length > 2_000 || embeds.length > 10) return no('Invalid Form Body')
  const texts = embeds.flatMap(({ title = '', description = '', footer }) => [
    [title, 256] as const,
    [description, 4_096] as const,
    [footer?.text ?? '', 2_048] as const,
  ])
  const total = texts.reduce((sum, [text]) => sum + [...text].length, 0)
  if (total > 6_000 || texts.some(([text, limit]) => text.length > limit)) return no('Invalid Form Body')
  const isWrong = ({ url = 'https://x.example', color = 0 }: Embed) =>
    !/^https?:/.test(url) || !URL.canParse(url) || color < 0 || color > 0xffffff
  return embeds.some(isWrong) ? no('Invalid Form Body') : { status: 204 }
}

const no = (message: string, code = 50_035): Reply => ({
  status: 400,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message, code }),
})
