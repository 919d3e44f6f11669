import type { Scene, ScenePod } from './scene';

/** Where everything is, in pixels at zoom 1: the outside on top, then gateways, Services, and nodes with their pods; the wire between the nodes below. */
export interface Layout {
  width: number; height: number;
  boxes: Record<string, Box>;
  nodes: NodeFrame[];
  /** Groups that stand for more Services than are drawn one by one. */
  groups: { id: string; ns: string; count: number }[];
  edges: Edge[];
  /** Heads of rows: what the eye finds first. */
  rows: { label: string; y: number; ns?: string }[];
  wire: number;
  /** Below the wire, one for each two nodes that share no link. */
  tunnels: { a: string; b: string; y: number; label: string }[];
}
export interface Box { x: number; y: number; w: number; h: number; form: Form }
/** How much of a pod is told: a card with address and containers, a chip with a name, a dot. */
export type Form = 'card' | 'chip' | 'dot' | 'box';
export interface NodeFrame { id: string; x: number; y: number; w: number; h: number; form: Form; rails: number[]; rail: number; port: { x: number; y: number }; heads: { ns: string; x: number; y: number }[] }
export interface Edge { from: string; to: string; kind: 'rule' | 'endpoint' }

export const CARD = { w: 164, h: 48 }, CHIP = { w: 112, h: 24 }, DOT = { w: 12, h: 12 }, SERVICE = { w: 168, h: 50 }, GATE = { w: 288, line: 18 };
/** What is free of a page for the drawing. */
const PAGE = { w: 980, h: 700 };
const GAP = 10, PAD = 16, GUTTER = 16, HEAD = 46, FOOT = 42, ROW = 58, BETWEEN = 28, NAMESPACE = 20;
/** Left of the upper rows, where their heads are. */
const ASIDE = 84;
const MOST_CARDS = 18, MOST_CHIPS = 80, MOST_SERVICES = 48, MOST_EDGES = 600, MOST_RULES = 4, MOST_BANDS = 4, MOST_TUNNELS = 15, LANE = 28, UNDER_WIRE = 46;

/** The one of a few that is seen largest on a page. */
export function layoutOf(scene: Scene): Layout {
  let best: Layout | null = null;
  for (const columns of scene.nodes.some(n => n.pods.length > 1 && n.pods.length <= MOST_CARDS) ? [1, 2, 3, 4] : [1]) {
    const layout = layoutIn(scene, columns);
    if (best === null || size(layout) > size(best) * 1.01) best = layout;
  }
  return best!;
}

const size = (l: Layout) => Math.min(1, PAGE.w / l.width, PAGE.h / l.height);

