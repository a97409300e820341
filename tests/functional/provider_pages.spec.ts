import app from '@adonisjs/core/services/app'
import { test } from '@japa/runner'
import type { ApiClient } from '@japa/api-client'
import type User from '#models/user'
import ProviderRow from '#models/provider'
import { addedProviderId } from '#oauth/added_provider'
import type { ProviderEntry } from '#oauth/providers_file_types'
import { Secret } from '#oauth/secret'
import { FORM_FIELDS, providerFormValues } from '#transformers/provider_form'
import { readProviderForm } from '#validators/provider_form'
import { emptyTables } from '#tests/helpers/database'
import { aConnection, aPerson } from '#tests/helpers/people'

const FORM = {
  key: 'acme',
  name: 'Acme',
  client_id: 'ours',
  client_secret: 'the-client-secret',
  authorization_endpoint: 'https://{config.site}.acme.example/authorize',
  token_endpoint: 'https://{config.site}.acme.example/token',
  scopes: 'read write',
  config: 'site | Your site | [a-z]+|www',
}

/** One entry that states every field of PROVIDERS_FILE, as far as an organization may. */
const EVERYTHING: ProviderEntry = {
  extends: 'oauth2',
  docs: 'https://acme.example/docs',
  issuer: 'https://acme.example',
  authorization_endpoint: 'https://{config.site}.acme.example/authorize',
  token_endpoint: 'https://{config.site}.acme.example/token',
  revocation_endpoint: 'https://acme.example/revoke',
  userinfo_endpoint: 'https://acme.example/me',
  introspection_endpoint: 'https://acme.example/introspect',
  validation_endpoint: 'https://acme.example/validate',
  client_id: 'ours',
  grant_type: 'authorization_code',
  client_auth: 'client_secret_post',
  pkce: false,
  scopes: ['read', 'write'],
  scope_separator: ', ',
  body_format: 'json',
  authorization_params: { prompt: 'consent', claims: 'a=b' },
  token_params: { audience: 'https://api.acme.example' },
  refresh_params: { scope: 'read' },
  refresh_endpoint: '{metadata.instance}/refresh',
  code_param: 'auth_code',
  token_headers: { 'x-version': '2' },
  param_names: { client_id: 'client_key' },
  config: { site: { title: 'Your site', pattern: '[a-z]+|www' }, plain: { title: 'Plain' } },
  metadata_paths: { instance: 'data.url' },
  response_paths: { access_token: 'data.token' },
  expires_in_unit: 'minutes',
  assumed_lifetime: null,
  grant_lifetime: '180d',
  margin: 90,
  rotation: 'always',
  reuse: 'grace',
  reuse_grace: '30s',
  strikes: 1,
  keep_alive: 'while_authorized',
  schedule: ['0 */6 * * *', '30 3 * * 1'],
  rate_limit: { per_second: 2.5, concurrency: 4 },
  resource: 'https://api.acme.example',
}

const catalogue = async () => (await app.container.make('engine')).catalogue

function post(client: ApiClient, user: User, path: string, form: Record<string, string> = {}) {
  return client.post(path).loginAs(user).form(form).withCsrfToken().redirects(0)
}

test.group('Provider form', () => {
  test('states every field of PROVIDERS_FILE, and reads back what it shows', ({ assert }) => {
    const added = { key: 'acme', name: 'Acme', entry: EVERYTHING } as never
    const form = readProviderForm(providerFormValues(added))
    assert.deepEqual(form.problems, [])
    assert.deepEqual(form.entry, EVERYTHING)
    assert.deepEqual([form.key, form.name, form.clientSecret], ['acme', 'Acme', undefined])
  })

  test('has a field for each that the schema documents, but the one that reads our environment', async ({
    assert,
  }) => {
    const { default: schema } = await import('../../resources/providers.schema.json', {
      with: { type: 'json' },
    })
    const documented = Object.keys(schema.$defs.provider.properties)
    const shown = FORM_FIELDS.map(({ name }) =>
      ['per_second', 'concurrency'].includes(name) ? 'rate_limit' : name
    )
    const missing = documented.filter((field) => !shown.includes(field))
    assert.deepEqual(missing, ['client_secret_env'])
  })

  const WRONG: [Record<string, string>, string, RegExp][] = [
    [{ token_params: 'a=1\nnonsense' }, 'token_params', /line 2 must be written as name=value/],
    [{ token_params: 'a=1\na=2' }, 'token_params', /"a" stands there twice/],
    [{ config: 'site' }, 'config', /line 1 must be written as name \| title \| pattern/],
    [{ per_second: 'many' }, 'per_second', /must be a number/],
  ]
  for (const [values, field, message] of WRONG) {
    test(`${field} says what is wrong with it: ${message.source}`, ({ assert }) => {
      const [problem, ...others] = readProviderForm(values).problems
      assert.lengthOf(others, 0)
      assert.equal(problem.field, field)
      assert.match(problem.message, message)
    })
  }

  test('a field that arrives as a list or an object is taken for empty', ({ assert }) => {
    const { entry, problems } = readProviderForm({ name: ['a'], scopes: { a: 1 }, client_secret: ['x'] })
    assert.deepEqual([entry, problems], [{}, []])
  })
})

