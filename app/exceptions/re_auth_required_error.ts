/** Why only a person can help. `not_found` comes without a connection id (SPEC §5.3). */
export type ReAuthCode =
  'reauth_required' | 'account_suspended' | 'action_required' | 'not_found' | 'ambiguous_connection'

/** The connection that was asked for, as far as it is known. */
export interface ReAuthSubject {
  connectionId: string | null
  owner: string | null
  provider: string | null
  /** Where a person reconnects it, as a path of this application; null where that would not help. */
  reconnectPath: string | null
  /** What the person must do, where the provider or the state of the connection says it. */
  instruction?: string | null
}

const SENTENCES: Readonly<Record<ReAuthCode, string>> = {
  reauth_required: 'The account must be connected again.',
  account_suspended: 'The provider has suspended this account.',
  action_required: 'Somebody must act before there is a token again.',
  not_found: 'There is no such connection.',
  ambiguous_connection: 'This owner has several connections at that provider. Name one by its id.',
}

/** There is no usable token until a person acts. Waiting does not help. */
export class ReAuthRequiredError extends Error {
  override readonly name = 'ReAuthRequiredError'
  readonly status: 404 | 409
  readonly connectionId: string | null
  readonly provider: string | null
  readonly reconnectPath: string | null
  readonly instruction: string | null
  // Private, so that a logger that prints the error does not print whom it concerns.
  readonly #owner: string | null

  constructor(
    /** The code of the problem in API answers. */
    readonly code: ReAuthCode,
    subject: ReAuthSubject
  ) {
    super(subject.instruction ?? SENTENCES[code])
    this.status = code === 'not_found' ? 404 : 409
    this.connectionId = subject.connectionId
    this.#owner = subject.owner
    this.provider = subject.provider
    this.reconnectPath = subject.reconnectPath
    this.instruction = subject.instruction ?? null
  }

  get owner(): string | null {
    return this.#owner
  }
}
