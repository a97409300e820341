import { grantAll } from '#database/demo/accounts'
import type { Stage } from '#database/demo/stage'
import { Secret } from '#oauth/secret'
import { credentialOf } from '#services/grant_row'
import { run, type Work } from '#store/driver'
import { credentialFingerprint } from '#vault/vault'

const LIVING = `SELECT id, organization_id, provider, provider_account_id, username,
    refresh_token IS NOT NULL AS is_renewable
  FROM connections WHERE status IN ('connected', 'token_expired') AND is_active ORDER BY id`
/** A new grant, which no answer to the old one can reach. Values: access token, refresh token, fingerprint, id. */
const REPLACE = `UPDATE connections SET access_token = ?, refresh_token = ?, spare_refresh_token = NULL,
    credential_fp = ?, token_version = token_version + 1, grant_generation = grant_generation + 1 WHERE id = ?`

/** Grants anew what is stored, for vendors that were started again and remember nothing. Returns how many. */
export async function grantAgain(stage: Stage): Promise<number> {
  const { vault, providers } = stage.engine
  const found = await stage.driver.read(LIVING, [])
  // A provider of an earlier demo may be no more.
  const rows = found.filter(({ provider }) => providers.find(provider as string))
  const accounts = rows.map((row) => ({
    provider: row.provider as string,
    accountId: row.provider_account_id as string,
    username: String(row.username),
  }))
  const tokens = await grantAll(stage, accounts)
  await stage.driver.transaction(function* (): Work<void> {
    for (const [index, row] of rows.entries()) {
      const [id, organizationId] = [row.id as string, row.organization_id as string]
      const { access_token: access, refresh_token: refresh } = tokens[index]
      const accessToken = new Secret(access)
      const refreshToken = row.is_renewable && refresh !== null ? new Secret(refresh) : null
      const place = (column: string) => ({ organizationId, connectionId: id, column })
      yield* run(REPLACE, [
        vault.seal(accessToken, place('access_token')),
        refreshToken && vault.seal(refreshToken, place('refresh_token')),
        credentialFingerprint(id, credentialOf({ accessToken, refreshToken })),
        id,
      ])
    }
  })
  return rows.length
}
