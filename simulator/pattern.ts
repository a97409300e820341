/** A vendor URL whose `{name}` parts stand for one host label or one path segment. */
export interface UrlPattern {
  host: RegExp
  path: RegExp
  /** What stands between the braces is text; what does not is compared letter by letter. */
  source: string
}

/** Compiles a vendor URL such as `https://{shop}.example/oauth/token`. Throws where it is not an https URL. */
export function urlPattern(source: string): UrlPattern {
  const parts = /^https:\/\/([^/]+)(\/[^?#]*)?$/.exec(source)
  if (!parts) throw new Error(`"${source}" is not an https URL without query`)
  return { source, host: compile(parts[1], '[^./:]+'), path: compile(parts[2] ?? '/', '[^/]+') }
}

/** The named parts of a URL that fits; null where it does not. */
export function fit({ host, path }: UrlPattern, hostname: string, pathname: string) {
  const [inHost, inPath] = [host.exec(hostname), path.exec(pathname)]
  return inHost && inPath ? { ...inHost.groups, ...inPath.groups } : null
}

function compile(text: string, part: string): RegExp {
  const pieces = text.split(/(\{[^}]+\})/).map((piece) => {
    const name = /^\{(.+)\}$/.exec(piece)?.[1]
    return name ? `(?<${name.replace(/\W/g, '_')}>${part})` : RegExp.escape(piece)
  })
  return new RegExp(`^${pieces.join('')}$`)
}
