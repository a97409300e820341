type Query = Record<string, string | null>

/** Builds addresses of a list from the current filter and a change to it; every filter lives in the URL. */
export function listLinks(path: string, current: Query) {
  const to = (change: Query): string => {
    const pairs = Object.entries({ ...current, ...change }).filter(([, value]) => value) as [string, string][]
    return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`
  }
  return { to, filtered: Object.values(current).some(Boolean) }
}
