/**
 * A graph to try an execution provider with, `c = a b` for two square matrices, written as the protobuf of
 * ONNX (onnx.proto: ModelProto, GraphProto, NodeProto, ValueInfoProto).
 */
export const PROBE_SIDE = 256;

const FLOAT = 1;

export function probeGraph(): Uint8Array {
  const dimension = bytes(1, varint(1, PROBE_SIDE));
  const shape = bytes(2, [...dimension, ...dimension]);
  const type = bytes(2, bytes(1, [...varint(1, FLOAT), ...shape]));
  const value = (name: string): number[] => [...text(1, name), ...type];
  const node = [...text(1, 'a'), ...text(1, 'b'), ...text(2, 'c'), ...text(4, 'MatMul')];
  const graph = [
    ...bytes(1, node),
    ...text(2, 'probe'),
    ...bytes(11, value('a')),
    ...bytes(11, value('b')),
    ...bytes(12, value('c')),
  ];
  const opset = varint(2, 13);
  return Uint8Array.from([...varint(1, 8), ...bytes(7, graph), ...bytes(8, opset)]);
}

function number(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...number(value >>> 7)];
}

function varint(field: number, value: number): number[] {
  return [...number(field << 3), ...number(value)];
}

function bytes(field: number, value: readonly number[]): number[] {
  return [...number((field << 3) | 2), ...number(value.length), ...value];
}

function text(field: number, value: string): number[] {
  return bytes(field, [...new TextEncoder().encode(value)]);
}
