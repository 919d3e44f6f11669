import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { AskBar } from './ask';
import { Canvas } from './canvas';
import { ExplainView, Question } from './explain';
import { Case, Close, Moon, Share, Sun } from './icons';
import { Inside } from './inside';
import { useLive } from './live';
import { MatrixView } from './matrix';
import { ObjectPanel, Welcome } from './panel';
import type { Report } from './report';
import { formatRoute, HOME, parseRoute, type Route } from './route';
import { placeText, podBy, type Scene } from './scene';
import { pictureOf, savePng, saveSvg, type Picture } from './share';
import { Refusal, type Source, type Station } from './source';
import { Tour } from './tour';

/** Milliseconds: changes come in swarms, of a Service and its slices. */
const AGAIN = 400;

interface Asked { from: string; to: string; report: Report | null; problem: { message: string; remedy: string | null } | null; busy: boolean }

export function App({ source }: { source: Source }) {
  const [route, go] = useRoute();
  const live = useLive(source, route.ns);
  const [hop, setHop] = useState<number | null>(null);
  const asked = useAnswer(source, route.from, route.to, live.turn);
  const report = asked?.report ?? null;
  const wide = useWide();
  const [sheet, setSheet] = useState(false);
  const matrixPicture = useRef<(() => Picture) | null>(null);
  const drawn = live.drawn;
  const target = drawn ? idOf(drawn.scene, route.to, report) : '';
  const station = useStation(source, route.view === 'pod' ? route.at : !route.to && /^(pod|node)\//.test(route.from) ? route.from : '', live.turn);
  useEffect(() => { setHop(null); if (route.from && route.to) setSheet(true); }, [route.from, route.to]);
  useEffect(() => { document.title = `${live.about?.name ?? 'Vitrine'} · ${{ map: 'map', pod: 'pod', matrix: 'matrix', chapters: 'chapters' }[route.view]}`; }, [live.about, route.view]);

  const ask = useCallback((from: string, to: string) => go({ from, to, view: parseRoute(location.hash).view === 'chapters' ? 'chapters' : 'map', ...(parseRoute(location.hash).view === 'chapters' ? {} : { at: '' }) }), []);
  const open = useCallback((id: string) => { if (id.startsWith('pod/')) go({ view: 'pod', at: id, from: '', to: '' }); else go({ from: id, to: '' }); }, []);
  const pick = useCallback((id: string) => {
    const now = parseRoute(location.hash);
    setSheet(true);
    if (!now.from || now.to || id === now.from || id.startsWith('services/') || now.from.startsWith('services/')) go({ from: id, to: '' });
    else go({ to: placeText(live.drawn!.scene, id, true), from: now.from.startsWith('Ingress/') || now.from.startsWith('Gateway/') || now.from.startsWith('service/') ? 'host' : now.from });
  }, [live.drawn]);
  const apply = useCallback((manifest: string) => source.apply(manifest, false), [source]);
  const clear = useCallback(() => { go({ from: '', to: '' }); setSheet(false); }, []);

  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      if ((e.target as Element).closest('input,select,textarea')) return;
      if (e.key === '/') { e.preventDefault(); document.getElementById('ask-from')?.focus(); }
      if (e.key === 'Escape' && parseRoute(location.hash).view === 'pod') go({ view: 'map', from: parseRoute(location.hash).at, at: '' });
    };
    addEventListener('keydown', key);
    return () => removeEventListener('keydown', key);
  }, []);

  if (!drawn) return <div class="waiting" role="status"><Case /><p>{live.state === 'lost' ? 'The cluster does not answer. If its server was started anew, vitrine map prints a new link.' : 'Looking into the case'}</p></div>;
  const { scene, layout } = drawn;
  const pod = route.view === 'pod' ? podBy(scene, route.at) : undefined;
  const showsPanel = route.view !== 'matrix' && (wide || sheet || route.view === 'chapters');
  return (
    <div class={`app view-${route.view}`}>
      <Header live={live.state} name={live.about?.name ?? ''} taken={source.taken} route={route} namespaces={scene.namespaces} go={go} matrix={matrixPicture} />
      <main>
        {route.view === 'matrix'
          ? <MatrixView source={source} version={live.turn} namespaces={scene.namespaces} ns={route.ns} port={route.port} onNs={ns => go({ ns })} onPort={port => go({ port })} onAsk={ask} picture={matrixPicture} />
          : route.view === 'pod'
          ? <div class="podview">{pod ? <><button class="back" onClick={() => go({ view: 'map', from: route.at, at: '' })}>Back to the map</button><Inside pod={live.objects.find(pod.id)!} shown={pod} station={station} /></> : <p class="none">There is no {route.at} any more.</p>}</div>
          : <Canvas scene={scene} layout={layout} ns={route.ns} from={route.from} to={target} report={report} hop={hop} inset={wide ? { right: 400, bottom: 92 } : { right: 0, bottom: showsPanel ? innerHeight * 0.6 : 74 }} flows={live.flows} streams={live.streams} beat={live.beat} onPick={pick} onOpen={open} onHop={h => { setHop(hop === h ? null : h); setSheet(true); }} onClear={clear} />}
        {(route.view === 'map' || route.view === 'chapters') && <AskBar scene={scene} from={route.from} to={route.to} onAsk={ask} onClear={clear} />}
      </main>
      {showsPanel && (
        <aside class="panel" aria-label="Details">
          {!wide && <button class="plain closer" aria-label="Close" onClick={() => { setSheet(false); if (route.view === 'chapters') go({ view: 'map' }); }}><Close /></button>}
          {route.view === 'chapters' && <Tour scene={scene} report={report} source={source} mayApply={live.about?.mayApply ?? false} chapter={Number(route.at) || 0} onChapter={c => go({ at: String(c), from: '', to: '' })} onOpen={open} onAsk={ask} />}
          {route.from && route.to ? <Answer asked={asked} objects={live.objects} hop={hop} onHop={setHop} onApply={live.about?.mayApply ? apply : null} />
            : route.from || pod ? <ObjectPanel id={pod?.id ?? route.from} scene={scene} objects={live.objects} station={station} streams={live.streams} onOpen={pod ? null : open} onPick={id => go({ from: id, to: '' })} />
            : route.view !== 'chapters' && <Welcome scene={scene} source={source} streams={live.streams} onAsk={ask} />}
        </aside>
      )}
    </div>
  );
}

