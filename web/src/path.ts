import { linkVertical } from 'd3-shape';
import type { Layout, NodeFrame } from './layout';
import type { Report } from './report';
import { wayOf } from './report';

export interface Point { x: number; y: number }
export interface Mark { point: Point; hop: number; passed: boolean }
/** The drawn way: the part that is gone, the part that is not, and a mark for each hop. */
export interface Way { gone: Point[]; missed: Point[]; marks: Mark[]; services: string[]; endpoints: string[] }

const STUB = 12;

/** Where a packet runs: along a pod's veth to the node's rail, out by its port, over the wire. Hops of one station share its place, side by side. */
export function drawWay(layout: Layout, report: Report): Way {
  const hops = wayOf(report);
  const gone: Point[] = [];
  const marks: Mark[] = [];
  let last = '';
  const broken = hops.findIndex(h => !h.passed);
  hops.forEach((hop, i) => {
    if (hop.where !== last) {
      const next = stretch(layout, last, hop.where);
      gone.push(...next);
      last = hop.where;
    }
    // What is not there has no place of its own: it is told where the way comes from.
    const at = anchor(layout, hop.where) ?? gone.at(-1) ?? anchor(layout, report.source);
    if (at) {
      const shared = marks.filter(m => hops[m.hop]!.where === hop.where).length;
      marks.push({ point: beside(hop.where, at, shared), hop: i, passed: hop.passed });
    }
  });
  const end = endOf(report);
  const missed = broken >= 0 && end && end !== last ? [...gone.slice(-1), ...stretch(layout, last, end)] : [];
  return {
    gone, missed, marks,
    services: [...new Set([...hops.map(h => h.object), report.destination, ...(report.web?.backends.map(b => b.service) ?? [])].filter(o => o.startsWith('service/')))],
    endpoints: [...new Set([...report.endpoints.filter(e => e.chosen).map(e => e.object), ...hops.map(h => h.where).filter(w => w.startsWith('pod/'))])],
  };
}

/** The pod or node the packet was for. */
function endOf(report: Report): string | null {
  if (report.onward.length) return null;
  const chosen = report.endpoints.find(e => e.chosen && e.object.startsWith('pod/'));
  return chosen?.object ?? (report.destination.startsWith('pod/') || report.destination.startsWith('node/') ? report.destination : null);
}

/** Points from one station's anchor to another's, the first one's left out. */
function stretch(layout: Layout, from: string, to: string): Point[] {
  const target = anchor(layout, to);
  if (!target) return [];
  if (!from || !anchor(layout, from)) return [target];
  const [a, b] = [frameOf(layout, from), frameOf(layout, to)];
  if (from === 'host' || to === 'host') return outside(layout, from === 'host' ? to : from, from === 'host');
  const down = from.startsWith('pod/') ? podToRail(layout, from, a) : [];
  const up = to.startsWith('pod/') ? podToRail(layout, to, b).reverse() : [];
  if (a && b && a.id !== b.id)
    return [...down, ...railToPort(a, down.at(-1) ?? a.port), ...between(layout, a, b), ...railToPort(b, up[0] ?? b.port).reverse(), ...up, target];
  return [...down, ...up, target];
}

/** From a node's port to another's: by the tunnel between them, where there is one, else by the wire. */
export function between(layout: Layout, a: NodeFrame, b: NodeFrame): Point[] {
  const y = layout.tunnels.find(t => (t.a === a.id && t.b === b.id) || (t.a === b.id && t.b === a.id))?.y ?? layout.wire;
  return [{ x: a.port.x, y }, { x: b.port.x, y }];
}

const curve = linkVertical<{ source: [number, number]; target: [number, number] }, [number, number]>();

/** A drawn line from a rule to its Service, or from a Service to an endpoint. */
export function edgePath(layout: Layout, from: string, to: string): string {
  const [a, b] = [layout.boxes[from], layout.boxes[to]];
  return a && b ? curve({ source: [a.x + a.w / 2, a.y + a.h], target: [b.x + b.w / 2, b.y] }) ?? '' : '';
}

