/** Asks for the token that the server demands. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { giveToken } from '../state/server.js';

export function TokenForm(): JSX.Element {
  const token = useSignal('');
  const isWrong = useSignal(false);
  return (
    <form
      class="token"
      onSubmit={(event) => {
        event.preventDefault();
        giveToken(token.value).catch(() => (isWrong.value = true));
      }}
    >
      <h2>This server asks for a token</h2>
      <p class="muted">It is the one that the server was started with. It is kept until you close this tab.</p>
      <label class="field">
        <span>Token</span>
        <input
          type="password"
          autocomplete="current-password"
          required
          value={token.value}
          onInput={({ currentTarget }) => (token.value = currentTarget.value)}
        />
      </label>
      {isWrong.value && <p role="alert">The server does not take this token.</p>}
      <button type="submit" class="button primary">
        Connect
      </button>
    </form>
  );
}
