import { describe, expect, it } from 'vitest';
import { anchor, drawWay, edgePath, flowWay, softPath } from '../src/path';
import { layoutOf } from '../src/layout';
import { blamedField, fieldIn, isGood, jsonIn, type Hop, type Report } from '../src/report';
import { yamlOf } from '../src/yaml';
import { node, pod, scene, way } from './objects';

const hop = (where: string, passed = true, object = where): Hop => ({ where, input: null, output: null, what: '', object, entry: null, passed, inTunnel: false, observed: true, lost: [] });
const report = (more: Partial<Report>): Report => ({
  source: '', sourceAddress: null, destination: '', destinationAddress: null, protocol: 'tcp', port: 80, size: null, verdict: 'Delivered', why: '', culprit: null, fix: null, command: null, seenAs: null,
  naming: [], endpoints: [], forward: [], reply: [], onward: [], expected: [], web: null, probe: null, disagreements: [], ...more,
});

describe('an answer', () => {
  it('is good where the command says so', () => {
    expect(isGood(report({}))).toBe(true);
    expect(isGood(report({ verdict: 'NotKnown' }))).toBe(true);
    expect(isGood(report({ verdict: 'NotKnown', culprit: 'pod/a/b' }))).toBe(false);
    expect(isGood(report({ verdict: 'LeavesCluster', probe: { answer: 'Silent', error: null, arrived: null, endPoint: null, rules: [] } }))).toBe(false);
    expect(isGood(report({ verdict: 'Dropped' }))).toBe(false);
  });

  it('names the field at fault', () => {
    expect(fieldIn('Ingress/sock-shop/shop spec.rules[0].http.paths[1]')).toBe('spec.rules[0].http.paths[1]');
    expect(blamedField(report({ fix: 'mend spec.selector of service/default/web: app=web' }))).toBe('spec.selector');
    expect(blamedField(report({ command: `kubectl patch service frontend -n default -p '{"spec":{"selector":{"tier":"frontend"}}}'` }))).toBe('spec.selector');
    expect(blamedField(report({ command: `kubectl patch service web -n a --type=json -p '[{"op":"replace","path":"/spec/ports/0/targetPort","value":80}]'` }))).toBe('spec.ports[0].targetPort');
    expect(blamedField(report({ command: `echo '{"kind":"NetworkPolicy","spec":{}}' | kubectl apply -f -` }))).toBeNull();
  });

  it('has its fix as a value', () => {
    expect(jsonIn(`echo '{"kind":"NetworkPolicy"}' | kubectl apply -f -`)).toEqual({ kind: 'NetworkPolicy' });
    expect(jsonIn('kubectl exec far -n default -- ss -tuln')).toBeNull();
    expect(jsonIn(`kubectl x '{broken'`)).toBeNull();
    expect(jsonIn(null)).toBeNull();
  });
});

describe('YAML', () => {
  it('marks the field that matters', () => {
    const { lines, marked } = yamlOf({ spec: { ports: [{ port: 80 }, { port: 81, targetPort: 8080 }], selector: { app: 'a' } } }, 'spec.ports[1].targetPort');
    expect(lines.slice(marked![0], marked![1] + 1)).toEqual(['      targetPort: 8080']);
  });
  it('marks what is around a field that is absent', () => {
    const { lines, marked } = yamlOf({ spec: { selector: { app: 'a' } } }, 'spec.selector.tier');
    expect(lines.slice(marked![0], marked![1] + 1)).toEqual(['  selector:', '    app: a']);
  });
  it('marks nothing of another object', () => expect(yamlOf({ a: 1 }, 'spec.x').marked).toBeNull());
});