/** What a connection runs along. What asks a Service is answered on its own node: only the DNS is asked by its address. Who is no object is outside. */
export function flowWay(layout: Layout, source: string, destination: string): Point[] {
  const place = (name: string) => name.startsWith('service/') ? frameOf(layout, source)?.id ?? 'host' : layout.boxes[name] ? name : 'host';
  const [from, to] = [place(source), place(destination)];
  const first = anchor(layout, from);
  return first && from !== to ? [first, ...stretch(layout, from, to)] : [];
}

/** The machine is above everything; its bridge is the wire below: the way goes round the right side. */
function outside(layout: Layout, other: string, outward: boolean): Point[] {
  const host = layout.boxes['host']!;
  const frame = frameOf(layout, other);
  const side = layout.width + 36;
  const way: Point[] = [{ x: host.x + host.w, y: host.y + host.h / 2 }, { x: side, y: host.y + host.h / 2 }, { x: side, y: layout.wire }];
  if (frame) way.push({ x: frame.port.x, y: layout.wire }, ...railToPort(frame, frame.port).reverse());
  const target = anchor(layout, other);
  if (target) way.push(target);
  return outward ? way.slice(1) : [...way].reverse().slice(1);
}

function podToRail(layout: Layout, pod: string, frame: NodeFrame | undefined): Point[] {
  const box = layout.boxes[pod];
  if (!box || !frame) return [];
  const rail = frame.rails.filter(r => r < box.x).at(-1);
  return rail === undefined ? [{ x: box.x + box.w / 2, y: frame.rail }] : [{ x: rail, y: box.y + box.h / 2 }, { x: rail, y: frame.rail }];
}

function railToPort(frame: NodeFrame, from: Point): Point[] {
  return from.y === frame.rail ? [{ x: frame.port.x, y: frame.rail }, { x: frame.port.x, y: frame.port.y }] : [{ x: frame.port.x, y: frame.rail }, frame.port];
}

/** The middle of a station: a pod's card at its veth, the junction of a node's rail, the machine. */
export function anchor(layout: Layout, where: string): Point | null {
  const box = layout.boxes[where];
  if (!box) return null;
  if (where.startsWith('pod/')) return frameOf(layout, where)?.rails.length ? { x: box.x, y: box.y + box.h / 2 } : { x: box.x + box.w / 2, y: box.y + box.h / 2 };
  if (where.startsWith('node/')) { const f = frameOf(layout, where)!; return { x: f.port.x, y: f.rail }; }
  return where === 'host' ? { x: box.x + box.w, y: box.y + box.h / 2 } : { x: box.x + box.w / 2, y: box.y + box.h / 2 };
}

function beside(where: string, at: Point, nth: number): Point {
  if (where.startsWith('node/')) return { x: at.x + (nth + 1) * 22, y: at.y };
  if (where === 'host') return { x: at.x + STUB + nth * 22, y: at.y };
  return { x: at.x + nth * 22, y: at.y };
}

export function frameOf(layout: Layout, where: string): NodeFrame | undefined {
  if (where.startsWith('node/')) return layout.nodes.find(n => n.id === where);
  const box = layout.boxes[where];
  return box && where.startsWith('pod/') ? layout.nodes.find(n => box.x >= n.x && box.x < n.x + n.w && box.y >= n.y && box.y < n.y + n.h) : undefined;
}

/** A polyline with soft corners. */
export function softPath(points: Point[], radius = 8): string {
  const p = points.filter((q, i) => i === 0 || Math.hypot(q.x - points[i - 1]!.x, q.y - points[i - 1]!.y) > 0.5);
  if (p.length < 2) return '';
  let d = `M${p[0]!.x},${p[0]!.y}`;
  for (let i = 1; i < p.length - 1; i++) {
    const [a, b, c] = [p[i - 1]!, p[i]!, p[i + 1]!];
    const r = Math.min(radius, Math.hypot(b.x - a.x, b.y - a.y) / 2, Math.hypot(c.x - b.x, c.y - b.y) / 2);
    const before = towards(b, a, r), after = towards(b, c, r);
    d += `L${before.x},${before.y}Q${b.x},${b.y} ${after.x},${after.y}`;
  }
  return `${d}L${p.at(-1)!.x},${p.at(-1)!.y}`;
}

function towards(from: Point, to: Point, by: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: from.x + (to.x - from.x) / length * by, y: from.y + (to.y - from.y) / length * by };
}
