/** What physics did to the scene, and whether it stays as it is. */
import type { PhysicsReport, SceneDescription, Scale } from '@scenemaker/sdk';
import type { JSX } from 'preact';
import { cssColorOf, indexOfId, nameOf } from '../picture/palette.js';
import { isWaiting, type Run } from '../state/run.js';
import { selected } from '../state/view.js';
import { degrees, length, percent, seconds } from '../ui/measures.js';
import { SupportTree } from './support-tree.js';

const VERDICTS: Readonly<Record<PhysicsReport['verdict'], string>> = {
  stable: 'Everything stands still',
  unstable: 'Not everything stands still',
  empty: 'Nothing to settle',
};

export function ReportPanel({ run }: { run: Run }): JSX.Element {
  const scene = run.scene.value;
  const report = scene?.physics;
  if (!scene || !report) {
    return (
      <p class="empty">
        {isWaiting(run) ? 'The report comes with the settled scene.' : 'There is no scene to report on.'}
      </p>
    );
  }
  return (
    <div class="report">
      <p class="verdict" data-verdict={report.verdict}>
        {VERDICTS[report.verdict]}
      </p>
      {report.reason && <p class="muted small">{capital(report.reason)}.</p>}
      <table>
        <Columns names={['Physics', 'before', 'after']} />
        <tbody>
          <tr>
            <th scope="row">Deepest overlap</th>
            <td>{length(report.before.penetrationMeters)}</td>
            <td>{length(report.after.penetrationMeters)}</td>
          </tr>
          {report.before.silhouetteIou !== undefined && report.after.silhouetteIou !== undefined && (
            <tr>
              <th scope="row">Silhouettes that fit</th>
              <td>{percent(report.before.silhouetteIou)}</td>
              <td>{percent(report.after.silhouetteIou)}</td>
            </tr>
          )}
        </tbody>
      </table>
      <h3>What rests on what</h3>
      <SupportTree scene={scene} />
      <h3>Objects</h3>
      <table>
        <Columns names={['Object', 'moved', 'turned', 'fit']} />
        <tbody>
          {scene.objects.map((object) => {
            const row = report.objects.find(({ id }) => id === object.id);
            return (
              <tr
                key={object.id}
                data-selected={object.id === selected.value}
                onClick={() => (selected.value = object.id)}
              >
                <th scope="row">
                  <i class="dot" style={{ background: cssColorOf(indexOfId(object.id)) }} /> {nameOf(object)}
                  {row && !row.stable && <em title={row.reason}> falls</em>}
                </th>
                <td>{row ? length(row.movedMeters + row.settleMovedMeters) : '—'}</td>
                <td>{row ? degrees(row.turnedRadians + row.settleTurnedRadians) : '—'}</td>
                <td>{row?.silhouetteIouAfter === undefined ? '—' : percent(row.silhouetteIouAfter)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <h3>How it was made</h3>
      <Origin scene={scene} report={report} />
    </div>
  );
}

function Columns({ names }: { names: readonly string[] }): JSX.Element {
  return (
    <thead>
      <tr>
        {names.map((name) => (
          <th key={name} scope="col">
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Origin({ scene, report }: { scene: SceneDescription; report: PhysicsReport }): JSX.Element {
  const { provenance, scale } = scene;
  const models = Object.values(provenance.seconds).reduce((sum, value) => sum + value, 0);
  const physics = Object.values(report.seconds).reduce((sum, value) => sum + value, 0);
  return (
    <dl class="facts">
      <dt>Scale</dt>
      <dd>{scaleInWords(scale)}</dd>
      <dt>Models</dt>
      <dd>
        {provenance.pack} on {provenance.executionProvider}, {seconds(models)}
      </dd>
      <dt>Physics</dt>
      <dd>
        {report.engine}, {seconds(physics)}
      </dd>
      <dt>Seed</dt>
      <dd>{provenance.seed}</dd>
    </dl>
  );
}

function scaleInWords({ source }: Scale): string {
  switch (source) {
    case 'depth':
      return 'metres, from the depth map';
    case 'known-size':
      return 'metres, from a known size';
    case 'camera-height':
      return 'metres, from the height of the camera';
    case 'estimated':
      return 'estimated: take metres as a guess';
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
