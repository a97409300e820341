import type { FormGroup } from '#transformers/provider_form_types'

const PLACEHOLDERS = 'May use {config.name} and {metadata.name}.'
const LINES = 'One name=value per line.'

/** What every provider needs; always in view. */
export const BASICS: FormGroup = {
  title: 'Basics',
  fields: [
    { name: 'name', label: 'Name', kind: 'text', required: true, placeholder: 'Acme' },
    {
      name: 'key',
      label: 'Key',
      kind: 'text',
      required: true,
      placeholder: 'acme',
      hint: 'Names the provider in addresses and import lines. It cannot be changed later.',
    },
    { name: 'client_id', label: 'Client ID', kind: 'text' },
    { name: 'client_secret', label: 'Client secret', kind: 'secret' },
    {
      name: 'issuer',
      label: 'Issuer',
      kind: 'text',
      placeholder: 'https://login.acme.example',
      hint: 'Where the server publishes its metadata, the endpoints below can stay empty.',
    },
    { name: 'authorization_endpoint', label: 'Authorization endpoint', kind: 'text', hint: PLACEHOLDERS },
    { name: 'token_endpoint', label: 'Token endpoint', kind: 'text', hint: PLACEHOLDERS },
    { name: 'scopes', label: 'Scopes', kind: 'words', hint: 'Separated by spaces or lines.' },
  ],
}

/** How the provider is asked, as far as it differs from plain OAuth 2.0. */
export const REQUEST_GROUPS: readonly FormGroup[] = [
  {
    title: 'Other endpoints',
    hint: PLACEHOLDERS,
    fields: [
      {
        name: 'refresh_endpoint',
        label: 'Refresh endpoint',
        kind: 'text',
        hint: 'Where it is not the token endpoint.',
      },
      { name: 'revocation_endpoint', label: 'Revocation endpoint', kind: 'text' },
      {
        name: 'userinfo_endpoint',
        label: 'User info endpoint',
        kind: 'text',
        hint: 'Tells who an account is.',
      },
      {
        name: 'validation_endpoint',
        label: 'Validation endpoint',
        kind: 'text',
        hint: 'Answers 2xx while the access token is good.',
      },
      { name: 'introspection_endpoint', label: 'Introspection endpoint', kind: 'text' },
      { name: 'docs', label: 'Documentation', kind: 'text', hint: 'The vendor’s page about these facts.' },
    ],
  },
  {
    title: 'Client and grant',
    fields: [
      {
        name: 'extends',
        label: 'Starts from',
        kind: 'text',
        hint: 'The id of a provider whose settings hold where this form is empty.',
      },
      {
        name: 'grant_type',
        label: 'Grant type',
        kind: 'choice',
        options: ['authorization_code', 'client_credentials'],
        otherwise: 'authorization_code',
      },
      {
        name: 'client_auth',
        label: 'Client authentication',
        kind: 'choice',
        options: ['client_secret_basic', 'client_secret_post', 'none'],
        otherwise: 'as the server says, else client_secret_basic',
      },
      { name: 'pkce', label: 'PKCE (S256)', kind: 'flag', otherwise: 'yes' },
      {
        name: 'resource',
        label: 'Resource',
        kind: 'text',
        hint: 'RFC 8707: sent in every request, refreshes included.',
      },
    ],
  },
  {
    title: 'Variables',
    hint: 'What a person fills in at connect, such as a subdomain; endpoints use it as {config.name}.',
    fields: [
      {
        name: 'config',
        label: 'Variables',
        kind: 'variables',
        placeholder: 'subdomain | Subdomain | [a-z0-9-]{1,63}',
        hint: 'One per line: name | title | pattern. The pattern can be left out.',
      },
    ],
  },
  {
    title: 'Requests',
    fields: [
      {
        name: 'scope_separator',
        label: 'Scope separator',
        kind: 'verbatim',
        hint: 'A space where this is empty.',
      },
      {
        name: 'body_format',
        label: 'Body format',
        kind: 'choice',
        options: ['form', 'json'],
        otherwise: 'form',
      },
      { name: 'code_param', label: 'Code parameter', kind: 'text', placeholder: 'code' },
      {
        name: 'authorization_params',
        label: 'Authorization parameters',
        kind: 'map',
        placeholder: 'prompt=consent',
        hint: LINES,
      },
      { name: 'token_params', label: 'Code exchange parameters', kind: 'map', hint: LINES },
      { name: 'refresh_params', label: 'Refresh parameters', kind: 'map', hint: LINES },
      { name: 'token_headers', label: 'Token request headers', kind: 'map', hint: LINES },
      {
        name: 'param_names',
        label: 'Renamed parameters',
        kind: 'map',
        placeholder: 'client_id=client_key',
        hint: 'Standard name=name used here, one per line.',
      },
    ],
  },
]
