import env from '#start/env'

/** Who is asked whether there is a newer version. Nobody, unless told. */
export default {
  url: env.get('UPDATE_URL') ?? null,
  allowPrivate: env.get('ALLOW_PRIVATE_RECEIVERS') ?? false,
}
