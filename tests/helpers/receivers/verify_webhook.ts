/** Somebody else's program: verifies webhooks with the library of Standard Webhooks, and knows nothing of ours. */
import { Webhook } from 'standardwebhooks'

interface Case {
  secret: string
  headers: Record<string, string>
  body: string
}

let input = ''
for await (const chunk of process.stdin) input += chunk
const answers = (JSON.parse(input) as Case[]).map(({ secret, headers, body }) => {
  try {
    return { verified: new Webhook(secret).verify(body, headers) }
  } catch (error) {
    return { refused: (error as Error).message }
  }
})
process.stdout.write(JSON.stringify(answers))
