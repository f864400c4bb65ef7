/** Every format the scene can be taken away in. */
import { useSignal } from '@preact/signals';
import { SceneMakerError } from '@scenemaker/sdk';
import type { ExportFormat } from '@scenemaker/sim-adapters';
import type { JSX } from 'preact';
import { isWaiting, type Run } from '../state/run.js';
import { Icon } from '../ui/icons.js';
import { Notice } from '../ui/notice.js';
import { exportFile } from '../work/work.js';

const FORMATS: Readonly<Record<ExportFormat, { name: string; use: string; file: string }>> = {
  glb: { name: 'glTF binary', use: 'Any 3D viewer, Blender, Unity, Godot; physics included', file: '.glb' },
  mjcf: { name: 'MJCF', use: 'MuJoCo', file: '.zip' },
  urdf: { name: 'URDF', use: 'ROS, PyBullet, Drake', file: '.zip' },
  sdf: { name: 'SDFormat', use: 'Gazebo, Drake', file: '.zip' },
  usda: { name: 'USD, text', use: 'Isaac Sim, Omniverse, Blender', file: '.zip' },
  usdz: { name: 'USD, packed', use: 'One file, also for Quick Look', file: '.usdz' },
};
const NAMES = Object.keys(FORMATS) as ExportFormat[];

export function ExportPanel({ run }: { run: Run }): JSX.Element {
  const working = useSignal<ExportFormat | undefined>(undefined);
  const problem = useSignal<SceneMakerError | undefined>(undefined);
  const scene = run.scene.value;
  if (!scene) {
    return (
      <p class="empty">
        {isWaiting(run) ? 'Formats are offered once the scene has settled.' : 'There is no scene to export.'}
      </p>
    );
  }
  const save = async (format: ExportFormat): Promise<void> => {
    working.value = format;
    problem.value = undefined;
    try {
      const { name, type, bytes } = await exportFile(scene, format);
      offer(new Blob([bytes], { type }), `${stem(run.name)}${name.replace(/^scene/u, '')}`);
    } catch (thrown) {
      problem.value = SceneMakerError.from(thrown);
    }
    working.value = undefined;
  };
  return (
    <>
      <p class="muted small">The settled scene, with what you changed. Metres and kilograms.</p>
      <ul class="formats">
        {NAMES.map((format) => (
          <li key={format}>
            <button
              type="button"
              data-format={format}
              disabled={working.value !== undefined || scene.objects.length === 0}
              aria-busy={working.value === format}
              onClick={() => void save(format)}
            >
              <Icon name="download" />
              <span>
                <b>{FORMATS[format].name}</b>
                <small>{FORMATS[format].use}</small>
              </span>
              <code>{FORMATS[format].file}</code>
            </button>
          </li>
        ))}
      </ul>
      {problem.value && <Notice error={problem.value} />}
      {scene.physics?.verdict === 'unstable' && (
        <p class="muted small">Some of it does not stand still; the report says what.</p>
      )}
    </>
  );
}

/** A file name from the run's: `Table top` gives `table-top`, `mug.jpg` gives `mug`. */
function stem(name: string): string {
  const plain = name.replace(/\.[a-z0-9]+$/iu, '').toLowerCase();
  return plain.replace(/[^a-z0-9]+/gu, '-').replace(/^-|-$/gu, '') || 'scene';
}

function offer(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
