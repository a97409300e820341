import type { AddedProvider } from '#services/added_providers'
import type { ProviderEntry } from '#oauth/providers_file_types'
import { ANSWER_GROUPS } from '#transformers/provider_form_answers'
import { BASICS, REQUEST_GROUPS } from '#transformers/provider_form_requests'
import type { FormField } from '#transformers/provider_form_types'

export { BASICS }

/** Everything else that PROVIDERS_FILE can state. */
export const ADVANCED = [...REQUEST_GROUPS, ...ANSWER_GROUPS]

/** All fields of the form. */
export const FORM_FIELDS: readonly FormField[] = [BASICS, ...ADVANCED].flatMap(({ fields }) => fields)

/** The texts that the form begins with. A stored secret is never among them. */
export function providerFormValues({ key, name, entry }: AddedProvider): Record<string, string> {
  const limits = entry.rate_limit ?? {}
  const values: Record<string, unknown> = { ...entry, ...limits, key, name }
  return Object.fromEntries(FORM_FIELDS.map((field) => [field.name, textOf(field, values[field.name])]))
}

function textOf({ kind }: FormField, value: unknown): string {
  if (kind === 'duration' && value === null) return 'never'
  if (value === undefined || value === null || kind === 'secret') return ''
  if (kind === 'flag') return value ? 'yes' : 'no'
  if (kind === 'words' || kind === 'lines') return (value as string[]).join('\n')
  if (kind === 'map') return pairs(value as Record<string, string>)
  if (kind === 'variables') return variables(value as NonNullable<ProviderEntry['config']>)
  return String(value as string | number)
}

function pairs(map: Record<string, string>): string {
  return Object.entries(map)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')
}

function variables(config: NonNullable<ProviderEntry['config']>): string {
  return Object.entries(config)
    .map(([name, { title, pattern }]) => [name, title, ...(pattern ? [pattern] : [])].join(' | '))
    .join('\n')
}
