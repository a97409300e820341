import type { DescribedCall } from '#openapi/document'

interface Place {
  method: string
  path: string
  baseUrl: string
}

/** A call as somebody types it in a shell; ids of the path are variables. */
export function curlOf({ parameters, requestBody, security }: DescribedCall, place: Place): string {
  const { method, path, baseUrl } = place
  const query = parameters
    .filter((one) => one.in === 'query' && one.example !== undefined)
    .map(({ name, example }) => `${name}=${encodeURIComponent(String(example))}`)
  const body = requestBody?.content['application/json'].example
  const url = `${baseUrl}${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`)}`
  const isPlain = method === 'GET' || (method === 'POST' && body !== undefined)
  const parts = [
    `curl ${isPlain ? '' : `-X ${method} `}"${url}${query.length > 0 ? `?${query.join('&')}` : ''}"`,
    ...(security.length > 0 ? ['-H "Authorization: Bearer $KEY"'] : []),
    ...(body ? ['-H "Content-Type: application/json"', `-d '${JSON.stringify(body)}'`] : []),
  ]
  return parts.join(' \\\n  ')
}
