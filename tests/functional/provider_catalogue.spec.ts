import app from '@adonisjs/core/services/app'
import db from '@adonisjs/lucid/services/db'
import { test } from '@japa/runner'
import { ConnectionFactory } from '#database/factories/connection_factory'
import { OrganizationFactory } from '#database/factories/organization_factory'
import ProviderRow from '#models/provider'
import { addedProviderId } from '#oauth/added_provider'
import { defineProvider } from '#oauth/define_provider'
import type { ProviderEntry } from '#oauth/providers_file_types'
import { ProviderRegistry } from '#oauth/registry'
import { Secret } from '#oauth/secret'
import { buildJobs } from '#services/jobs/build_jobs'
import { RefreshReport } from '#services/refresh_report'
import { ProviderCatalogue } from '#services/provider_catalogue'
import type { AddedProvider } from '#services/added_providers'
import { checkImportLine } from '#validators/import_line'
import { emptyTables } from '#tests/helpers/database'

const ENTRY: ProviderEntry = { token_endpoint: 'https://login.acme.example/token', client_id: 'ours' }
const fixed = defineProvider({
  id: 'fixed',
  name: 'Fixed',
  server: { token_endpoint: 'https://fixed.example/token' },
  client: { client_id: 'of-the-installation', client_secret: new Secret('not-for-organizations') },
  allowPrivate: true,
})

async function begin() {
  await emptyTables()
  const { vault } = await app.container.make('engine')
  let now = 1_800_000_000_000
  const clock = { now: () => now, monotonic: () => now }
  const broken: AddedProvider[] = []
  /** A process of its own: its registry, its catalogue. */
  const open = () => {
    const registry = new ProviderRegistry([fixed])
    const onBroken = (one: AddedProvider) => void broken.push(one)
    const catalogue = new ProviderCatalogue({ registry, vault, clock, allowPrivate: false, onBroken })
    return { registry, catalogue }
  }
  const [{ id: ours }, { id: theirs }] = await OrganizationFactory.createMany(2)
  return { open, ...open(), vault, broken, ours, theirs, pass: (time: number) => void (now += time) }
}

/** The parts of a process that jobs stand on. */
async function jobParts() {
  const { runs, verificationRuns, workers, retention } = await app.container.make('engine')
  const report = new RefreshReport({ info() {}, warn() {}, error() {} }, 'tag-key', () => {})
  return { runs, verificationRuns, workers, retention, report }
}

