import type { TestContext } from '@japa/runner/core'
import { Simulator } from '#simulator/simulator'
import { SimulatorClock } from '#simulator/clock'
import type { Dialect } from '#simulator/types'
import { NOW } from '#tests/helpers/refresh_fixtures'

/** A simulator on a clock that stands still, for as long as the test. */
export async function simulatorFor({ cleanup }: TestContext, dialects?: readonly Dialect[]) {
  const clock = new SimulatorClock({ now: () => NOW })
  const simulator = await Simulator.start({ clock, dialects })
  cleanup(() => simulator.close())
  return simulator
}

export interface RawRequest {
  url: string
  method?: string
  headers?: Record<string, string>
  query?: Record<string, string>
  form?: Record<string, string>
  json?: Record<string, string>
}

export interface RawAnswer {
  status: number
  headers: Headers
  text: string
  body: Record<string, unknown>
}

/** Sends one request as it stands, to the place where the simulator answers for that vendor URL. */
export async function ask(simulator: Simulator, request: RawRequest): Promise<RawAnswer> {
  const { url, form, json, query, headers = {} } = request
  const address = simulator.urlFor(url)
  if (address === null) throw new Error(`No dialect stands for ${url}`)
  const type = form ? 'application/x-www-form-urlencoded' : json ? 'application/json' : null
  const answer = await fetch(`${address}${query ? `?${new URLSearchParams(query)}` : ''}`, {
    method: request.method ?? (form || json ? 'POST' : 'GET'),
    headers: { ...(type ? { 'content-type': type } : {}), ...headers },
    body: form ? new URLSearchParams(form).toString() : json ? JSON.stringify(json) : undefined,
    redirect: 'manual',
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text, body: objectIn(text) }
}

function objectIn(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
}

export const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
})

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
