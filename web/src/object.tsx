import { useState } from 'preact/hooks';
import type { Kube } from './kube';
import { yamlOf } from './yaml';

/** "networkpolicy/default/redis-closed" as kind and name. */
export function ObjectName({ name }: { name: string }) {
  const [kind = '', ...rest] = name.split(' ')[0]!.split('/');
  return rest.length === 0 ? <span class="object"><b>{name === 'host' ? 'this machine' : name}</b></span>
    : <span class="object"><small>{kind.toLowerCase()}</small> <b>{rest.at(-1)}</b>{rest.length > 1 && <small> in {rest[0]}</small>}</span>;
}

/** YAML with the field that matters marked; long objects show what is around it first. */
export function YamlBlock({ value, field = null, short = false, copy = false }: { value: unknown; field?: string | null; short?: boolean; copy?: boolean }) {
  const [all, setAll] = useState(false);
  const { lines, marked } = yamlOf(short && !all ? told(value, field) : value, field);
  const [first, last] = all || !short ? [0, lines.length - 1] : marked ? [Math.max(0, marked[0] - 2), Math.min(lines.length - 1, Math.min(marked[1], marked[0] + 14) + 2)] : [0, Math.min(lines.length - 1, 11)];
  return (
    <div class="yaml">
      {copy && <CopyButton text={lines.join('\n')} />}
      <pre tabindex={0}>{lines.slice(first, last + 1).map((l, i) => <span class={marked && first + i >= marked[0] && first + i <= marked[1] ? 'line marked' : 'line'}>{l || ' '}{'\n'}</span>)}</pre>
      {short && !all && <button class="more" onClick={() => setAll(true)}>whole object</button>}
    </div>
  );
}

/** Without what the server keeps for itself, and without the status where the field is not in it. */
function told(value: unknown, field: string | null): unknown {
  const { status, ...object } = value as Kube;
  const { uid: _uid, creationTimestamp: _created, resourceVersion: _version, generation: _generation, annotations, ...metadata } = object.metadata as Record<string, any>;
  return { ...object, metadata: { ...metadata, ...Object.keys(annotations ?? {}).length > 0 && { annotations } }, ...field?.startsWith('status') && { status } };
}

export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => { await navigator.clipboard.writeText(text); setDone(true); setTimeout(() => setDone(false), 1500); };
  return <button class="copy" onClick={copy}>{done ? 'Copied' : label}</button>;
}
