/** The connection to the server that this page came from. */
import { signal } from '@preact/signals';
import {
  connect,
  type ConnectionState,
  type JobSummary,
  type SceneMakerClient,
  SceneMakerError,
} from '@scenemaker/sdk';

export type Connection = 'connecting' | 'ready' | 'needs-token' | 'lost';

export const connection = signal<Connection>('connecting');
export const client = signal<SceneMakerClient | undefined>(undefined);
/** Newest first. */
export const jobs = signal<readonly JobSummary[]>([]);

/** A server that does not answer yet is asked again after so long. */
const RETRY_MILLISECONDS = 3000;

const CLIENT_ID = 'scenemaker-client';
const TOKEN = 'scenemaker-token';

let opening: Promise<SceneMakerClient> | undefined;

/** The one client of this page. Errors: connection-lost; unauthorized, which `connection` says, too. */
export async function openServer(): Promise<SceneMakerClient> {
  // One whose connection is lost tries again, and then says what it was told meanwhile.
  return client.value ?? (opening ??= openClient().finally(() => (opening = undefined)));
}

async function openClient(): Promise<SceneMakerClient> {
  if (connection.value !== 'lost') connection.value = 'connecting';
  const token = readToken();
  try {
    client.value = await connect(serverUrl(), {
      client: 'scenemaker-viewer',
      clientId: ownId(),
      ...(token !== null && { token }),
      reconnectAttempts: Infinity,
      onConnection: follow,
    });
    connection.value = 'ready';
    return client.value;
  } catch (thrown) {
    const error = SceneMakerError.from(thrown);
    connection.value = error.code === 'unauthorized' ? 'needs-token' : 'lost';
    throw error;
  }
}

function follow(state: ConnectionState): void {
  connection.value = state === 'back' ? 'ready' : 'lost';
  if (state !== 'ended') return;
  client.value = undefined;
  void awaitServer();
}

/** The same, again and again until the server answers, or asks for a token. */
export async function awaitServer(): Promise<void> {
  while (!client.value && connection.value !== 'needs-token') {
    await openServer().catch(() => new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS)));
  }
}

/** Kept until the tab is closed. Errors as `openServer`. */
export async function giveToken(token: string): Promise<void> {
  sessionStorage.setItem(TOKEN, token);
  await openServer();
}

/** Asks for the jobs anew; those known stay while the server does not answer. */
export async function refreshJobs(): Promise<void> {
  try {
    const listed = await (await openServer()).list();
    jobs.value = listed.sort((a, b) => b.createdAt - a.createdAt);
  } catch {
    // `connection` says why; the list is asked for again.
  }
}

function serverUrl(): string {
  const url = new URL('.', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.hash = '';
  url.search = '';
  return url.href;
}

/** Given in the address as `#token=…`, from which it is taken out at once, or typed in before. */
function readToken(): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get('token');
  if (given !== null) {
    sessionStorage.setItem(TOKEN, given);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem(TOKEN);
}

/** The same on every visit, so that jobs are found again. */
function ownId(): string {
  const known = localStorage.getItem(CLIENT_ID);
  if (known !== null) return known;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const fresh = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  localStorage.setItem(CLIENT_ID, fresh);
  return fresh;
}
