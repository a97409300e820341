/** Whether a grant is kept alive always, or only while an authorization window is open (T3). */
export const KEEP_ALIVE = ['always', 'while_authorized'] as const
export type KeepAlive = (typeof KEEP_ALIVE)[number]

/** Reads the column `keep_alive`; null: the provider's definition decides. */
export function toKeepAlive(value: unknown): KeepAlive | null {
  return KEEP_ALIVE.find((word) => word === value) ?? null
}

/** True where a connection is kept alive always: its own word goes before its provider's. */
export function isKeptAlways(
  provider: { refresh: { keepAlive: KeepAlive } },
  own: KeepAlive | null
): boolean {
  return (own ?? provider.refresh.keepAlive) === 'always'
}
