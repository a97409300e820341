import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from '@japa/runner/core'
import { test } from '@japa/runner'
import { entryFields } from '#oauth/entry_to_definition'
import { readProvidersFile } from '#oauth/providers_file'
import { ProvidersFileError } from '#oauth/providers_file_types'

interface FieldSchema {
  description?: string
  examples?: unknown[]
}

const SCHEMA = new URL('../../../resources/providers.schema.json', import.meta.url)

async function fileWith({ cleanup }: TestContext, content: unknown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'providers-'))
  cleanup(() => rm(folder, { recursive: true }))
  const path = join(folder, 'providers.json')
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

async function problems(path: string): Promise<readonly string[]> {
  const error = await readProvidersFile(path).catch((caught: unknown) => caught)
  return error instanceof ProvidersFileError ? error.problems : []
}

async function fields(): Promise<Record<string, FieldSchema>> {
  const schema = JSON.parse(await readFile(SCHEMA, 'utf8'))
  return schema.$defs.provider.properties
}

test.group('Providers file', () => {
  test('every field of the schema is honoured, described and shown by an example', async ({ assert }) => {
    const documented = await fields()
    assert.sameMembers(Object.keys(documented), entryFields())
    for (const [name, field] of Object.entries(documented)) {
      assert.isNotEmpty(field.description, name)
      assert.lengthOf(field.examples ?? [], 1, name)
    }
  })

  test('the examples of the schema are valid', async (context) => {
    const documented = Object.entries(await fields())
    const entry = Object.fromEntries(documented.map(([name, field]) => [name, field.examples?.[0]]))
    const path = await fileWith(context, { $schema: './providers.schema.json', acme: entry })
    context.assert.deepEqual(await readProvidersFile(path), { acme: entry as never })
  })

  test('a byte order mark does no harm', async (context) => {
    context.assert.deepEqual(await readProvidersFile(await fileWith(context, '\ufeff{"a":{}}')), { a: {} })
  })

  test('a missing file is told with its path', async ({ assert }) => {
    const told = await problems('/nowhere/providers.json')
    assert.deepEqual(told, ['/nowhere/providers.json does not exist; correct PROVIDERS_FILE, or remove it'])
  })

  test('broken JSON is told with its line and without its secrets', async (context) => {
    for (const text of [
      '{\n  "acme": {\n    "client_secret": "hush" "x"\n}}',
      '{\n\n"client_secret": hush\n',
    ]) {
      const [told] = await problems(await fileWith(context, text))
      context.assert.match(told, /is not JSON, line 3/)
      context.assert.notInclude(told, 'hush')
    }
  })

  const wrong: [unknown, RegExp][] = [
    [
      { acme: { tokenendpoint: 'x' } },
      /^acme: "tokenendpoint" is not a field of a provider; did you mean "token_endpoint"\?$/,
    ],
    [{ acme: { pkce: 'yes' } }, /^acme: pkce: must be of type boolean$/],
    [{ acme: { margin: 'soon' } }, /^acme: margin: must be a duration/],
    [{ acme: { strikes: 3 } }, /^acme: strikes: must be one of 1, 2$/],
    [{ acme: { scopes: 'a b' } }, /^acme: scopes: must be of type array$/],
    [{ acme: { token_params: { a: 1 } } }, /^acme: token_params\.a: must be of type string$/],
    [{ acme: { rate_limit: { per_hour: 1 } } }, /^acme: rate_limit: "per_hour" is not a field here$/],
    [{ acme: { config: { site: {} } } }, /^acme: config\.site: needs the field "title"$/],
    [{ acme: 'x' }, /^acme: must be of type object$/],
    [[], /^The file must hold one JSON object/],
  ]
  for (const [content, sentence] of wrong) {
    test(`${JSON.stringify(content)} is told in one sentence`, async (context) => {
      const told = await problems(await fileWith(context, content))
      context.assert.lengthOf(told, 1)
      context.assert.match(told[0], sentence)
    })
  }
})
