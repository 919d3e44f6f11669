import { memo } from 'preact/compat';
import { useEffect, useRef } from 'preact/hooks';
import { amount, lightsOf, rateText, type Flows, type Stream } from './flows';
import type { Layout } from './layout';
import { edgePath, flowWay, softPath, type Point } from './path';
import type { Scene } from './scene';
import type { Flow } from './source';

const MOST = 48, MOST_STREAMS = 24, MOST_THREADS = 60, SPEED = 900;

interface Props { layout: Layout; scene: Scene; flows: Flow[]; streams: Flows; beat: number }

/** A light runs where a connection begins, and where something goes by one that stands, the more the busier; what is dropped ends in a cross with its policy's name. */
export function Lights({ layout, scene, flows, streams, beat }: Props) {
  const group = useRef<SVGGElement>(null);
  const done = useRef<Flow | null>(null);
  const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
  const room = () => group.current !== null && group.current.childElementCount < MOST;
  useEffect(() => {
    const fresh = flows.slice(done.current ? flows.lastIndexOf(done.current) + 1 : 0);
    done.current = flows.at(-1) ?? null;
    if (still()) return;
    for (const flow of fresh) {
      if (!room()) break;
      const points = flowWay(layout, flow.source, flow.destination);
      run(group.current!, softPath(points), lengthOf(points), flow.allowed, 0, () => { if (!flow.allowed) fall(group.current!, points.at(-1)!, flow.policies[0] ?? 'dropped'); });
    }
  }, [flows, layout]);
  useEffect(() => {
    if (still() || document.hidden) return;
    for (const stream of streams.streams(performance.now()).filter(s => s.allowed).slice(0, MOST_STREAMS)) {
      const points = flowWay(layout, stream.source, stream.destination), lights = lightsOf(stream);
      for (let i = 0; i < lights && room(); i++) run(group.current!, softPath(points), lengthOf(points), true, (i + Math.random() / 2) * 1000 / lights);
      if (stream.service && lights && room()) run(group.current!, edgePath(layout, stream.service, stream.destination), 300, true, 200);
    }
    for (const request of streams.requests.slice(0, MOST_STREAMS))
      for (const gate of scene.gates.filter(g => g.routes.includes(request.route)))
        for (let i = 0; i < Math.min(3, Math.ceil(request.perSecond / 4)) && room(); i++) run(group.current!, edgePath(layout, gate.id, request.service), 300, true, i * 300 + Math.random() * 100);
  }, [beat]);
  return <g ref={group} class="lights" aria-hidden="true" />;
}

/** What stands, still: a thread along the way of each connection. */
export const Threads = memo(function Threads({ layout, streams }: { layout: Layout; streams: Flows; beat: number }) {
  const open = streams.streams(performance.now()).filter(s => s.open > 0).slice(0, MOST_THREADS);
  return <g class="threads" aria-hidden="true">{[...new Set(open.map(s => softPath(flowWay(layout, s.source, s.destination))))].filter(d => d).map(d => <path key={d} d={d} />)}</g>;
});

/** Rates at what is asked: a Service's connections, a gateway's requests. */
export const Pills = memo(function Pills({ layout, scene, streams }: { layout: Layout; scene: Scene; streams: Flows; beat: number }) {
  const told = new Map<string, string>();
  const byService = new Map<string, Pick<Stream, 'bytes' | 'perSecond'>>();
  for (const s of streams.streams(performance.now()).filter(s => s.allowed && s.service)) {
    const sum = byService.get(s.service!);
    byService.set(s.service!, { bytes: s.bytes === null && !sum ? null : (sum?.bytes ?? 0) + (s.bytes ?? 0), perSecond: (sum?.perSecond ?? 0) + s.perSecond });
  }
  for (const [service, sum] of byService) if (rateText(sum)) told.set(service, rateText(sum));
  for (const gate of scene.gates) {
    const requests = streams.requests.filter(r => gate.routes.includes(r.route)).reduce((n, r) => n + r.perSecond, 0);
    if (requests > 0) told.set(gate.id, `${amount(requests, ['', 'k'])} req/s`);
  }
  return (
    <g class="pills" aria-hidden="true">{[...told].filter(([id]) => layout.boxes[id]).map(([id, text]) => {
      const b = layout.boxes[id]!, w = text.length * 6.4 + 16;
      return <g key={id} data-rate={id} transform={`translate(${b.x + b.w - w - 10},${b.y - 13})`}><rect width={w} height={17} rx={8.5} /><text class="mono" x={w / 2} y={12} text-anchor="middle">{text}</text></g>;
    })}</g>
  );
});

function run(group: SVGGElement, path: string, length: number, good: boolean, delay: number, end?: () => void) {
  if (!path) return;
  const light = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
  light.setAttribute('r', '4');
  light.setAttribute('class', good ? 'light' : 'light bad');
  group.append(light);
  light.style.offsetPath = `path("${path}")`;
  light.animate([{ offsetDistance: '0%', opacity: 0 }, { opacity: 1, offset: 0.1 }, { offsetDistance: '100%', opacity: 0.9 }], { duration: Math.max(500, length / SPEED * 1000), delay, fill: 'backwards', easing: 'ease-in-out' }).onfinish = () => {
    light.remove();
    end?.();
  };
}

const lengthOf = (points: Point[]) => points.slice(1).reduce((sum, p, i) => sum + Math.hypot(p.x - points[i]!.x, p.y - points[i]!.y), 0);

function fall(group: SVGGElement, at: Point, why: string) {
  const g = document.createElementNS('http://www.w3.org/2000/svg', 'g');
  g.setAttribute('class', 'fall');
  g.setAttribute('transform', `translate(${at.x},${at.y})`);
  const cross = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  cross.setAttribute('d', 'M-5,-5l10,10m0,-10l-10,10');
  const text = document.createElementNS('http://www.w3.org/2000/svg', 'text');
  text.setAttribute('y', '-12');
  text.setAttribute('text-anchor', 'middle');
  text.textContent = why.replace(/^[A-Za-z]+\/[^/]+\//, '').split(' ')[0]!;
  g.append(cross, text);
  group.append(g);
  g.animate([{ opacity: 1 }, { opacity: 1, offset: 0.7 }, { opacity: 0 }], { duration: 2200 }).onfinish = () => g.remove();
}
