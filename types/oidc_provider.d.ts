/**
 * The part of `oidc-provider` 9 that the sandbox uses; the package ships no types.
 */
declare module 'oidc-provider' {
  import type { EventEmitter } from 'node:events'
  import type { IncomingMessage, ServerResponse } from 'node:http'

  /** The claims and parameters that the provider itself knows about a request. */
  export interface OidcContext {
    route: string
    params?: Record<string, string | undefined>
    entities: { Account?: Account; Client?: Client }
  }

  /** A Koa context, as far as our middleware touches it. */
  export interface Context {
    req: IncomingMessage
    res: ServerResponse
    method: string
    path: string
    host: string
    status: number
    body: unknown
    type: string
    query: Record<string, string | string[] | undefined>
    state: Record<string, unknown>
    /** `false` tells Koa that the answer was written by hand. */
    respond?: boolean
    /** Present once the request has reached a route of the provider. */
    oidc?: OidcContext
    get(header: string): string
    set(header: string, value: string): void
    redirect(url: string): void
  }

  export type Middleware = (context: Context, next: () => Promise<void>) => Promise<void> | void

  export interface Account {
    accountId: string
    claims(use: string, scope: string): Promise<{ sub: string } & Record<string, unknown>>
  }

  export interface Client {
    clientId: string
  }

  export interface AdapterPayload {
    jti?: string
    accountId?: string
    grantId?: string
    uid?: string
    consumed?: number
    [member: string]: unknown
  }

  export interface Adapter {
    upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void>
    find(id: string): Promise<AdapterPayload | undefined>
    findByUid(uid: string): Promise<AdapterPayload | undefined>
    findByUserCode(userCode: string): Promise<AdapterPayload | undefined>
    consume(id: string): Promise<void>
    destroy(id: string): Promise<void>
    revokeByGrantId(grantId: string): Promise<void>
  }

  export interface GrantModel {
    addOIDCScope(scope: string): void
    save(): Promise<string>
  }

  export interface TokenModel {
    /** Seconds. */
    expiration: number
    save(): Promise<string>
  }

  export interface Interaction {
    uid: string
    params: Record<string, string | undefined>
  }

  export interface InteractionResult {
    login?: { accountId: string; remember?: boolean }
    consent?: { grantId: string }
    error?: string
    error_description?: string
  }

  export interface ProviderError extends Error {
    error: string
    error_description?: string
    error_detail?: string
    statusCode: number
  }

  interface TokenFields {
    accountId: string
    client: Client
    grantId: string
    gty: string
    scope: string
  }

  export default class Provider extends EventEmitter {
    constructor(issuer: string, configuration: object)
    readonly issuer: string
    Client: { find(id: string): Promise<Client | undefined> }
    Grant: new (fields: { accountId: string; clientId: string }) => GrantModel
    AccessToken: new (fields: TokenFields) => TokenModel
    RefreshToken: new (fields: TokenFields & { rotations: number }) => TokenModel
    use(middleware: Middleware): this
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: InteractionResult,
      options?: { mergeWithLastSubmission?: boolean }
    ): Promise<void>
  }

  export const errors: {
    InvalidGrant: new (detail: string) => ProviderError
    SessionNotFound: new (...args: string[]) => ProviderError
  }
}
