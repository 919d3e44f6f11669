const PAD = 24, SVG = 'http://www.w3.org/2000/svg';
/** Pixels of a side that browsers draw. */
const MOST_PIXELS = 16_000;

/** A view as a file, which looks the same anywhere: no rule of the page is needed to read it. */
export interface Picture { text: string; width: number; height: number }

/** Of a drawing: with the page's own rules in it. */
export function pictureOf(svg: SVGSVGElement): Picture {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  // The map is cut to what is drawn, however it was moved; a pod's inside is a picture of its own size.
  const world = svg.classList.contains('canvas') ? svg.querySelector<SVGGElement>('.world') : null;
  const box = world?.getBBox() ?? svg.viewBox.baseVal;
  copy.querySelector('.world')?.removeAttribute('transform');
  // Rules are resolved element by element: the page's variables mean nothing elsewhere.
  const [from, to] = [[svg, ...svg.querySelectorAll('*')], [copy, ...copy.querySelectorAll('*')]];
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const name of ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'opacity', 'fill-opacity', 'font-family', 'font-size', 'font-weight', 'letter-spacing', 'stop-color', 'stop-opacity', 'display'])
      to[i]!.setAttribute(name, style.getPropertyValue(name));
    to[i]!.removeAttribute('tabindex');
  });
  return written(copy, box.x - PAD, box.y - PAD, Math.ceil(box.width + PAD * 2), Math.ceil(box.height + PAD * 2));
}

/** Of marks and letters that are placed by hand, such as a table's. */
export function pictureFrom(width: number, height: number, parts: SVGElement[]): Picture {
  const svg = element('svg', {}) as SVGSVGElement;
  // One by one: a large table has more parts than a call takes arguments.
  for (const part of parts) svg.append(part);
  return written(svg, -PAD, -PAD, Math.ceil(width + PAD * 2), Math.ceil(height + PAD * 2));
}

/** An element that a picture is made of; text is text. */
export function element(name: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const made = document.createElementNS(SVG, name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A variable of the page's rules, e.g. --ink. */
export const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function saveSvg(picture: Picture, name: string) { save(new Blob([picture.text], { type: 'image/svg+xml' }), `${name}.svg`); }

export async function savePng({ text, width, height }: Picture, name: string) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const scale = Math.min(2, MOST_PIXELS / width, MOST_PIXELS / height);
  const canvas = Object.assign(document.createElement('canvas'), { width: Math.floor(width * scale), height: Math.floor(height * scale) });
  const draw = canvas.getContext('2d')!;
  draw.scale(scale, scale);
  draw.drawImage(image, 0, 0);
  canvas.toBlob(blob => { if (blob) save(blob, `${name}.png`); });
}

function written(svg: SVGSVGElement, x: number, y: number, width: number, height: number): Picture {
  svg.setAttribute('xmlns', SVG);
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(height));
  svg.setAttribute('viewBox', `${x} ${y} ${width} ${height}`);
  const back = element('rect', { x, y, width, height, fill: colour('--paper') });
  const defs = svg.querySelector('defs');
  if (defs) defs.after(back); else svg.prepend(back);
  svg.prepend(element('style', {}, [...document.styleSheets].flatMap(s => [...s.cssRules]).filter(r => r instanceof CSSFontFaceRule).map(r => r.cssText).join('\n')));
  return { text: new XMLSerializer().serializeToString(svg), width, height };
}

function save(blob: Blob, name: string) {
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
