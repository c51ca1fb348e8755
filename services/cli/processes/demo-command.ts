import { searchPath } from '../../platform/env.ts'
import { stopWithStarter } from '../../platform/starter.ts'
import { type Command, numberOf } from '../command.ts'

/** `weir demo`: Weir on one machine, with traffic. */
export const demoCommand: Command = {
  name: 'demo',
  does:
    'Weir on one machine, fed by a simulated platform: four gateways, two GPU pools, two providers, eight tenants. The last 30 minutes ' +
    'are filled in first; after two minutes a provider fails, its traffic falls back to a pool, the pool saturates, retries storm, and ' +
    'everything recovers.',
  seeAlso:
    'Everything it stores is in data/demo and is started afresh each time. Look at it again later with WEIR_DATA_DIR=data/demo npm start',
  subCommands: {
    '': {
      does: 'shows the figures in the terminal until Ctrl-C',
      options: {
        kafka: { does: 'through a real Kafka (Java and Maven needed) instead of the embedded log' },
        seed: { value: 'N', does: 'another course of events (default 1); the same seed gives the same' },
        scale: { value: 'N', does: 'that many times the traffic (default 1)' },
        seconds: { value: 'N', does: 'stops by itself after N seconds of live traffic' },
      },
      async run(given, { settings, now, print }) {
        const config = {
          isKafka: given.values['kafka'] === true,
          seed: numberOf(given, 'seed', 1),
          scale: numberOf(given, 'scale', 1, 0.1),
          seconds: numberOf(given, 'seconds', 0),
        }
        const { runDemo } = await import('../../demo/demo.ts')
        const stop = new AbortController()
        const end = () => {
          if (stop.signal.aborted) process.exit(1)
          print('\nstopping: what was accepted is written and settled first')
          stop.abort()
        }
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end)
        stopWithStarter(end)
        await runDemo(config, { settings, now, searchPath: searchPath(), say: print, screen: process.stdout }, stop.signal)
        return 0
      },
    },
  },
}
