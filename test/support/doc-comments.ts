import { readFileSync } from 'node:fs';

export type Comments = Map<string, { own: string; fields: Map<string, string> }>;

/** The doc comments of exported types and of their fields, read line by line. */
function readComments(...paths: string[]): Comments {
  const comments: Comments = new Map();
  for (const path of paths) {
    let comment = '';
    let open = false;
    let fields = new Map<string, string>();
    for (const line of readFileSync(new URL(`../../sdk/src/${path}`, import.meta.url), 'utf8').split('\n')) {
      const text = line.trim();
      if (text.startsWith('/**')) [comment, open] = ['', true];
      if (open) {
        comment += ` ${text
          .replace(/^\/?\*+\/?/, '')
          .replace(/\*\/$/, '')
          .trim()}`;
        open = !text.endsWith('*/');
        continue;
      }
      const declared = /^export (?:interface|type) (\w+)/.exec(line)?.[1];
      const field = /^ {2}(\w+)\??:/.exec(line)?.[1];
      if (declared !== undefined) {
        fields = new Map();
        comments.set(declared, { own: comment.trim(), fields });
      } else if (field !== undefined && comment !== '') fields.set(field, comment.trim());
      comment = '';
    }
  }
  return comments;
}

export const COMMENTS = readComments('scene/description.ts', 'geometry/mesh.ts');
