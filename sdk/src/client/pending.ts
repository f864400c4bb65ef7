import { SceneMakerError } from '../protocol/index.js';

interface Waiting<T> {
  resolve: (value: T) => void;
  reject: (error: SceneMakerError) => void;
}

/** Questions that wait for their answer, by key. Several with one key share the answer. */
export class PendingReplies<T> {
  readonly #waiting = new Map<string, Waiting<T>[]>();

  /** `send` says whether the question could be sent. */
  ask(key: string, send: () => boolean): Promise<T> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(key) ?? [];
      if (waiting.length === 0 && !send()) {
        reject(new SceneMakerError('connection-lost', 'there is no connection at the moment'));
        return;
      }
      this.#waiting.set(key, [...waiting, { resolve, reject }]);
    });
  }

  resolve(key: string, value: T): void {
    for (const waiting of this.#take(key)) waiting.resolve(value);
  }

  reject(key: string, error: SceneMakerError): void {
    for (const waiting of this.#take(key)) waiting.reject(error);
  }

  rejectAll(error: SceneMakerError): void {
    for (const key of this.#waiting.keys()) this.reject(key, error);
  }

  #take(key: string): Waiting<T>[] {
    const waiting = this.#waiting.get(key) ?? [];
    this.#waiting.delete(key);
    return waiting;
  }
}
