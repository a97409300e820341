/** A field of a form as text, trimmed; '' for what is missing, no text, or longer than any good value. */
export function textField(value: unknown, longest: number): string {
  if (typeof value !== 'string') return ''
  const text = value.trim()
  return text.length <= longest ? text : ''
}
