import { select } from 'd3-selection';
import { zoom, zoomIdentity, type D3ZoomEvent, type ZoomBehavior } from 'd3-zoom';
import { memo } from 'preact/compat';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Box, Edge, Layout } from './layout';
import { between, drawWay, edgePath, softPath, type Way } from './path';
import type { Report } from './report';
import { wayOf } from './report';
import type { Scene, SceneGate, SceneNode, ScenePod, SceneService } from './scene';
import type { Flow } from './source';
import type { Flows } from './flows';
import { Lights, Pills, Threads } from './lights';

export interface CanvasProps {
  scene: Scene; layout: Layout; ns: string; from: string; to: string; report: Report | null; hop: number | null; inset: { right: number; bottom: number };
  flows: Flow[]; streams: Flows; beat: number; onPick(id: string): void; onOpen(id: string): void; onHop(hop: number): void; onClear(): void;
}

const MARGIN = 28, MOST_LIFTED = 8;

export function Canvas(props: CanvasProps) {
  const { scene, layout, report } = props;
  const svg = useRef<SVGSVGElement>(null);
  const world = useRef<SVGGElement>(null);
  const behaviour = useRef<ZoomBehavior<SVGSVGElement, unknown>>();
  const touched = useRef(false);
  const [focus, setFocus] = useState('');
  const [hover, setHover] = useState('');
  const [scale, setScale] = useState(1);
  const [seen, setSeen] = useState<[number, number, number, number]>([-1e9, -1e9, 1e9, 1e9]);

  // Before anything is fitted.
  useLayoutEffect(() => {
    const z = zoom<SVGSVGElement, unknown>().scaleExtent([0.05, 4]).clickDistance(6)
      // Shadows are dear to draw: none while it moves.
      .on('start', () => svg.current?.classList.add('moving')).on('end', () => svg.current?.classList.remove('moving'))
      .on('zoom', (e: D3ZoomEvent<SVGSVGElement, unknown>) => {
      world.current?.setAttribute('transform', e.transform.toString());
      if (e.sourceEvent) touched.current = true;
      const { k, x, y } = e.transform;
      const { clientWidth: w, clientHeight: h } = svg.current!;
      // In steps, so that panning alone draws nothing anew until something may come into view.
      const step = 400 / k;
      setScale(s => Math.abs(s - k) / s > 0.05 ? k : s);
      setSeen(s => {
        const next: typeof s = [Math.floor(-x / k / step - 1) * step, Math.floor(-y / k / step - 1) * step, Math.ceil((w - x) / k / step + 1) * step, Math.ceil((h - y) / k / step + 1) * step];
        return next.every((v, i) => v === s[i]) ? s : next;
      });
    });
    behaviour.current = z;
    select(svg.current!).call(z).on('dblclick.zoom', null);
    return () => { select(svg.current!).on('.zoom', null); };
  }, []);

  const fit = () => {
    const { clientWidth: w, clientHeight: h } = svg.current!;
    const [free, tall] = [Math.max(200, w - props.inset.right), Math.max(160, h - props.inset.bottom)];
    const k = Math.min(1.15, (free - MARGIN * 2) / (layout.width + 40), (tall - MARGIN * 1.5) / layout.height);
    select(svg.current!).call(behaviour.current!.transform, zoomIdentity.translate((free - (layout.width + 40) * k) / 2, Math.max(24, (tall - layout.height * k) / 2)).scale(k));
  };
  /** A node fills the page; anything else is opened. */
  const open = (id: string) => {
    props.onOpen(id);
    const box = id.startsWith('node/') ? layout.boxes[id] : undefined;
    if (!box) return;
    touched.current = true;
    const { clientWidth: w, clientHeight: h } = svg.current!;
    const [free, tall] = [w - props.inset.right, h - props.inset.bottom];
    const k = Math.min(2, (free - MARGIN * 2) / box.w, (tall - MARGIN * 2) / box.h);
    select(svg.current!).call(behaviour.current!.transform, zoomIdentity.translate(free / 2 - (box.x + box.w / 2) * k, tall / 2 + 8 - (box.y + box.h / 2) * k).scale(k));
  };
  // Until somebody moves it, the whole is in view.
  useLayoutEffect(() => { if (!touched.current) fit(); }, [layout.width, layout.height, props.inset.right, props.inset.bottom]);
  useEffect(() => {
    const again = () => { if (!touched.current) fit(); };
    addEventListener('resize', again);
    return () => removeEventListener('resize', again);
  });

  const way = useMemo(() => report ? drawWay(layout, report) : null, [layout, report]);
  const order = useMemo(() => ['host', ...scene.gates.map(g => g.id), ...(layout.groups.length ? layout.groups.map(g => g.id) : scene.services.map(s => s.id)), ...scene.nodes.flatMap(n => [n.id, ...n.pods.map(p => p.id)]), ...scene.waiting.map(p => p.id)].filter(id => layout.boxes[id]), [scene, layout]);

  const onKey = (e: KeyboardEvent) => {
    const at = focus || props.from || order[0]!;
    const to = e.key.startsWith('Arrow') ? nearest(layout, order, at, e.key) : e.key === 'Home' ? order[0]! : e.key === 'End' ? order.at(-1)! : '';
    if (to) { setFocus(to); e.preventDefault(); }
    else if (e.key === 'Enter' || e.key === ' ') { props.onPick(at); e.preventDefault(); }
    else if (e.key === 'o') open(at);
    else if (e.key === 'Escape') props.onClear();
    else if (e.key === '+' || e.key === '=') { touched.current = true; select(svg.current!).call(behaviour.current!.scaleBy, 1.25); }
    else if (e.key === '-') { touched.current = true; select(svg.current!).call(behaviour.current!.scaleBy, 0.8); }
    else if (e.key === '0') { touched.current = false; fit(); }
  };
  useEffect(() => { if (focus) document.getElementById(elementId(focus))?.focus({ preventScroll: true }); }, [focus]);

  const onClick = (e: MouseEvent) => {
    const hop = (e.target as Element).closest('[data-hop]')?.getAttribute('data-hop');
    if (hop) { props.onHop(Number(hop)); return; }
    const id = (e.target as Element).closest('[data-id]')?.getAttribute('data-id');
    if (id) { setFocus(id); props.onPick(id); } else props.onClear();
  };

  const hot = useMemo(() => way ? [...way.services, ...(scene.gates.some(g => g.id === props.to) ? [props.to] : [])] : [hover || props.from], [way, scene, props.to, props.from, hover]);
  const tab = focus && layout.boxes[focus] ? focus : order[0] ?? '';
  const dim = (ns: string) => props.ns !== '' && ns !== props.ns;
  const marked = (id: string) => id === props.from ? ' from' : id === props.to ? ' to' : way?.services.includes(id) || way?.endpoints.includes(id) ? ' on' : '';
  const culprit = report?.culprit?.toLowerCase();
  const inView = (id: string) => { const b = layout.boxes[id]; return b !== undefined && b.x + b.w >= seen[0] && b.x <= seen[2] && b.y + b.h >= seen[1] && b.y <= seen[3]; };
  // Nothing of it changes while the map is moved about or pointed at.
  const held = [scene, layout, props.from, props.to, props.ns, way, report, tab, seen];
  const cases = useMemo(() => scene.nodes.filter(n => inView(n.id)).map(n => <Node key={n.id} node={n} layout={layout} tab={tab === n.id} mark={marked(n.id) + (culprit === n.id ? ' bad' : '')} />), held);
  const things = useMemo(() => <>
        <Host box={layout.boxes['host']!} tab={tab} mark={marked('host')} />
        {scene.gates.filter(g => inView(g.id)).map(g => <Gate key={g.id} gate={g} layout={layout} tab={tab === g.id} dim={dim(g.ns)} mark={marked(g.id) + (culprit === g.id.toLowerCase() ? ' bad' : '')} />)}
        {layout.groups.filter(g => inView(g.id)).map(g => <Group key={g.id} group={g} layout={layout} tab={tab === g.id} dim={dim(g.ns)} />)}
        {layout.groups.length === 0 && scene.services.filter(s => inView(s.id)).map(s => <Service key={s.id} service={s} layout={layout} tab={tab === s.id} dim={dim(s.ns)} mark={marked(s.id) + (culprit === s.id.toLowerCase() ? ' bad' : '')} />)}
        {scene.nodes.filter(n => inView(n.id)).map(n => <Pods key={n.id} node={n} layout={layout} tab={tab} mark={marked} bad={culprit} dim={dim} inView={inView} />)}
        {scene.waiting.map(p => layout.boxes[p.id] && <Pod key={p.uid} pod={p} box={layout.boxes[p.id]!} tab={tab === p.id} dim={dim(p.ns)} mark={marked(p.id)} />)}
  </>, held);
  const level = scale < 0.42 ? 'far' : scale < 0.85 ? 'near' : 'close';

  return (
    <svg ref={svg} class={`canvas ${level}${way ? ' asked' : ''}${scene.nodes.length > MOST_LIFTED ? ' flat' : ''}`} role="application" aria-label="Map of the cluster. Arrow keys move, Enter chooses, o opens, Escape clears." onClick={onClick} onKeyDown={onKey}
      onPointerOver={e => setHover((e.target as Element).closest('[data-id]')?.getAttribute('data-id') ?? '')} onDblClick={e => { const id = (e.target as Element).closest('[data-id]')?.getAttribute('data-id'); if (id) open(id); }}>
      <defs>
        <linearGradient id="glass" x1="0" y1="0" x2="0.7" y2="1"><stop offset="0" class="glass-a" /><stop offset="0.5" class="glass-b" /><stop offset="1" class="glass-c" /></linearGradient>
        <filter id="lift" x="-10%" y="-10%" width="120%" height="125%"><feDropShadow dx="0" dy="6" stdDeviation="12" class="lift" /></filter>
      </defs>
      <g ref={world} class="world">
        <g class="rows" aria-hidden="true">{layout.rows.map((r, i) => <g key={i}><text x={0} y={r.y + (r.label ? r.ns ? 20 : 22 : 29)}>{r.label || r.ns}</text>{r.label && r.ns && <text x={0} y={r.y + 37}>{r.ns}</text>}</g>)}</g>
        <Wires layout={layout} scene={scene} />
        {cases}
        <Threads layout={layout} streams={props.streams} beat={props.beat} />
        <Edges layout={layout} hot={hot} ends={way?.endpoints ?? null} />
        {things}
        <Lights layout={layout} scene={scene} flows={props.flows} streams={props.streams} beat={props.beat} />
        <Pills layout={layout} scene={scene} streams={props.streams} beat={props.beat} />
        {way && report && <Trail way={way} report={report} hop={props.hop} />}
      </g>
    </svg>
  );
}

