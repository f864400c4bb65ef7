/** The column of details: objects, report, export. */
import type { JSX } from 'preact';
import type { Run } from '../state/run.js';
import { type Panel, panel, PANELS } from '../state/view.js';
import { ExportPanel } from './export-panel.js';
import { ObjectsPanel } from './objects-panel.js';
import { ReportPanel } from './report-panel.js';

const TITLES: Readonly<Record<Panel, string>> = { objects: 'Objects', report: 'Report', export: 'Export' };

export function Details({ run }: { run: Run }): JSX.Element {
  const active = panel.value;
  return (
    <aside class="pane details" aria-label="Details">
      <div class="tab-list" role="tablist" aria-label="Details">
        {PANELS.map((name) => (
          <button
            type="button"
            role="tab"
            key={name}
            id={`tab-${name}`}
            aria-selected={name === active}
            aria-controls="tab-panel"
            tabIndex={name === active ? 0 : -1}
            onClick={() => (panel.value = name)}
            onKeyDown={(event) => {
              const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
              if (step === 0) return;
              event.stopPropagation();
              panel.value = PANELS[(PANELS.indexOf(active) + step + PANELS.length) % PANELS.length];
              document.getElementById(`tab-${panel.value}`)?.focus();
            }}
          >
            {TITLES[name]}
          </button>
        ))}
      </div>
      <div class="tab-panel" id="tab-panel" role="tabpanel" aria-labelledby={`tab-${active}`}>
        {active === 'objects' && <ObjectsPanel run={run} />}
        {active === 'report' && <ReportPanel run={run} />}
        {active === 'export' && <ExportPanel run={run} />}
      </div>
    </aside>
  );
}
