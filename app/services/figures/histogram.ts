/** Borders of the buckets that durations of refreshes are counted in, in milliseconds; what lasts longer is in one more. */
export const REFRESH_BOUNDS = [25, 50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600] as const

/** The same for runs, which last longer. */
export const RUN_BOUNDS = [
  1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 900_000, 3_600_000,
] as const

export const BUCKETS = REFRESH_BOUNDS.length + 1

/** The names of the bucket columns, in their order. */
export const BUCKET_COLUMNS = Array.from({ length: BUCKETS }, (_, bucket) => `b${bucket}`)

/** One SQL expression for each bucket, which counts the rows whose `duration` falls into it. */
export function countBuckets(duration: string, bounds: readonly number[]): string[] {
  return Array.from({ length: bounds.length + 1 }, (_, bucket) => {
    const from = bucket === 0 ? null : `${duration} >= ${bounds[bucket - 1]}`
    const to = bucket === bounds.length ? null : `${duration} < ${bounds[bucket]}`
    return `sum(CASE WHEN ${[from, to].filter(Boolean).join(' AND ')} THEN 1 ELSE 0 END)`
  })
}

/**
 * The duration below which this share of what was counted lies, in milliseconds; null where nothing was. It lies in the
 * right bucket, and within the bucket it is taken as evenly spread. Of the last, open bucket only its border is known.
 */
export function quantile(counts: readonly number[], bounds: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  const wanted = share * total
  let before = 0
  for (const [bucket, count] of counts.entries()) {
    if (count > 0 && before + count >= wanted) {
      const from = bucket === 0 ? 0 : bounds[bucket - 1]
      const to = bucket === bounds.length ? from : bounds[bucket]
      return Math.round(from + ((to - from) * (wanted - before)) / count)
    }
    before += count
  }
  return bounds.at(-1) as number
}