export const elementId = (id: string) => `at-${id}`;

/** What the nodes are on, by which route each is reached, and the tunnels between those that share no link. */
const Wires = memo(function Wires({ layout, scene }: { layout: Layout; scene: Scene }) {
  const ports = layout.nodes.map(n => n.port.x);
  const frame = (id: string) => layout.nodes.find(n => n.id === id)!;
  // As whoever is on the wire knows it; of both families the first is enough.
  const route = (id: string) => scene.ways.find(w => w.to === id && !w.tunnel && w.mtu > 0)?.entry.replace(/ dev \S+.*$/, '');
  const lost = (id: string) => !route(id) && scene.ways.some(w => w.to === id && w.mtu === 0);
  return (
    <g class="wires" aria-hidden="true">
      {layout.nodes.length > 0 && <path class="wire" d={`M${Math.min(...ports) - 40},${layout.wire}H${layout.width + 36}`} />}
      {layout.nodes.length > 0 && <path class="wire" d={softPath([{ x: layout.width + 36, y: layout.wire }, { x: layout.width + 36, y: 18 }, { x: layout.boxes['host']!.x + 220, y: 18 }], 14)} />}
      {layout.nodes.map(n => <path key={n.id} class="wire" d={`M${n.port.x},${n.port.y}V${layout.wire}`} />)}
      {layout.nodes.length > 0 && <text class="quiet head" x={layout.width + 26} y={layout.wire - 10} text-anchor="end">the wire between nodes</text>}
      {layout.nodes.map(n => route(n.id) && <text key={n.id} class="quiet mono route" data-route={n.id} x={n.port.x + 12} y={layout.wire + 17}>{route(n.id)}</text>)}
      {layout.nodes.map(n => lost(n.id) && <text key={n.id} class="quiet mono route bad" data-route={n.id} x={n.port.x + 12} y={layout.wire + 17}>no way here</text>)}
      {layout.tunnels.map(t => {
        const [a, b] = [frame(t.a), frame(t.b)], d = softPath([a.port, ...between(layout, a, b), b.port], 12);
        return <g key={`${t.a} ${t.b}`} class="tunnel" data-tunnel={`${t.a} ${t.b}`}><path class="tube" d={d} /><path class="bore" d={d} /><text class="quiet mono" x={Math.max(a.port.x, b.port.x) - 16} y={t.y - 9} text-anchor="end">{t.label}</text></g>;
      })}
    </g>
  );
});