function layoutIn(scene: Scene, columns: number): Layout {
  const boxes: Record<string, Box> = {};
  const shapes = scene.nodes.map(n => shapeOf(n.pods, columns));
  const perRow = scene.nodes.length <= 4 ? scene.nodes.length : Math.min(6, Math.ceil(Math.sqrt(scene.nodes.length * 1.6)));
  const nodesWidth = Math.max(0, ...chunk(shapes, perRow).map(r => sum(r.map(s => s.w)) + BETWEEN * (r.length - 1)));
  const width = Math.max(nodesWidth, 900);

  // Nodes first: where pods are decides the order of what is above them.
  let y = 0;
  const nodes: NodeFrame[] = [];
  chunk(scene.nodes.map((n, i) => ({ node: n, shape: shapes[i]! })), perRow || 1).forEach(row => {
    const tallest = Math.max(...row.map(r => r.shape.h));
    let x = (width - sum(row.map(r => r.shape.w)) - BETWEEN * (row.length - 1)) / 2;
    for (const { node, shape } of row) {
      // All stand on the wire, as high as they are full.
      const top = y + tallest - shape.h;
      const frame: NodeFrame = { id: node.id, x, y: top, w: shape.w, h: shape.h, form: shape.form, rails: shape.rails.map(r => x + r), rail: y + tallest - 24, port: { x: x + shape.w / 2, y: y + tallest }, heads: shape.heads.map(h => ({ ...h, x: x + h.x, y: top + h.y })) };
      nodes.push(frame);
      boxes[node.id] = { x, y: top, w: shape.w, h: shape.h, form: 'box' };
      for (const p of shape.places) boxes[p.id] = { x: x + p.x, y: top + p.y, w: p.w, h: p.h, form: shape.form };
      x += shape.w + BETWEEN;
    }
    y += tallest + ROW;
  });
  const wire = y - ROW + 34;

  const middle = (ids: string[]) => { const at = ids.map(i => boxes[i]).filter(b => b !== undefined).map(b => b.x + b.w / 2); return at.length ? sum(at) / at.length : width / 2; };
  const spaces = [...new Set(scene.services.map(s => s.ns))];
  const grouped = scene.services.length > MOST_SERVICES;
  const groups = grouped ? [...count(scene.services.map(s => s.ns))].map(([ns, n]) => ({ id: `services/${ns}`, ns, count: n })) : [];
  const services = grouped ? [] : [...scene.services].sort((a, b) => spaces.indexOf(a.ns) - spaces.indexOf(b.ns) || middle(a.endpoints.map(e => e.pod)) - middle(b.endpoints.map(e => e.pod)));
  const perServiceRow = Math.max(1, Math.floor((width - ASIDE + GAP * 2) / (SERVICE.w + GAP * 2)));
  // A few namespaces have rows of their own.
  const serviceRows: { ns: string; ids: string[] }[] = grouped || spaces.length > MOST_BANDS
    ? balanced(grouped ? groups.map(g => g.id) : services.map(s => s.id), perServiceRow).map(ids => ({ ns: '', ids }))
    : spaces.flatMap(ns => balanced(services.filter(s => s.ns === ns).map(s => s.id), perServiceRow).map((ids, i) => ({ ns: i === 0 ? ns : '', ids })));
  const gateHeight = (g: { rules: unknown[] }) => 44 + GATE.line * Math.min(MOST_RULES + (g.rules.length > MOST_RULES ? 1 : 0), Math.max(1, g.rules.length));
  const gateRows = chunk(scene.gates, Math.max(1, Math.floor((width - ASIDE + GAP * 2) / (GATE.w + GAP * 2))));

  // Wide rows begin behind their heads, narrow ones are in the middle.
  const widest = Math.max(0, ...serviceRows.map(r => r.ids.length * (SERVICE.w + GAP * 2)), ...gateRows.map(r => r.length * (GATE.w + GAP * 2)));
  const aside = widest > width - ASIDE * 2 ? ASIDE : 0;
  const rows: Layout['rows'] = [];
  let top = 0;
  boxes['host'] = { x: (width + aside) / 2 - 110, y: 0, w: 220, h: 36, form: 'box' };
  rows.push({ label: 'outside', y: 0 });
  top += 36 + (gateRows.length ? 34 : 44);
  if (gateRows.length) rows.push({ label: 'gateways', y: top });
  for (const row of gateRows) {
    const height = Math.max(...row.map(gateHeight));
    let x = (width + aside - row.length * GATE.w - (row.length - 1) * GAP * 2) / 2;
    for (const g of row) { boxes[g.id] = { x, y: top, w: GATE.w, h: gateHeight(g), form: 'box' }; x += GATE.w + GAP * 2; }
    top += height + GAP;
  }
  if (gateRows.length) top += 30;
  for (const [i, row] of serviceRows.entries()) {
    if (i === 0 || row.ns) rows.push({ label: i === 0 ? 'services' : '', y: top, ns: row.ns });
    let x = (width + aside - row.ids.length * SERVICE.w - (row.ids.length - 1) * GAP * 2) / 2;
    for (const id of row.ids) { boxes[id] = { x, y: top, w: SERVICE.w, h: SERVICE.h, form: 'box' }; x += SERVICE.w + GAP * 2; }
    top += SERVICE.h + GAP;
  }
  top += 44;

  const shift = (b: { y: number }) => { b.y += top; };
  nodes.forEach((n, i) => {
    shift(n); n.rail += top; n.port.y += top;
    n.heads.forEach(shift);
    shift(boxes[n.id]!);
    for (const p of scene.nodes[i]!.pods) shift(boxes[p.id]!);
  });
  const pairs = new Map(scene.ways.filter(w => w.tunnel && boxes[w.from] && boxes[w.to]).map(w => [[w.from, w.to].sort().join(' '), w] as const));
  const tunnels = [...pairs].slice(0, MOST_TUNNELS).map(([pair, w], i) => { const [a = '', b = ''] = pair.split(' '); return { a, b, y: top + wire + UNDER_WIRE + i * LANE, label: `tunnel ${w.tunnel}, mtu ${w.mtu}` }; });
  let bottom = top + wire + (tunnels.length ? UNDER_WIRE + tunnels.length * LANE : scene.ways.length ? 18 : 0);
  if (scene.waiting.length) {
    bottom += 34;
    rows.push({ label: 'no node yet', y: bottom });
    bottom += 32;
    scene.waiting.slice(0, 40).forEach((p, i) => { boxes[p.id] = { x: (i % 6) * (CARD.w + GAP), y: bottom + Math.floor(i / 6) * (CARD.h + GAP), ...CARD, form: 'card' }; });
    bottom += Math.ceil(Math.min(40, scene.waiting.length) / 6) * (CARD.h + GAP);
  }

  const edges: Edge[] = [];
  for (const g of scene.gates)
    for (const service of new Set(g.rules.map(r => r.service))) edges.push({ from: g.id, to: boxes[service] ? service : groupOf(service), kind: 'rule' });
  for (const s of services) for (const e of s.endpoints) if (boxes[e.pod]) edges.push({ from: s.id, to: e.pod, kind: 'endpoint' });
  return { width, height: bottom + 24, boxes, nodes, groups, edges: edges.length > MOST_EDGES ? edges.filter(e => e.kind === 'rule') : edges.filter(e => boxes[e.to]), rows, wire: top + wire, tunnels };
}

