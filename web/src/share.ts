const PAD = 24;

/** The view as a picture: the drawing with the page's own rules in it, so that it looks the same anywhere. */
export function svgText(svg: SVGSVGElement): { text: string; width: number; height: number } {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  // The map is cut to what is drawn, however it was moved; a pod's inside is a picture of its own size.
  const world = svg.classList.contains('canvas') ? svg.querySelector<SVGGElement>('.world') : null;
  const box = world?.getBBox() ?? svg.viewBox.baseVal;
  const [x, y, width, height] = [box.x - PAD, box.y - PAD, Math.ceil(box.width + PAD * 2), Math.ceil(box.height + PAD * 2)];
  copy.querySelector('.world')?.removeAttribute('transform');
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  copy.setAttribute('viewBox', `${x} ${y} ${width} ${height}`);
  // Rules are resolved element by element: the page's variables mean nothing elsewhere.
  const [from, to] = [[svg, ...svg.querySelectorAll('*')], [copy, ...copy.querySelectorAll('*')]];
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const name of ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linecap', 'opacity', 'fill-opacity', 'font-family', 'font-size', 'font-weight', 'letter-spacing', 'stop-color', 'stop-opacity', 'display'])
      to[i]!.setAttribute(name, style.getPropertyValue(name));
    to[i]!.removeAttribute('tabindex');
  });
  const back = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  for (const [name, value] of Object.entries({ x, y, width, height })) back.setAttribute(name, String(value));
  back.setAttribute('fill', getComputedStyle(document.documentElement).getPropertyValue('--paper'));
  copy.querySelector('defs')?.after(back);
  const fonts = document.createElementNS('http://www.w3.org/2000/svg', 'style');
  fonts.textContent = [...document.styleSheets].flatMap(s => [...s.cssRules]).filter(r => r instanceof CSSFontFaceRule).map(r => r.cssText).join('\n');
  copy.prepend(fonts);
  return { text: new XMLSerializer().serializeToString(copy), width, height };
}

export function saveSvg(svg: SVGSVGElement, name: string) { save(new Blob([svgText(svg).text], { type: 'image/svg+xml' }), `${name}.svg`); }

export async function savePng(svg: SVGSVGElement, name: string) {
  const { text, width, height } = svgText(svg);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), { width: width * 2, height: height * 2 });
  const draw = canvas.getContext('2d')!;
  draw.scale(2, 2);
  draw.drawImage(image, 0, 0);
  canvas.toBlob(blob => { if (blob) save(blob, `${name}.png`); });
}

function save(blob: Blob, name: string) {
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
