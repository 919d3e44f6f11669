import { useEffect, useState } from 'preact/hooks';
import { Cross, Tick } from './icons';
import type { Objects } from './kube';
import { YamlBlock } from './object';
import { Fold } from './explain';
import { podBy, type Scene } from './scene';
import type { NodeWay, Source, Station } from './source';
import { amount, rateText, type Flows } from './flows';

/** What was chosen: its facts, its inside, its YAML. */
export function ObjectPanel({ id, scene, objects, station, streams, onOpen, onPick }: { id: string; scene: Scene; objects: Objects; station: Station | null; streams: Flows; onOpen: ((id: string) => void) | null; onPick(id: string): void }) {
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
      {node && <><h2>{node.name}</h2><dl><dt>address</dt><dd><code>{node.address}</code></dd><dt>pods from</dt><dd><code>{node.range}</code></dd><dt>pods</dt><dd>{node.pods.length}</dd><dt>state</dt><dd>{node.ready ? 'ready' : 'not ready'}</dd></dl><Ways ways={scene.ways.filter(w => w.from === node.id)} /></>}
      {gate && <><h2>{gate.name}<small>{gate.kind}</small></h2><dl><dt>namespace</dt><dd>{gate.ns}</dd><dt>address</dt><dd><code>{gate.address || 'none yet'}</code></dd></dl><h3>Rules</h3><ul class="plainlist">{gate.rules.map(r => <li><code>{r.host}{r.path}</code> <span>{r.service.split('/')[2] ?? 'nowhere'}</span></li>)}</ul></>}
      {id === 'host' && <><h2>This machine</h2><p>Whoever asks from outside the cluster asks from here.</p></>}
      {group && <ServiceList services={group} />}
      {id !== 'host' && !group && <Connections streams={streams} of={id} />}
      {station && <StationPart station={station} onPick={onOpen && onPick} />}
      {object && <Fold title="YAML"><YamlBlock value={object} copy /></Fold>}
      {!group && onOpen && <p class="hint">Choose who is asked, and the way from here is explained.</p>}
    </div>
  );
}

/** How a node reaches the others' pods. */
function Ways({ ways }: { ways: NodeWay[] }) {
  return ways.length === 0 ? null : <><h3>To other nodes</h3><ul class="plainlist ways">{ways.map(w => <li key={w.range} class={w.mtu ? '' : 'bad'}><b>{w.to.replace('node/', '')}</b> <code>{w.entry}</code><small>{w.tunnel ? `by the tunnel, ${w.mtu} bytes` : w.mtu ? `on the link, ${w.mtu} bytes` : 'no way'}</small></li>)}</ul></>;
}

function ServiceList({ services }: { services: Scene['services'] }) {
  const [words, setWords] = useState('');
  const found = services.filter(s => s.name.includes(words));
  return <><h2>{services[0]?.ns}<small>{services.length} Services</small></h2><input class="filter" aria-label="Filter Services" placeholder="filter" value={words} onInput={e => setWords(e.currentTarget.value)} />
    <ul class="plainlist">{found.slice(0, 100).map(s => <li><b>{s.name}</b> <code>{s.address}:{s.ports}</code></li>)}</ul>{found.length > 100 && <p class="hint">and {found.length - 100} more</p>}</>;
}

function StationPart({ station, onPick }: { station: Station; onPick: ((id: string) => void) | null }) {
  // A pod's veth bears its name: the other end is in a namespace of the pod's own.
  const pods = station.links.map(l => ({ link: l.name, pod: l.kind === 'veth' ? l.alias?.split(' ').at(-1) ?? '' : '' })).filter(l => l.pod.includes('/'));
  const own = station.links.filter(l => !pods.some(p => p.link === l.name));
  return (
    <>
      <h3>Interfaces</h3>
      <ul class="plainlist">{own.map(l => <li key={l.name}><code>{l.name}</code> <small>{[l.kind, l.up ? '' : 'down', ...l.addresses, `mtu ${l.mtu}`].filter(Boolean).join(' ')}</small></li>)}</ul>
      {pods.length > 0 && <Fold title={`${pods.length} pods' namespaces, each on its veth`}><ul class="plainlist namespaces">{pods.map(p => <li key={p.link}><code>{p.link}</code> <button class="textual" onClick={() => onPick?.(`pod/${p.pod}`)}>{p.pod}</button></li>)}</ul></Fold>}
      <h3>Routes</h3><pre class="routes" tabindex={0}>{station.routes.join('\n') || 'none'}</pre>
      <h3>Listening</h3>{station.listeners.length ? <ul class="plainlist listeners">{station.listeners.map(l => <li key={l}><code>{l}</code></li>)}</ul> : <p class="none">nobody</p>}
      {station.tables?.length > 0 && <><h3>Tables</h3><ul class="plainlist tables">{station.tables.map(t => <li key={t.name}><code>{t.name}</code> <small>{t.chains} chains, {t.rules} rules, {t.sets} sets and maps</small></li>)}</ul></>}
      {station.connections > 0 && <p class="aside">{station.connections} connections are remembered.</p>}
    </>
  );
}

