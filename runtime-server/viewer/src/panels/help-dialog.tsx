/** What the pointer and the keys do. */
import type { JSX } from 'preact';
import { KEYS } from '../state/keys.js';
import { Dialog } from '../ui/dialog.js';

export function HelpDialog(): JSX.Element {
  return (
    <Dialog title="Help">
      <p>
        In the scene, drag beside objects to turn it, scroll or pinch to come nearer, drag with the right button or two
        fingers to move it. <b>Drag an object to pull it</b>: physics starts by itself.
      </p>
      <table class="keys">
        <tbody>
          {KEYS.map(({ shown, does }) => (
            <tr key={shown}>
              <th scope="row">
                <kbd>{shown}</kbd>
              </th>
              <td>{does}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
