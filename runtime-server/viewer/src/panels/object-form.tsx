/** One object: what it is, what it weighs, and what it looked like before and after what hid it was filled in. */
import { SceneMakerError, type SceneObject, type Sourced } from '@scenemaker/sdk';
import { MATERIALS } from '@scenemaker/sdk/physics';
import type { JSX } from 'preact';
import { isNamed, nameOf } from '../picture/palette.js';
import { command } from '../state/commands.js';
import { changeObject, dropObject } from '../state/edit-scene.js';
import type { ObjectEdits } from '../state/edit-object.js';
import type { Run } from '../state/run.js';
import { Button, NumberField } from '../ui/controls.js';
import { degrees, length, percent } from '../ui/measures.js';
import { useSignal } from '@preact/signals';
import { Notice } from '../ui/notice.js';

const NAMES = Object.keys(MATERIALS);

export function ObjectForm({ run, object }: { run: Run; object: SceneObject }): JSX.Element {
  const problem = useSignal<SceneMakerError | undefined>(undefined);
  const { properties, pose, scores } = object;
  const isBusy = run.phase.value !== 'ready';
  const change = (edits: ObjectEdits): void => {
    problem.value = undefined;
    try {
      changeObject(run, object, edits);
    } catch (thrown) {
      problem.value = SceneMakerError.from(thrown);
    }
  };
  const crop = run.crops.value.get(object.id);
  const report = run.scene.value?.physics?.objects.find(({ id }) => id === object.id);
  const support = run.scene.value?.objects.find(({ id }) => id === object.restsOn);
  return (
    <section class="object" aria-label={nameOf(object)}>
      {crop && (
        <div class="crops">
          <figure>
            <img src={crop.before} alt={`${nameOf(object)}, visible pixels`} />
            <figcaption>Seen, {percent(object.visibleFraction)}</figcaption>
          </figure>
          <figure>
            <img src={crop.after} alt={`${nameOf(object)}, whole`} />
            <figcaption>Filled in</figcaption>
          </figure>
        </div>
      )}
      <label class="field">
        <span>Name</span>
        <input
          type="text"
          maxLength={200}
          value={isNamed(object.label) ? object.label : ''}
          placeholder={nameOf(object)}
          disabled={isBusy}
          onChange={({ currentTarget }) => change({ label: currentTarget.value.trim() || 'object' })}
        />
      </label>
      <label class="field">
        <span>Material</span>
        <select
          value={properties.material.value}
          disabled={isBusy}
          onChange={({ currentTarget }) => change({ material: currentTarget.value })}
        >
          {(NAMES.includes(properties.material.value) ? NAMES : [properties.material.value, ...NAMES]).map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <NumberField
        label="Longest side"
        unit="cm"
        value={100 * pose.size}
        min={0.1}
        max={5000}
        disabled={isBusy}
        onChange={(value) => change({ sizeMeters: value / 100 })}
      />
      <NumberField
        label="Mass"
        unit="kg"
        value={properties.massKg.value}
        min={1e-4}
        max={1e5}
        disabled={isBusy}
        onChange={(massKg) => change({ massKg })}
      />
      <NumberField
        label="Friction"
        unit=""
        value={properties.friction.value}
        min={0}
        max={100}
        disabled={isBusy}
        onChange={(friction) => change({ friction })}
      />
      <p class="muted small">
        Mass {origin(properties.massKg)}, friction {origin(properties.friction)}. A new size settles the scene again.
      </p>
      {problem.value && <Notice error={problem.value} />}
      <div class="row">
        <Button icon="push" disabled={isBusy} onClick={() => command({ kind: 'push', id: object.id })}>
          Push
        </Button>
        <Button icon="trash" kind="danger" disabled={isBusy} onClick={() => dropObject(run, object.id)}>
          Remove
        </Button>
      </div>
      <dl class="facts">
        <dt>Rests on</dt>
        <dd>{object.restsOn === null ? '—' : support ? nameOf(support) : 'the ground'}</dd>
        {report && (
          <>
            <dt>Physics moved it</dt>
            <dd>
              {length(report.movedMeters + report.settleMovedMeters)},{' '}
              {degrees(report.turnedRadians + report.settleTurnedRadians)}
            </dd>
            <dt>Stands still</dt>
            <dd>{report.stable ? 'yes' : 'no'}</dd>
          </>
        )}
        <dt>Confidence</dt>
        <dd>
          mask {percent(scores.mask)}, shape {percent(scores.shape)}, pose {percent(scores.pose)}
        </dd>
        <dt>Colliders</dt>
        <dd>{object.colliders.length === 0 ? '—' : countKinds(object)}</dd>
      </dl>
      {report?.reason && <p class="muted small">{report.reason}.</p>}
    </section>
  );
}

function origin({ source }: Sourced<unknown>): string {
  switch (source) {
    case 'given':
      return 'as you gave it';
    case 'measured':
      return 'measured';
    case 'computed':
      return 'computed from size and material';
    case 'material':
      return 'of the material';
    case 'default':
      return 'guessed';
  }
}

/** `2 hulls, 1 box`. */
function countKinds({ colliders }: SceneObject): string {
  const counts = new Map<string, number>();
  for (const { kind } of colliders) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return Array.from(counts, ([kind, count]) => `${count} ${plural(kind, count)}`).join(', ');
}

function plural(kind: string, count: number): string {
  if (count === 1) return kind;
  return kind === 'box' ? 'boxes' : `${kind}s`;
}
