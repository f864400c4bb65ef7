/** Masks over the picture. Otherwise a click selects; while correcting it drops, adds, or draws a box. */
import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { add, type Added, corrections, toggleDropped } from '../state/corrections.js';
import type { Run } from '../state/run.js';
import { hovered, selected } from '../state/view.js';
import { createMaskMap, drawMasks, maskAt } from './mask-map.js';
import { cssColorOf, indexOfId, isNamed, nameOf } from './palette.js';

const NONE: ReadonlySet<number> = new Set();
/** Shares of the picture's width; a shorter drag is a click. */
const SMALLEST_BOX = 0.02;

interface Place {
  /** Shares of width and height, 0 to 1. */
  x: number;
  y: number;
}

export function MaskLayer({ run, width, height }: { run: Run; width: number; height: number }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const map = useComputed(() => createMaskMap(run.segments.value.map(({ mask }) => mask)));
  const from = useSignal<Place | undefined>(undefined);
  const to = useSignal<Place | undefined>(undefined);
  const isCorrecting = corrections.value !== undefined;

  useSignalEffect(() => {
    const masks = map.value;
    const context = canvas.current?.getContext('2d');
    if (!masks || !context) return;
    const { canvas: target } = context;
    if (target.width !== masks.width) target.width = masks.width;
    if (target.height !== masks.height) target.height = masks.height;
    const marked = hovered.value ?? selected.value;
    const emphasised = marked === undefined ? undefined : indexOfId(marked);
    context.putImageData(drawMasks(masks, { emphasised, dropped: corrections.value?.dropped ?? NONE }), 0, 0);
  });

  const place = (event: PointerEvent): Place => {
    const box = canvas.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
    const share = (value: number): number => Math.min(1, Math.max(0, value));
    return { x: share((event.clientX - box.left) / box.width), y: share((event.clientY - box.top) / box.height) };
  };
  const idAt = ({ x, y }: Place): string | undefined => {
    const index = map.value && maskAt(map.value, x, y);
    return index === undefined ? undefined : `object-${index + 1}`;
  };
  const finish = (event: PointerEvent): void => {
    const [start, end] = [from.value, place(event)];
    from.value = to.value = undefined;
    if (!start) return;
    const id = idAt(start);
    if (!isCorrecting) selected.value = id;
    else if (Math.abs(end.x - start.x) > SMALLEST_BOX || Math.abs(end.y - start.y) > SMALLEST_BOX) {
      add(boxOf(start, end, width, height));
    } else if (id !== undefined && !event.shiftKey) toggleDropped(indexOfId(id));
    else add({ kind: 'point', x: start.x * width, y: start.y * height });
  };

  return (
    <div
      class="mask-layer"
      data-correcting={isCorrecting}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        from.value = place(event);
      }}
      onPointerMove={(event) => {
        if (from.value && isCorrecting) to.value = place(event);
        else hovered.value = idAt(place(event));
      }}
      onPointerUp={finish}
      onPointerCancel={() => (from.value = to.value = undefined)}
      onPointerLeave={() => (hovered.value = undefined)}
    >
      <canvas
        ref={canvas}
        role="img"
        aria-label={`${run.segments.value.length} masks`}
        data-masks={run.segments.value.length}
      />
      {map.value?.middles.map(
        (middle, index) =>
          middle && (
            <span
              key={index}
              class="mask-name"
              data-dropped={corrections.value?.dropped.has(index) === true}
              data-marked={indexOfId(selected.value ?? 'object-0') === index && selected.value !== undefined}
              style={{ ...tagAt(middle), '--color': cssColorOf(index) }}
            >
              {nameOfSegment(run, index)}
            </span>
          ),
      )}
      {corrections.value?.added.map((added, index) => (
        <Marker key={index} added={added} width={width} height={height} />
      ))}
      {from.value && to.value && (
        <Marker added={boxOf(from.value, to.value, width, height)} width={width} height={height} />
      )}
    </div>
  );
}

/** As it is called by now, which may be another name than the one it was found by. */
function nameOfSegment({ scene, segments }: Run, index: number): string {
  const id = `object-${index + 1}`;
  const object = scene.value?.objects.find((other) => other.id === id);
  const label = object?.label ?? segments.value[index]?.label ?? '';
  return isNamed(label) ? nameOf({ id, label }) : String(index + 1);
}

/** Over the middle of a mask; at an edge of the picture the tag lies within it. */
function tagAt({ x, y }: Place): { left: string; top: string; translate: string } {
  return { left: `${100 * x}%`, top: `${100 * y}%`, translate: `${-100 * x}% ${-100 * y}%` };
}

function boxOf(a: Place, b: Place, width: number, height: number): Extract<Added, { kind: 'box' }> {
  const [x0, x1] = [Math.min(a.x, b.x) * width, Math.max(a.x, b.x) * width];
  const [y0, y1] = [Math.min(a.y, b.y) * height, Math.max(a.y, b.y) * height];
  return { kind: 'box', x0, y0, x1, y1 };
}

function Marker({ added, width, height }: { added: Added; width: number; height: number }): JSX.Element | null {
  const percent = (value: number, whole: number): string => `${(100 * value) / whole}%`;
  switch (added.kind) {
    case 'point':
      return <i class="mark-point" style={{ left: percent(added.x, width), top: percent(added.y, height) }} />;
    case 'box':
      return (
        <i
          class="mark-box"
          style={{
            left: percent(added.x0, width),
            top: percent(added.y0, height),
            width: percent(added.x1 - added.x0, width),
            height: percent(added.y1 - added.y0, height),
          }}
        />
      );
    case 'words':
      return null;
  }
}