test.group('Provider pages', (group) => {
  group.each.setup(async () => {
    await emptyTables()
    await (await catalogue()).load()
  })

  test('an added provider is stored sealed, listed, and can be connected at once', async ({
    client,
    assert,
  }) => {
    const { user, organization } = await aPerson('operator')
    const added = await post(client, user, '/providers', FORM)
    added.assertStatus(303)
    assert.equal(added.header('location'), '/providers/acme', 'where its redirect URL stands')
    const row = await ProviderRow.firstOrFail()
    assert.match(row.clientSecret ?? '', /^v1:/)
    assert.deepEqual(row.entry.config, { site: { title: 'Your site', pattern: '[a-z]+|www' } })

    const list = await client.get('/providers').loginAs(user)
    const id = addedProviderId('acme', organization.id)
    list.assertTextIncludes('Acme')
    list.assertTextIncludes('/providers/acme/edit')
    const own = await client.get('/providers/acme').loginAs(user)
    own.assertTextIncludes(`/connect/${id}/callback`)
    own.assertTextIncludes(`may call it acme; the API and exports say ${id}.`)
    assert.notInclude(own.text() + list.text(), 'rfc6749', 'no documentation was named')
    const choice = await client.get('/accounts/connect').loginAs(user)
    choice.assertTextIncludes(`action="/connect/${id}/start"`)
    choice.assertTextIncludes('name="config[site]"')
    const edit = await client.get('/providers/acme/edit').loginAs(user)
    for (const page of [list, own, choice, edit]) assert.notInclude(page.text(), 'the-client-secret')

    const begun = await post(client, user, `/connect/${id}/start`, { 'config[site]': 'www' })
    begun.assertStatus(303)
    assert.match(begun.header('location') ?? '', /^https:\/\/www\.acme\.example\/authorize\?/)
    const refused = await post(client, user, `/connect/${id}/start`, { 'config[site]': 'evil.example/x' })
    assert.equal(refused.header('location'), '/accounts/connect')
  })

  test('what is wrong stands beside its field, and nothing that was written is lost but the secret', async ({
    client,
    assert,
  }) => {
    const { user } = await aPerson('operator')
    const form = { ...FORM, token_endpoint: 'http://127.0.0.1/token', margin: 'soon' }
    const refused = await post(client, user, '/providers', form)
    assert.equal(refused.header('location'), '/providers/new')
    assert.lengthOf(await ProviderRow.all(), 0)
    const flashed = refused.flashMessages()
    assert.notInclude(JSON.stringify(flashed), 'the-client-secret')
    const page = await client.get('/providers/new').loginAs(user).withFlashMessages(flashed)
    page.assertTextIncludes('Nothing was saved.')
    page.assertTextIncludes('value="http://127.0.0.1/token"')
    page.assertTextIncludes('value="soon"')
    page.assertTextIncludes('site | Your site | [a-z]+|www')
    assert.match(page.text(), /id="field-margin-problem"[\s\S]*?must be a duration/)
    assert.match(page.text(), /<details\s+open[\s\S]*?Refreshing/)
  })

  test('all that is wrong is said at once', async ({ client, assert }) => {
    const { user } = await aPerson('operator')
    const { key, name, ...form } = { ...FORM, margin: 'soon' }
    const refused = await post(client, user, '/providers', form)
    const page = await client.get('/providers/new').loginAs(user).withFlashMessages(refused.flashMessages())
    for (const field of ['key', 'name', 'margin']) page.assertTextIncludes(`id="field-${field}-problem"`)
    page.assertTextIncludes('Nothing was saved. 3 things are wrong')
    assert.lengthOf(await ProviderRow.all(), 0)
  })

  test('what is wrong is said in the language of the reader', async ({ client, assert }) => {
    const { user } = await aPerson('operator')
    const form = { ...FORM, margin: 'soon', config: 'site', rate_limit: '', concurrency: '0' }
    const refused = await post(client, user, '/providers', form)
    const page = async (locale: string) =>
      (
        await client
          .get('/providers/new')
          .loginAs(user)
          .header('accept-language', locale)
          .withFlashMessages(refused.flashMessages())
      ).text()
    const french = await page('fr')
    assert.match(french, /id="field-config-problem"[\s\S]*?la ligne 1 doit être écrite/)
    assert.notInclude(french, 'must be')
    assert.notMatch(french, /<(?:span|p|ul) lang="en"/)
    assert.match(await page('ja'), /id="field-config-problem"[\s\S]*?1行目は/)
  })

  test('an empty secret keeps the stored one; only the box takes it away', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    await post(client, user, '/providers', FORM)
    const secret = async () =>
      (await catalogue()).find(organization.id, 'acme')?.client?.client_secret?.reveal()
    const changed = { ...FORM, client_secret: '', name: 'Acme Two' }
    assert.equal((await post(client, user, '/providers/acme', changed)).header('location'), '/providers')
    assert.equal(await secret(), 'the-client-secret')
    await post(client, user, '/providers/acme', { ...changed, remove_client_secret: 'yes' })
    assert.isUndefined(await secret())
    assert.equal((await catalogue()).find(organization.id, 'acme')?.name, 'Acme Two')
  })

  test('a provider that accounts use is not removed; an unused one is', async ({ client, assert }) => {
    const { user, organization } = await aPerson('operator')
    await post(client, user, '/providers', FORM)
    const account = await aConnection(organization, { provider: addedProviderId('acme', organization.id) })
    const refused = await post(client, user, '/providers/acme/remove')
    assert.deepInclude(refused.flashMessages().notice, { tone: 'bad' })
    assert.lengthOf(await ProviderRow.all(), 1)
    await account.delete()
    await post(client, user, '/providers/acme/remove')
    assert.lengthOf(await ProviderRow.all(), 0)
  })

  test('another organization sees nothing of it, in no page and under no address', async ({
    client,
    assert,
  }) => {
    const ours = await aPerson('operator')
    await post(client, ours.user, '/providers', { ...FORM, name: 'Only Ours' })
    const id = addedProviderId('acme', ours.organization.id)
    const { user: stranger } = await aPerson('admin')
    for (const path of ['/providers', '/accounts/connect', '/accounts']) {
      const page = await client.get(path).loginAs(stranger)
      page.assertStatus(200)
      assert.notInclude(page.text(), 'Only Ours')
      assert.notInclude(page.text(), id)
    }
    for (const path of [
      '/providers/acme',
      `/providers/${id}`,
      '/providers/acme/edit',
      `/providers/${id}/edit`,
    ]) {
      const page = await client.get(path).loginAs(stranger).header('Accept', 'text/html')
      page.assertStatus(404)
    }
    for (const path of [
      '/providers/acme',
      '/providers/acme/remove',
      `/connect/${id}/start`,
      '/connect/acme/start',
    ]) {
      const answer = await post(client, stranger, path, FORM)
      answer.assertStatus(404)
    }
    const callback = await client.get(`/connect/${id}/callback?state=x&code=y`).loginAs(stranger).redirects(0)
    callback.assertStatus(404)
    assert.equal((await ProviderRow.firstOrFail()).name, 'Only Ours')
  })

  test('a viewer sees the list, but may neither add nor change', async ({ client, assert }) => {
    const { user, organization } = await aPerson('viewer')
    const clientSecret = new Secret('s')
    const entry = { token_endpoint: 'https://acme.example/token', client_id: 'ours' }
    await (await catalogue()).add(organization.id, { key: 'acme', name: 'Acme', entry, clientSecret })
    const list = await client.get('/providers').loginAs(user)
    list.assertTextIncludes('Acme')
    assert.notInclude(list.text(), '/providers/new')
    assert.notInclude(list.text(), '/providers/acme/edit')
    for (const path of ['/providers/new', '/providers/acme/edit']) {
      const page = await client.get(path).loginAs(user).header('Accept', 'text/html')
      page.assertStatus(403)
    }
    for (const path of ['/providers', '/providers/acme', '/providers/acme/remove']) {
      const answer = await post(client, user, path, FORM)
      answer.assertStatus(403)
    }
    assert.lengthOf(await ProviderRow.all(), 1)
  })

  test('without the token of its form nothing is stored', async ({ client, assert }) => {
    const { user } = await aPerson('operator')
    await client.post('/providers').loginAs(user).form(FORM).redirects(0)
    assert.lengthOf(await ProviderRow.all(), 0)
  })
})
