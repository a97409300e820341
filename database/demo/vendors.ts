/** The tokens of a grant, as the simulator gives them. */
export interface DemoTokens {
  access_token: string
  refresh_token: string | null
}

type Fields = Record<string, string>

/** The simulated vendors, by the control of `npm run simulator`. Rejects where they do not answer as expected. */
export class Vendors {
  private constructor(
    private readonly origin: string,
    private readonly dialects: ReadonlyMap<string, string>
  ) {}

  static async meet(origin: string): Promise<Vendors> {
    const known = await ask<Record<string, { serves: string[] }>>(origin, 'dialects', {})
    const pairs = Object.entries(known).flatMap(([dialect, { serves }]) =>
      serves.map((provider): [string, string] => [provider, dialect])
    )
    return new Vendors(origin, new Map(pairs))
  }

  /** A grant as after a consent. */
  grant(provider: string, account: string, name: string): Promise<DemoTokens> {
    return ask(this.origin, 'grant', { dialect: this.#dialect(provider), account, name })
  }

  /** Ends the grant, as a person does who removes the application. */
  async revoke(provider: string, account: string): Promise<void> {
    await ask(this.origin, 'revoke', { dialect: this.#dialect(provider), account })
  }

  /** From now on the account answers so. */
  async say(provider: string, account: string, mode: string): Promise<void> {
    await ask(this.origin, 'mode', { dialect: this.#dialect(provider), account, mode })
  }

  /** Lets the vendors' clock run ahead. */
  async advance(milliseconds: number): Promise<void> {
    await ask(this.origin, 'clock', { seconds: String(milliseconds / 1_000) })
  }

  #dialect(provider: string): string {
    const dialect = this.dialects.get(provider)
    if (!dialect) throw new Error(`No simulated vendor stands for ${provider}`)
    return dialect
  }
}

async function ask<T>(origin: string, task: string, fields: Fields): Promise<T> {
  const response = await fetch(`${origin}/_control/${task}`, {
    method: 'POST',
    body: new URLSearchParams(fields),
  })
  if (!response.ok) throw new Error(`The simulator refused ${task}: ${await response.text()}`)
  return (await response.json()) as T
}
