import type { FormGroup } from '#transformers/provider_form_types'

/** What the provider answers and how long that lives, as far as it differs from plain OAuth 2.0. */
export const ANSWER_GROUPS: readonly FormGroup[] = [
  {
    title: 'Answers',
    fields: [
      {
        name: 'response_paths',
        label: 'Response paths',
        kind: 'map',
        placeholder: 'access_token=data.token',
        hint: 'Standard field=path in the answer, one per line.',
      },
      {
        name: 'metadata_paths',
        label: 'Metadata to keep',
        kind: 'map',
        placeholder: 'instance_url=instance_url',
        hint: 'Name=path in the answer or parameter of the redirect, one per line.',
      },
      {
        name: 'expires_in_unit',
        label: 'Unit of expires_in',
        kind: 'choice',
        options: ['seconds', 'milliseconds', 'minutes'],
        otherwise: 'seconds',
      },
      {
        name: 'assumed_lifetime',
        label: 'Assumed token lifetime',
        kind: 'duration',
        placeholder: '1h',
        hint: 'Where the answer names none. Write never for tokens that do not expire.',
      },
      {
        name: 'grant_lifetime',
        label: 'Grant lifetime',
        kind: 'duration',
        placeholder: '180d',
        hint: 'From consent; empty where the grant has no fixed end.',
      },
    ],
  },
  {
    title: 'Refreshing',
    fields: [
      { name: 'margin', label: 'Refresh ahead of expiry', kind: 'duration', placeholder: '5m' },
      {
        name: 'rotation',
        label: 'Rotation',
        kind: 'choice',
        options: ['never', 'may', 'always'],
        otherwise: 'may',
      },
      {
        name: 'reuse',
        label: 'Used refresh token',
        kind: 'choice',
        options: ['static', 'until_used', 'grace', 'strict', 'unknown'],
        otherwise: 'unknown',
      },
      { name: 'reuse_grace', label: 'Grace for it', kind: 'duration', placeholder: '30s' },
      {
        name: 'strikes',
        label: 'Strikes before reconnect',
        kind: 'choice',
        options: ['1', '2'],
        otherwise: '2',
      },
      {
        name: 'keep_alive',
        label: 'Keep alive',
        kind: 'choice',
        options: ['always', 'while_authorized'],
        otherwise: 'always',
      },
      {
        name: 'schedule',
        label: 'Own cycle',
        kind: 'lines',
        placeholder: '0 */6 * * *',
        hint: 'Cron expressions in UTC, one per line.',
      },
      { name: 'per_second', label: 'Requests per second', kind: 'number' },
      { name: 'concurrency', label: 'Requests at a time', kind: 'number' },
    ],
  },
]
