import type { FormGroup } from '#transformers/provider_form_types'

/** What the provider answers and how long that lives, as far as it differs from plain OAuth 2.0. */
export const ANSWER_GROUPS: readonly FormGroup[] = [
  {
    id: 'answers',
    fields: [
      {
        name: 'response_paths',
        kind: 'map',
        placeholder: 'access_token=data.token',
        hint: 'response_paths',
      },
      {
        name: 'metadata_paths',
        kind: 'map',
        placeholder: 'instance_url=instance_url',
        hint: 'metadata_paths',
      },
      {
        name: 'expires_in_unit',
        kind: 'choice',
        options: ['seconds', 'milliseconds', 'minutes'],
        otherwise: 'seconds',
      },
      {
        name: 'assumed_lifetime',
        kind: 'duration',
        placeholder: '1h',
        hint: 'assumed_lifetime',
      },
      {
        name: 'grant_lifetime',
        kind: 'duration',
        placeholder: '180d',
        hint: 'grant_lifetime',
      },
    ],
  },
  {
    id: 'refreshing',
    fields: [
      { name: 'margin', kind: 'duration', placeholder: '5m' },
      {
        name: 'rotation',
        kind: 'choice',
        options: ['never', 'may', 'always'],
        otherwise: 'may',
      },
      {
        name: 'reuse',
        kind: 'choice',
        options: ['static', 'until_used', 'grace', 'strict', 'unknown'],
        otherwise: 'unknown',
      },
      { name: 'reuse_grace', kind: 'duration', placeholder: '30s' },
      {
        name: 'strikes',
        kind: 'choice',
        options: ['1', '2'],
        otherwise: '2',
      },
      {
        name: 'keep_alive',
        kind: 'choice',
        options: ['always', 'while_authorized'],
        otherwise: 'always',
      },
      {
        name: 'schedule',
        kind: 'lines',
        placeholder: '0 */6 * * *',
        hint: 'schedule',
      },
      { name: 'per_second', kind: 'number' },
      { name: 'concurrency', kind: 'number' },
    ],
  },
]
