/** Made from the description of the API by `npm run client`. Do not edit. */
export interface paths {
  '/api/v1/token': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Read a token by owner and provider
     * @description The key needs the ability `tokens:read`.
     */
    get: operations['readToken']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/connections/{id}/token': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Read the token of a connection
     * @description The key needs the ability `tokens:read`.
     */
    get: operations['readTokenOfConnection']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/connections/{id}/report-unauthorized': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Report that the provider refused a token
     * @description Answers with the token to try next, which is never the refused one. Without `access_token` the stored one is checked.
     *
     *     The key needs the ability `tokens:read`.
     */
    post: operations['reportUnauthorized']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/tokens/validate': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Test which connections can be used now
     * @description With `auto_refresh` what has ended is refreshed first. Results come in the order of the ids.
     *
     *     The key needs the ability `tokens:read`.
     */
    post: operations['validateTokens']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/connections': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List connections
     * @description The newest first. `q` is a search as on the page of accounts, such as `status:reconnect tag:vip`.
     *
     *     The key needs the ability `connections:read`.
     */
    get: operations['listConnections']
    put?: never
    /**
     * Import a connection
     * @description Takes over an account that was connected elsewhere.
     *
     *     The key needs the ability `connections:write`.
     */
    post: operations['importConnection']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/connections/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Show a connection
     * @description The key needs the ability `connections:read`.
     */
    get: operations['showConnection']
    put?: never
    post?: never
    /**
     * Delete a connection
     * @description Ends the grant at the provider, and deletes the connection with its log and the accounts that derive from it.
     *
     *     The key needs the ability `connections:write`.
     */
    delete: operations['deleteConnection']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/connections/refresh': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Refresh many connections
     * @description Give either `ids` or `filter`. What is due among them is refreshed; with `force` all that can be.
     *
     *     The key needs the ability `connections:write`.
     */
    post: operations['refreshConnections']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/connections/{id}/refresh': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Refresh a connection now
     * @description The key needs the ability `connections:write`.
     */
    post: operations['refreshConnection']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/connections/{id}/pause': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Pause a connection
     * @description The key needs the ability `connections:write`.
     */
    post: operations['pauseConnection']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/connections/{id}/resume': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Resume a connection
     * @description The key needs the ability `connections:write`.
     */
    post: operations['resumeConnection']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/connections/{id}/reactivate': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Take a connection back into service
     * @description `reconnect_needed` tells that the grant was refused before, so that only a person may revive it.
     *
     *     The key needs the ability `connections:write`.
     */
    post: operations['reactivateConnection']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/platforms/health': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Show how the platforms of an owner stand
     * @description The key needs the ability `connections:read`.
     */
    get: operations['showPlatformHealth']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/connect-links': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Make a link where a person connects
     * @description With `connection_id` it renews that connection only. `expires_in` is in seconds, a day unless told.
     *
     *     The key needs the ability `connections:write`.
     */
    post: operations['createConnectLink']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/jobs/{name}/runs': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Run a job
     * @description Joins the run that is under way, if there is one. With `wait` the call waits for its end, thirty seconds at most.
     *
     *     The key needs the ability `runs:write`.
     */
    post: operations['runJob']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/runs': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List runs
     * @description The key needs the ability `runs:read`.
     */
    get: operations['listRuns']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/runs/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Show a run
     * @description The key needs the ability `runs:read`.
     */
    get: operations['showRun']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/runs/{id}/cancel': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Cancel a run
     * @description What it has in flight is finished first. Asking again changes nothing.
     *
     *     The key needs the ability `runs:write`.
     */
    post: operations['cancelRun']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/refresh-attempts': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List refresh attempts
     * @description The key needs the ability `stats:read`.
     */
    get: operations['listRefreshAttempts']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/stats': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Show the operating figures
     * @description Of the last day unless a period is named. Rates are from 0 to 1, durations in milliseconds.
     *
     *     The key needs the ability `stats:read`.
     */
    get: operations['showStats']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/campaigns': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List campaigns
     * @description The newest first. With `archived=true` those that are archived.
     *
     *     The key needs the ability `campaigns:read`.
     */
    get: operations['listCampaigns']
    put?: never
    /**
     * Create a campaign
     * @description The key needs the ability `campaigns:write`.
     */
    post: operations['createCampaign']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/campaigns/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Show a campaign
     * @description The key needs the ability `campaigns:read`.
     */
    get: operations['showCampaign']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/campaigns/{id}/members': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Add a connection to a campaign
     * @description The key needs the ability `campaigns:write`.
     */
    post: operations['addMember']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/campaigns/{id}/members/{connection}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    /**
     * Remove a connection from a campaign
     * @description Closes its window, too.
     *
     *     The key needs the ability `campaigns:write`.
     */
    delete: operations['removeMember']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/campaigns/{id}/members/{connection}/authorization': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Open a member’s window
     * @description The token is refreshed at once, and where that fails nothing opens.
     *
     *     The key needs the ability `campaigns:write`.
     */
    post: operations['openWindow']
    /**
     * Close a member’s window
     * @description The key needs the ability `campaigns:write`.
     */
    delete: operations['closeWindow']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/campaigns/{id}/sessions': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Start a live session
     * @description Every member must be healthy; otherwise nothing begins, and the answer lists who is not.
     *
     *     The key needs the ability `campaigns:write`.
     */
    post: operations['startSession']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/campaigns/{id}/sessions/{session}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    post?: never
    /**
     * End a live session
     * @description The key needs the ability `campaigns:write`.
     */
    delete: operations['endSession']
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/channels': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List channels
     * @description By name, all at once: there are fifty at most.
     *
     *     The key needs the ability `notifications:read`.
     */
    get: operations['listChannels']
    put?: never
    /**
     * Create a channel
     * @description With `events` it hears of them at once. The signing secret of a webhook is told this once.
     *
     *     The key needs the ability `notifications:write`.
     */
    post: operations['createChannel']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/channels/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Show a channel
     * @description The key needs the ability `notifications:read`.
     */
    get: operations['showChannel']
    put?: never
    post?: never
    /**
     * Delete a channel
     * @description The key needs the ability `notifications:write`.
     */
    delete: operations['deleteChannel']
    options?: never
    head?: never
    /**
     * Change a channel
     * @description What is not named stays. `events: null` takes its own rule away.
     *
     *     The key needs the ability `notifications:write`.
     */
    patch: operations['updateChannel']
    trace?: never
  }
  '/api/v1/channels/{id}/test': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Send a test
     * @description The key needs the ability `notifications:write`.
     */
    post: operations['testChannel']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/channels/{id}/rotate-secret': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Replace the signing secret
     * @description The one before it signs along for a day.
     *
     *     The key needs the ability `notifications:write`.
     */
    post: operations['rotateSecret']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/channels/{id}/enable': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Use a disabled channel again
     * @description The key needs the ability `notifications:write`.
     */
    post: operations['enableChannel']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/channels/{id}/deliveries': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * List the deliveries of a channel
     * @description The key needs the ability `notifications:read`.
     */
    get: operations['listDeliveries']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/deliveries/{id}': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Show a delivery
     * @description The key needs the ability `notifications:read`.
     */
    get: operations['showDelivery']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/api/v1/deliveries/{id}/redeliver': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    get?: never
    put?: never
    /**
     * Send a delivery again
     * @description The key needs the ability `notifications:write`.
     */
    post: operations['redeliver']
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/health/live': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Whether the process answers
     * @description Whether the process answers
     */
    get: operations['isLive']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
  '/health/ready': {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    /**
     * Whether the process may be sent work
     * @description Strangers hear one word, insiders hear why.
     */
    get: operations['isReady']
    put?: never
    post?: never
    delete?: never
    options?: never
    head?: never
    patch?: never
    trace?: never
  }
}
export type webhooks = Record<string, never>
export interface components {
  schemas: {
    Token: {
      access_token: string
      /** @description How it is sent: `Bearer`, `OAuth` for OAuth 1.0a. */
      token_type: string
      /**
       * Format: date-time
       * @description Null where it does not end, or nobody knows when.
       */
      expires_at: string | null
      scopes: string[]
      /** Format: uuid */
      connection_id: string
      /** @description OAuth 1.0a only. */
      token_secret?: string
    }
    ValidationReport: {
      valid_connection_ids: string[]
      results: {
        /** @description As it was asked for; it need not be the id of anything. */
        connection_id: string
        valid: boolean
        reason: string
        error_code: string | null
        /** @description What a person must do at the provider. */
        instruction: string | null
        /** Format: date-time */
        retry_at: string | null
        /** Format: date-time */
        token_expires_at: string | null
      }[]
    }
    Connection: {
      /** Format: uuid */
      id: string
      provider: string
      provider_account_id: string
      owner: string
      username: string | null
      display_name: string | null
      avatar_url: string | null
      /**
       * Format: uuid
       * @description The connection from which its token derives.
       */
      parent_id: string | null
      /** @enum {string} */
      status: 'connected' | 'token_expired' | 'needs_reauth' | 'error' | 'suspended' | 'disconnected'
      status_reason: string | null
      error_code: string | null
      /**
       * @description One word for people: the first that fits.
       * @enum {string}
       */
      health: 'reconnect' | 'retrying' | 'due' | 'refreshing' | 'paused' | 'static' | 'healthy'
      is_active: boolean
      is_suspended: boolean
      /** @enum {string|null} */
      last_refresh_status: 'pending' | 'success' | 'error' | null
      /** Format: date-time */
      token_expires_at: string | null
      /** Format: date-time */
      grant_expires_at: string | null
      /** Format: date-time */
      next_refresh_at: string | null
      /**
       * Format: date-time
       * @description The end of the last authorization window.
       */
      keep_alive_until: string | null
      /** Format: date-time */
      paused_at: string | null
      /** Format: date-time */
      suspended_at: string | null
      /** Format: date-time */
      last_token_refresh_at: string | null
      /**
       * Format: date-time
       * @description Since when refreshes fail.
       */
      token_refresh_failed_at: string | null
      /** Format: date-time */
      last_validated_at: string | null
      /** Format: date-time */
      connected_at: string | null
      /** Format: date-time */
      granted_at: string | null
      /** Format: date-time */
      created_at: string
      /** Format: date-time */
      updated_at: string
      /** @enum {string} */
      token_type: 'oauth2' | 'oauth1a' | 'static'
      /** @enum {string} */
      expiry_source: 'provider' | 'assumed' | 'never'
      scopes: string[]
      refresh_count: number
      config: {
        [key: string]: string
      }
      tags: string[]
      /**
       * Format: uri
       * @description Where a person renews it.
       */
      reconnect_url: string
    }
    Refresh: {
      /** Format: uuid */
      connection_id: string
      /** @enum {string} */
      status: 'refreshed' | 'failed' | 'skipped' | 'deferred'
      /** @description `refreshed`, the class of the failure, or why nothing was done. */
      reason: string
      error_code: string | null
      /** Format: date-time */
      old_expires_at: string | null
      /** Format: date-time */
      new_expires_at: string | null
      /**
       * Format: date-time
       * @description When the next try makes sense.
       */
      retry_at: string | null
    }
    PlatformHealth: {
      health: {
        platform: string
        connected: boolean
        /** @enum {string} */
        status: 'healthy' | 'needs_reconnect'
        /** Format: uri */
        reconnect_url: string | null
      }[]
    }
    ConnectLink: {
      /** Format: uri */
      url: string
      /** Format: date-time */
      expires_at: string
    }
    Run: {
      /** Format: uuid */
      id: string
      /** @description The name of its job, or of the command that made it. */
      job: string
      /** @enum {string} */
      kind: 'scheduled' | 'manual' | 'on_demand' | 'grant' | 'health_check' | 'test'
      /** @enum {string} */
      trigger: 'schedule' | 'command' | 'api' | 'ui'
      /** @description Who asked for it. */
      actor: string | null
      /** @enum {string} */
      state: 'queued' | 'running' | 'finished' | 'cancelled' | 'failed'
      dry_run: boolean
      total: number
      refreshed: number
      failed: number
      skipped: number
      /** @description Why it broke off. */
      error: string | null
      cancel_requested: boolean
      /**
       * Format: date-time
       * @description The time of the schedule that it stands for.
       */
      scheduled_for: string | null
      /** Format: date-time */
      created_at: string
      /** Format: date-time */
      started_at: string | null
      /** Format: date-time */
      finished_at: string | null
    }
    RunDetail: {
      /** Format: uuid */
      id: string
      /** @description The name of its job, or of the command that made it. */
      job: string
      /** @enum {string} */
      kind: 'scheduled' | 'manual' | 'on_demand' | 'grant' | 'health_check' | 'test'
      /** @enum {string} */
      trigger: 'schedule' | 'command' | 'api' | 'ui'
      /** @description Who asked for it. */
      actor: string | null
      /** @enum {string} */
      state: 'queued' | 'running' | 'finished' | 'cancelled' | 'failed'
      dry_run: boolean
      total: number
      refreshed: number
      failed: number
      skipped: number
      /** @description Why it broke off. */
      error: string | null
      cancel_requested: boolean
      /**
       * Format: date-time
       * @description The time of the schedule that it stands for.
       */
      scheduled_for: string | null
      /** Format: date-time */
      created_at: string
      /** Format: date-time */
      started_at: string | null
      /** Format: date-time */
      finished_at: string | null
      result: components['schemas']['JobResult'] | null
    }
    BegunRun: {
      /** Format: uuid */
      id: string
      /** @description The name of its job, or of the command that made it. */
      job: string
      /** @enum {string} */
      kind: 'scheduled' | 'manual' | 'on_demand' | 'grant' | 'health_check' | 'test'
      /** @enum {string} */
      trigger: 'schedule' | 'command' | 'api' | 'ui'
      /** @description Who asked for it. */
      actor: string | null
      /** @enum {string} */
      state: 'queued' | 'running' | 'finished' | 'cancelled' | 'failed'
      dry_run: boolean
      total: number
      refreshed: number
      failed: number
      skipped: number
      /** @description Why it broke off. */
      error: string | null
      cancel_requested: boolean
      /**
       * Format: date-time
       * @description The time of the schedule that it stands for.
       */
      scheduled_for: string | null
      /** Format: date-time */
      created_at: string
      /** Format: date-time */
      started_at: string | null
      /** Format: date-time */
      finished_at: string | null
      /** @description It was under way already. */
      joined: boolean
    }
    JobResult:
      | {
          success: boolean
          message: string
          refreshed: number
          failed: number
          skipped: number
          results: {
            /** Format: uuid */
            account_id: string
            username: string | null
            /** @enum {string} */
            status: 'success' | 'failed' | 'skipped'
          }[]
        }
      | {
          stats: {
            total: number
            valid: number
            expired_refreshed: number
            invalid: number
            suspended: number
            untested: number
            connection_passed: number
          }
        }
      | {
          sent: number
        }
      | {
          attempts: number
          runs: number
          events: number
          figures: number
          audit: number
        }
    RefreshAttempt: {
      /** Format: uuid */
      id: string
      /** Format: date-time */
      at: string
      /** Format: uuid */
      connection_id: string
      /** Format: uuid */
      run_id: string | null
      provider: string
      /** @enum {string} */
      kind: 'scheduled' | 'manual' | 'on_demand' | 'grant' | 'health_check' | 'test'
      /** @enum {string} */
      outcome: 'success' | 'failed' | 'superseded'
      /** @description The class of the failure. */
      reason: string | null
      /** @description The provider’s own code, or `not_extended`. */
      error_code: string | null
      http_status: number | null
      /** @description Which failure in a row this was; 0 where it does not count against the grant. */
      strike: number
      /** @description What it changed about the connection. */
      transition: string | null
      duration_ms: number
      /** @description Its requests to the provider, without their headers. */
      calls: {
        /** @enum {string} */
        method: 'GET' | 'POST' | 'DELETE'
        host: string
        /** @description The HTTP status; null where no answer came. */
        status: number | null
        /** @description Why no answer came. */
        code: string | null
        duration_ms: number
        /** @description The id under which the provider has the request in its own log. */
        request_id: string | null
      }[]
      /** @description The trace (W3C Trace Context) that tells of it; null where nobody traced. */
      trace_id: string | null
      /** Format: date-time */
      old_expires_at: string | null
      /** Format: date-time */
      new_expires_at: string | null
    }
    Stats: {
      /** Format: date-time */
      from: string
      /** Format: date-time */
      to: string
      total: {
        attempts: number
        success: number
        failed: number
        not_extended: number
        superseded: number
        success_rate: number | null
        error_rate: number | null
        mean_ms: number | null
        p95_ms: number | null
      }
      providers: {
        provider: string
        attempts: number
        success: number
        failed: number
        not_extended: number
        superseded: number
        success_rate: number | null
        error_rate: number | null
        mean_ms: number | null
        p95_ms: number | null
      }[]
      kinds: {
        kind: string
        attempts: number
        success: number
        failed: number
        not_extended: number
        superseded: number
        success_rate: number | null
        error_rate: number | null
        mean_ms: number | null
        p95_ms: number | null
      }[]
      /** @description The empty job stands for everything without a run. */
      jobs: {
        job: string
        attempts: number
        success: number
        failed: number
        not_extended: number
        superseded: number
        success_rate: number | null
        error_rate: number | null
        mean_ms: number | null
        p95_ms: number | null
      }[]
      providers_and_kinds: {
        provider: string
        kind: string
        attempts: number
        success: number
        failed: number
        not_extended: number
        superseded: number
        success_rate: number | null
        error_rate: number | null
        mean_ms: number | null
        p95_ms: number | null
      }[]
      runs: {
        job: string
        runs: number
        failed: number
        cancelled: number
        mean_ms: number | null
        p95_ms: number | null
      }[]
      alerts: {
        rule: string
        subject: string
        value: number
        limit: number
        /** Format: date-time */
        opened_at: string
      }[]
    }
    CampaignSummary: {
      /** Format: uuid */
      id: string
      name: string
      /** @description How long windows last unless told. */
      window_hours: number
      /** Format: date-time */
      archived_at: string | null
      member_count: number
      /** @description Members whose window is open now. */
      authorized_count: number
      /** Format: uuid */
      live_session_id: string | null
      /** @description Troubles of the live session. */
      unhealthy_count: number
    }
    Campaign: {
      /** Format: uuid */
      id: string
      name: string
      /** @description How long windows last unless told. */
      window_hours: number
      /** Format: date-time */
      archived_at: string | null
      member_count: number
      /** @description Members whose window is open now. */
      authorized_count: number
      /** Format: uuid */
      live_session_id: string | null
      /** @description Troubles of the live session. */
      unhealthy_count: number
      members: components['schemas']['CampaignMember'][]
      game_masters: {
        /** Format: uuid */
        user_id: string
        name: string
        email: string
      }[]
      /** @description The latest first, at most twenty. */
      sessions: components['schemas']['CampaignSession'][]
    }
    CampaignMember: {
      /** Format: uuid */
      connection_id: string
      provider: string
      name: string
      /** @enum {string} */
      status: 'connected' | 'token_expired' | 'needs_reauth' | 'error' | 'suspended' | 'disconnected'
      is_active: boolean
      /** Format: date-time */
      paused_at: string | null
      /**
       * Format: date-time
       * @description The end of the open window.
       */
      authorized_until: string | null
      /** Format: date-time */
      authorized_at: string | null
      /** Format: date-time */
      revoked_at: string | null
      /** Format: date-time */
      token_expires_at: string | null
      /** Format: date-time */
      last_token_refresh_at: string | null
    }
    CampaignSession: {
      /** Format: uuid */
      id: string
      /** @enum {string} */
      state: 'live' | 'ended'
      /**
       * Format: uuid
       * @description The person; null where a program did.
       */
      started_by: string | null
      /** Format: date-time */
      started_at: string
      /** Format: date-time */
      ended_at: string | null
      /** Format: date-time */
      last_checked_at: string
      /** Format: date-time */
      next_check_at: string | null
      unhealthy: components['schemas']['UnhealthyMember'][]
    }
    UnhealthyMember: {
      /** Format: uuid */
      connection_id: string
      provider: string
      name: string
      /** @description `no_window`, `window_closed`, or a reason of the verification. */
      reason: string
      why: string
      advice: string
      /** Format: uri */
      reconnect_url: string | null
      /** Format: date-time */
      retry_at: string | null
    }
    Window: {
      /** Format: uuid */
      campaign_id: string
      /** Format: uuid */
      connection_id: string
      /** Format: date-time */
      authorized_until: string
      /** Format: date-time */
      token_expires_at: string | null
    }
    StartedSession: {
      /** Format: uuid */
      id: string
      /** Format: uuid */
      campaign_id: string
      /** @enum {string} */
      state: 'live'
      /** Format: date-time */
      started_at: string
    }
    Channel: {
      /** Format: uuid */
      id: string
      /** @enum {string} */
      kind: 'email' | 'webhook' | 'slack_webhook' | 'discord_webhook'
      name: string
      /** @description An address; of a URL the host only. */
      target: string
      /** @description What its own rule sends it; empty: all but single connects and refreshes. Null: only rules that people wrote feed it. */
      events:
        | (
            | 'connection.connected'
            | 'connection.refreshed'
            | 'connection.expiring'
            | 'connection.retrying'
            | 'connection.refresh_failed'
            | 'connection.needs_reauth'
            | 'connection.deactivated'
            | 'connection.suspended'
            | 'connection.recovered'
            | 'provider.paused'
            | 'provider.recovered'
            | 'scheduler.stalled'
            | 'run.failed'
            | 'run.accounts_failed'
            | 'figures.alert'
            | 'campaign.session_unhealthy'
            | 'channel.disabled'
          )[]
        | null
      /** Format: date-time */
      created_at: string
      /** Format: date-time */
      last_delivered_at: string | null
      /** Format: date-time */
      failing_since: string | null
      /** Format: date-time */
      disabled_at: string | null
      /** @enum {string|null} */
      disabled_reason: 'gone' | 'failing' | null
    }
    NewChannel: {
      /** Format: uuid */
      id: string
      /** @enum {string} */
      kind: 'email' | 'webhook' | 'slack_webhook' | 'discord_webhook'
      name: string
      /** @description An address; of a URL the host only. */
      target: string
      /** @description What its own rule sends it; empty: all but single connects and refreshes. Null: only rules that people wrote feed it. */
      events:
        | (
            | 'connection.connected'
            | 'connection.refreshed'
            | 'connection.expiring'
            | 'connection.retrying'
            | 'connection.refresh_failed'
            | 'connection.needs_reauth'
            | 'connection.deactivated'
            | 'connection.suspended'
            | 'connection.recovered'
            | 'provider.paused'
            | 'provider.recovered'
            | 'scheduler.stalled'
            | 'run.failed'
            | 'run.accounts_failed'
            | 'figures.alert'
            | 'campaign.session_unhealthy'
            | 'channel.disabled'
          )[]
        | null
      /** Format: date-time */
      created_at: string
      /** Format: date-time */
      last_delivered_at: string | null
      /** Format: date-time */
      failing_since: string | null
      /** Format: date-time */
      disabled_at: string | null
      /** @enum {string|null} */
      disabled_reason: 'gone' | 'failing' | null
      /** @description Told this once. */
      signing_secret?: string
    }
    SigningSecret: {
      /** @description Told this once. */
      signing_secret: string
    }
    BegunTest: {
      /** Format: uuid */
      delivery_id: string
    }
    Delivery: {
      /** Format: uuid */
      id: string
      /** Format: uuid */
      channel_id: string
      /** @enum {string} */
      kind: 'email' | 'webhook' | 'slack_webhook' | 'discord_webhook'
      /** @enum {string} */
      state: 'waiting' | 'delivered' | 'dead' | 'cancelled'
      is_test: boolean
      is_digest: boolean
      /** @description How many matters it tells of. */
      matters: number
      /**
       * @description That of its first matter; null for tests.
       * @enum {string|null}
       */
      event:
        | 'connection.connected'
        | 'connection.refreshed'
        | 'connection.expiring'
        | 'connection.retrying'
        | 'connection.refresh_failed'
        | 'connection.needs_reauth'
        | 'connection.deactivated'
        | 'connection.suspended'
        | 'connection.recovered'
        | 'provider.paused'
        | 'provider.recovered'
        | 'scheduler.stalled'
        | 'run.failed'
        | 'run.accounts_failed'
        | 'figures.alert'
        | 'campaign.session_unhealthy'
        | 'channel.disabled'
        | null
      /** @enum {string|null} */
      severity: 'normal' | 'high' | 'urgent' | null
      provider: string | null
      cause: string | null
      /** @description How many accounts its first matter is about. */
      count: number | null
      attempts: number
      /** @description The HTTP status of the last answer. */
      last_status: number | null
      /** @description What went wrong, as a stable word. */
      last_code: string | null
      /** Format: date-time */
      created_at: string
      /** Format: date-time */
      next_attempt_at: string | null
      /** Format: date-time */
      delivered_at: string | null
    }
    DeliveryDetail: {
      /** Format: uuid */
      id: string
      /** Format: uuid */
      channel_id: string
      /** @enum {string} */
      kind: 'email' | 'webhook' | 'slack_webhook' | 'discord_webhook'
      /** @enum {string} */
      state: 'waiting' | 'delivered' | 'dead' | 'cancelled'
      is_test: boolean
      is_digest: boolean
      /** @description How many matters it tells of. */
      matters: number
      /**
       * @description That of its first matter; null for tests.
       * @enum {string|null}
       */
      event:
        | 'connection.connected'
        | 'connection.refreshed'
        | 'connection.expiring'
        | 'connection.retrying'
        | 'connection.refresh_failed'
        | 'connection.needs_reauth'
        | 'connection.deactivated'
        | 'connection.suspended'
        | 'connection.recovered'
        | 'provider.paused'
        | 'provider.recovered'
        | 'scheduler.stalled'
        | 'run.failed'
        | 'run.accounts_failed'
        | 'figures.alert'
        | 'campaign.session_unhealthy'
        | 'channel.disabled'
        | null
      /** @enum {string|null} */
      severity: 'normal' | 'high' | 'urgent' | null
      provider: string | null
      cause: string | null
      /** @description How many accounts its first matter is about. */
      count: number | null
      attempts: number
      /** @description The HTTP status of the last answer. */
      last_status: number | null
      /** @description What went wrong, as a stable word. */
      last_code: string | null
      /** Format: date-time */
      created_at: string
      /** Format: date-time */
      next_attempt_at: string | null
      /** Format: date-time */
      delivered_at: string | null
      history: {
        /** Format: uuid */
        id: string
        /** Format: date-time */
        at: string
        duration_ms: number
        status: number | null
        code: string | null
        /** @description The beginning of what the receiver said: text from outside. */
        answer: string | null
      }[]
    }
    Liveness: {
      /** @enum {string} */
      status: 'ok'
    }
    Readiness: {
      /** @enum {string} */
      status: 'ok' | 'warning'
      checks?: components['schemas']['HealthCheck'][]
    }
    HealthCheck: {
      name: string
      /** @enum {string} */
      status: 'ok' | 'warning' | 'error'
      message: string
    }
    FieldError: {
      field: string
      code: string
      message: string
    }
    Problem: {
      type: string
      title: string
      status: number
      /** @description For people. */
      detail: string
      instance: string
      /** @description Stable, for programs. */
      code: string
      /** @description What is wrong with which field. */
      errors?: components['schemas']['FieldError'][]
      /**
       * Format: uri
       * @description Where a person connects or reconnects the account.
       */
      reconnect_url?: string
      request_id: string | null
    }
  }
  responses: {
    /** @description `bad_request`: The body is not JSON. */
    BadRequest: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem'] & {
          /** @enum {string} */
          code: 'bad_request'
        }
      }
    }
    /**
     * @description `api_key_missing`: No key was sent.
     *
     *     `api_key_invalid`: The key is unknown, has expired, or was revoked.
     */
    Unauthorized: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        'WWW-Authenticate': components['headers']['WWW-Authenticate']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem'] & {
          /** @enum {string} */
          code: 'api_key_missing' | 'api_key_invalid'
        }
      }
    }
    /** @description `insufficient_ability`: The key lacks the ability of this call. */
    Forbidden: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
        'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
        'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
        'WWW-Authenticate': components['headers']['WWW-Authenticate']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem'] & {
          /** @enum {string} */
          code: 'insufficient_ability'
        }
      }
    }
    /** @description `not_found`: It does not exist in this organization. */
    NotFound: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
        'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
        'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem'] & {
          /** @enum {string} */
          code: 'not_found'
        }
      }
    }
    /** @description `request_entity_too_large`: The body is larger than one megabyte. */
    TooLarge: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem'] & {
          /** @enum {string} */
          code: 'request_entity_too_large'
        }
      }
    }
    /** @description `unsupported_media_type`: The body does not say that it is JSON. */
    NotJson: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
        'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
        'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem'] & {
          /** @enum {string} */
          code: 'unsupported_media_type'
        }
      }
    }
    /** @description `validation_failed`: Fields are not valid, or not known. */
    NotValid: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
        'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
        'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem'] & {
          /** @enum {string} */
          code: 'validation_failed'
        }
      }
    }
    /** @description `too_many_requests`: The key, or an address with unfit keys, has asked too often. */
    TooManyRequests: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
        'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
        'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
        'Retry-After': components['headers']['Retry-After']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem'] & {
          /** @enum {string} */
          code: 'too_many_requests'
        }
      }
    }
    /** @description `internal_error`: Something broke on our side; the log has it under `request_id`. */
    InternalError: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id']
        [name: string]: unknown
      }
      content: {
        'application/problem+json': components['schemas']['Problem'] & {
          /** @enum {string} */
          code: 'internal_error'
        }
      }
    }
  }
  parameters: never
  requestBodies: never
  headers: {
    /** @description What the log has this call under. */
    'X-Request-Id': string
    /** @description How often the key may ask in a minute. */
    'X-RateLimit-Limit': number
    /** @description How often it still may in this minute. */
    'X-RateLimit-Remaining': number
    /** @description Seconds until the next minute begins. */
    'X-RateLimit-Reset': number
    /** @description Seconds after which asking again makes sense. */
    'Retry-After': number
    /** @description RFC 6750 §3. */
    'WWW-Authenticate': string
    /** @description Where it can be looked at. */
    'Location': string
    /** @description `true` where the answer repeats that of an earlier request with the same key. */
    'Idempotency-Replayed': string
  }
  pathItems: never
}
export type $defs = Record<string, never>
export interface operations {
  readToken: {
    parameters: {
      query: {
        /** @example acme */
        provider: string
        /** @example ana */
        owner: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A token that can be used now. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Token']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      /**
       * @description `reauth_required`: The account must be connected again.
       *
       *     `account_suspended`: The provider has suspended the account.
       *
       *     `action_required`: Somebody must act before there is a token again.
       *
       *     `ambiguous_connection`: The owner has several connections there. Name one by its id.
       */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'reauth_required' | 'account_suspended' | 'action_required' | 'ambiguous_connection'
          }
        }
      }
      422: components['responses']['NotValid']
      /**
       * @description `too_many_requests`: The key, or an address with unfit keys, has asked too often.
       *
       *     `rate_limited`: The provider limits how often it may be asked.
       */
      429: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'too_many_requests' | 'rate_limited'
          }
        }
      }
      500: components['responses']['InternalError']
      /**
       * @description `refresh_retrying`: The last refresh failed; the next try is planned.
       *
       *     `provider_unavailable`: The provider cannot be asked right now.
       */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'refresh_retrying' | 'provider_unavailable'
          }
        }
      }
    }
  }
  readTokenOfConnection: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description A token that can be used now. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Token']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      /**
       * @description `reauth_required`: The account must be connected again.
       *
       *     `account_suspended`: The provider has suspended the account.
       *
       *     `action_required`: Somebody must act before there is a token again.
       */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'reauth_required' | 'account_suspended' | 'action_required'
          }
        }
      }
      422: components['responses']['NotValid']
      /**
       * @description `too_many_requests`: The key, or an address with unfit keys, has asked too often.
       *
       *     `rate_limited`: The provider limits how often it may be asked.
       */
      429: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'too_many_requests' | 'rate_limited'
          }
        }
      }
      500: components['responses']['InternalError']
      /**
       * @description `refresh_retrying`: The last refresh failed; the next try is planned.
       *
       *     `provider_unavailable`: The provider cannot be asked right now.
       */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'refresh_retrying' | 'provider_unavailable'
          }
        }
      }
    }
  }
  reportUnauthorized: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        /**
         * @example {
         *       "access_token": "the refused token"
         *     }
         */
        'application/json': {
          access_token?: string
        }
      }
    }
    responses: {
      /** @description The token to try next. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Token']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      /**
       * @description `reauth_required`: The account must be connected again.
       *
       *     `account_suspended`: The provider has suspended the account.
       *
       *     `action_required`: Somebody must act before there is a token again.
       */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'reauth_required' | 'account_suspended' | 'action_required'
          }
        }
      }
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      /**
       * @description `too_many_requests`: The key, or an address with unfit keys, has asked too often.
       *
       *     `rate_limited`: The provider limits how often it may be asked.
       */
      429: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'too_many_requests' | 'rate_limited'
          }
        }
      }
      500: components['responses']['InternalError']
      /**
       * @description `refresh_retrying`: The last refresh failed; the next try is planned.
       *
       *     `provider_unavailable`: The provider cannot be asked right now.
       */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'refresh_retrying' | 'provider_unavailable'
          }
        }
      }
    }
  }
  validateTokens: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        /**
         * @example {
         *       "connection_ids": [
         *         "00000000-0000-7000-8000-000000000000"
         *       ],
         *       "auto_refresh": true
         *     }
         */
        'application/json': {
          connection_ids: string[]
          auto_refresh?: boolean
        }
      }
    }
    responses: {
      /** @description Each connection, usable or why not. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ValidationReport']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  listConnections: {
    parameters: {
      query?: {
        /** @example acme */
        provider?: string
        status?:
          | 'connected'
          | 'token_expired'
          | 'needs_reauth'
          | 'error'
          | 'suspended'
          | 'disconnected'
          | 'reconnect'
          | 'retrying'
          | 'due'
          | 'refreshing'
          | 'paused'
          | 'static'
          | 'healthy'
        /** @example ana */
        owner?: string
        expires_before?: string
        q?: string
        cursor?: string
        limit?: number
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': {
            data: components['schemas']['Connection'][]
            next_cursor: string | null
            previous_cursor: string | null
          }
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  importConnection: {
    parameters: {
      query?: never
      header?: {
        /** @description A repetition with the same key within 24 hours is answered the same, and done once. */
        'Idempotency-Key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        /**
         * @example {
         *       "provider": "acme",
         *       "owner": "ben",
         *       "access_token": "its token"
         *     }
         */
        'application/json': {
          provider: string
          owner: string
          provider_account_id?: string | null
          username?: string | null
          access_token: string
          refresh_token?: string | null
          token_secret?: string | null
          token_type?: string | null
          /** @description A date such as 2030-01-31T12:00:00Z, or seconds or milliseconds since the epoch. */
          token_expires_at?: string | number | null
          /** @description A list, or one text separated by spaces. */
          scopes?: string[] | string | null
          config?: {
            [key: string]: string
          } | null
          tags?: string[] | null
        }
      }
    }
    responses: {
      /** @description It was there before. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          'Location': components['headers']['Location']
          'Idempotency-Replayed': components['headers']['Idempotency-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Connection']
        }
      }
      /** @description The connection, never with a token. */
      201: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          'Location': components['headers']['Location']
          'Idempotency-Replayed': components['headers']['Idempotency-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Connection']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      /** @description `idempotency_key_in_flight`: The first request with this key is under way. */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'idempotency_key_in_flight'
          }
        }
      }
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      /**
       * @description `validation_failed`: Fields are not valid, or not known.
       *
       *     `idempotency_key_reused`: The key was used for another request.
       *
       *     `idempotency_key_invalid`: The key is not 1 to 255 visible ASCII characters.
       */
      422: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'validation_failed' | 'idempotency_key_reused' | 'idempotency_key_invalid'
          }
        }
      }
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  showConnection: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The connection, never with a token. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Connection']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  deleteConnection: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description It is gone. */
      204: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      /**
       * @description `derived`: Its token derives from another connection, with which it goes.
       *
       *     `connected_again`: A person connected it again meanwhile, so it was kept.
       */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'derived' | 'connected_again'
          }
        }
      }
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  refreshConnections: {
    parameters: {
      query?: never
      header?: {
        /** @description A repetition with the same key within 24 hours is answered the same, and done once. */
        'Idempotency-Key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody?: {
      content: {
        /**
         * @example {
         *       "filter": "provider:acme",
         *       "force": true
         *     }
         */
        'application/json': {
          ids?: string[]
          filter?: string
          force?: boolean
        }
      }
    }
    responses: {
      /** @description The run that does it. */
      202: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          'Location': components['headers']['Location']
          'Idempotency-Replayed': components['headers']['Idempotency-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['BegunRun']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      /** @description `idempotency_key_in_flight`: The first request with this key is under way. */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'idempotency_key_in_flight'
          }
        }
      }
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      /**
       * @description `validation_failed`: Fields are not valid, or not known.
       *
       *     `idempotency_key_reused`: The key was used for another request.
       *
       *     `idempotency_key_invalid`: The key is not 1 to 255 visible ASCII characters.
       */
      422: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'validation_failed' | 'idempotency_key_reused' | 'idempotency_key_invalid'
          }
        }
      }
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
      /** @description `stopping`: This process is about to end. Try again in a moment. */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'stopping'
          }
        }
      }
    }
  }
  refreshConnection: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description What came of it; a failure, too. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Refresh']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  pauseConnection: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The connection as it is then. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': {
            /** Format: uuid */
            id: string
            provider: string
            provider_account_id: string
            owner: string
            username: string | null
            display_name: string | null
            avatar_url: string | null
            /**
             * Format: uuid
             * @description The connection from which its token derives.
             */
            parent_id: string | null
            /** @enum {string} */
            status: 'connected' | 'token_expired' | 'needs_reauth' | 'error' | 'suspended' | 'disconnected'
            status_reason: string | null
            error_code: string | null
            /**
             * @description One word for people: the first that fits.
             * @enum {string}
             */
            health: 'reconnect' | 'retrying' | 'due' | 'refreshing' | 'paused' | 'static' | 'healthy'
            is_active: boolean
            is_suspended: boolean
            /** @enum {string|null} */
            last_refresh_status: 'pending' | 'success' | 'error' | null
            /** Format: date-time */
            token_expires_at: string | null
            /** Format: date-time */
            grant_expires_at: string | null
            /** Format: date-time */
            next_refresh_at: string | null
            /**
             * Format: date-time
             * @description The end of the last authorization window.
             */
            keep_alive_until: string | null
            /** Format: date-time */
            paused_at: string | null
            /** Format: date-time */
            suspended_at: string | null
            /** Format: date-time */
            last_token_refresh_at: string | null
            /**
             * Format: date-time
             * @description Since when refreshes fail.
             */
            token_refresh_failed_at: string | null
            /** Format: date-time */
            last_validated_at: string | null
            /** Format: date-time */
            connected_at: string | null
            /** Format: date-time */
            granted_at: string | null
            /** Format: date-time */
            created_at: string
            /** Format: date-time */
            updated_at: string
            /** @enum {string} */
            token_type: 'oauth2' | 'oauth1a' | 'static'
            /** @enum {string} */
            expiry_source: 'provider' | 'assumed' | 'never'
            scopes: string[]
            refresh_count: number
            config: {
              [key: string]: string
            }
            tags: string[]
            /**
             * Format: uri
             * @description Where a person renews it.
             */
            reconnect_url: string
            reconnect_needed: boolean
          }
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  resumeConnection: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The connection as it is then. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': {
            /** Format: uuid */
            id: string
            provider: string
            provider_account_id: string
            owner: string
            username: string | null
            display_name: string | null
            avatar_url: string | null
            /**
             * Format: uuid
             * @description The connection from which its token derives.
             */
            parent_id: string | null
            /** @enum {string} */
            status: 'connected' | 'token_expired' | 'needs_reauth' | 'error' | 'suspended' | 'disconnected'
            status_reason: string | null
            error_code: string | null
            /**
             * @description One word for people: the first that fits.
             * @enum {string}
             */
            health: 'reconnect' | 'retrying' | 'due' | 'refreshing' | 'paused' | 'static' | 'healthy'
            is_active: boolean
            is_suspended: boolean
            /** @enum {string|null} */
            last_refresh_status: 'pending' | 'success' | 'error' | null
            /** Format: date-time */
            token_expires_at: string | null
            /** Format: date-time */
            grant_expires_at: string | null
            /** Format: date-time */
            next_refresh_at: string | null
            /**
             * Format: date-time
             * @description The end of the last authorization window.
             */
            keep_alive_until: string | null
            /** Format: date-time */
            paused_at: string | null
            /** Format: date-time */
            suspended_at: string | null
            /** Format: date-time */
            last_token_refresh_at: string | null
            /**
             * Format: date-time
             * @description Since when refreshes fail.
             */
            token_refresh_failed_at: string | null
            /** Format: date-time */
            last_validated_at: string | null
            /** Format: date-time */
            connected_at: string | null
            /** Format: date-time */
            granted_at: string | null
            /** Format: date-time */
            created_at: string
            /** Format: date-time */
            updated_at: string
            /** @enum {string} */
            token_type: 'oauth2' | 'oauth1a' | 'static'
            /** @enum {string} */
            expiry_source: 'provider' | 'assumed' | 'never'
            scopes: string[]
            refresh_count: number
            config: {
              [key: string]: string
            }
            tags: string[]
            /**
             * Format: uri
             * @description Where a person renews it.
             */
            reconnect_url: string
            reconnect_needed: boolean
          }
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  reactivateConnection: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The connection as it is then. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': {
            /** Format: uuid */
            id: string
            provider: string
            provider_account_id: string
            owner: string
            username: string | null
            display_name: string | null
            avatar_url: string | null
            /**
             * Format: uuid
             * @description The connection from which its token derives.
             */
            parent_id: string | null
            /** @enum {string} */
            status: 'connected' | 'token_expired' | 'needs_reauth' | 'error' | 'suspended' | 'disconnected'
            status_reason: string | null
            error_code: string | null
            /**
             * @description One word for people: the first that fits.
             * @enum {string}
             */
            health: 'reconnect' | 'retrying' | 'due' | 'refreshing' | 'paused' | 'static' | 'healthy'
            is_active: boolean
            is_suspended: boolean
            /** @enum {string|null} */
            last_refresh_status: 'pending' | 'success' | 'error' | null
            /** Format: date-time */
            token_expires_at: string | null
            /** Format: date-time */
            grant_expires_at: string | null
            /** Format: date-time */
            next_refresh_at: string | null
            /**
             * Format: date-time
             * @description The end of the last authorization window.
             */
            keep_alive_until: string | null
            /** Format: date-time */
            paused_at: string | null
            /** Format: date-time */
            suspended_at: string | null
            /** Format: date-time */
            last_token_refresh_at: string | null
            /**
             * Format: date-time
             * @description Since when refreshes fail.
             */
            token_refresh_failed_at: string | null
            /** Format: date-time */
            last_validated_at: string | null
            /** Format: date-time */
            connected_at: string | null
            /** Format: date-time */
            granted_at: string | null
            /** Format: date-time */
            created_at: string
            /** Format: date-time */
            updated_at: string
            /** @enum {string} */
            token_type: 'oauth2' | 'oauth1a' | 'static'
            /** @enum {string} */
            expiry_source: 'provider' | 'assumed' | 'never'
            scopes: string[]
            refresh_count: number
            config: {
              [key: string]: string
            }
            tags: string[]
            /**
             * Format: uri
             * @description Where a person renews it.
             */
            reconnect_url: string
            reconnect_needed: boolean
          }
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      /** @description `disconnected`: The account is disconnected; a person must connect it again. */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'disconnected'
          }
        }
      }
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  showPlatformHealth: {
    parameters: {
      query: {
        /** @example ana */
        owner: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One entry for each platform. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['PlatformHealth']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  createConnectLink: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        /**
         * @example {
         *       "provider": "acme",
         *       "owner": "cid"
         *     }
         */
        'application/json': {
          provider: string
          owner: string
          /** Format: uuid */
          connection_id?: string
          return_url?: string
          config?: {
            [key: string]: string
          }
          expires_in?: number
        }
      }
    }
    responses: {
      /** @description The link. */
      201: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['ConnectLink']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  runJob: {
    parameters: {
      query?: {
        /** @example true */
        wait?: boolean
      }
      header?: {
        /** @description A repetition with the same key within 24 hours is answered the same, and done once. */
        'Idempotency-Key'?: string
      }
      path: {
        /** @description The name of the job. */
        name: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description With `wait=true`, where it ended within thirty seconds: the job’s own JSON. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          'Location': components['headers']['Location']
          'Idempotency-Replayed': components['headers']['Idempotency-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['JobResult']
        }
      }
      /** @description The run, which goes on. */
      202: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          'Location': components['headers']['Location']
          'Idempotency-Replayed': components['headers']['Idempotency-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['BegunRun']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      /** @description `unknown_job`: There is no job of this name. */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'unknown_job'
          }
        }
      }
      /**
       * @description `not_runnable`: The job goes on all the time and has no runs.
       *
       *     `idempotency_key_in_flight`: The first request with this key is under way.
       */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'not_runnable' | 'idempotency_key_in_flight'
          }
        }
      }
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      /**
       * @description `validation_failed`: Fields are not valid, or not known.
       *
       *     `idempotency_key_reused`: The key was used for another request.
       *
       *     `idempotency_key_invalid`: The key is not 1 to 255 visible ASCII characters.
       */
      422: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'validation_failed' | 'idempotency_key_reused' | 'idempotency_key_invalid'
          }
        }
      }
      429: components['responses']['TooManyRequests']
      /**
       * @description `internal_error`: Something broke on our side; the log has it under `request_id`.
       *
       *     `run_failed`: The run broke off; its error stands in the run.
       */
      500: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'internal_error' | 'run_failed'
          }
        }
      }
      /** @description `stopping`: This process is about to end. Try again in a moment. */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'stopping'
          }
        }
      }
    }
  }
  listRuns: {
    parameters: {
      query?: {
        /** @example finished */
        state?: 'queued' | 'running' | 'finished' | 'cancelled' | 'failed'
        /** @example auto-token-refresh */
        job?: string
        cursor?: string
        limit?: number
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page, the newest first. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': {
            data: components['schemas']['Run'][]
            next_cursor: string | null
            previous_cursor: string | null
          }
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  showRun: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The run, with the job’s own JSON once it has left one. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RunDetail']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  cancelRun: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The run, with the job’s own JSON once it has left one. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['RunDetail']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      /** @description `run_over`: The run has ended already. */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'run_over'
          }
        }
      }
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  listRefreshAttempts: {
    parameters: {
      query?: {
        /** @example failed */
        outcome?: 'success' | 'failed' | 'superseded'
        kind?: 'scheduled' | 'manual' | 'on_demand' | 'grant' | 'health_check' | 'test'
        provider?: string
        connection_id?: string
        from?: string
        to?: string
        cursor?: string
        limit?: number
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page, the newest first. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': {
            data: components['schemas']['RefreshAttempt'][]
            next_cursor: string | null
            previous_cursor: string | null
          }
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  showStats: {
    parameters: {
      query?: {
        from?: string
        to?: string
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The figures. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Stats']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  listCampaigns: {
    parameters: {
      query?: {
        archived?: boolean
        cursor?: string
        limit?: number
      }
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': {
            data: components['schemas']['CampaignSummary'][]
            next_cursor: string | null
            previous_cursor: string | null
          }
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  createCampaign: {
    parameters: {
      query?: never
      header?: {
        /** @description A repetition with the same key within 24 hours is answered the same, and done once. */
        'Idempotency-Key'?: string
      }
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        /**
         * @example {
         *       "name": "Friday quiz",
         *       "window_hours": 12
         *     }
         */
        'application/json': {
          name: string
          window_hours?: number
        }
      }
    }
    responses: {
      /** @description The campaign. */
      201: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          'Location': components['headers']['Location']
          'Idempotency-Replayed': components['headers']['Idempotency-Replayed']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Campaign']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      /** @description `idempotency_key_in_flight`: The first request with this key is under way. */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'idempotency_key_in_flight'
          }
        }
      }
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      /**
       * @description `validation_failed`: Fields are not valid, or not known.
       *
       *     `idempotency_key_reused`: The key was used for another request.
       *
       *     `idempotency_key_invalid`: The key is not 1 to 255 visible ASCII characters.
       */
      422: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'validation_failed' | 'idempotency_key_reused' | 'idempotency_key_invalid'
          }
        }
      }
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  showCampaign: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description With its members and latest sessions. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Campaign']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  addMember: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody: {
      content: {
        /**
         * @example {
         *       "connection_id": "00000000-0000-7000-8000-000000000000"
         *     }
         */
        'application/json': {
          connection_id: string
        }
      }
    }
    responses: {
      /** @description The member. */
      201: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['CampaignMember']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      /**
       * @description `already_member`: The connection is a member already.
       *
       *     `campaign_archived`: The campaign is archived; nothing about it changes any more.
       */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'already_member' | 'campaign_archived'
          }
        }
      }
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  removeMember: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
        /** @description The id of the connection. */
        connection: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Done. A second time changes nothing. */
      204: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      /** @description `campaign_archived`: The campaign is archived; nothing about it changes any more. */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'campaign_archived'
          }
        }
      }
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  openWindow: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
        /** @description The id of the connection. */
        connection: string
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        /**
         * @example {
         *       "hours": 6
         *     }
         */
        'application/json': {
          hours?: number
        }
      }
    }
    responses: {
      /** @description The window. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Window']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      /**
       * @description `reauth_required`: The account must be connected again.
       *
       *     `account_suspended`: The provider has suspended the account.
       *
       *     `action_required`: Somebody must act before there is a token again.
       *
       *     `campaign_archived`: The campaign is archived; nothing about it changes any more.
       */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'reauth_required' | 'account_suspended' | 'action_required' | 'campaign_archived'
            /** @description The class of the failure. */
            reason?: string
            /** @description What helps. */
            advice?: string
          }
        }
      }
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      /**
       * @description `too_many_requests`: The key, or an address with unfit keys, has asked too often.
       *
       *     `rate_limited`: The provider limits how often it may be asked.
       */
      429: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'too_many_requests' | 'rate_limited'
            /** @description The class of the failure. */
            reason?: string
            /** @description What helps. */
            advice?: string
          }
        }
      }
      500: components['responses']['InternalError']
      /**
       * @description `refresh_retrying`: The last refresh failed; the next try is planned.
       *
       *     `provider_unavailable`: The provider cannot be asked right now.
       */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          'Retry-After': components['headers']['Retry-After']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'refresh_retrying' | 'provider_unavailable'
            /** @description The class of the failure. */
            reason?: string
            /** @description What helps. */
            advice?: string
          }
        }
      }
    }
  }
  closeWindow: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
        /** @description The id of the connection. */
        connection: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Done. A second time changes nothing. */
      204: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      /** @description `campaign_archived`: The campaign is archived; nothing about it changes any more. */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'campaign_archived'
          }
        }
      }
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  startSession: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The session. */
      201: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['StartedSession']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      /**
       * @description `no_members`: The campaign has no members yet.
       *
       *     `already_live`: A session is live already.
       *
       *     `campaign_archived`: The campaign is archived; nothing about it changes any more.
       *
       *     `members_changing`: The members keep changing. Try again in a moment.
       *
       *     `members_unhealthy`: Somebody is not ready.
       */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code:
              'no_members' | 'already_live' | 'campaign_archived' | 'members_changing' | 'members_unhealthy'
            /** Format: uuid */
            session_id?: string
            /** @description Everybody who is not ready. */
            unhealthy?: components['schemas']['UnhealthyMember'][]
          }
        }
      }
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  endSession: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
        /** @description The id of the session. */
        session: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description Done. A second time changes nothing. */
      204: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  listChannels: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description All of them. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': {
            data: components['schemas']['Channel'][]
            next_cursor: string | null
            previous_cursor: string | null
          }
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  createChannel: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody: {
      content: {
        /**
         * @example {
         *       "kind": "webhook",
         *       "name": "Billing",
         *       "target": "https://billing.example.com/hooks",
         *       "events": [
         *         "connection.needs_reauth"
         *       ]
         *     }
         */
        'application/json': {
          /** @enum {unknown} */
          kind: 'email' | 'webhook' | 'slack_webhook' | 'discord_webhook'
          name: string
          target: string
          events?: (
            | 'connection.connected'
            | 'connection.refreshed'
            | 'connection.expiring'
            | 'connection.retrying'
            | 'connection.refresh_failed'
            | 'connection.needs_reauth'
            | 'connection.deactivated'
            | 'connection.suspended'
            | 'connection.recovered'
            | 'provider.paused'
            | 'provider.recovered'
            | 'scheduler.stalled'
            | 'run.failed'
            | 'run.accounts_failed'
            | 'figures.alert'
            | 'campaign.session_unhealthy'
            | 'channel.disabled'
          )[]
        }
      }
    }
    responses: {
      /** @description The channel. */
      201: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          'Location': components['headers']['Location']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['NewChannel']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  showChannel: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The channel. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Channel']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  deleteChannel: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description It is gone, and its own rule with it. */
      204: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content?: never
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  updateChannel: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: {
      content: {
        /**
         * @example {
         *       "events": [
         *         "connection.needs_reauth"
         *       ]
         *     }
         */
        'application/json': {
          name?: string
          target?: string
          events?:
            | (
                | 'connection.connected'
                | 'connection.refreshed'
                | 'connection.expiring'
                | 'connection.retrying'
                | 'connection.refresh_failed'
                | 'connection.needs_reauth'
                | 'connection.deactivated'
                | 'connection.suspended'
                | 'connection.recovered'
                | 'provider.paused'
                | 'provider.recovered'
                | 'scheduler.stalled'
                | 'run.failed'
                | 'run.accounts_failed'
                | 'figures.alert'
                | 'campaign.session_unhealthy'
                | 'channel.disabled'
              )[]
            | null
        }
      }
    }
    responses: {
      /** @description The channel. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Channel']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  testChannel: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description It leaves at once. */
      202: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          'Location': components['headers']['Location']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['BegunTest']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  rotateSecret: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The new secret, this once. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['SigningSecret']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      /** @description `no_signing_secret`: The channel has no signing secret that could be replaced. */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'no_signing_secret'
          }
        }
      }
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  enableChannel: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description The channel. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Channel']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  listDeliveries: {
    parameters: {
      query?: {
        /** @example dead */
        state?: 'waiting' | 'delivered' | 'dead' | 'cancelled'
        cursor?: string
        limit?: number
      }
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description One page, the newest first. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': {
            data: components['schemas']['Delivery'][]
            next_cursor: string | null
            previous_cursor: string | null
          }
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  showDelivery: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description With each attempt. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DeliveryDetail']
        }
      }
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  redeliver: {
    parameters: {
      query?: never
      header?: never
      path: {
        /** @description Its id. */
        id: string
      }
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description It leaves at once, under its own id. */
      202: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['DeliveryDetail']
        }
      }
      400: components['responses']['BadRequest']
      401: components['responses']['Unauthorized']
      403: components['responses']['Forbidden']
      404: components['responses']['NotFound']
      /**
       * @description `under_way`: It is being sent at this moment.
       *
       *     `channel_disabled`: The channel is disabled. Enable it first.
       */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          'X-RateLimit-Limit': components['headers']['X-RateLimit-Limit']
          'X-RateLimit-Remaining': components['headers']['X-RateLimit-Remaining']
          'X-RateLimit-Reset': components['headers']['X-RateLimit-Reset']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'under_way' | 'channel_disabled'
          }
        }
      }
      413: components['responses']['TooLarge']
      415: components['responses']['NotJson']
      422: components['responses']['NotValid']
      429: components['responses']['TooManyRequests']
      500: components['responses']['InternalError']
    }
  }
  isLive: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description It does. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Liveness']
        }
      }
    }
  }
  isReady: {
    parameters: {
      query?: never
      header?: never
      path?: never
      cookie?: never
    }
    requestBody?: never
    responses: {
      /** @description It may. */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/json': components['schemas']['Readiness']
        }
      }
      /** @description `not_ready`: This process should not be sent work now. */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id']
          [name: string]: unknown
        }
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            /** @enum {string} */
            code: 'not_ready'
            checks?: components['schemas']['HealthCheck'][]
          }
        }
      }
    }
  }
}
