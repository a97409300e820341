import type { FormGroup } from '#transformers/provider_form_types'

/** What every provider needs; always in view. */
export const BASICS: FormGroup = {
  id: 'basics',
  fields: [
    { name: 'name', kind: 'text', required: true, placeholder: 'Acme' },
    {
      name: 'key',
      kind: 'text',
      required: true,
      placeholder: 'acme',
      hint: 'key',
    },
    { name: 'client_id', kind: 'text' },
    { name: 'client_secret', kind: 'secret' },
    {
      name: 'issuer',
      kind: 'text',
      placeholder: 'https://login.acme.example',
      hint: 'issuer',
    },
    { name: 'authorization_endpoint', kind: 'text', hint: 'placeholders' },
    { name: 'token_endpoint', kind: 'text', hint: 'placeholders' },
    { name: 'scopes', kind: 'words', hint: 'scopes' },
  ],
}

/** How the provider is asked, as far as it differs from plain OAuth 2.0. */
export const REQUEST_GROUPS: readonly FormGroup[] = [
  {
    id: 'endpoints',
    hint: 'placeholders',
    fields: [
      {
        name: 'refresh_endpoint',
        kind: 'text',
        hint: 'refresh_endpoint',
      },
      { name: 'revocation_endpoint', kind: 'text' },
      {
        name: 'userinfo_endpoint',
        kind: 'text',
        hint: 'userinfo_endpoint',
      },
      {
        name: 'validation_endpoint',
        kind: 'text',
        hint: 'validation_endpoint',
      },
      { name: 'introspection_endpoint', kind: 'text' },
      { name: 'docs', kind: 'text', hint: 'docs' },
    ],
  },
  {
    id: 'client',
    fields: [
      {
        name: 'extends',
        kind: 'text',
        hint: 'extends',
      },
      {
        name: 'grant_type',
        kind: 'choice',
        options: ['authorization_code', 'client_credentials'],
        otherwise: 'authorization_code',
      },
      {
        name: 'client_auth',
        kind: 'choice',
        options: ['client_secret_basic', 'client_secret_post', 'none'],
        otherwise: 'server_says',
      },
      { name: 'pkce', kind: 'flag', otherwise: 'yes' },
      {
        name: 'resource',
        kind: 'text',
        hint: 'resource',
      },
    ],
  },
  {
    id: 'variables',
    hint: 'variables',
    fields: [
      {
        name: 'config',
        kind: 'variables',
        placeholder: 'subdomain | Subdomain | [a-z0-9-]{1,63}',
        hint: 'config',
      },
    ],
  },
  {
    id: 'requests',
    fields: [
      {
        name: 'scope_separator',
        kind: 'verbatim',
        hint: 'scope_separator',
      },
      {
        name: 'body_format',
        kind: 'choice',
        options: ['form', 'json'],
        otherwise: 'form',
      },
      { name: 'code_param', kind: 'text', placeholder: 'code' },
      {
        name: 'authorization_params',
        kind: 'map',
        placeholder: 'prompt=consent',
        hint: 'lines',
      },
      { name: 'token_params', kind: 'map', hint: 'lines' },
      { name: 'refresh_params', kind: 'map', hint: 'lines' },
      { name: 'token_headers', kind: 'map', hint: 'lines' },
      {
        name: 'param_names',
        kind: 'map',
        placeholder: 'client_id=client_key',
        hint: 'param_names',
      },
    ],
  },
]
