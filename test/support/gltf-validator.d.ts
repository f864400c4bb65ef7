declare module 'gltf-validator' {
  export interface ValidationReport {
    issues: {
      numErrors: number;
      numWarnings: number;
      /** `severity`: 0 error, 1 warning, 2 information, 3 hint. */
      messages: { code: string; message: string; severity: number; pointer?: string }[];
    };
    info: { totalTriangleCount: number };
  }
  export function validateBytes(bytes: Uint8Array): Promise<ValidationReport>;
}
