const PLACE = '{trace_id}'

/** Whether this is a web address with a place for the id of a trace, such as `https://traces.example/trace/{trace_id}`. */
export function isTraceAddress(template: string): boolean {
  const filled = traceAddress(template, '0'.repeat(32))
  return filled !== template && URL.canParse(filled) && /^https?:$/.test(new URL(filled).protocol)
}

/** Where a trace can be looked at. */
export function traceAddress(template: string, traceId: string): string {
  return template.replaceAll(PLACE, traceId)
}
