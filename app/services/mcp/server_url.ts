import { endpointProblem } from '#oauth/check_provider'

export type ServerUrl = { ok: true; url: string } | { ok: false; message: string }

/** The URL of an MCP server as a person typed it: absolute, public, without fragment or credentials (RFC 8707 §2). */
export function readServerUrl(text: string, allowPrivate: boolean): ServerUrl {
  const typed = text.trim()
  if (typed === '') return refused('Enter the URL of the MCP server, such as https://mcp.example.com/mcp.')
  if (typed.length > 2_048)
    return refused('This URL is too long; give the address of the MCP endpoint itself.')
  if (!URL.canParse(typed)) return refused('This is not a URL. It must begin with https://.')
  const url = new URL(typed)
  if (url.hash) return refused('Leave out the part behind "#": it never reaches a server.')
  const [problem] = endpointProblem(url.href, allowPrivate, 'url')
  if (problem === undefined)
    return { ok: true, url: url.pathname === '/' ? typed.replace(/\/$/, '') : url.href }
  return refused(sentence(problem.replace(/^url: /, '')))
}

function sentence(problem: string): string {
  const words = problem.startsWith('must') ? `The URL ${problem}` : problem
  return `${words[0].toUpperCase()}${words.slice(1)}.`
}

function refused(message: string): ServerUrl {
  return { ok: false, message }
}
