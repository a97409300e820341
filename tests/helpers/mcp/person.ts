/** A person at the authorization server: keeps its cookies and goes through its consent over HTTP. */
export class Person {
  readonly #cookies = new Map<string, string>()

  /** Follows an authorization URL to its end. Returns where the client is called back. */
  async decide(url: string, decision: 'allow' | 'deny' = 'allow', account = 'nova'): Promise<URL> {
    const { origin } = new URL(url)
    const asked = await this.visit(url)
    const interaction = asked.headers.get('location')
    if (interaction === null)
      throw new Error(`no consent was asked for: ${asked.status} ${await asked.text()}`)
    if (!interaction.startsWith('/interaction/')) return new URL(interaction, origin)
    const answered = await this.visit(new URL(interaction, origin).href, { decision, account })
    const resumed = await this.visit(answered.headers.get('location') ?? '')
    return new URL(resumed.headers.get('location') ?? '')
  }

  async visit(url: string, fields?: Record<string, string>): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, {
      method: fields ? 'POST' : 'GET',
      body: fields ? new URLSearchParams(fields) : undefined,
      headers: { cookie, accept: 'text/html' },
      redirect: 'manual',
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    return response
  }
}