const Edges = memo(function Edges({ layout, hot, ends }: { layout: Layout; hot: string[]; ends: string[] | null }) {
  const isHot = (e: Edge) => (hot.includes(e.from) && (ends === null || e.kind === 'rule' ? ends === null || hot.includes(e.to) : ends.includes(e.to))) || (ends === null && hot.includes(e.to));
  return <g class="edges" aria-hidden="true">{layout.edges.map(e => <path key={`${e.from} ${e.to}`} class={`edge ${e.kind}${isHot(e) ? ' hot' : ''}`} d={edgePath(layout, e.from, e.to)} />)}</g>;
});

interface Shown { layout: Layout; tab: boolean; dim: boolean; mark?: string }

function Host({ box, tab, mark }: { box: { x: number; y: number; w: number; h: number }; tab: string; mark: string }) {
  return (
    <g id={elementId('host')} data-id="host" class={`thing host${mark}`} transform={`translate(${box.x},${box.y})`} tabindex={tab === 'host' ? 0 : -1} role="button" aria-label="This machine: whoever asks from outside the cluster">
      <rect class="face" width={box.w} height={box.h} rx={18} /><text class="name" x={box.w / 2} y={23} text-anchor="middle">this machine</text>
    </g>
  );
}

const Gate = memo(function Gate({ gate, layout, tab, dim, mark = '' }: Shown & { gate: SceneGate }) {
  const b = layout.boxes[gate.id]!;
  const rows = Math.round((b.h - 44) / 18);
  const shown = gate.rules.slice(0, gate.rules.length > rows ? rows - 1 : rows);
  return (
    <g id={elementId(gate.id)} data-id={gate.id} class={`thing gate${mark}${dim ? ' dim' : ''}`} transform={`translate(${b.x},${b.y})`} tabindex={tab ? 0 : -1} role="button"
      aria-label={`${gate.kind} ${gate.name} in ${gate.ns}, address ${gate.address || 'none'}, ${gate.rules.length} rules`}>
      <rect class="face" width={b.w} height={b.h} rx={10} />
      <text class="name" x={14} y={23}>{clip(gate.name, 20)}</text>
      <text class="quiet mono" x={b.w - 14} y={23} text-anchor="end">{gate.address || 'no address'}</text>
      {shown.map((r, i) => (
        <g key={i} class="detail">
          <text class="quiet mono" x={14} y={44 + i * 18}>{clip(`${r.host === '*' ? '' : r.host}${r.path}`, 23)}</text>
          <text class="quiet" x={b.w - 14} y={44 + i * 18} text-anchor="end">{clip(r.service.split('/')[2] ?? 'nowhere', 14)}</text>
        </g>
      ))}
      {gate.rules.length > shown.length && <text class="quiet detail" x={14} y={44 + shown.length * 18}>and {gate.rules.length - shown.length} more</text>}
    </g>
  );
});

