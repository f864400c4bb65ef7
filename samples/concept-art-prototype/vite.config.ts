/** Serves the game, and a SceneMaker server for it unless SCENEMAKER_URL names one. */
import { defineConfig } from 'vite';

export default defineConfig(async ({ command }) => {
  const url = process.env['SCENEMAKER_URL'] ?? (command === 'serve' ? await startOwn() : 'ws://127.0.0.1:8787');
  return { root: import.meta.dirname, define: { SCENEMAKER_URL: JSON.stringify(url) } };
});

async function startOwn(): Promise<string> {
  const { EMBEDDED_PACK, startServer } = await import('@scenemaker/runtime-server');
  return (await startServer({ port: 0, inference: { packDir: EMBEDDED_PACK } })).url;
}
