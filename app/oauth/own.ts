export type JsonObject = Record<string, unknown>

/** True for what JSON writes in braces. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The value at a path such as `data.0.token`, read from own properties only: keys like `__proto__` or `constructor`
 * in a hostile answer are never followed into a prototype. Undefined where the path leads nowhere.
 */
export function at(value: unknown, path: string): unknown {
  let here = value
  for (const key of path.split('.')) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined
    here = (here as JsonObject)[key]
  }
  return here
}

/** The text of a value that may be a string or a number; undefined for anything else and for empty text. */
export function optionalText(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}
