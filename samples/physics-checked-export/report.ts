/** The page that shows what was made of a folder of pictures. */
import type { SceneDescription } from '@scenemaker/sdk';
import type { SceneVerdict } from '@scenemaker/sdk/physics';

/** A picture that became a scene, judged by several engines, or why it did not. */
export type Checked =
  | { name: string; folder: string; scene: SceneDescription; verdicts: SceneVerdict[] }
  | { name: string; problem: string };

const FILES = {
  GLB: 'glb/scene.glb',
  MJCF: 'mjcf/scene.xml',
  URDF: 'urdf/scene.urdf',
  SDFormat: 'sdf/scene.sdf',
  USD: 'usda/scene.usda',
  USDZ: 'usdz/scene.usdz',
};

const STYLE = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }
  section { border-top: 1px solid #8885; padding: 1rem 0; }
  figure { display: grid; grid-template-columns: repeat(3, 1fr); gap: 8px; margin: 0 0 1rem; }
  img { width: 100%; aspect-ratio: 4 / 3; object-fit: contain; background: #8882; border-radius: 6px; }
  table { border-collapse: collapse; width: 100%; }
  @media (max-width: 700px) { figure { grid-template-columns: 1fr; } table { display: block; overflow-x: auto; } }
  th, td { text-align: right; padding: 2px 10px; border-bottom: 1px solid #8883; font-weight: normal; }
  th:first-child, td:first-child { text-align: left; }
  th { opacity: 0.7; }
  .good { color: light-dark(#16703a, #59c98a); }
  .bad { color: light-dark(#b3261e, #ff8a80); }
  nav a { margin-right: 1rem; }
`;

const escape = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const millimetres = (meters: number): string => (1000 * meters).toFixed(1);

export function reportPage(checked: readonly Checked[]): string {
  const scenes = checked.filter((entry) => 'scene' in entry);
  const objects = scenes.flatMap(({ verdicts }) => verdicts.map((verdict) => verdict.objects));
  const count = objects.flat().filter(({ stable }) => stable).length;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Checked scenes</title>
<style>${STYLE}</style>
<h1>${scenes.length} of ${checked.length} pictures became scenes</h1>
<p>Stable is what moves less than 1 cm, turns less than 3 degrees in 5 s and overlaps nothing by more than 1 mm:
${count} of ${objects.flat().length} verdicts on objects. Havok settled the scenes; MuJoCo had no part in them.</p>
${checked.map((entry) => ('scene' in entry ? sceneSection(entry) : problemSection(entry))).join('\n')}
</html>
`;
}

const problemSection = ({ name, problem }: { name: string; problem: string }): string =>
  `<section><h2>${escape(name)}</h2><p class="bad">${escape(problem)}</p></section>`;

function sceneSection({ name, folder, scene, verdicts }: Extract<Checked, { scene: unknown }>): string {
  const at = encodeURIComponent(folder);
  const links = Object.entries(FILES).map(([title, path]) => `<a href="${at}/${path}">${title}</a>`);
  const verdictOf = ({ engine, verdict }: SceneVerdict): string =>
    `<span class="${verdict === 'unstable' ? 'bad' : 'good'}">${verdict}</span> by ${engine}`;
  const heads = ['object', 'size cm', 'mass kg', 'rests on', 'overlap mm']
    .concat(verdicts.map(({ engine }) => `moved mm, ${engine}`))
    .map((head) => `<th>${head}</th>`);
  return `<section>
<h2>${escape(name)}</h2>
<p>${verdicts.map(verdictOf).join(', ')}. Metres are ${scene.scale.measured ? 'measured' : 'estimated'}.</p>
<figure>
${['picture', 'scene', 'side'].map((view) => `<img src="${at}/${view}.jpg" alt="${view}">`).join('\n')}
</figure>
<table><tr>${heads.join('')}</tr>
${scene.objects.map((_, i) => objectRow(scene, verdicts, i)).join('\n')}
</table>
<nav><p>${links.join('')}</p></nav>
</section>`;
}

function objectRow({ objects }: SceneDescription, verdicts: readonly SceneVerdict[], i: number): string {
  const { id, label, pose, properties, restsOn } = objects[i];
  const judged = verdicts.map((verdict) => verdict.objects[i]);
  const cells = [
    (100 * pose.size).toFixed(1),
    properties.massKg.value.toFixed(2),
    escape(restsOn ?? 'nothing'),
    millimetres(judged[0].penetrationMeters),
  ].map((text) => `<td>${text}</td>`);
  const moves = judged.map(
    ({ stable, movedMeters, reason }) =>
      `<td class="${stable ? 'good' : 'bad'}" title="${escape(reason)}">${millimetres(movedMeters)}</td>`,
  );
  return `<tr><td>${escape(id)} ${escape(label)}</td>${[...cells, ...moves].join('')}</tr>`;
}
