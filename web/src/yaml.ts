import { LineCounter, isMap, isSeq, parseDocument, stringify, type Node } from 'yaml';

export interface YamlText { lines: string[]; /** first and last line of the field that matters, from 0; null for none */ marked: [number, number] | null }

/** An object as people write it, with a field marked. */
export function yamlOf(value: unknown, field: string | null = null): YamlText {
  const text = stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
  return { lines: text.trimEnd().split('\n'), marked: field ? find(text, field) : null };
}

/** Lines of a field, or of the nearest one around it. */
function find(text: string, field: string): [number, number] | null {
  const counter = new LineCounter();
  let at: Node | null = parseDocument(text, { lineCounter: counter }).contents;
  let found: [number, number] | null = null;
  for (const step of field.replace(/\[(\d+)\]/g, '.$1').split('.')) {
    if (isMap(at)) {
      const pair = at.items.find(i => String(i.key) === step);
      if (!pair) return found;
      const key = pair.key as Node, value = pair.value as Node | null;
      at = value;
      found = [counter.linePos(key.range![0]).line - 1, endOf(counter, value ?? key)];
    } else if (isSeq(at) && at.items[Number(step)]) {
      at = at.items[Number(step)] as Node;
      found = [counter.linePos(at.range![0]).line - 1, endOf(counter, at)];
    } else return found;
  }
  return found;
}

const endOf = (counter: LineCounter, node: Node) => counter.linePos(Math.max(node.range![0], node.range![1] - 1)).line - 1;
