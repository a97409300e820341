/** Databases for runs that go on beside each other: specs empty the one that they are given. */

/**
 * Makes so many databases beside the one that TEST_DATABASE_URL names. Returns the environment for each lane, and what
 * drops them again. Without that address there are none, and the lanes skip what needs them.
 */
export async function laneDatabases(count, url = process.env.TEST_DATABASE_URL) {
  if (!url) return { environments: Array(count).fill({}), drop: async () => {} }
  const urls = Array.from({ length: count }, (_, lane) => beside(url, `lane_${process.pid}_${lane + 1}`))
  await run(
    url,
    urls.map((one) => `CREATE DATABASE "${nameIn(one)}"`)
  )
  return {
    environments: urls.map((one) => ({ TEST_DATABASE_URL: one })),
    drop: () =>
      run(
        url,
        urls.map((one) => `DROP DATABASE IF EXISTS "${nameIn(one)}" WITH (FORCE)`)
      ),
  }
}

const nameIn = (url) => decodeURIComponent(new URL(url).pathname.slice(1))

function beside(url, suffix) {
  const other = new URL(url)
  other.pathname = `/${nameIn(url)}_${suffix}`
  return other.href
}

async function run(url, statements) {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
  } catch (error) {
    const why = error.errors?.[0]?.message ?? error.message
    console.error(`No PostgreSQL at TEST_DATABASE_URL: ${why}. Start it, or unset the variable.`)
    process.exit(2)
  }
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}
