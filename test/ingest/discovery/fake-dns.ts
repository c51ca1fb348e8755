import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import packet from 'dns-packet'

/**
 * A DNS server on loopback. `answers` by `TYPE name`, changeable while it runs; a name that is not there is
 * NXDOMAIN; `isDown`: it refuses to say.
 */
export interface FakeDns {
  address: string
  answers: Map<string, readonly packet.Answer[]>
  isDown: boolean
}

const NXDOMAIN = 3
const SERVFAIL = 2

export async function openFakeDns(t: TestContext): Promise<FakeDns> {
  const socket = createSocket('udp4')
  const dns: FakeDns = { address: '', answers: new Map(), isDown: false }
  socket.on('message', (message, { address, port }) => {
    const { id, questions = [] } = packet.decode(message)
    const answers = questions.flatMap(({ type, name }) => dns.answers.get(`${type} ${name}`) ?? [])
    const isKnown = questions.some(({ name }) => [...dns.answers.keys()].some(key => key.endsWith(` ${name}`)))
    const flags = dns.isDown ? SERVFAIL : isKnown ? 0 : NXDOMAIN
    socket.send(packet.encode({ type: 'response', id: id ?? 0, flags, questions, answers: dns.isDown ? [] : answers }), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.after(() => socket.close())
  dns.address = `127.0.0.1:${socket.address().port}`
  return dns
}
