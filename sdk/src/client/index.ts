export {
  connect,
  CONNECT_DEFAULTS,
  type ConnectionState,
  type ConnectOptions,
  type GenerateCallOptions,
  type SceneMakerClient,
} from './client.js';
export type { GenerationJob } from './job.js';
export type { SocketConstructor } from './socket.js';
