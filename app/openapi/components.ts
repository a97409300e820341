import {
  about,
  count,
  link,
  listOf,
  oneOf,
  orNull,
  ref,
  schemaOf,
  time,
  truth,
  uuid,
  withFields,
  words,
  type Schema,
} from '#transformers/api_schema'
import type { PlatformHealth } from '#services/platform_health'
import type { RefreshJobResult } from '#services/jobs/job_types'
import type { Pruned } from '#services/refresh_log/retention'
import type { ValidationReport, ValidationResult } from '#services/verification/token_validation'
import { VERIFICATION_STATES } from '#services/verification/verification'
import { attemptSchema } from '#transformers/api_attempt'
import {
  campaignMemberSchema,
  campaignSchema,
  campaignSessionSchema,
  campaignSummarySchema,
  unhealthyMemberSchema,
} from '#transformers/api_campaign'
import { channelSchema } from '#transformers/api_channel'
import { connectionSchema } from '#transformers/api_connection'
import { deliveryDetailSchema, deliverySchema } from '#transformers/api_delivery'
import { statsSchema } from '#transformers/api_figures'
import { refreshSchema } from '#transformers/api_refresh'
import { runSchema } from '#transformers/api_run'
import { tokenSchema } from '#transformers/api_token'

const stats = schemaOf<Record<string, number>>(
  Object.fromEntries(['total', ...VERIFICATION_STATES, 'connection_passed'].map((name) => [name, count]))
)

const refreshed = schemaOf<RefreshJobResult['results'][number]>({
  account_id: uuid,
  username: orNull(words),
  status: oneOf(['success', 'failed', 'skipped']),
})

/** The own JSON of each kind of job. */
const jobResults: readonly Schema[] = [
  schemaOf<RefreshJobResult>({
    success: truth,
    message: words,
    ...{ refreshed: count, failed: count, skipped: count },
    results: listOf(refreshed),
  }),
  schemaOf<{ stats: unknown }>({ stats }),
  schemaOf<{ sent: number }>({ sent: count }),
  schemaOf<Pruned>({ attempts: count, runs: count, events: count, figures: count, audit: count }),
]

const validated = schemaOf<ValidationResult>({
  connection_id: about('As it was asked for; it need not be the id of anything.', words),
  valid: truth,
  reason: words,
  error_code: orNull(words),
  instruction: about('What a person must do at the provider.', orNull(words)),
  retry_at: orNull(time),
  token_expires_at: orNull(time),
})

const platform = schemaOf<PlatformHealth>({
  platform: words,
  connected: truth,
  status: oneOf(['healthy', 'needs_reconnect']),
  reconnect_url: orNull(link),
})

const fieldError = schemaOf<Record<'field' | 'code' | 'message', string>>({
  field: words,
  code: words,
  message: words,
})

/** RFC 9457. Each answer names the codes that it may have. */
const problem = schemaOf<Record<string, unknown>>(
  {
    type: words,
    title: words,
    status: count,
    detail: about('For people.', words),
    instance: words,
    code: about('Stable, for programs.', words),
    errors: about('What is wrong with which field.', listOf(ref('FieldError'))),
    reconnect_url: about('Where a person connects or reconnects the account.', link),
    request_id: orNull(words),
  },
  { sometimes: ['errors', 'reconnect_url'] }
)

const check = schemaOf<Record<'name' | 'status' | 'message', string>>({
  name: words,
  status: oneOf(['ok', 'warning', 'error']),
  message: words,
})

const signing = { signing_secret: about('Told this once.', words) }

/** The objects that answers are made of, by name. */
export const SCHEMAS: Readonly<Record<string, Schema>> = {
  Token: tokenSchema,
  ValidationReport: schemaOf<ValidationReport>({
    valid_connection_ids: listOf(uuid),
    results: listOf(validated),
  }),
  Connection: connectionSchema,
  Refresh: refreshSchema,
  PlatformHealth: schemaOf<{ health: unknown }>({ health: listOf(platform) }),
  ConnectLink: schemaOf<{ url: string; expires_at: string }>({ url: link, expires_at: time }),
  Run: runSchema,
  RunDetail: withFields(runSchema, { result: orNull(ref('JobResult')) }),
  BegunRun: withFields(runSchema, { joined: about('It was under way already.', truth) }),
  JobResult: { anyOf: jobResults },
  RefreshAttempt: attemptSchema,
  Stats: statsSchema,
  CampaignSummary: campaignSummarySchema,
  Campaign: campaignSchema,
  CampaignMember: campaignMemberSchema,
  CampaignSession: campaignSessionSchema,
  UnhealthyMember: unhealthyMemberSchema,
  Window: schemaOf<
    Record<'campaign_id' | 'connection_id' | 'authorized_until' | 'token_expires_at', unknown>
  >({
    ...{ campaign_id: uuid, connection_id: uuid, authorized_until: time, token_expires_at: orNull(time) },
  }),
  StartedSession: schemaOf<Record<'id' | 'campaign_id' | 'state' | 'started_at', unknown>>({
    ...{ id: uuid, campaign_id: uuid, state: oneOf(['live']), started_at: time },
  }),
  Channel: channelSchema,
  NewChannel: { ...withFields(channelSchema, signing), required: channelSchema.required },
  SigningSecret: schemaOf<typeof signing>(signing),
  BegunTest: schemaOf<{ delivery_id: string }>({ delivery_id: uuid }),
  Delivery: deliverySchema,
  DeliveryDetail: deliveryDetailSchema,
  Liveness: schemaOf<{ status: string }>({ status: oneOf(['ok']) }),
  Readiness: schemaOf<{ status: string; checks: unknown }>(
    { status: oneOf(['ok', 'warning']), checks: listOf(ref('HealthCheck')) },
    { sometimes: ['checks'] }
  ),
  HealthCheck: check,
  FieldError: fieldError,
  Problem: problem,
}