const Service = memo(function Service({ service, layout, tab, dim, mark = '' }: Shown & { service: SceneService }) {
  const b = layout.boxes[service.id]!;
  const ready = service.endpoints.filter(e => e.ready).length;
  const empty = service.selects && service.endpoints.length === 0 ? ' empty' : '';
  return (
    <g id={elementId(service.id)} data-id={service.id} class={`thing service${mark}${dim ? ' dim' : ''}${empty}`} transform={`translate(${b.x},${b.y})`} tabindex={tab ? 0 : -1} role="button"
      aria-label={`Service ${service.name} in ${service.ns}, ${service.address}, port ${service.ports}, ${ready} of ${service.endpoints.length} endpoints ready`}>
      <rect class="face" width={b.w} height={b.h} rx={b.h / 2} />
      <text class="name" x={b.w / 2} y={21} text-anchor="middle">{clip(service.name, 20)}</text>
      <text class="quiet mono detail" x={b.w / 2} y={37} text-anchor="middle">{clip(`${service.outside || service.address}:${service.ports.split(' ')[0]}`, 22)}</text>
    </g>
  );
});

function Group({ group, layout, tab, dim }: Shown & { group: Layout['groups'][number] }) {
  const b = layout.boxes[group.id]!;
  return (
    <g id={elementId(group.id)} data-id={group.id} class={`thing service group${dim ? ' dim' : ''}`} transform={`translate(${b.x},${b.y})`} tabindex={tab ? 0 : -1} role="button" aria-label={`${group.count} Services in namespace ${group.ns}`}>
      <rect class="face" width={b.w} height={b.h} rx={b.h / 2} y={-5} x={5} /><rect class="face" width={b.w} height={b.h} rx={b.h / 2} />
      <text class="name" x={b.w / 2} y={21} text-anchor="middle">{clip(group.ns, 20)}</text><text class="quiet" x={b.w / 2} y={37} text-anchor="middle">{group.count} Services</text>
    </g>
  );
}