/** Pods of one node in columns, namespace by namespace. */
function shapeOf(pods: ScenePod[], most: number) {
  const form: Form = pods.length <= MOST_CARDS ? 'card' : pods.length <= MOST_CHIPS ? 'chip' : 'dot';
  const size = form === 'card' ? CARD : form === 'chip' ? CHIP : DOT;
  const gap = form === 'dot' ? 4 : GAP;
  const gutter = form === 'card' ? GUTTER : 0;
  const columns = form === 'card' ? Math.max(1, Math.min(most, Math.max(...[...groupBy(pods, p => p.ns).values()].map(g => g.length)))) : form === 'chip' ? 3 : Math.max(16, Math.ceil(Math.sqrt(pods.length * 1.6)));
  const places: ({ id: string } & Omit<Box, 'form'>)[] = [];
  const heads: { ns: string; x: number; y: number }[] = [];
  let y = HEAD;
  for (const [ns, list] of groupBy(pods, p => p.ns)) {
    heads.push({ ns, x: PAD + gutter, y: y + 12 });
    y += NAMESPACE;
    list.forEach((p, i) => places.push({ id: p.id, x: PAD + gutter + (i % columns) * (size.w + gap + gutter), y: y + Math.floor(i / columns) * (size.h + gap), ...size }));
    y += Math.ceil(list.length / columns) * (size.h + gap) + 4;
  }
  const w = Math.max(pods.length ? 264 : 214, PAD * 2 + gutter + columns * size.w + (columns - 1) * (gap + gutter));
  return { w, h: Math.max(y, HEAD + 40) + FOOT, form, places, heads, rails: form === 'card' && pods.length ? Array.from({ length: columns }, (_, i) => PAD + i * (size.w + gap + gutter) + 4) : [] };
}

function groupOf(service: string) { return `services/${service.split('/')[1] ?? ''}`; }

function balanced<T>(items: T[], most: number): T[][] {
  const rows = Math.ceil(items.length / most);
  return rows ? chunk(items, Math.ceil(items.length / rows)) : [];
}

function chunk<T>(items: T[], size: number): T[][] {
  const rows: T[][] = [];
  for (let i = 0; i < items.length; i += Math.max(1, size)) rows.push(items.slice(i, i + Math.max(1, size)));
  return rows;
}

function groupBy<T>(items: T[], key: (t: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const list = groups.get(key(item));
    if (list) list.push(item); else groups.set(key(item), [item]);
  }
  return groups;
}

function count(items: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
