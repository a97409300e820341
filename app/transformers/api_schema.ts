/** A JSON Schema in the dialect of OpenAPI 3.1 (2020-12). */
export type Schema = Readonly<Record<string, unknown>>

export const uuid: Schema = { type: 'string', format: 'uuid' }
export const time: Schema = { type: 'string', format: 'date-time' }
export const link: Schema = { type: 'string', format: 'uri' }
export const words: Schema = { type: 'string' }
export const truth: Schema = { type: 'boolean' }
export const count: Schema = { type: 'integer', minimum: 0 }
export const share: Schema = { type: 'number', minimum: 0, maximum: 1 }

/** The same with a sentence about what it means. */
export const about = (description: string, schema: Schema): Schema => ({ ...schema, description })

export const oneOf = (values: readonly string[]): Schema => ({ type: 'string', enum: [...values] })

export const listOf = (items: Schema): Schema => ({ type: 'array', items })

/** Texts by name. */
export const textsOf: Schema = { type: 'object', additionalProperties: words }

/** A value that may be missing, and then is null. */
export function orNull(schema: Schema): Schema {
  const { type, enum: values, description, ...rest } = schema
  if (typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] }
  const named = description === undefined ? {} : { description }
  const listed = Array.isArray(values) ? { enum: [...values, null] } : {}
  return { type: [type, 'null'], ...listed, ...rest, ...named }
}

/** The component of this name. */
export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })

/**
 * The schema of what a transformer returns: it must tell every field, and no other. Fields are always there unless they
 * are named in `sometimes`.
 */
export function schemaOf<Told>(
  properties: { [Field in keyof Told]-?: Schema },
  { description, sometimes = [] }: { description?: string; sometimes?: readonly (keyof Told)[] } = {}
): ObjectSchema {
  const required = Object.keys(properties).filter((name) => !sometimes.includes(name as keyof Told))
  return { type: 'object', ...(description ? { description } : {}), properties, required }
}

export interface ObjectSchema extends Schema {
  properties: Readonly<Record<string, Schema>>
  required: readonly string[]
}

/** One object with the fields of two. */
export function withFields(schema: ObjectSchema, properties: Readonly<Record<string, Schema>>): ObjectSchema {
  const all = { ...schema.properties, ...properties }
  return { ...schema, properties: all, required: [...schema.required, ...Object.keys(properties)] }
}
