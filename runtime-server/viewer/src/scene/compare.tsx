/** The picture over the scene seen from the same place, up to a divide that can be moved. */
import type { JSX } from 'preact';
import type { ShownPicture } from '../state/run.js';
import { compareAt } from '../state/view.js';

export function Compare({ picture }: { picture: ShownPicture }): JSX.Element {
  const share = `${100 * compareAt.value}%`;
  return (
    <div class="compare" style={{ '--at': share, '--ratio': picture.width / picture.height }}>
      <img src={picture.url} alt="The picture that the scene was made from" />
      <input
        type="range"
        min="0"
        max="100"
        step="0.5"
        value={100 * compareAt.value}
        aria-label="Divide between picture and scene"
        onInput={({ currentTarget }) => (compareAt.value = currentTarget.valueAsNumber / 100)}
      />
      <div class="compare-marks">
        <span class="tag">Picture</span>
        <span class="tag">Scene</span>
        <i class="knob" />
      </div>
    </div>
  );
}