/** Nothing is chosen yet. */
export function Welcome({ scene, source, streams, onAsk }: { scene: Scene; source: Source; streams: Flows; onAsk(from: string, to: string): void }) {
  const pods = scene.nodes.reduce((n, node) => n + node.pods.length, 0) + scene.waiting.length;
  return (
    <div class="welcome">
      <h2>Can A reach B?</h2>
      <p class="lead">Choose who asks, then who is asked. The way between them lights up, hop by hop, or shows where it ends and why.</p>
      <p class="counts">{count(pods, 'pod')} on {count(scene.nodes.length, 'node')}, {count(scene.services.length, 'Service')}, {count(scene.gates.length, 'gateway')}</p>
      {source.taken && <><h3>A snapshot</h3><p>Taken {source.taken.replace('T', ' ').slice(0, 16)}. Asked then:</p>
        <ul class="asked">{source.answers!.map(a => <li key={`${a.from} ${a.to}`}><button class="act" onClick={() => onAsk(a.from, a.to)}>{a.from.replace(/^pod\/default\//, '')} → {a.to}</button></li>)}</ul></>}
      {!source.taken && <Connections streams={streams} of="" />}
    </div>
  );
}

const MOST_STREAMS = 12;

/** What goes on now: of everything, or of one object. */
function Connections({ streams, of }: { streams: Flows; of: string }) {
  const [, tick] = useState(0);
  useEffect(() => { const t = setInterval(() => tick(n => n + 1), 1000); return () => clearInterval(t); }, []);
  const all = streams.streams(performance.now()).filter(s => !of || [s.source, s.destination, s.service].includes(of));
  const requests = streams.requests.filter(r => !of || r.route === of || r.service === of).slice(0, MOST_STREAMS);
  if (of && !all.length && !requests.length) return null;
  return (
    <>
      {requests.length > 0 && <><h3>Requests now</h3><ul class="streams">{requests.map(r => <li key={`${r.route} ${r.service}`}><span>{name(r.route) || 'no rule'} → {name(r.service) || 'nobody'}</span><small>http</small><b>{amount(r.perSecond, ['', 'k'])}/s</b></li>)}</ul></>}
      <h3>Connections now</h3>
      {all.length ? <ul class="streams">{all.slice(0, MOST_STREAMS).map(s => (
        <li key={`${s.source} ${s.destination} ${s.port} ${s.allowed}`} class={s.allowed ? '' : 'bad'}><span>{name(s.source)} → {name(s.destination)}</span><small>{s.port}</small><b>{s.allowed ? rateText(s) || `${s.open} open` : <><Cross size={11} /> dropped</>}</b>
          {(!s.allowed || s.service || (s.open > 0 && rateText(s))) && <em>{s.allowed ? [s.service && `as ${name(s.service)}`, s.open > 0 && `${s.open} open`].filter(Boolean).join(', ') : s.policies.join(', ')}</em>}</li>))}</ul>
        : <p class="none">quiet</p>}
      {all.length > MOST_STREAMS && <p class="aside">and {all.length - MOST_STREAMS} more</p>}
    </>
  );
}

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
const name = (object: string) => object.replace(/^(pod|service)\/[^/]+\/|^node\/|^(Ingress|HTTPRoute)\/[^/]+\//, '').replace(/-[a-z0-9]{6,10}-[a-z0-9]{5}$/, '');
