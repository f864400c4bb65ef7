/** The depth map over the picture, with its scale. */
import { useComputed } from '@preact/signals';
import type { Scale } from '@scenemaker/sdk';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { DepthPreview } from '../state/run.js';
import { roundForReading } from '../ui/controls.js';
import { drawDepth } from './depth-map.js';

export function DepthLayer({ depth, scale }: { depth: DepthPreview; scale: Scale | undefined }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawn = useComputed(() => drawDepth(depth.depth, depth.width, depth.height));
  useEffect(() => canvas.current?.getContext('2d')?.putImageData(drawn.value.image, 0, 0), [drawn.value]);
  const { near, far } = drawn.value;
  // Without a measured scale the map has a shape, but no unit.
  const unit = scale?.measured === true ? ' m' : '';
  return (
    <>
      <canvas ref={canvas} class="depth" width={depth.width} height={depth.height} role="img" aria-label="Depth map" />
      <p class="depth-scale">
        <span>{`${roundForReading(far)}${unit}`}</span>
        <i />
        <span>{`${roundForReading(near)}${unit}`}</span>
        <small>{scale?.measured === true ? '' : 'relative'}</small>
      </p>
    </>
  );
}
