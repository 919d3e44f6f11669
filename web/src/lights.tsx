import { useEffect, useRef } from 'preact/hooks';
import type { Layout } from './layout';
import { drawWay, frameOf, softPath } from './path';
import type { Hop, Report } from './report';
import type { Flow } from './source';

const MOST = 40, SPEED = 900;

/** A light runs where a connection began; one that is dropped ends in a cross with its policy's name. */
export function Lights({ layout, flows }: { layout: Layout; flows: Flow[] }) {
  const group = useRef<SVGGElement>(null);
  const done = useRef<Flow | null>(null);
  useEffect(() => {
    const fresh = flows.slice(done.current ? flows.lastIndexOf(done.current) + 1 : 0);
    done.current = flows.at(-1) ?? null;
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    for (const flow of fresh) {
      if (group.current!.childElementCount >= MOST) break;
      run(group.current!, layout, flow);
    }
  }, [flows, layout]);
  return <g ref={group} class="lights" aria-hidden="true" />;
}

function run(group: SVGGElement, layout: Layout, flow: Flow) {
  // What asks a Service is answered on its own node: only the DNS is asked by its address here.
  const place = (name: string) => name.startsWith('service/') ? frameOf(layout, flow.source)?.id ?? 'host' : layout.boxes[name] ? name : 'host';
  const hop = (where: string): Hop => ({ where, input: null, output: null, what: '', object: where, entry: null, passed: true, inTunnel: false, observed: true, lost: [] });
  const points = drawWay(layout, { forward: [hop(place(flow.source)), hop(place(flow.destination))], onward: [], endpoints: [], destination: flow.destination, web: null } as unknown as Report).gone;
  if (points.length < 2) return;
  const light = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
  light.setAttribute('r', '4');
  light.setAttribute('class', flow.allowed ? 'light' : 'light bad');
  group.append(light);
  const length = points.slice(1).reduce((sum, p, i) => sum + Math.hypot(p.x - points[i]!.x, p.y - points[i]!.y), 0);
  light.style.offsetPath = `path("${softPath(points)}")`;
  light.animate([{ offsetDistance: '0%', opacity: 0.2 }, { opacity: 1, offset: 0.1 }, { offsetDistance: '100%', opacity: 0.9 }], { duration: Math.max(500, length / SPEED * 1000), easing: 'ease-in-out' }).onfinish = () => {
    light.remove();
    if (!flow.allowed) fall(group, points.at(-1)!, flow.policies[0] ?? 'dropped');
  };
}

function fall(group: SVGGElement, at: { x: number; y: number }, why: string) {
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
