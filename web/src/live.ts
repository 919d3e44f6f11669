import { useEffect, useRef, useState } from 'preact/hooks';
import { Objects } from './kube';
import { layoutOf, type Layout } from './layout';
import { sceneOf, type Scene } from './scene';
import { Flows, named } from './flows';
import type { About, Flow, NodeWay, Source } from './source';

export interface Live {
  objects: Objects; about: About | null; state: 'waiting' | 'live' | 'lost';
  /** Scene and layout that belong together; null until everything is there. */
  drawn: { scene: Scene; layout: Layout } | null;
  flows: Flow[]; streams: Flows;
  /** Counts what was told of rates. */
  beat: number;
  /** Counts changes of what a way may depend on. */
  turn: number;
}

const MOST_FLOWS = 200;
/** More is laid out by a worker: the page stays free. */
const MOST_AT_ONCE = 150;
/** Kinds whose changes cannot move a packet. */
const IDLE = new Set(['Node', 'Namespace', 'Deployment']);

export function useLive(source: Source, ns: string): Live {
  const objects = useRef(new Objects());
  const streams = useRef(new Flows());
  const [about, setAbout] = useState<About | null>(null);
  const [state, setState] = useState<Live['state']>('waiting');
  const [drawn, setDrawn] = useState<Live['drawn']>(null);
  const [flows, setFlows] = useState<Flow[]>([]);
  const [beat, setBeat] = useState(0);
  const [turn, setTurn] = useState(0);
  const chosen = useRef(ns);
  const redraw = useRef(() => {});
  useEffect(() => { chosen.current = ns; redraw.current(); }, [ns]);

  useEffect(() => {
    source.about().then(setAbout, () => setState('lost'));
    let worker = source.taken === null ? newWorker() : null;
    let ways: NodeWay[] = [], pending: Scene[] = [], last = 0, waiting = 0, synced = false, frame = 0;
    const fresh: Flow[] = [];
    if (worker) worker.onmessage = (e: MessageEvent<{ turn: number; layout: Layout }>) => { if (e.data.turn === last) setDrawn({ scene: pending.at(-1)!, layout: e.data.layout }); };
    // Without it everything is laid out here.
    if (worker) worker.onerror = () => { worker = null; waiting = -1; soon(); };
    const draw = () => {
      frame = 0;
      if (fresh.length) { setFlows(f => [...f, ...fresh.splice(0)].slice(-MOST_FLOWS)); }
      if (!synced || waiting === objects.current.version) return;
      waiting = objects.current.version;
      const scene = sceneOf(objects.current, chosen.current, ways);
      if (worker && scene.nodes.reduce((n, node) => n + node.pods.length, scene.services.length) > MOST_AT_ONCE) {
        pending = [scene];
        worker.postMessage({ turn: ++last, scene });
      } else {
        last++;
        setDrawn({ scene, layout: layoutOf(scene) });
      }
    };
    const soon = () => { frame ||= requestAnimationFrame(draw); };
    redraw.current = () => { waiting = -1; soon(); };
    const end = source.listen({
      list: list => { objects.current.list(list); soon(); },
      synced: () => { synced = true; setState('live'); soon(); },
      change: change => { objects.current.change(change); if (!IDLE.has(change.kind)) setTurn(t => t + 1); soon(); },
      flow: heard => {
        const flow = named(objects.current, heard);
        if (!flow) return;
        streams.current.add(flow, performance.now());
        fresh.push(flow);
        soon();
      },
      rates: rates => { streams.current.rated(rates); setBeat(b => b + 1); },
      ways: heard => { ways = heard; waiting = -1; soon(); },
      state: setState,
    });
    return () => { end(); worker?.terminate(); cancelAnimationFrame(frame); };
  }, [source]);

  return { objects: objects.current, about, state, drawn, flows, streams: streams.current, beat, turn };
}

function newWorker(): Worker | null {
  try { return new Worker(new URL('./layout.worker.ts', import.meta.url)); } catch { return null; }
}
