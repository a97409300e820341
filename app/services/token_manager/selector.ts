interface Selector {
  /** May be left out where there is only one organization. */
  organizationId?: string
  /** A mark of the database that was asked for on behalf of this very read; it saves asking once more. */
  mark?: number | null
}

/** One connection, named by its id. */
export interface ConnectionSelector extends Selector {
  connectionId: string
}

/** The connection that an owner has at a provider. */
export interface OwnerSelector extends Selector {
  owner: string
  provider: string
}

/** Which token a caller means. */
export type TokenSelector = ConnectionSelector | OwnerSelector

/** Takes `(owner, provider)` as well as a selector. */
export function toSelector(first: TokenSelector | string, provider?: string): TokenSelector {
  if (typeof first !== 'string') return first
  if (provider === undefined) {
    throw new TypeError('Name the provider too, or hand over a selector such as { connectionId }.')
  }
  return { owner: first, provider }
}

/** A selector without an organization, where there are several: nobody may guess whose token is meant. */
export class OrganizationNeeded extends Error {
  readonly code = 'E_ORGANIZATION_NEEDED'

  constructor() {
    super('There are several organizations (or none): add organizationId to the selector.')
  }
}
