import { createUDPServer, Packet } from 'dns2'

/** What the server does: answer, answer that something is wrong with it, or keep silent. */
export type DnsMood = 'well' | 'broken' | 'silent'

export interface TestDns {
  /** For `startTestHub({ dnsServers: [dns.address] })`. */
  address: string
  /** The TXT records of names; a name that is missing does not exist, one with an empty list has other records. */
  records: Map<string, string[]>
  /** The names asked for, in turn; one that stays without an answer is asked again. */
  asked: string[]
  mood: DnsMood
  stop(): Promise<void>
}

const nameError = 3
const serverFailure = 2

/** A real DNS server on a port of its own; the records can be changed while it runs. */
export async function startDns(records: Record<string, string[]> = {}): Promise<TestDns> {
  const server = createUDPServer()
  server.on('request', (request, send) => {
    dns.asked.push(nameIn(request))
    if (dns.mood !== 'silent') void send(answer(request, dns))
  })
  await server.listen(0, '127.0.0.1')
  server.unref()
  const dns: TestDns = {
    address: `127.0.0.1:${server.address().port}`,
    records: new Map(Object.entries(records)),
    asked: [],
    mood: 'well',
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return dns
}

function nameIn(request: Packet): string {
  return request.questions[0]?.name.toLowerCase() ?? ''
}

function answer(request: Packet, { records, mood }: TestDns): Packet {
  const texts = records.get(nameIn(request))
  if (mood === 'broken') return Packet.createErrorResponseFromRequest(request, serverFailure)
  if (texts === undefined) return Packet.createErrorResponseFromRequest(request, nameError)
  const reply = Packet.createResponseFromRequest(request)
  for (const text of texts) reply.answers.push(textRecord(nameIn(request), text))
  return reply
}

// RFC 1035 §3.3.14: a text is carried in pieces of at most 255 octets.
function textRecord(name: string, text: string) {
  const record = new Packet.Resource(name, Packet.TYPE.TXT, Packet.CLASS.IN, 0)
  record.data = text.match(/.{1,255}/g) ?? ['']
  return record
}