function Answer({ asked, ...rest }: { asked: Asked | null } & Omit<Parameters<typeof ExplainView>[0], 'report'>) {
  if (!asked) return null;
  return (
    <div class={`answer${asked.busy ? ' busy' : ''}`} aria-busy={asked.busy}>
      {asked.report && <><Question report={asked.report} /><ExplainView report={asked.report} {...rest} /></>}
      {!asked.report && asked.busy && <p class="none" role="status">A packet is on its way</p>}
      {asked.problem && <div class="problem" role="alert"><p>{asked.problem.message}</p>{asked.problem.remedy && <code>{asked.problem.remedy}</code>}</div>}
    </div>
  );
}

function Header({ live, name, taken, route, namespaces, go, matrix }: { live: string; name: string; taken: string | null; route: Route; namespaces: string[]; go(to: Partial<Route>): void; matrix: { current: (() => Picture) | null } }) {
  const [theme, setTheme] = useState(document.documentElement.dataset['theme'] ?? '');
  const dark = theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  const picture = () => { const drawn = document.querySelector<SVGSVGElement>('svg.canvas, svg.inside'); return drawn ? pictureOf(drawn) : matrix.current?.(); };
  const state = taken ? 'snapshot' : live === 'live' ? 'live' : live === 'lost' ? 'not connected' : 'connecting';
  return (
    <header class="top">
      <a class="brand" href="#/map"><Case /><b>Vitrine</b></a>
      <span class="cluster">{name}<small class={`state ${taken ? 'taken' : live}`}>{state}</small></span>
      <nav aria-label="Views">{(['map', 'matrix', 'chapters'] as const).map(v => <a key={v} href={formatRoute({ ...HOME, view: v, ns: route.ns })} class={route.view === v || (v === 'map' && route.view === 'pod') ? 'chosen' : ''} aria-current={route.view === v ? 'page' : undefined}>{{ map: 'Map', matrix: 'Matrix', chapters: 'Chapters' }[v]}</a>)}</nav>
      <span class="fill" />
      {route.view !== 'matrix' && <label class="ns">Namespace <select value={route.ns} onChange={e => go({ ns: e.currentTarget.value })}><option value="">all</option>{namespaces.map(n => <option key={n}>{n}</option>)}</select></label>}
      <details class="menu"><summary aria-label="Share this view"><Share /></summary>
        <div onClick={e => e.currentTarget.closest('details')?.removeAttribute('open')}>
          <button onClick={() => void navigator.clipboard.writeText(location.href)}>Copy a link to this view</button>
          <button onClick={() => { const p = picture(); if (p) saveSvg(p, `vitrine-${name}`); }}>Save as SVG</button>
          <button onClick={() => { const p = picture(); if (p) void savePng(p, `vitrine-${name}`); }}>Save as PNG</button>
          {!taken && <p>For a bug report: <code>vitrine map --static DIR</code>. What the page is made of: <a href="licenses.txt">licenses</a>.</p>}
        </div>
      </details>
      <button class="plain" aria-label={dark ? 'Light' : 'Dark'} onClick={() => { const t = dark ? 'light' : 'dark'; document.documentElement.dataset['theme'] = t; setTheme(t); }}>{dark ? <Sun /> : <Moon />}</button>
    </header>
  );
}