describe('the drawn way', () => {
  const layout = layoutOf(scene({ Node: [node('a'), node('b')], Pod: [pod('p', 'a'), pod('q', 'b'), pod('r', 'a')] }));
  const ends = (points: { x: number; y: number }[]) => [points[0], points.at(-1)];
  const at = (id: string) => { const b = layout.boxes[id]!; return { x: b.x, y: b.y + b.h / 2 }; };

  it('goes from pod to pod over the wire', () => {
    const way = drawWay(layout, report({ forward: ['pod/default/p', 'node/a', 'node/b', 'pod/default/q'].map(w => hop(w)), destination: 'pod/default/q' }));
    expect(ends(way.gone)).toEqual([at('pod/default/p'), at('pod/default/q')]);
    expect(way.gone.some(p => p.y === layout.wire)).toBe(true);
    expect(way.missed).toEqual([]);
  });

  it('goes by the tunnel where there is one', () => {
    const tunnelled = layoutOf(scene({ Node: [node('a'), node('b')], Pod: [pod('p', 'a'), pod('q', 'b')] }, [way('a', 'b', 'vtr-vxlan'), way('b', 'a', 'vtr-vxlan')]));
    expect(tunnelled.tunnels.map(t => t.label)).toEqual(['tunnel vtr-vxlan, mtu 1450']);
    const drawn = drawWay(tunnelled, report({ forward: ['pod/default/p', 'node/a', 'node/b', 'pod/default/q'].map(w => hop(w)), destination: 'pod/default/q' }));
    expect(drawn.gone.filter(p => p.y === tunnelled.tunnels[0]!.y)).toHaveLength(2);
    expect(drawn.gone.some(p => p.y === tunnelled.wire)).toBe(false);
    expect(tunnelled.height).toBeGreaterThan(tunnelled.tunnels[0]!.y);
  });

  it('of a connection is that of its packets', () => {
    expect(flowWay(layout, 'pod/default/p', 'pod/default/q').at(-1)).toEqual(at('pod/default/q'));
    expect(flowWay(layout, '172.30.0.1', 'pod/default/q')[0]).toEqual(anchor(layout, 'host'));
    expect(flowWay(layout, '172.30.0.1', '8.8.8.8')).toEqual([]);
    expect(edgePath(layout, 'service/default/gone', 'pod/default/q')).toBe('');
  });

  it('stays in the node where both are', () => {
    const way = drawWay(layout, report({ forward: ['pod/default/p', 'node/a', 'pod/default/r'].map(w => hop(w)), destination: 'pod/default/r' }));
    expect(way.gone.some(p => p.y === layout.wire)).toBe(false);
  });

  it('ends where it breaks, and shows what is missed', () => {
    const way = drawWay(layout, report({ forward: [hop('pod/default/p'), hop('node/a'), hop('node/b', false, 'networkpolicy/default/closed')], destination: 'pod/default/q' }));
    expect(way.marks.map(m => m.passed)).toEqual([true, true, false]);
    expect(way.missed.at(-1)).toEqual(at('pod/default/q'));
  });

  it('comes from the machine by its bridge', () => {
    const way = drawWay(layout, report({ forward: [hop('host'), hop('node/a'), hop('pod/default/p')], destination: 'pod/default/p' }));
    expect(Math.max(...way.gone.map(p => p.x))).toBeGreaterThan(layout.width);
  });

  it('marks at the sender what is not there', () => {
    const way = drawWay(layout, report({ source: 'pod/default/p', forward: [hop('pod/default/gone', false)], destination: 'pod/default/gone' }));
    expect(way.marks.map(m => m.point)).toEqual([anchor(layout, 'pod/default/p')]);
  });

  it('has nothing to draw of places that are not there', () => expect(drawWay(layout, report({ forward: [hop('pod/x/y'), hop('10.0.0.1')], destination: '10.0.0.1' })).gone).toEqual([]));
  it('is a path the browser can draw', () => expect(softPath([{ x: 0, y: 0 }, { x: 0, y: 0 }, { x: 10, y: 0 }, { x: 10, y: 10 }])).toMatch(/^M0,0L[\d.,]+Q10,0 [\d.,]+L10,10$/));
});