test.group('Provider catalogue', () => {
  test('an added provider is usable at once, by key and by id, under a gate of its own', async ({
    assert,
  }) => {
    const { catalogue, registry, ours } = await begin()
    const result = await catalogue.add(ours, { key: 'acme', name: ' Acme ', entry: ENTRY })
    assert.isTrue(result.ok)
    const id = addedProviderId('acme', ours)
    const provider = catalogue.find(ours, 'acme')
    assert.equal(provider, catalogue.find(ours, id))
    assert.containSubset(provider, { id, name: 'Acme', gate: id, client: { client_id: 'ours' } })
    assert.equal(registry.get(id), provider)
    assert.deepEqual([...registry.gates().keys()], ['fixed', id])
  })

  test('what one organization added does not exist for another, which may use the same key', async ({
    assert,
  }) => {
    const { catalogue, ours, theirs } = await begin()
    await catalogue.add(ours, { key: 'acme', name: 'Our Acme', entry: ENTRY })
    const id = addedProviderId('acme', ours)
    assert.isNull(catalogue.find(theirs, 'acme'))
    assert.isNull(catalogue.find(theirs, id))
    assert.isNull(await catalogue.resolve(theirs, id))
    assert.deepEqual(
      catalogue.visibleTo(theirs).map((provider) => provider.id),
      ['fixed']
    )
    assert.isTrue((await catalogue.add(theirs, { key: 'acme', name: 'Their Acme', entry: ENTRY })).ok)
    assert.equal(catalogue.find(theirs, 'acme')?.name, 'Their Acme')
    assert.equal(catalogue.find(ours, 'acme')?.name, 'Our Acme')
    const refused = await catalogue.remove(theirs, 'nothing')
    assert.isFalse(refused.ok)
  })

  test('import takes the key of an own provider, and stores its id; a foreign one is unknown', async ({
    assert,
  }) => {
    const { catalogue, ours, theirs } = await begin()
    await catalogue.add(ours, { key: 'acme', name: 'Acme', entry: ENTRY })
    const line = { provider: 'acme', owner: 'ana', access_token: 'at' }
    const checked = await checkImportLine(line, catalogue.scope(ours))
    assert.equal(checked.ok && checked.line.provider, addedProviderId('acme', ours))
    assert.deepEqual(await checkImportLine(line, catalogue.scope(theirs)), {
      ok: false,
      message: 'There is no provider "acme".',
    })
    const foreign = { ...line, provider: addedProviderId('acme', ours) }
    assert.isFalse((await checkImportLine(foreign, catalogue.scope(theirs))).ok)
  })

  test('a whole id is never taken for a key', async ({ assert }) => {
    const { catalogue, registry, ours } = await begin()
    await catalogue.add(ours, { key: 'later', name: 'Later', entry: ENTRY })
    // The operator adds a provider of that id afterwards.
    const grown = new ProviderRegistry([defineProvider({ ...fixed, id: 'later', gate: 'later' })])
    Object.assign(registry, { fixed: () => grown.fixed() })
    assert.equal(catalogue.find(ours, 'later')?.name, 'Fixed')
    assert.equal(catalogue.find(ours, addedProviderId('later', ours))?.name, 'Later')
  })

  const REFUSED: [Record<string, unknown>, string, RegExp][] = [
    [{ key: 'Acme' }, 'key', /lower-case/],
    [{ key: 'fixed' }, 'key', /provider of this installation/],
    [{ key: 'taken' }, 'key', /"taken" is taken/],
    [{ name: '  ' }, 'name', /must not be empty/],
    [{ entry: { client_id: 'c' } }, 'token_endpoint', /give it, or issuer/],
    [{ entry: { ...ENTRY, token_endpoint: 'http://acme.example/t' } }, 'token_endpoint', /must be https/],
    [{ entry: { ...ENTRY, token_endpoint: 'https://127.0.0.1/t' } }, 'token_endpoint', /loopback or private/],
    [{ entry: { ...ENTRY, strikes: 3 } }, 'strikes', /must be one of 1, 2/],
    [{ entry: { ...ENTRY, margin: 'soon' } }, 'margin', /must be a duration/],
    [{ entry: { ...ENTRY, extends: 'nobody' } }, 'extends', /there is no provider "nobody"/],
    [{ entry: { ...ENTRY, schedule: ['61 * * * *'] } }, 'schedule', /"61 \* \* \* \*" is not a cron/],
    [
      { entry: { ...ENTRY, config: { site: { title: 'Site', pattern: '[' } } } },
      'config',
      /regular expression/,
    ],
    [
      { entry: { ...ENTRY, config: { site: { title: 'Site', pattern: '(a+)+' } } } },
      'config',
      /repeats a group/,
    ],
    [{ entry: { ...ENTRY, token_headers: { 'x-a': 'a\r\nb: c' } } }, 'token_headers', /pattern/],
    [{ entry: { ...ENTRY, client_secret_env: 'APP_KEY' } }, 'client_secret_env', /PROVIDERS_FILE only/],
    [{ entry: { ...ENTRY, client_secret: 's' } }, 'client_secret', /kept apart/],
    [
      { entry: { token_endpoint: ENTRY.token_endpoint }, clientSecret: new Secret('s') },
      'client_id',
      /a secret is given/,
    ],
  ]
  for (const [change, field, message] of REFUSED) {
    test(`${field} is refused beside its field: ${message.source}`, async ({ assert }) => {
      const { catalogue, ours } = await begin()
      await catalogue.add(ours, { key: 'taken', name: 'Taken', entry: ENTRY })
      const result = await catalogue.add(ours, { key: 'acme', name: 'Acme', entry: ENTRY, ...change })
      if (result.ok) return assert.fail('was added')
      assert.deepEqual(
        result.problems.map((problem) => problem.field),
        [field]
      )
      assert.match(result.problems[0].message, message)
      assert.notMatch(result.problems[0].message, /acme\.[0-9a-f]{8}/)
      assert.lengthOf(await ProviderRow.all(), 1)
    })
  }

  test('a provider that extends a fixed one gets neither its client nor its leave for private addresses', async ({
    assert,
  }) => {
    const { catalogue, ours } = await begin()
    await catalogue.add(ours, { key: 'clone', name: 'Clone', entry: { extends: 'fixed' } })
    const clone = catalogue.find(ours, 'clone')
    assert.isNull(clone?.client)
    assert.isFalse(clone?.allowPrivate)
    assert.equal(clone?.server.token_endpoint, 'https://fixed.example/token')
    assert.notEqual(clone?.gate, 'fixed')
    const entry = { extends: 'fixed', token_endpoint: 'https://10.0.0.1/token' }
    const inside = await catalogue.add(ours, { key: 'inside', name: 'Inside', entry })
    assert.isFalse(inside.ok)
  })

  test('the secret is sealed for its row, kept by changes that leave it out, and taken away by null', async ({
    assert,
  }) => {
    const { catalogue, vault, ours, pass } = await begin()
    const clientSecret = new Secret('the-client-secret')
    await catalogue.add(ours, { key: 'acme', name: 'Acme', entry: ENTRY, clientSecret })
    const row = await ProviderRow.firstOrFail()
    assert.notInclude(JSON.stringify(await db.from('providers')), 'the-client-secret')
    assert.notProperty(row.serialize(), 'clientSecret')
    const place = { organizationId: ours, connectionId: row.id, column: 'providers.client_secret' }
    assert.isTrue(vault.open(row.clientSecret!, place).ok)
    assert.isFalse(vault.open(row.clientSecret!, { ...place, connectionId: 'another' }).ok)

    pass(1)
    await catalogue.update(ours, 'acme', { name: 'Acme Two' })
    assert.equal(catalogue.find(ours, 'acme')?.client?.client_secret?.reveal(), 'the-client-secret')
    assert.equal(catalogue.find(ours, 'acme')?.name, 'Acme Two')
    await catalogue.update(ours, 'acme', { clientSecret: null })
    assert.isNull(catalogue.find(ours, 'acme')?.client?.client_secret)
    assert.equal(catalogue.find(ours, 'acme')?.clientAuth, 'none')
  })

  test('a wrong change leaves the provider as it was', async ({ assert }) => {
    const { catalogue, ours } = await begin()
    await catalogue.add(ours, { key: 'acme', name: 'Acme', entry: ENTRY })
    const result = await catalogue.update(ours, 'acme', {
      name: 'Other',
      entry: { token_endpoint: 'nowhere' },
    })
    assert.isFalse(result.ok)
    assert.equal(catalogue.find(ours, 'acme')?.name, 'Acme')
    assert.equal((await ProviderRow.firstOrFail()).name, 'Acme')
  })

  test('a client that was registered dynamically proves itself as its server answered', async ({
    assert,
  }) => {
    const { catalogue, ours } = await begin()
    const registration = { client_id: 'dynamic', token_endpoint_auth_method: 'client_secret_post' }
    await catalogue.add(ours, {
      key: 'acme',
      name: 'Acme',
      entry: { token_endpoint: ENTRY.token_endpoint },
      clientSecret: new Secret('issued'),
      registration,
      registrationAccessToken: new Secret('manages'),
    })
    const provider = catalogue.find(ours, 'acme')
    assert.equal(provider?.client?.client_id, 'dynamic')
    assert.equal(provider?.clientAuth, 'client_secret_post')
    assert.equal((await catalogue.registrationAccessToken(ours, 'acme'))?.reveal(), 'manages')
    assert.deepEqual(catalogue.addedBy(ours)[0].registration, registration)
  })

  test('a provider with accounts is not removed; without them it goes, with the state of its gate', async ({
    assert,
  }) => {
    const { catalogue, registry, ours, theirs } = await begin()
    await catalogue.add(ours, { key: 'acme', name: 'Acme', entry: ENTRY })
    const id = addedProviderId('acme', ours)
    const connection = await ConnectionFactory.merge({ organizationId: ours, provider: id }).create()
    assert.deepEqual(await catalogue.remove(ours, 'acme'), {
      ok: false,
      users: 1,
      message: 'One account uses Acme. Delete it first: without Acme no token could be refreshed or revoked.',
    })
    assert.isNotNull(catalogue.find(ours, 'acme'))
    await connection.delete()
    await ConnectionFactory.merge({ organizationId: theirs, provider: 'acme' }).create()
    await db.table('client_gates').insert({ id, flow: 'paused', failures: 1, updated_at: 1 })
    assert.deepEqual(await catalogue.remove(ours, 'acme'), { ok: true })
    assert.isNull(catalogue.find(ours, 'acme'))
    assert.isNull(registry.find(id))
    assert.lengthOf(await db.from('client_gates').where({ id }), 0)
  })

  test('other processes follow an addition, a change and a removal, without asking all the time', async ({
    assert,
  }) => {
    const { open, catalogue, ours, pass } = await begin()
    const other = open()
    await other.catalogue.load()
    const look = async () => {
      pass(2_000)
      await other.catalogue.reloadIfChanged()
      return other.catalogue.find(ours, 'acme')?.name ?? null
    }
    assert.isNull(await look())
    await catalogue.add(ours, { key: 'acme', name: 'One', entry: ENTRY })
    await other.catalogue.reloadIfChanged()
    assert.isNull(other.catalogue.find(ours, 'acme'), 'asked again within two seconds')
    assert.equal(await look(), 'One')
    // Within one millisecond, as far as the clock can tell.
    await catalogue.update(ours, 'acme', { name: 'Two' })
    await catalogue.update(ours, 'acme', { name: 'Three' })
    assert.equal(await look(), 'Three')
    await catalogue.remove(ours, 'acme')
    assert.isNull(await look())
  })

  test('its own cycle runs at its time, for its organization alone', async ({ assert }) => {
    const { catalogue, registry, ours } = await begin()
    const { report, ...parts } = await jobParts()
    const schedule = ['0 */6 * * *']
    await catalogue.add(ours, { key: 'acme', name: 'Acme', entry: { ...ENTRY, schedule } })
    let now = Date.parse('2026-11-21T05:59:00Z')
    const clock = { now: () => now, monotonic: () => now }
    await db.from('organizations').update({ created_at: now })
    const { jobs, jobScheduler } = buildJobs({
      ...parts,
      report,
      providers: registry,
      catalogue,
      clock,
      sleep: async () => {},
    })
    const tick = async () => {
      await jobScheduler.tick()
      await jobs.idle()
    }
    await tick()
    assert.lengthOf(await db.from('runs'), 0)
    now += 60_000
    await tick()
    await tick()
    const [run, ...others] = await db.from('runs')
    assert.lengthOf(others, 0)
    assert.deepInclude(run, { organization_id: ours, job: `${addedProviderId('acme', ours)}-cycle` })
  })

  test('a name that is unknown here is looked for once more before it is refused', async ({ assert }) => {
    const { open, catalogue, ours } = await begin()
    const other = open()
    await other.catalogue.load()
    await catalogue.add(ours, { key: 'acme', name: 'Acme', entry: ENTRY })
    assert.equal((await other.catalogue.resolve(ours, 'acme'))?.name, 'Acme')
  })

  test('a row that does not define is told and shown with its problem; the others work', async ({
    assert,
  }) => {
    const { open, catalogue, broken, ours, theirs } = await begin()
    await catalogue.add(ours, { key: 'good', name: 'Good', entry: ENTRY })
    const clientSecret = new Secret('secret')
    await catalogue.add(ours, { key: 'bad', name: 'Bad', entry: ENTRY })
    await catalogue.add(theirs, { key: 'sealed', name: 'Sealed', entry: ENTRY, clientSecret })
    const from = (key: string) => db.from('providers').where({ key })
    await from('bad').update({ entry: JSON.stringify({ ...ENTRY, extends: 'a-base-that-went-away' }) })
    await from('sealed').update({ client_secret: 'v1:gone:AAAA:AAAA:AAAA' })
    const { catalogue: next, registry } = open()
    await next.load()
    assert.sameMembers(
      broken.map(({ key }) => key),
      ['bad', 'sealed']
    )
    assert.isNotNull(next.find(ours, 'good'))
    assert.isNull(next.find(ours, 'bad'))
    assert.lengthOf(registry.all(), 2)
    const shown = next.addedBy(ours).find(({ key }) => key === 'bad')
    assert.equal(shown?.problems[0].field, 'extends')
    assert.equal(next.addedBy(theirs)[0].problems[0].field, 'client_secret')
  })
})
