/** What this browser asked for, so that a job found again has its picture. The newest are kept. */
import type { GenerateRequest } from '@scenemaker/sdk';

export interface KeptRequest {
  jobId: string;
  name: string;
  request: GenerateRequest;
  createdAt: number;
}

const KEPT = 24;
const STORE = 'requests';

export async function keepRequest(kept: KeptRequest): Promise<void> {
  const store = await openStore('readwrite');
  await finish(store.put(kept));
  const keys = await finish(store.index('createdAt').getAllKeys());
  await Promise.all(keys.slice(0, Math.max(0, keys.length - KEPT)).map((key) => finish(store.delete(key))));
}

export async function findRequest(jobId: string): Promise<KeptRequest | undefined> {
  const store = await openStore('readonly');
  return finish(store.get(jobId) as IDBRequest<KeptRequest | undefined>);
}

function openStore(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const opening = indexedDB.open('scenemaker', 1);
  opening.addEventListener('upgradeneeded', () => {
    opening.result.createObjectStore(STORE, { keyPath: 'jobId' }).createIndex('createdAt', 'createdAt');
  });
  return finish(opening).then((database) => {
    const transaction = database.transaction(STORE, mode);
    transaction.addEventListener('complete', () => database.close());
    return transaction.objectStore(STORE);
  });
}

function finish<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('the browser keeps nothing')));
  });
}