function Node({ node, layout, tab, mark }: { node: SceneNode; layout: Layout; tab: boolean; mark: string }) {
  const f = layout.nodes.find(n => n.id === node.id)!;
  return (
    <g id={elementId(node.id)} data-id={node.id} class={`thing node${mark}${node.ready ? '' : ' down'}`} transform={`translate(${f.x},${f.y})`} tabindex={tab ? 0 : -1} role="button"
      aria-label={`Node ${node.name}, ${node.address}, pods ${node.range}, ${node.pods.length} pods${node.ready ? '' : ', not ready'}`}>
      <rect class="case" width={f.w} height={f.h} rx={14} />
      <rect class="shine" x={1} y={1} width={f.w - 2} height={f.h - 2} rx={13} />
      <text class="name large" x={18} y={29}>{clip(node.name, Math.floor(f.w / 18))}</text>
      <text class="quiet mono" x={f.w - 18} y={29} text-anchor="end">{node.ready ? node.range : 'not ready'}</text>
      {node.pods.length === 0 && <text class="quiet" x={f.w / 2} y={64} text-anchor="middle">{node.controlPlane ? 'control plane, runs no pods' : 'no pods'}</text>}
      <text class="quiet mono detail" x={18} y={f.h - 12}>{node.address}</text>
    </g>
  );
}

/** What is in a node, and its veths: each pod hangs on the rail of its column, the rails on the node's port. */
function Pods({ node, layout, tab, mark, bad, dim, inView }: { node: SceneNode; layout: Layout; tab: string; mark(id: string): string; bad: string | undefined; dim(ns: string): boolean; inView(id: string): boolean }) {
  const f = layout.nodes.find(n => n.id === node.id)!;
  const firstOf = (rail: number) => Math.min(...node.pods.map(p => layout.boxes[p.id]!).filter(b => b.x > rail && b.x < rail + 40).map(b => b.y + b.h / 2));
  return (
    <g>
      <g aria-hidden="true">
        {f.rails.map(x => Number.isFinite(firstOf(x)) && <path key={x} class="rail" d={softPath([{ x, y: firstOf(x) }, { x, y: f.rail }, { x: f.port.x, y: f.rail }, f.port])} />)}
        {f.form === 'card' && node.pods.map(p => { const b = layout.boxes[p.id]!; return p.hostNetwork ? null : <path key={p.uid} class="rail" d={`M${f.rails.filter(r => r < b.x).at(-1) ?? b.x},${b.y + b.h / 2}H${b.x}`} />; })}
        {f.heads.map(h => <text key={h.ns} class={`quiet head${dim(h.ns) ? ' dim' : ''}`} x={h.x} y={h.y}>{h.ns}</text>)}
      </g>
      {node.pods.filter(p => inView(p.id)).map(p => <Pod key={p.uid} pod={p} box={layout.boxes[p.id]!} tab={tab === p.id} dim={dim(p.ns)} mark={mark(p.id) + (bad === p.id ? ' bad' : '')} />)}
      <g class="port" aria-hidden="true" transform={`translate(${f.port.x - 22},${f.port.y - 9})`}><rect width={44} height={18} rx={5} /><text class="mono" x={22} y={13} text-anchor="middle">eth0</text></g>
    </g>
  );
}

interface PodShown { pod: ScenePod; box: Box; tab: boolean; dim: boolean; mark: string }

/** Of thousands, only those that changed are drawn anew: a scene keeps what it made of an object. */
const sameShown = (a: PodShown, b: PodShown) => a.pod === b.pod && a.tab === b.tab && a.dim === b.dim && a.mark === b.mark && a.box.x === b.box.x && a.box.y === b.box.y && a.box.form === b.box.form;

