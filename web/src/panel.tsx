import { useEffect, useState } from 'preact/hooks';
import { Cross, Tick } from './icons';
import type { Objects } from './kube';
import { YamlBlock } from './object';
import { Fold } from './explain';
import { podBy, type Scene } from './scene';
import type { Flow, Source, Station } from './source';
import type { Flows } from './flows';

/** What was chosen: its facts, its inside, its YAML. */
export function ObjectPanel({ id, scene, objects, station, onOpen }: { id: string; scene: Scene; objects: Objects; station: Station | null; onOpen: ((id: string) => void) | null }) {
  const pod = podBy(scene, id), service = scene.services.find(s => s.id === id), node = scene.nodes.find(n => n.id === id), gate = scene.gates.find(g => g.id === id);
  const object = objects.find(id);
  const group = id.startsWith('services/') ? scene.services.filter(s => s.ns === id.slice(9)) : null;
  return (
    <div class="objectpanel">
      {pod && <><h2>{pod.stem}{pod.tail && <small>{pod.tail}</small>}</h2>
        <dl><dt>namespace</dt><dd>{pod.ns}</dd><dt>state</dt><dd>{pod.says}</dd><dt>address</dt><dd><code>{pod.address || 'none yet'}</code></dd><dt>on</dt><dd>{pod.node || 'no node yet'}</dd><dt>containers</dt><dd>{pod.containers.map(c => c.name).join(', ')}</dd></dl>
        {onOpen && <button class="act" onClick={() => onOpen(id)}>Go in</button>}</>}
      {service && <><h2>{service.name}</h2>
        <dl><dt>namespace</dt><dd>{service.ns}</dd><dt>type</dt><dd>{service.type}</dd><dt>address</dt><dd><code>{service.address}</code></dd>{service.outside && <><dt>from outside</dt><dd><code>{service.outside}</code></dd></>}<dt>ports</dt><dd>{service.ports}</dd></dl>
        <h3>Endpoints</h3>{service.endpoints.length ? <ul class="plainlist">{service.endpoints.slice(0, 30).map(e => <li><span class={`tick ${e.ready ? '' : 'not'}`}>{e.ready ? <Tick size={12} /> : <Cross size={12} />}</span>{e.pod.split('/').at(-1) || e.address} <code>{e.address}</code></li>)}</ul> : <p class="none">Nobody is behind it.</p>}</>}
      {node && <><h2>{node.name}</h2><dl><dt>address</dt><dd><code>{node.address}</code></dd><dt>pods from</dt><dd><code>{node.range}</code></dd><dt>pods</dt><dd>{node.pods.length}</dd><dt>state</dt><dd>{node.ready ? 'ready' : 'not ready'}</dd></dl></>}
      {gate && <><h2>{gate.name}<small>{gate.kind}</small></h2><dl><dt>namespace</dt><dd>{gate.ns}</dd><dt>address</dt><dd><code>{gate.address || 'none yet'}</code></dd></dl><h3>Rules</h3><ul class="plainlist">{gate.rules.map(r => <li><code>{r.host}{r.path}</code> <span>{r.service.split('/')[2] ?? 'nowhere'}</span></li>)}</ul></>}
      {id === 'host' && <><h2>This machine</h2><p>Whoever asks from outside the cluster asks from here.</p></>}
      {group && <ServiceList services={group} />}
      {station && <StationPart station={station} />}
      {object && <Fold title="YAML"><YamlBlock value={object} copy /></Fold>}
      {!group && onOpen && <p class="hint">Choose who is asked, and the way from here is explained.</p>}
    </div>
  );
}

function ServiceList({ services }: { services: Scene['services'] }) {
  const [words, setWords] = useState('');
  const found = services.filter(s => s.name.includes(words));
  return <><h2>{services[0]?.ns}<small>{services.length} Services</small></h2><input class="filter" aria-label="Filter Services" placeholder="filter" value={words} onInput={e => setWords(e.currentTarget.value)} />
    <ul class="plainlist">{found.slice(0, 100).map(s => <li><b>{s.name}</b> <code>{s.address}:{s.ports}</code></li>)}</ul>{found.length > 100 && <p class="hint">and {found.length - 100} more</p>}</>;
}

function StationPart({ station }: { station: Station }) {
  return (
    <>
      <h3>Interfaces</h3>
      <ul class="plainlist">{station.links.slice(0, 12).map(l => <li><code>{l.name}</code> <small>{l.kind ?? ''}{l.up ? '' : ' down'} {l.addresses.join(' ')}{l.alias ? ` ${l.alias.split(' ').at(-1)}` : ''}</small></li>)}</ul>
      <h3>Routes</h3><pre class="routes" tabindex={0}>{station.routes.join('\n')}</pre>
      <h3>Listening</h3>{station.listeners.length ? <p><code>{station.listeners.join('  ')}</code></p> : <p class="none">nobody</p>}
    </>
  );
}

/** Nothing is chosen yet. */
export function Welcome({ scene, source, flows, streams, onAsk }: { scene: Scene; source: Source; flows: Flow[]; streams: Flows; onAsk(from: string, to: string): void }) {
  const [, tick] = useState(0);
  useEffect(() => { const t = setInterval(() => tick(n => n + 1), 1000); return () => clearInterval(t); }, []);
  const busy = streams.streams(performance.now()).slice(0, 12);
  const pods = scene.nodes.reduce((n, node) => n + node.pods.length, 0) + scene.waiting.length;
  return (
    <div class="welcome">
      <h2>Can A reach B?</h2>
      <p class="lead">Choose who asks, then who is asked. The way between them lights up, hop by hop, or shows where it ends and why.</p>
      <p class="counts">{pods} pods on {scene.nodes.length} nodes, {scene.services.length} Services, {scene.gates.length} gateways</p>
      {source.taken && <><h3>A snapshot</h3><p>Taken {source.taken.replace('T', ' ').slice(0, 16)}. Asked then:</p>
        <ul class="asked">{source.answers!.map(a => <li><button class="act" onClick={() => onAsk(a.from, a.to)}>{a.from.replace(/^pod\/default\//, '')} → {a.to}</button></li>)}</ul></>}
      {!source.taken && <><h3>Connections now</h3>
        {busy.length ? <ul class="streams">{busy.map(s => <li class={s.allowed ? '' : 'bad'}><span>{name(s.source)} → {name(s.destination)}</span><small>{s.port}</small><b>{s.allowed ? `${s.perSecond.toFixed(1)}/s` : <><Cross size={11} /> dropped</>}</b>{!s.allowed && <em>{s.policies.join(', ')}</em>}</li>)}</ul>
          : <p class="none">{flows.length ? 'quiet' : 'quiet so far'}</p>}</>}
    </div>
  );
}

const name = (object: string) => object.replace(/^(pod|service)\/[^/]+\/|^node\//, '').replace(/-[a-z0-9]{6,10}-[a-z0-9]{5}$/, '');
