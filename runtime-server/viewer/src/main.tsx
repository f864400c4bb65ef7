import '@fontsource-variable/inter/wght.css';
import './style/tokens.css';
import './style/base.css';
import './style/controls.css';
import './style/start.css';
import './style/workbench.css';
import './style/panels.css';
import { render } from 'preact';
import { App } from './app.js';
import { open } from './state/runs.js';
import { awaitServer } from './state/server.js';

const asked = new URLSearchParams(location.hash.slice(1)).get('job');
const root = document.querySelector('#app');
if (root) render(<App />, root);
void awaitServer().then(() => (asked === null ? undefined : open(asked)));