function useRoute(): [Route, (to: Partial<Route>) => void] {
  const [route, setRoute] = useState(() => parseRoute(location.hash));
  useEffect(() => {
    const changed = () => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  const go = useCallback((to: Partial<Route>) => {
    const next = { ...parseRoute(location.hash), ...to };
    location.hash = formatRoute(next);
    setRoute(next);
  }, []);
  return [route, go];
}

/** Asks, and asks again a moment after something changed; never two at a time, and the last change is never missed. */
function useAnswer(source: Source, from: string, to: string, turn: number): Asked | null {
  const [asked, setAsked] = useState<Asked | null>(null);
  const state = useRef({ epoch: 0, timer: 0, busy: false, turn: -1 });
  const latest = useRef(turn);
  latest.current = turn;
  const ask = () => {
    const now = state.current, epoch = now.epoch;
    now.busy = true;
    now.turn = latest.current;
    const end = (answer: Pick<Asked, 'report' | 'problem'>) => {
      if (epoch !== now.epoch) return;
      now.busy = false;
      setAsked({ from, to, ...answer, busy: false });
      if (now.turn !== latest.current) soon();
    };
    source.explain(from, to).then(report => end({ report, problem: null }), (e: Error) => end({ report: null, problem: { message: e.message, remedy: e instanceof Refusal ? e.remedy : null } }));
  };
  const soon = () => { state.current.timer ||= window.setTimeout(() => { state.current.timer = 0; ask(); }, AGAIN); };
  useEffect(() => {
    const now = state.current;
    now.epoch++;
    clearTimeout(now.timer);
    now.timer = 0;
    setAsked(from && to ? { from, to, report: null, problem: null, busy: true } : null);
    if (from && to) ask();
    return () => { now.epoch++; clearTimeout(now.timer); now.timer = 0; };
  }, [source, from, to]);
  useEffect(() => { if (from && to && !state.current.busy && state.current.turn !== turn) soon(); }, [turn]);
  return asked;
}

function useStation(source: Source, of: string, turn: number): Station | null {
  const [station, setStation] = useState<Station | null>(null);
  useEffect(() => {
    if (!of) { setStation(null); return; }
    let stale = false;
    setStation(s => s?.name === of ? s : null);
    const wait = setTimeout(() => source.station(of).then(s => { if (!stale) setStation(s); }, () => { if (!stale) setStation(null); }), 150);
    return () => { stale = true; clearTimeout(wait); };
  }, [source, of, turn]);
  return station;
}

function useWide(): boolean {
  const query = useMemo(() => matchMedia('(min-width: 900px)'), []);
  const [wide, setWide] = useState(query.matches);
  useEffect(() => {
    const changed = () => setWide(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, [query]);
  return wide;
}

/** The place of the map that a destination's text is about. */
export function idOf(scene: Scene, to: string, report: Report | null): string {
  if (to.includes('://')) return scene.gates.find(g => g.url === to)?.id ?? (report?.web?.rule ? report.web.rule.split(' ')[0]! : report?.destination ?? '');
  return to.replace(/\/(tcp|udp|sctp|icmp)$/, '').replace(/:\d+$/, '').replace(/^svc\//, 'service/');
}