const Pod = memo(function Pod({ pod, box: b, tab, dim, mark }: PodShown) {
  const label = `Pod ${pod.name} in ${pod.ns}, ${pod.address || 'no address'}, ${pod.says}, containers ${pod.containers.map(c => c.name).join(', ')}`;
  // Of thousands, one element each.
  if (b.form === 'dot')
    return <rect id={elementId(pod.id)} data-id={pod.id} data-node={pod.node} class={`thing pod speck ${pod.state}${mark}${dim ? ' dim' : ''}`} x={b.x} y={b.y} width={b.w} height={b.h} rx={3} tabindex={tab ? 0 : -1} role="button" aria-label={label} />;
  return (
    <g id={elementId(pod.id)} data-id={pod.id} data-node={pod.node} class={`thing pod ${pod.state} ${b.form}${mark}${dim ? ' dim' : ''}`} transform={`translate(${b.x},${b.y})`} tabindex={tab ? 0 : -1} role="button" aria-label={label}>
      <rect class="face" width={b.w} height={b.h} rx={8} />
      {b.form === 'chip' && <text class="name small" x={8} y={16}>{clip(pod.stem, 15)}</text>}
      {b.form === 'card' && <>
        <text class="name" x={12} y={19}>{clip(pod.stem, 19)}</text>
        <text class="quiet mono detail" x={12} y={35}>{pod.state === 'ready' || pod.state === 'done' ? pod.address || pod.says : clip(pod.says, 20)}</text>
        <g class="containers" transform={`translate(${b.w - 14},30)`}>{pod.containers.slice(0, 5).map((c, i) => <Dot key={c.name} state={c.state} x={-i * 12} />)}</g>
      </>}
    </g>
  );
}, sameShown);

/** Full: runs; ring: starting; cross: failed; small: has ended. */
function Dot({ state, x }: { state: string; x: number }) {
  return state === 'failed' ? <path class="dot failed" d={`M${x - 3.5},-3.5l7,7m0,-7l-7,7`} /> : <circle class={`dot ${state}`} cx={x} cy={0} r={state === 'done' ? 2 : 3.5} />;
}

function Trail({ way, report, hop }: { way: Way; report: Report; hop: number | null }) {
  const hops = wayOf(report);
  const broken = way.marks.some(m => !m.passed);
  return (
    <g class={`trail${broken ? ' broken' : ''}`}>
      <path class="glow" d={softPath(way.gone)} /><path class="gone" d={softPath(way.gone)} pathLength={1} />
      <path class="run" d={softPath(way.gone)} />
      {way.missed.length > 1 && <path class="missed" d={softPath(way.missed)} />}
      {way.marks.map(m => (
        <g key={m.hop} class={`mark${m.passed ? '' : ' bad'}${hop === m.hop ? ' open' : ''}`} data-hop={m.hop} transform={`translate(${m.point.x},${m.point.y})`} role="button" aria-label={`Hop ${m.hop + 1}: ${hops[m.hop]!.what}`}>
          <circle r={m.passed ? 9 : 11} />{m.passed ? <text y={3.5} text-anchor="middle">{m.hop + 1}</text> : <path d="M-4,-4l8,8m0,-8l-8,8" />}<title>{hops[m.hop]!.what}</title>
          {!m.passed && hops[m.hop]!.object !== hops[m.hop]!.where && <text class="blame" x={18} y={-12}>{clip(hops[m.hop]!.object.split('/').at(-1)!, 24)}</text>}
        </g>
      ))}
    </g>
  );
}

/** The nearest thing in a direction; what is straight ahead counts for nearer. */
export function nearest(layout: Layout, ids: string[], from: string, key: string): string {
  const a = layout.boxes[from];
  if (!a) return ids[0] ?? '';
  const [ax, ay] = [a.x + a.w / 2, a.y + a.h / 2];
  let best = '', least = Infinity;
  for (const id of ids) {
    const b = layout.boxes[id]!;
    // A node's own middle is behind its pods: it is entered by its head.
    const [dx, dy] = [b.x + b.w / 2 - ax, (id.startsWith('node/') ? b.y + 20 : b.y + b.h / 2) - (from.startsWith('node/') ? a.y + 20 : ay)];
    const [ahead, aside] = key === 'ArrowRight' ? [dx, dy] : key === 'ArrowLeft' ? [-dx, dy] : key === 'ArrowDown' ? [dy, dx] : [-dy, dx];
    if (id === from || ahead <= 4) continue;
    const far = ahead + Math.abs(aside) * 2.2;
    if (far < least) [best, least] = [id, far];
  }
  return best || from;
}

export const clip = (text: string, most: number) => text.length > most ? `${text.slice(0, most - 1)}…` : text;
