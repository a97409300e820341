/** Makes `schema.d.ts` from the description of the API on stdin: `npm run client`. */
import { writeFile } from 'node:fs/promises'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import openapiTypes, { astToString, type OpenAPI3 } from 'openapi-typescript'
import { format, resolveConfig } from 'prettier'

const FILE = fileURLToPath(new URL('schema.d.ts', import.meta.url))
const NOTE = '/** Made from the description of the API by `npm run client`. Do not edit. */\n'

/** The types of the client, as the file holds them. */
export async function clientTypes(document: object): Promise<string> {
  const types = NOTE + astToString(await openapiTypes(document as OpenAPI3, { alphabetize: false }))
  return format(types, { ...(await resolveConfig(FILE)), filepath: FILE })
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await writeFile(FILE, await clientTypes((await json(process.stdin)) as object))
