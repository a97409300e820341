import type ProviderRow from '#models/provider'
import type { StoredRegistration } from '#models/provider'
import { addedProviderId, defineAdded, entryProblem, type EntryProblem } from '#oauth/added_provider'
import { fault } from '#oauth/fault'
import type { ProviderEntry } from '#oauth/providers_file_types'
import mcp from '#oauth/providers/mcp'
import generic from '#oauth/providers/oauth2'
import type { Secret } from '#oauth/secret'
import type { Provider } from '#oauth/types'
import { isCron } from '#services/jobs/cron_times'
import type { Opened, SealedPlace, Vault } from '#vault/vault'

/** An added provider as its organization sees it, whether or not it can be used. */
export interface AddedProvider {
  rowId: string
  organizationId: string
  id: string
  key: string
  name: string
  /** As in the row: the id of the generic definition that it starts from. */
  kind: string
  entry: ProviderEntry
  registration: StoredRegistration | null
  hasSecret: boolean
  /** Null while something is wrong with it. */
  provider: Provider | null
  problems: EntryProblem[]
}

type SealedColumn = 'client_secret' | 'registration_access_token'

/** The kinds of added providers: generic definitions, from which an entry starts where it extends no other. */
export const PROVIDER_KINDS: readonly string[] = [generic.id, mcp.id]

/** Where a secret of a row belongs; sealed for another row or column it does not open. */
export function secretPlace(row: ProviderRow, column: SealedColumn): SealedPlace {
  return { organizationId: row.organizationId, connectionId: row.id, column: `providers.${column}` }
}

/** Opens a secret of a row; null where it has none. */
export function openSecret(vault: Vault, row: ProviderRow, column: SealedColumn): Opened | null {
  const blob = column === 'client_secret' ? row.clientSecret : row.registrationAccessToken
  return blob === null ? null : vault.open(blob, secretPlace(row, column))
}

/** Turns a row into what the catalogue keeps. Never throws: what is wrong with the row is told in `problems`. */
export async function readRow(
  row: ProviderRow,
  deps: { vault: Vault; bases: readonly Provider[]; allowPrivate: boolean }
): Promise<AddedProvider> {
  const { organizationId, key, name, kind, entry, registration } = row
  const id = addedProviderId(key, organizationId)
  const view = { rowId: row.id, organizationId, id, key, name, kind, entry, registration }
  const opened = openSecret(deps.vault, row, 'client_secret')
  if (opened && !opened.ok) {
    return { ...view, hasSecret: true, provider: null, problems: [UNREADABLE] }
  }
  const clientSecret: Secret | null = opened?.secret ?? null
  const defined = await defineAdded({ id, name, entry, clientSecret, registration, base: kind }, deps)
  const problems = defined.ok ? scheduleProblems(defined.provider) : defined.problems
  const provider = defined.ok && problems.length === 0 ? defined.provider : null
  return { ...view, hasSecret: opened !== null, provider, problems }
}

/** The protocol knows no calendar: whether an expression ever fires is looked at here. */
function scheduleProblems({ schedule }: Provider): EntryProblem[] {
  const wrong = schedule.filter((expression) => !isCron(expression))
  return wrong.map((text) => entryProblem('schedule', fault('cron_fields', { text })))
}

const UNREADABLE = entryProblem('client_secret', fault('unreadable'))
