/** The time zones for a form, grouped by region: `Europe` with `Paris`, `Berlin`, …. */
export function timeZones() {
  const regions = new Map<string, { value: string; label: string }[]>()
  for (const value of Intl.supportedValuesOf('timeZone')) {
    const [region, ...rest] = value.split('/')
    if (rest.length === 0) continue
    const label = rest.join(', ').replaceAll('_', ' ')
    regions.set(region, [...(regions.get(region) ?? []), { value, label }])
  }
  return [...regions].map(([name, zones]) => ({ name, zones }))
}
