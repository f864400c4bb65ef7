export * from './stages/stage.js';
