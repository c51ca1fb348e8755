import type { GatewaySignal } from '../../gateway-sample.ts'
import { buildSeriesReader } from '../engines/series-reader.ts'
import { agentgateway } from './agentgateway.ts'
import { dynamoGateway } from './dynamo-frontend.ts'
import { envoyAiGateway } from './envoy-ai-gateway.ts'
import type { GatewayTable } from './gateway-table.ts'
import { higress } from './higress.ts'
import { kong } from './kong.ts'
import { litellm } from './litellm.ts'
import { picker } from './pickers.ts'

/** Every gateway and endpoint picker whose own metrics Weir reads. */
export const gatewayTables: readonly GatewayTable[] = [picker, dynamoGateway, envoyAiGateway, agentgateway, litellm, kong, higress]

/** What reads their series. */
export const gatewayReaders = gatewayTables.map(table => buildSeriesReader<GatewaySignal, GatewayTable>(table))
