import { about, listOf, ref, uuid, words, type Schema } from '#transformers/api_schema'

/** One stable code of a problem: the status it comes with, what it says, and the members that only it has. */
interface ApiError {
  status: number
  says: string
  more?: Readonly<Record<string, Schema>>
}

/** Every `code` of the API's problems. They are stable: programs decide by them. */
export const API_ERRORS = {
  bad_request: { status: 400, says: 'The body is not JSON.' },
  api_key_missing: { status: 401, says: 'No key was sent.' },
  api_key_invalid: { status: 401, says: 'The key is unknown, has expired, or was revoked.' },
  insufficient_ability: { status: 403, says: 'The key lacks the ability of this call.' },
  not_found: { status: 404, says: 'It does not exist in this organization.' },
  unknown_job: { status: 404, says: 'There is no job of this name.' },
  not_runnable: { status: 409, says: 'The job goes on all the time and has no runs.' },
  run_over: { status: 409, says: 'The run has ended already.' },
  disconnected: { status: 409, says: 'The account is disconnected; a person must connect it again.' },
  derived: { status: 409, says: 'Its token derives from another connection, with which it goes.' },
  connected_again: { status: 409, says: 'A person connected it again meanwhile, so it was kept.' },
  reauth_required: { status: 409, says: 'The account must be connected again.' },
  account_suspended: { status: 409, says: 'The provider has suspended the account.' },
  action_required: { status: 409, says: 'Somebody must act before there is a token again.' },
  ambiguous_connection: { status: 409, says: 'The owner has several connections there. Name one by its id.' },
  no_members: { status: 409, says: 'The campaign has no members yet.' },
  already_member: { status: 409, says: 'The connection is a member already.' },
  already_live: { status: 409, says: 'A session is live already.', more: { session_id: uuid } },
  campaign_archived: { status: 409, says: 'The campaign is archived; nothing about it changes any more.' },
  members_changing: { status: 409, says: 'The members keep changing. Try again in a moment.' },
  members_unhealthy: {
    status: 409,
    says: 'Somebody is not ready.',
    more: { unhealthy: about('Everybody who is not ready.', listOf(ref('UnhealthyMember'))) },
  },
  no_signing_secret: { status: 409, says: 'The channel has no signing secret that could be replaced.' },
  channel_disabled: { status: 409, says: 'The channel is disabled. Enable it first.' },
  under_way: { status: 409, says: 'It is being sent at this moment.' },
  idempotency_key_in_flight: { status: 409, says: 'The first request with this key is under way.' },
  request_entity_too_large: { status: 413, says: 'The body is larger than one megabyte.' },
  unsupported_media_type: { status: 415, says: 'The body does not say that it is JSON.' },
  validation_failed: { status: 422, says: 'Fields are not valid, or not known.' },
  idempotency_key_reused: { status: 422, says: 'The key was used for another request.' },
  idempotency_key_invalid: { status: 422, says: 'The key is not 1 to 255 visible ASCII characters.' },
  too_many_requests: { status: 429, says: 'The key, or an address with unfit keys, has asked too often.' },
  rate_limited: { status: 429, says: 'The provider limits how often it may be asked.' },
  internal_error: { status: 500, says: 'Something broke on our side; the log has it under `request_id`.' },
  run_failed: { status: 500, says: 'The run broke off; its error stands in the run.' },
  refresh_retrying: { status: 503, says: 'The last refresh failed; the next try is planned.' },
  provider_unavailable: { status: 503, says: 'The provider cannot be asked right now.' },
  stopping: { status: 503, says: 'This process is about to end. Try again in a moment.' },
  not_ready: {
    status: 503,
    says: 'This process should not be sent work now.',
    more: { checks: listOf(ref('HealthCheck')) },
  },
} as const satisfies Record<string, ApiError>

export type ErrorCode = keyof typeof API_ERRORS

/** Members of problems about a window that did not open. */
export const WINDOW_WORDS: Readonly<Record<string, Schema>> = {
  reason: about('The class of the failure.', words),
  advice: about('What helps.', words),
}

/** The error of a code, in one shape for all. */
export function errorOf(code: ErrorCode): ApiError {
  return API_ERRORS[code]
}
